"""`latticetop export` of small, large and many accounts: series, a scrape, and how long it holds up the event loop."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.request import Request, urlopen

from tests.benchmarks import REGION, alike
from tests.benchmarks.processes import environment, peak_memory
from tests.benchmarks.table import heading, mib, ms, ratio, row, title

SCRAPES = 5
"""After the first one; the best counts."""
INTERVAL = 300.0
FEW_ACCOUNTS, MANY_ACCOUNTS = 10, 500


class Scrape(NamedTuple):
    """Seconds of a scrape, its body as it comes and as text, and the longest that another request waited meanwhile."""

    seconds: float
    received: int
    text: bytes
    stall: float


class Figures(NamedTuple):
    """What a row shows."""

    series: int
    first: Scrape
    later: Scrape
    memory: int
    seconds_to_read: float


def table(url: str) -> None:
    """A row for each fleet; `url` is the account with 10,000 ENIs."""
    title(f"Exported to Prometheus, every {INTERVAL:g} s")
    heading(
        "fleet", "later scrape per 50,000 series, against 1 s", "series", "first scrape", "later", "stall of the first",
        "of a later one", "body", "gzip", "memory", "first read of all",
    )  # fmt: skip
    _row("60 subnets, 10,000 ENIs", url)
    with alike.serving(0, "large") as large:
        _row(f"{alike.LARGE_VPCS * alike.LARGE_SUBNETS:,} subnets", large, "--all-subnets")
    with alike.serving(0) as many:
        for count in (FEW_ACCOUNTS, MANY_ACCOUNTS):
            name = f"{count} accounts with {alike.SUBNETS} subnets, {alike.ENDPOINTS} endpoints"
            _row(name, many, roles=alike.roles(count))


def _row(name: str, url: str, *arguments: str, roles: str = "") -> None:
    figures = measure(url, *arguments, roles=roles)
    row(
        name,
        ratio(50_000 * figures.later.seconds / figures.series, 1.0),
        f"{figures.series:,}",
        *map(ms, (figures.first.seconds, figures.later.seconds, figures.first.stall, figures.later.stall)),
        f"{len(figures.first.text) / 1e6:.2f} MB",
        f"{figures.first.received / 1e3:.0f} kB",
        mib(figures.memory),
        f"{figures.seconds_to_read:.0f} s",
    )


def measure(url: str, *arguments: str, roles: str = "") -> Figures:
    """Export accounts, wait for the first read of all of them, and scrape."""
    with exporting(url, *arguments, roles=roles) as (pid, metrics):
        started = time.perf_counter()
        while not _is_ready(metrics):
            time.sleep(0.5)
        read = time.perf_counter() - started
        first = scrape(metrics)
        later = []
        for _ in range(SCRAPES):
            time.sleep(1.5)  # A text is given to everybody for a second.
            later.append(scrape(metrics))
        return Figures(_series(first.text), first, min(later), peak_memory(pid), read)


@contextmanager
def exporting(url: str, *arguments: str, roles: str = "") -> Iterator[tuple[int, str]]:
    """The command as a child process; yields its id and the URL of the metrics."""
    with TemporaryDirectory() as home:
        config = Path(home, "latticetop.toml")
        config.write_text(roles)
        where = ("--endpoint-url", url, "--region", REGION, "--listen", "127.0.0.1:0")
        command = (sys.executable, "-W", "ignore", "-m", "latticetop", "export", *where, *arguments)
        variables = environment(home) | {"LATTICETOP_CONFIG": str(config)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables) as process:
            assert process.stdout is not None
            try:
                yield process.pid, process.stdout.readline().strip()
            finally:
                process.terminate()


def scrape(url: str) -> Scrape:
    """Scrape as Prometheus does, and ask for another page all the time meanwhile."""
    request = Request(url, headers={"Accept": "application/openmetrics-text", "Accept-Encoding": "gzip"})
    with ThreadPoolExecutor(1) as pool:
        started = time.perf_counter()
        scraping = pool.submit(lambda: _body(request))
        stall = 0.0
        while not scraping.done():
            asked = time.perf_counter()
            _body(Request(url.removesuffix("metrics") + "-/healthy"))
            stall = max(stall, time.perf_counter() - asked)
        body = scraping.result()
        return Scrape(time.perf_counter() - started, len(body), gzip.decompress(body), stall)


def _body(request: Request) -> bytes:
    with urlopen(request) as response:
        body: bytes = response.read()
        return body


def _series(text: bytes) -> int:
    return sum(not line.startswith(b"#") for line in text.splitlines())


def _is_ready(url: str) -> bool:
    try:
        return bool(_body(Request(url.removesuffix("metrics") + "-/ready")))
    except OSError:
        return False
