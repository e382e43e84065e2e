"""Metrics as text for Prometheus: rendered by prometheus_client in parts that can be kept, and put together by family.

The text format wants all lines of a family together, whichever scope they are of.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from prometheus_client import generate_latest
from prometheus_client.openmetrics import exposition as open_metrics

from latticetop import __version__
from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria
from latticetop.reports.metrics import Families, all_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from prometheus_client.core import Metric

    from latticetop.model.redact import Redactor
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.metrics import ScopeRead

    Lines = Mapping[str, bytes]
    """The lines of samples by the name of their family, without `# HELP` and `# TYPE`."""

_SLICE = 20
"""Subnets or endpoints that are rendered before others may run."""
_HELP = b"# HELP "
_OPEN_METRICS = "application/openmetrics-text"
_TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"
_T = TypeVar("_T")


class Exposition(NamedTuple):
    """A text and its content type."""

    body: bytes
    content_type: str


def lines_of(families: Families) -> dict[str, bytes]:
    """Render the samples of families."""
    return {name: lines for name, _, lines in _split(generate_latest(families))}


def snapshot_lines(
    snapshot: Snapshot,
    criteria: Criteria = DEFAULT_CRITERIA,
    *,
    block_states: bool = False,
    redactor: Redactor | None = None,
) -> Iterator[dict[str, bytes]]:
    """Render the subnets and endpoints of a snapshot, some at a time."""
    for subnet_ids in _slices(list(snapshot.subnets)):
        families = Families(redactor)
        families.add_subnets(snapshot, subnet_ids, criteria, block_states=block_states)
        yield lines_of(families)
    for endpoints in _slices(list(snapshot.endpoints.values())):
        families = Families(redactor)
        families.add_endpoints(snapshot, endpoints)
        yield lines_of(families)


def joined(parts: Iterable[Lines]) -> dict[str, bytes]:
    """Join lines by family."""
    families: defaultdict[str, list[bytes]] = defaultdict(list)
    for part in parts:
        for name, lines in part.items():
            families[name].append(lines)
    return {name: b"".join(lines) for name, lines in families.items()}


def exposition(parts: Iterable[Lines], accept: str = "") -> Exposition:
    """Put lines together to a whole text: OpenMetrics if an `Accept` header names it, else Prometheus's own format."""
    is_open = _OPEN_METRICS in accept
    encode = open_metrics.generate_latest if is_open else generate_latest
    lines, pieces = joined(parts), list[bytes]()
    for name, head, end in _split(encode(_AllFamilies())):
        if name in lines:
            pieces += (head, lines[name])
        pieces.append(end)
    return Exposition(b"".join(pieces), open_metrics.CONTENT_TYPE_LATEST if is_open else _TEXT_FORMAT)


def render_metrics(
    scopes: Sequence[tuple[ScopeRead, Snapshot | None]],
    criteria: Criteria = DEFAULT_CRITERIA,
    *,
    block_states: bool = False,
    redactor: Redactor | None = None,
) -> str:
    """Render scopes that were read once, in Prometheus's text format; one without a snapshot has no other numbers."""
    families = Families(redactor)
    families.add_build(__version__)
    for scope, _ in scopes:
        families.add_scope(scope)
    render = partial(snapshot_lines, criteria=criteria, block_states=block_states, redactor=redactor)
    parts = [lines for _, snapshot in scopes if snapshot is not None for lines in render(snapshot)]
    return exposition([lines_of(families), *parts]).body.decode()


class _AllFamilies:
    """Every family without samples, for the lines above them."""

    def collect(self) -> Iterable[Metric]:
        return all_families()


def _split(text: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """Split a rendered text: the name of each family, its `# HELP` and `# TYPE`, and what follows these.

    No label has the beginning of a `# HELP`, since prometheus_client escapes line ends.
    """
    start = 0 if text.startswith(_HELP) else -1
    while start >= 0:
        following = text.find(b"\n" + _HELP, start) + 1
        part = text[start:following] if following else text[start:]
        _, _, name, _ = part.split(b" ", 3)
        end_of_help = part.index(b"\n") + 1
        head = part.index(b"\n", end_of_help) + 1
        yield name.decode().removesuffix("_total"), part[:head], part[head:]
        start = following or -1


def _slices(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (items[start : start + _SLICE] for start in range(0, len(items), _SLICE))
