"""What pays: each piece that leans on something private or unusual, and the figure it is for, with it and without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.benchmarks.pieces import NONE
from tests.benchmarks.processes import Cost, figures_of, measured
from tests.benchmarks.table import heading, mib, ms, ratio, row, title

MODULE = "tests.benchmarks.pieces"


class Claim(NamedTuple):
    """A piece, the job that shows it, and the figure it is for: its name in the job's figures, and as it is printed."""

    piece: str
    job: str
    figure: str
    name: str
    text: Callable[[float], str] = ms


CLAIMS = (
    Claim("malloc tuning", "check", "memory", "peak memory of check", mib),
    Claim("trimmed models", "check", "memory", "peak memory of check", mib),
    Claim("trimmed models", "check", "wall", "time of check"),
    Claim("decode cache", "follow", "cpu", "CPU of a quiet read"),
    Claim("splitting of XML", "check", "memory", "peak memory of check", mib),
    Claim("splitting of XML", "check", "wall", "time of check"),
    Claim("markup of ENIs", "check", "wall", "time of check"),
    Claim("precompute", "replay", "stall", "longest stall by a recorded state"),
    Claim("_new_rows", "rows", "cpu", "CPU to list all subnets"),
    Claim("shared connections", "connect", "memory", "memory of 50 more scopes", mib),
    Claim("shared connections", "connect", "cpu", "CPU to connect to 50 scopes"),
    Claim("fewer event handlers", "connect", "memory", "memory of 50 more scopes", mib),
    Claim("fewer event handlers", "connect", "cpu", "CPU to connect to 50 scopes"),
    Claim("collection after the start", "load", "cpu", "CPU to load the dashboard and the SDK"),
    Claim("no certificates for aiohttp", "load", "cpu", "CPU to load the dashboard and the SDK"),
    Claim("backdrops", "frame", "cpu", "CPU of a frame of the main screen"),
)


def table(url_of: Callable[[int], str], counts: Iterable[int], repeat: int) -> None:
    """For each piece and number of ENIs the least of several runs with it and without it, turn by turn."""
    title("What pays: with a piece and without it, in the same run")
    heading("piece", "figure", "ENIs", "without/with", "with", "without")
    runs: dict[tuple[str, str, int], list[tuple[dict[str, float], dict[str, float]]]] = {}
    for count in counts:
        for claim in CLAIMS:
            key = (claim.piece, claim.job, count)
            if key not in runs:
                url = url_of(count)
                runs[key] = [(run(claim.job, NONE, url), run(claim.job, claim.piece, url)) for _ in range(repeat)]
            having, lacking = (min(figures[claim.figure] for figures in side) for side in zip(*runs[key], strict=True))
            row(
                claim.piece, claim.name, f"{count:,}", ratio(lacking, having), claim.text(having), claim.text(lacking)
            )  # fmt: skip


def run(job: str, piece: str, url: str) -> dict[str, float]:
    """The figures of a job without a piece."""
    if job == "check":
        cost: Cost = measured("-m", MODULE, job, piece, url)
        return cost._asdict()
    return figures_of("-m", MODULE, job, piece, url)
