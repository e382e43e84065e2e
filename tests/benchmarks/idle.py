"""What the dashboard takes of a processor while nobody touches it, in a terminal."""

from __future__ import annotations

from tests.benchmarks.table import heading, row, title
from tests.benchmarks.terminal import Child, dashboard
from tests.command import at_rest

SECONDS, SETTLING = 45.0, 20.0
"""How long is measured, three reads; and how long after the first read it begins, when one read more has been."""


def share(child: Child, *, paused: bool) -> float:
    """Per cent of a processor."""
    with child:
        child.until(lambda screen: "live" in screen.lines[0])
        if paused:
            child.press("z")
            child.until(lambda screen: "paused" in screen.lines[0])
        child.watch(SETTLING)
        before = child.cpu()
        child.watch(SECONDS)
        return 100 * (child.cpu() - before) / SECONDS


def table(url: str, interfaces: int) -> None:
    """The incident after its end, and a large account; following every fifteen seconds, and paused."""
    title(f"Processor when idle, over {SECONDS:g} s, in a terminal")
    heading("account", "following, every 15 s", "paused")
    with at_rest("incident") as server:
        _shares("incident", server.url)
    _shares(f"{interfaces:,} ENIs", url)


def _shares(name: str, url: str) -> None:
    shares = [share(dashboard(url, "--interval", "15"), paused=paused) for paused in (False, True)]
    row(name, *(f"**{each:.2f} %**" for each in shares))
