"""One thing that changed: what, where, when, and in which words."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.address import format_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from latticetop.model.records.resources import NetworkInterface

ALONE = 3
"""Of up to so many alike changes in one subnet or endpoint each has an entry; more share one."""
NAMED = 3
"""How many ids or addresses a sentence names before it counts the others."""
MOST_IDS = 100
"""How many ids an entry keeps."""


class Change(StrEnum):
    """The kinds of change; the value is what an export prints."""

    SUBNET_CAME = "subnet-came"
    SUBNET_GONE = "subnet-gone"
    RESERVATIONS = "reservations-changed"
    INTERFACES_GONE = "interfaces-gone"
    BLOCK_FREED = "block-freed"
    INTERFACES_CAME = "interfaces-came"
    ADDRESSES = "addresses-changed"
    BLOCK_TAKEN = "block-taken"
    BLOCK_BROKEN = "block-broken"
    NO_BLOCK_LEFT = "no-block-left"
    BLOCK_LEFT_AGAIN = "block-left-again"
    ASSOCIATIONS_GONE = "associations-gone"
    ASSOCIATIONS_CAME = "associations-came"
    ACCESSIBILITY = "accessibility-changed"
    ENDPOINT_CAME = "endpoint-came"
    ENDPOINT_GONE = "endpoint-gone"
    ENDPOINT_CHANGED = "endpoint-changed"


SEVERITY = {Verdict.FAILED: 3, Verdict.DEGRADED: 2, Verdict.FAILED_BUT_ACCESSIBLE: 1}
"""How bad a verdict is for whoever uses the endpoint; 0 for the others."""


class Entry(Struct, frozen=True):
    """One change, seen at `at`; it happened after `since`, when the same was last read.

    `ids` are the network interfaces, associations or CIDR blocks it is about, a hundred at most, of `count` in all.
    `verdict_before` is None for an endpoint that has just come, both are for what is no endpoint.
    """

    at: datetime
    since: datetime | None
    change: Change
    what: str
    subnet_id: str = ""
    vpc_endpoint_id: str = ""
    ids: tuple[str, ...] = ()
    count: int = 1
    verdict_before: Verdict | None = None
    verdict: Verdict | None = None

    @property
    def of_a_verdict(self) -> bool:
        """Whether the verdict on an endpoint is another one, or the first on a new one."""
        return self.verdict is not None and self.verdict is not self.verdict_before

    @property
    def worse(self) -> bool:
        """Whether the verdict on an endpoint got worse."""
        before = SEVERITY.get(self.verdict_before, 0) if self.verdict_before else 0
        return self.verdict is not None and SEVERITY.get(self.verdict, 0) > before


class Item(Struct, frozen=True):
    """A part of a change that may share an entry with others: its id, its words alone, its words among others."""

    id: str
    alone: str
    among: str
    kind: str = ""


def gathered(items: Sequence[Item], summary: Callable[[Sequence[Item]], str]) -> list[tuple[str, tuple[str, ...], int]]:
    """Words, ids and count of the entries that items come to: one each when they are few, else one for all."""
    if len(items) <= ALONE:
        return [(item.alone, (item.id,), 1) for item in items]
    return [(summary(items), tuple(item.id for item in items[:MOST_IDS]), len(items))]


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are: `a, b, c and 9 more`."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def kinds(items: Iterable[Item]) -> str:
    """How many there are of each kind, the most first: `9 EKS node, 3 instance`."""
    return ", ".join(f"{count:,} {kind}" for kind, count in Counter(item.kind for item in items).most_common())


def held(interface: NetworkInterface) -> str:
    """Its addresses and prefixes: `10.10.10.7, 10.10.10.16/28`; `no address` when it has none."""
    names = [*map(format_address, interface.addresses), *map(str, interface.prefixes)]
    return listed(names) or "no address"
