"""`latticetop check` of an account of thousands of subnets, where EC2 lets 20 reservations calls a second pass."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import REGION, alike
from tests.benchmarks.processes import Cost, measured
from tests.benchmarks.table import heading, mib, ratio, row, title


def table(milliseconds: int) -> None:
    """One run."""
    subnets = alike.LARGE_VPCS * alike.LARGE_SUBNETS
    title(f"Reservations of {subnets:,} subnets with {alike.LARGE_VPCS} endpoints, {milliseconds} ms a call")
    heading("calls, against one a subnet", "time, against one call a subnet", "calls", "time", "CPU", "memory")
    with alike.serving(milliseconds, "large") as url:
        cost, calls = check(url)
    row(
        ratio(calls, subnets),
        ratio(cost.wall, (subnets - alike.BURST) / alike.PER_SECOND),
        f"{calls:,}",
        *(f"{seconds:.1f} s" for seconds in (cost.wall, cost.cpu)),
        mib(cost.memory),
    )


def check(url: str) -> tuple[Cost, int]:
    """The cost of `latticetop check --json`, and the calls for reservations that it sent."""
    with TemporaryDirectory() as folder:
        log, document = Path(folder, "calls.log"), Path(folder, "check.json")
        command = ("-m", "latticetop", "check", "--json", "--endpoint-url", url, "--region", REGION)
        cost = measured(*command, "--log", str(log), output=str(document))
        assert not json.loads(document.read_bytes())["problems"]
        return cost, log.read_text().count("GetSubnetCidrReservations")
