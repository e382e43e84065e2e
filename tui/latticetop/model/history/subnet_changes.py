"""What changed in subnets: interfaces, addresses, blocks, reservations, and whether a /28 is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from latticetop.model.blocks.reasons import broken_by, describe_holder
from latticetop.model.endpoints.verdict import Verdict, judge
from latticetop.model.history.events import Change, Entry, Item, gathered, held, kinds, listed
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import endpoint_of, owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latticetop.model.records.address import Cidr
    from latticetop.model.records.resources import NetworkInterface
    from latticetop.model.snapshot import Snapshot, SubnetReading

_SINGLE, _ASSIGNABLE_OR_HELD_BACK = frozenset("fF"), frozenset(".PX")


class _Pair(NamedTuple):
    """A subnet before and after, and the ENIs in it by id where they differ."""

    before: SubnetReading
    after: SubnetReading
    old: Mapping[str, NetworkInterface]
    new: Mapping[str, NetworkInterface]


def subnet_changes(before: Snapshot, after: Snapshot, *, same_selection: bool) -> Iterator[Entry]:
    """Everything that changed in the subnets of a scope; see `journal.entries_between`."""
    if "subnets" not in before.read_at or "subnets" not in after.read_at:
        return
    if same_selection:
        yield from _come_and_gone(before, after)
    for subnet_id, reading in after.subnets.items():
        old = before.subnets.get(subnet_id)
        if old is None or old is reading:
            continue
        if f"reservations {subnet_id}" in before.read_at:
            yield from _reservations(old, reading, before, after)
        else:
            old = structs.replace(old, reservations=reading.reservations)
        if subnet_id in before.read_at and subnet_id in after.read_at:
            yield from _inside(_pair(old, reading), before, after)


def _come_and_gone(before: Snapshot, after: Snapshot) -> Iterator[Entry]:
    """Subnets that are new or gone, but for those of a VPC that is looked into for its endpoints only since or before.

    Follows `follow.choose`: a VPC counts while it has an endpoint that AWS is not done with.
    """
    if before.subnets.keys() == after.subnets.keys():
        return
    elsewhere = _looked_into(before) ^ _looked_into(after)
    since = before.read_at["subnets"]
    for one, other, change in ((after, before, Change.SUBNET_CAME), (before, after, Change.SUBNET_GONE)):
        for subnet_id, reading in one.subnets.items():
            subnet = reading.subnet
            if subnet_id not in other.subnets and subnet.vpc_id not in elsewhere:
                what = "new subnet" if change is Change.SUBNET_CAME else "the subnet is gone:"
                words = f"{what} {subnet.cidr_block or 'without IPv4'} in {subnet.availability_zone}"
                yield Entry(after.taken_at, since, change, words, subnet_id)


def _looked_into(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(e.vpc_id for e in snapshot.endpoints.values() if judge(e.state, ()) is not Verdict.GONE)


def _reservations(old: SubnetReading, new: SubnetReading, before: Snapshot, after: Snapshot) -> Iterator[Entry]:
    if old.reservations == new.reservations:
        return
    subnet_id = new.subnet.subnet_id
    since = before.read_at[f"reservations {subnet_id}"]
    was = {r.subnet_cidr_reservation_id: r for r in old.reservations}
    now = {r.subnet_cidr_reservation_id: r for r in new.reservations}
    for one, other, what in ((was, now, "is gone"), (now, was, "is new")):
        found = [one[key] for key in one if key not in other or one[key].cidr != other[key].cidr]
        items = [Item(str(r.cidr), f"{r.reservation_type} reservation {r.cidr} {what}", str(r.cidr)) for r in found]
        for words, ids, count in _gathered(items, f"reservations are {'new' if one is now else 'gone'}"):
            yield Entry(after.taken_at, since, Change.RESERVATIONS, words, subnet_id, "", ids, count)


def _pair(old: SubnetReading, new: SubnetReading) -> _Pair:
    if old.interfaces is new.interfaces:
        return _Pair(old, new, {}, {})
    was = {i.network_interface_id: i for i in old.interfaces}
    now = {i.network_interface_id: i for i in new.interfaces}
    return _Pair(
        old,
        new,
        {key: i for key, i in was.items() if key not in now or _holds_other(i, now[key])},
        {key: i for key, i in now.items() if key not in was or _holds_other(i, was[key])},
    )


def _holds_other(one: NetworkInterface, other: NetworkInterface) -> bool:
    return one.addresses != other.addresses or one.prefixes != other.prefixes


def _inside(pair: _Pair, before: Snapshot, after: Snapshot) -> Iterator[Entry]:
    subnet_id = pair.after.subnet.subnet_id
    since = before.read_at[subnet_id]
    stories = (
        (Change.INTERFACES_GONE, _without(pair.old, pair.new, "gone"), "interfaces went"),
        (Change.BLOCK_FREED, _blocks(pair.old, pair.new, "freed by"), "blocks freed"),
        (Change.INTERFACES_CAME, _without(pair.new, pair.old, "new"), "interfaces came"),
        (Change.ADDRESSES, _altered(pair), "interfaces took or gave back addresses"),
        (Change.BLOCK_TAKEN, _blocks(pair.new, pair.old, "taken by"), "blocks taken"),
        (Change.BLOCK_FREED, _whole_again(pair), "blocks whole again"),
        (Change.BLOCK_BROKEN, _broken(pair), "blocks broken"),
    )
    for change, items, verb in stories:
        for words, ids, count in _gathered(items, verb):
            endpoint_id = _endpoint_of(ids, pair) if count == 1 else ""
            yield Entry(after.taken_at, since, change, words, subnet_id, endpoint_id, ids, count)
    if pair.before.blocks.letters and bool(pair.before.blocks.free) != bool(pair.after.blocks.free):
        left = pair.after.blocks.free
        change = Change.BLOCK_LEFT_AGAIN if left else Change.NO_BLOCK_LEFT
        words = f"{left:,} free /28 block{'s' if left > 1 else ''} again" if left else "no free /28 block left"
        yield Entry(after.taken_at, since, change, words, subnet_id)


def _endpoint_of(ids: Sequence[str], pair: _Pair) -> str:
    """The endpoint whose ENI an entry with one id is about, be the id the ENI's or that of a block it holds."""
    for interface in (*pair.new.values(), *pair.old.values()):
        if ids[0] == interface.network_interface_id or ids[0] in map(str, interface.prefixes):
            return endpoint_of(interface)[0]
    return ""


def _without(one: Mapping[str, NetworkInterface], other: Mapping[str, NetworkInterface], what: str) -> list[Item]:
    """The ENIs of one side only."""
    return [
        Item(key, f"{what} {describe_holder(i)}: {held(i)}", held(i), owner_of(i).kind.value)
        for key, i in one.items()
        if key not in other
    ]


def _altered(pair: _Pair) -> list[Item]:
    """The ENIs that gained or lost single addresses."""
    items = []
    for key, now in pair.new.items():
        if (was := pair.old.get(key)) is None or was.addresses == now.addresses:
            continue
        gained = [format_address(a) for a in now.addresses if a not in was.addresses]
        lost = [format_address(a) for a in was.addresses if a not in now.addresses]
        parts = (("took", gained), ("gave back", lost))
        told = (
            " and ".join(f"{verb} {listed(names)}" for verb, names in parts if names) or "has another primary address"
        )
        items.append(Item(key, f"{describe_holder(now)} {told}", key, owner_of(now).kind.value))
    return items


def _blocks(one: Mapping[str, NetworkInterface], other: Mapping[str, NetworkInterface], verb: str) -> list[Item]:
    """The prefixes that an ENI has on one side only."""
    found: list[tuple[Cidr, NetworkInterface]] = []
    for key, interface in one.items():
        kept = other[key].prefixes if key in other else ()
        found += [(prefix, interface) for prefix in interface.prefixes if prefix not in kept]
    return [
        Item(str(prefix), f"{prefix} {verb} {describe_holder(i)}", str(prefix), owner_of(i).kind.value)
        for prefix, i in sorted(found, key=lambda each: each[0])
    ]


def _turned(pair: _Pair, was: frozenset[str], now: frozenset[str]) -> list[int]:
    """The indexes of the blocks that went from one group of states to another."""
    old, new = pair.before.blocks, pair.after.blocks
    if not (pair.old or pair.new) or old.cidr != new.cidr or old.letters == new.letters:
        return []
    both = enumerate(zip(old.letters, new.letters, strict=True))
    return [i for i, (before, after) in both if before in was and after in now]


def _broken(pair: _Pair) -> list[Item]:
    found = (pair.after.blocks.block(i) for i in _turned(pair, frozenset(".PXLA"), _SINGLE))
    return [Item(str(b.cidr), f"{b.cidr} broken by {broken_by(b)}", str(b.cidr)) for b in found]


def _whole_again(pair: _Pair) -> list[Item]:
    found = (pair.before.blocks.block(i) for i in _turned(pair, _SINGLE, _ASSIGNABLE_OR_HELD_BACK))
    return [Item(str(b.cidr), f"{b.cidr} whole again: gone is {broken_by(b)}", str(b.cidr)) for b in found]


def _gathered(items: Sequence[Item], verb: str) -> list[tuple[str, tuple[str, ...], int]]:
    """The entries that items come to; of many: `9 interfaces came (9 EKS node): …`."""

    def summary(many: Sequence[Item]) -> str:
        sorts = f" ({kinds(many)})" if any(item.kind for item in many) else ""
        return f"{len(many):,} {verb}{sorts}: {listed([item.among for item in many])}"

    return gathered(items, summary)
