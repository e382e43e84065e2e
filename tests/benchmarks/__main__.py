"""Benchmarks, run by hand: `python -m tests.benchmarks`. Prints Markdown, ratios first; asserts nothing."""

from __future__ import annotations

import argparse
import asyncio
import platform
from collections.abc import Callable
from functools import cache

from tests.benchmarks import (
    accounts,
    accounts_keys,
    answers,
    capacity,
    cycles,
    decoding,
    export,
    first_frame,
    first_row,
    idle,
    keys,
    pays,
    processes,
    repaint,
    reservations,
)
from tests.benchmarks.account import Accounts, pages
from tests.benchmarks.cycles import Read
from tests.benchmarks.table import heading, mib, ms, ratio, row, say, title


class Run:
    """The options and the accounts; each method is a table."""

    def __init__(self, options: argparse.Namespace, served: Accounts) -> None:
        self.counts, self.latencies, self.repeat = sorted(options.interfaces), sorted(options.latency), options.repeat
        self.account_counts = sorted(options.accounts)
        self._accounts = served
        self.reads = cache(self._reads)

    def decoding(self) -> None:
        """One page of ENIs decoded either way."""
        body = next(pages(self._accounts.url(self.counts[0])))
        botocore, fast = decoding.compare(body)
        title(f"Decoding one page of ENIs, {len(body):,} bytes")
        heading("time fast/botocore", "stall fast/botocore", "botocore", "fast", "stall botocore", "stall fast")
        times = (botocore.page, fast.page, botocore.stall, fast.stall)
        row(ratio(fast.page, botocore.page), ratio(fast.stall, botocore.stall), *map(ms, times))

    def processes(self) -> None:
        """`latticetop check --json` against the script with boto3, turn by turn."""
        for count in self.counts:
            title(f"Reading {count:,} ENIs, whole processes")
            heading(
                "latency", "wall check/boto3", "memory check/boto3", "wall boto3", "wall check", "CPU boto3",
                "CPU check", "memory boto3", "memory check",
            )  # fmt: skip
            for latency in self.latencies:
                url = self._accounts.url(count, latency)
                runs = [(processes.plain_boto3(url), processes.check(url)) for _ in range(self.repeat)]
                plain, check = (processes.best(list(costs)) for costs in zip(*runs, strict=True))
                row(
                    f"{latency} ms",
                    ratio(check.wall, plain.wall),
                    ratio(check.memory, plain.memory),
                    *(f"{seconds:.2f} s" for seconds in (plain.wall, check.wall, plain.cpu, check.cpu)),
                    *(mib(cost.memory) for cost in (plain, check)),
                )

    def cycles(self) -> None:
        """A first read, and later ones every fifteen seconds."""
        for count in self.counts:
            reads = self.reads(count, self.latencies[0])
            title(f"Following {count:,} ENIs, every {cycles.INTERVAL:g} s")
            heading("read", "CPU of the first", "CPU", "calls", "most calls")
            for name, read in reads.items():
                row(name, ratio(read.cpu, reads["first"].cpu, 4), ms(read.cpu), f"{read.calls:.1f}", str(read.most))

    def accounts(self) -> None:
        """Many accounts, side by side."""
        accounts.table(self.account_counts, self.latencies[-1])
        accounts_keys.table(self.account_counts, self.latencies[-1])

    def reservations(self) -> None:
        """One account of thousands of subnets."""
        reservations.table(self.latencies[-1])

    def export(self) -> None:
        """Metrics of many accounts."""
        export.table(self._accounts.url(10_000))

    def answers(self) -> None:
        """Answers of AWS in files."""
        for count in self.counts:
            answers.table(self._accounts.url(count, self.latencies[0]), count, self.repeat)

    def growth(self) -> None:
        """How cost grows with ENIs: 1.00 is what it would be if it were in proportion to the smallest account."""
        title("How cost grows")
        heading(
            "ENIs", "first read's CPU per 1,000, against the smallest", "CPU of one changed, against the smallest",
            "first read's CPU", "per 1,000 ENIs", *(f"its wall at {latency} ms" for latency in self.latencies),
            "quiet", "1 changed", "10 changed",
        )  # fmt: skip
        least = self.reads(self.counts[0], self.latencies[0])
        for count in self.counts:
            reads = self.reads(count, self.latencies[0])
            first, one, ten = reads["first"], *(reads[f"{n} changed, without the sweep"] for n in (1, 10))
            row(
                f"{count:,}",
                ratio(first.cpu / count, least["first"].cpu / self.counts[0]),
                ratio(one.cpu, least["1 changed, without the sweep"].cpu),
                ms(first.cpu, 0),
                ms(1000 * first.cpu / count),
                *(f"{self.reads(count, latency)['first'].wall:.2f} s" for latency in self.latencies),
                *(ms(read.cpu) for read in (reads[cycles.Part.NO_SWEEP.value], one, ten)),
            )

    def keys(self) -> None:
        """Key press to painted frame."""
        keys.table(self._accounts.url(self.counts[-1], self.latencies[-1]), self.repeat)

    def start(self) -> None:
        """Exec to first frame."""
        first_frame.table(self._accounts.url(self.counts[0], self.latencies[-1]))

    def first_row(self) -> None:
        """Exec to first endpoint row."""
        first_row.table(self._accounts.url(self.counts[0], self.latencies[-1]), self.latencies[-1])

    def idle(self) -> None:
        """Processor when idle."""
        idle.table(self._accounts.url(self.counts[-1]), self.counts[-1])

    def repaint(self) -> None:
        """A /16's grid."""
        repaint.table()

    def capacity(self) -> None:
        """What fits into a /16."""
        title("What fits into a /16")
        capacity.main()

    def pays(self) -> None:
        """What the unusual pieces pay."""
        pays.table(self._accounts.url, self.counts, self.repeat)

    def _reads(self, count: int, latency: int) -> dict[str, Read]:
        runs = [asyncio.run(cycles.measure(self._accounts.url(count, latency))) for _ in range(self.repeat)]
        return {name: min(run[name] for run in runs) for name in runs[0]}


TABLES: dict[str, Callable[[Run], None]] = {
    "decoding": Run.decoding,
    "processes": Run.processes,
    "cycles": Run.cycles,
    "accounts": Run.accounts,
    "reservations": Run.reservations,
    "export": Run.export,
    "answers": Run.answers,
    "growth": Run.growth,
    "keys": Run.keys,
    "start": Run.start,
    "first_row": Run.first_row,
    "idle": Run.idle,
    "repaint": Run.repaint,
    "capacity": Run.capacity,
    "pays": Run.pays,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=TABLES, default=list(TABLES), metavar="TABLE", help=", ".join(TABLES)
    )
    parser.add_argument("--interfaces", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="ENIs")
    parser.add_argument("--accounts", type=int, nargs="+", default=[10, 50, 200, 500], help="accounts")
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 80], help="milliseconds a call")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the best counts")
    options = parser.parse_args()
    say(f"Python {platform.python_version()}, {platform.machine()}; best of {options.repeat}")
    with Accounts(options.latency) as served:
        run = Run(options, served)
        for name in options.only:
            TABLES[name](run)


if __name__ == "__main__":
    main()
