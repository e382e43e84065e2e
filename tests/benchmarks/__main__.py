"""Benchmarks, run by hand: `python -m tests.benchmarks`. Prints Markdown, ratios first; asserts nothing."""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys

from . import cycles, decoding, processes
from .account import Account, pages, serving


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--interfaces", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="ENIs")
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 80], help="milliseconds a call")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the best counts")
    options = parser.parse_args()
    say(f"Python {platform.python_version()}, {platform.machine()}; best of {options.repeat}\n")
    for place, count in enumerate(options.interfaces):
        with serving(count, options.latency) as account:
            if not place:
                one_page(account)
            whole_processes(count, account, options.repeat)
            following(count, account)


def whole_processes(count: int, account: Account, repeat: int) -> None:
    """`latticetop check --json` against the script with boto3, turn by turn."""
    say(f"\n### Reading {count:,} ENIs, whole processes\n")
    heading(
        "latency", "wall check/boto3", "memory check/boto3", "wall boto3", "wall check", "CPU boto3", "CPU check",
        "MiB boto3", "MiB check",
    )  # fmt: skip
    for latency, url in account.urls.items():
        runs = [(processes.plain_boto3(url), processes.check(url)) for _ in range(repeat)]
        plain, check = (processes.best(list(costs)) for costs in zip(*runs, strict=True))
        row(
            f"{latency} ms",
            f"**{check.wall / plain.wall:.2f}**",
            f"**{check.memory / plain.memory:.2f}**",
            *(f"{seconds:.2f} s" for seconds in (plain.wall, check.wall, plain.cpu, check.cpu)),
            *(f"{cost.memory / 2**20:.0f}" for cost in (plain, check)),
        )


def following(count: int, account: Account) -> None:
    """A first read, and later ones every fifteen seconds."""
    say(f"\n### Following {count:,} ENIs, every {cycles.INTERVAL:g} s\n")
    heading("read", "CPU of the first", "calls", "most calls", "CPU")
    reads = asyncio.run(cycles.measure(account.urls[min(account.urls)]))
    for name, read in reads.items():
        share = f"**{read.cpu / reads['first'].cpu:.3f}**"
        row(name, share, f"{read.calls:.1f}", str(read.most), f"{1000 * read.cpu:.0f} ms")


def one_page(account: Account) -> None:
    """One page of ENIs decoded either way."""
    body = next(pages(account.urls[min(account.urls)]))
    botocore, fast = decoding.compare(body)
    say(f"\n### Decoding one page of ENIs, {len(body):,} bytes\n")
    heading("time fast/botocore", "stall fast/botocore", "botocore", "fast", "stall botocore", "stall fast")
    row(
        f"**{fast.page / botocore.page:.2f}**",
        f"**{fast.stall / botocore.stall:.2f}**",
        *(f"{1000 * seconds:.1f} ms" for seconds in (botocore.page, fast.page, botocore.stall, fast.stall)),
    )


def heading(*names: str) -> None:
    """The head of a table."""
    row(*names)
    row(*("---" for _ in names))


def row(*cells: str) -> None:
    """A row of a table."""
    say(f"| {' | '.join(cells)} |")


def say(text: str) -> None:
    """Print at once: a run takes minutes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
