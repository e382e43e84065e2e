"""One change in a scope: what changed, where, when, and the sentence that says so."""

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

MAX_SEPARATE_EVENTS = 3
"""Up to this many similar changes in one subnet or endpoint get an event each; more share one event."""
MAX_NAMES = 3
"""The number of ids or addresses that a sentence names before it counts the others."""
MAX_IDS = 100
"""The number of ids that one event keeps."""


class ChangeKind(StrEnum):
    """The kinds of change; the value is what exports and filters use."""

    SUBNET_ADDED = "subnet-added"
    SUBNET_REMOVED = "subnet-removed"
    RESERVATIONS = "reservations-changed"
    INTERFACES_REMOVED = "interfaces-removed"
    BLOCK_FREED = "block-freed"
    INTERFACES_ADDED = "interfaces-added"
    ADDRESSES = "addresses-changed"
    BLOCK_TAKEN = "block-taken"
    BLOCK_FRAGMENTED = "block-fragmented"
    NO_FREE_BLOCK = "no-free-block"
    FREE_BLOCK_AGAIN = "free-block-again"
    ASSOCIATIONS_REMOVED = "associations-removed"
    ASSOCIATIONS_ADDED = "associations-added"
    ACCESSIBILITY = "accessibility-changed"
    ENDPOINT_ADDED = "endpoint-added"
    ENDPOINT_REMOVED = "endpoint-removed"
    ENDPOINT_CHANGED = "endpoint-changed"


SEVERITY = {Verdict.FAILED: 3, Verdict.DEGRADED: 2, Verdict.FAILED_BUT_ACCESSIBLE: 1}
"""How severe a verdict is for the users of an endpoint; 0 for verdicts not listed."""


class ChangeEvent(Struct, frozen=True):
    """One change, first seen by the read at `at`; it happened after `since`, the time of the previous read.

    `ids` are the network interfaces, associations or CIDR blocks concerned: at most 100, of `count` in all.
    Both verdicts are None where the event is not about an endpoint; `verdict_before` is None for a new endpoint.
    """

    at: datetime
    since: datetime | None
    kind: ChangeKind
    message: str
    subnet_id: str = ""
    vpc_endpoint_id: str = ""
    ids: tuple[str, ...] = ()
    count: int = 1
    verdict_before: Verdict | None = None
    verdict: Verdict | None = None

    @property
    def verdict_changed(self) -> bool:
        """Whether the verdict on an endpoint changed, or is the first one on a new endpoint."""
        return self.verdict is not None and self.verdict is not self.verdict_before

    @property
    def worse(self) -> bool:
        """Whether the verdict on an endpoint got worse."""
        before = SEVERITY.get(self.verdict_before, 0) if self.verdict_before else 0
        return self.verdict is not None and SEVERITY.get(self.verdict, 0) > before


class ChangeItem(Struct, frozen=True):
    """One of several similar changes: its id, its sentence in an event of its own, and its name in a shared event.

    `owner` is the kind of owner ("EKS node"), which a shared event counts; empty where there is none.
    """

    id: str
    sentence: str
    name: str
    owner: str = ""


def group_items(
    items: Sequence[ChangeItem], summarize: Callable[[Sequence[ChangeItem]], str]
) -> list[tuple[str, tuple[str, ...], int]]:
    """Return (message, ids, count) of each event: one event per item for a few items, one shared event for more."""
    if len(items) <= MAX_SEPARATE_EVENTS:
        return [(item.sentence, (item.id,), 1) for item in items]
    return [(summarize(items), tuple(item.id for item in items[:MAX_IDS]), len(items))]


def join_names(names: Sequence[str]) -> str:
    """Join the first names and count the others: `a, b, c and 9 more`."""
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def count_owners(items: Iterable[ChangeItem]) -> str:
    """Count the items of each kind of owner, the most frequent first: `9 EKS node, 3 instance`."""
    return ", ".join(f"{count:,} {owner}" for owner, count in Counter(item.owner for item in items).most_common())


def describe_addresses(interface: NetworkInterface) -> str:
    """Name an ENI's addresses and prefixes: `10.10.10.7, 10.10.10.16/28`; `no address` if it has none."""
    return join_names([*single_addresses(interface), *map(str, interface.prefixes)]) or "no address"


def single_addresses(interface: NetworkInterface) -> list[str]:
    """Name an ENI's individual addresses, and whatever it has of IPv6; its /28 prefixes are changes of blocks."""
    return [*map(format_address, interface.addresses), *interface.ipv6_addresses, *interface.ipv6_prefixes]
