"""Many accounts in one `latticetop check`: how many are read whole, how long that takes, and how much memory."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks import REGION, alike
from tests.benchmarks.processes import Cost, measured
from tests.benchmarks.table import heading, mib, ratio, row, title


def table(counts: Iterable[int], milliseconds: int) -> None:
    """A row for each number of accounts; one run of each."""
    title(f"Accounts of {alike.SUBNETS} subnets, {milliseconds} ms a call")
    heading("accounts", "read whole", "time of one, against the fewest", "time", "CPU", "memory")
    fewest: float | None = None
    with alike.serving(milliseconds) as url:
        for count in counts:
            cost, whole = check(url, count)
            fewest = fewest or cost.wall / count
            row(
                f"{count:,}",
                f"{whole:,}",
                ratio(cost.wall / count, fewest),
                *(f"{seconds:.1f} s" for seconds in (cost.wall, cost.cpu)),
                mib(cost.memory),
            )


def check(url: str, count: int) -> tuple[Cost, int]:
    """The cost of `latticetop check --json`, and the number of accounts that it read whole."""
    with TemporaryDirectory() as folder:
        config, document = Path(folder, "latticetop.toml"), Path(folder, "check.json")
        config.write_text(alike.roles(count))
        command = ("-m", "latticetop", "check", "--json", "--endpoint-url", url, "--region", REGION)
        cost = measured(*command, output=str(document), codes=(0, 1, 3), LATTICETOP_CONFIG=str(config))
        scopes = json.loads(document.read_bytes())["scopes"]
    assert len(scopes) == count
    return cost, sum(map(is_whole, scopes))


def is_whole(scope: dict[str, Any]) -> bool:
    """Whether everything of an account was read."""
    read = scope["check"]
    return bool(read) and bool(read["account_id"]) and not read["problems"] and len(read["subnets"]) == alike.SUBNETS
