"""The events of subnets, field by field: times, kind, message, subnet, endpoint, ids and count."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.history.change_events import ChangeEvent, ChangeKind
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import ENDPOINT, A, B, endpoint, eni, reading, snapshot
from tests.model.history.comparison import DESCRIPTION, LATER, SINCE, compare, messages


def within(before: SubnetReading, after: SubnetReading) -> list[ChangeEvent]:
    return compare(snapshot(before), snapshot(after))


def subnet_24(*interfaces: NetworkInterface, reserved: tuple[str, ...] = ()) -> SubnetReading:
    return reading(A, "10.0.0.0/24", *interfaces, reservations=tuple((cidr, "explicit") for cidr in reserved))


def node(number: int, *addresses: str, instance: bool = True) -> NetworkInterface:
    return eni(f"eni-{number}", A, *addresses, instance_id=f"i-{number}" if instance else "")


def ipv6_node(addresses: tuple[str, ...], prefixes: tuple[str, ...] = ()) -> NetworkInterface:
    return structs.replace(node(1), ipv6_addresses=addresses, ipv6_prefixes=prefixes)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (None, ipv6_node(("2600::5",), ("2600::/80",)), "new eni-1 of i-1: 2600::5, 2600::/80"),
        (ipv6_node(("2600::5",)), None, "removed eni-1 of i-1: 2600::5"),
        (ipv6_node(("2600::5",)), ipv6_node(("2600::6",)), "eni-1 of i-1 gained 2600::6 and lost 2600::5"),
        (ipv6_node(()), ipv6_node((), ("2600::/80",)), "eni-1 of i-1 gained 2600::/80"),
        (ipv6_node(("2600::5",)), ipv6_node(("2600::5",)), None),
    ],
)
def test_ipv6_addresses_and_prefixes_come_and_go(
    before: NetworkInterface | None, after: NetworkInterface | None, message: str | None
) -> None:
    readings = [reading(A, None, *([interface] if interface else [])) for interface in (before, after)]
    assert [event.message for event in within(*readings)] == ([message] if message else [])


def test_subnets_added_and_removed() -> None:
    bare, more = snapshot(subnet_24()), snapshot(subnet_24(), reading(B, None, zone="us-east-1b"))
    since = SINCE["subnets"]
    assert compare(bare, more) == [
        ChangeEvent(LATER, since, ChangeKind.SUBNET_ADDED, "subnet added: without IPv4 in us-east-1b", B)
    ]
    assert compare(more, bare) == [
        ChangeEvent(LATER, since, ChangeKind.SUBNET_REMOVED, "subnet removed: without IPv4 in us-east-1b", B)
    ]
    assert compare(bare, more, same_selection=False) == []


def test_the_first_endpoint_selects_its_vpc_instead_of_all() -> None:
    elsewhere = reading(B, "10.1.0.0/24")
    elsewhere = structs.replace(elsewhere, subnet=structs.replace(elsewhere.subnet, vpc_id="vpc-elsewhere"))
    everything, selected = snapshot(subnet_24(), elsewhere), snapshot(subnet_24(), endpoints=(endpoint("Pending", A),))
    for before, after in ((everything, selected), (selected, everything)):
        assert {event.kind for event in compare(before, after)} & {
            ChangeKind.SUBNET_ADDED,
            ChangeKind.SUBNET_REMOVED,
        } == set()


def test_one_and_many_reservations() -> None:
    def event(message: str, *ids: str) -> ChangeEvent:
        return ChangeEvent(LATER, SINCE[f"reservations {A}"], ChangeKind.RESERVATIONS, message, A, "", ids, len(ids))

    one, two = subnet_24(reserved=("10.0.0.16/28",)), subnet_24(reserved=("10.0.0.16/28", "10.0.0.32/28"))
    assert within(one, two) == [event("explicit reservation 10.0.0.32/28 added", "10.0.0.32/28")]
    assert within(two, one) == [event("explicit reservation 10.0.0.32/28 removed", "10.0.0.32/28")]
    other = subnet_24(reserved=("10.0.0.64/28",))
    assert within(one, other) == [
        event("explicit reservation 10.0.0.16/28 removed", "10.0.0.16/28"),
        event("explicit reservation 10.0.0.64/28 added", "10.0.0.64/28"),
    ]
    many = tuple(f"10.0.0.{16 * n}/28" for n in range(1, 5))
    named = "10.0.0.16/28, 10.0.0.32/28, 10.0.0.48/28 and 1 more"
    assert within(subnet_24(), subnet_24(reserved=many)) == [event(f"4 reservations added: {named}", *many)]
    assert within(subnet_24(reserved=many), subnet_24()) == [event(f"4 reservations removed: {named}", *many)]


def test_a_further_prefix_of_a_node_takes_one_block() -> None:
    """The VPC CNI adds prefixes to ENIs that are there already."""
    bare, one, two = (
        subnet_24(node(1, "10.0.0.5", *(f"10.0.0.{16 * n}/28" for n in range(1, count + 1)))) for count in range(3)
    )
    first, second = "10.0.0.16/28 taken by eni-1 of i-1", "10.0.0.32/28 taken by eni-1 of i-1"
    taken, freed = ChangeKind.BLOCK_TAKEN, ChangeKind.BLOCK_FREED
    assert within(bare, one) == [ChangeEvent(LATER, SINCE[A], taken, first, A, "", ("10.0.0.16/28",))]
    assert within(one, two) == [ChangeEvent(LATER, SINCE[A], taken, second, A, "", ("10.0.0.32/28",))]
    assert within(one, bare) == [
        ChangeEvent(LATER, SINCE[A], freed, first.replace("taken", "freed"), A, "", ("10.0.0.16/28",))
    ]


def test_only_events_of_an_endpoints_interface_name_the_endpoint() -> None:
    mine, other = (
        eni("eni-7", A, "10.0.0.7", "10.0.0.16/28", description=DESCRIPTION),
        node(1, "10.0.0.5", "10.0.0.32/28"),
    )
    events = within(subnet_24(), subnet_24(other, mine))
    assert [(event.ids, event.vpc_endpoint_id) for event in events] == [
        (("eni-1",), ""),
        (("eni-7",), ENDPOINT),
        (("10.0.0.16/28",), ENDPOINT),
        (("10.0.0.32/28",), ""),
    ]
    crowd = [eni(f"eni-{n}", A, f"10.0.0.{n}", description=DESCRIPTION) for n in range(5, 9)]
    (many,) = within(subnet_24(), subnet_24(*crowd))
    assert (many.count, many.vpc_endpoint_id) == (4, "")
    assert many.message == "4 interfaces added (4 VPC Lattice endpoint): 10.0.0.5, 10.0.0.6, 10.0.0.7 and 1 more"


def test_changed_and_new_interfaces() -> None:
    before = subnet_24(node(2, "10.0.0.5"), node(3, "10.0.0.6", "10.0.0.7"))
    after = subnet_24(node(1, "10.0.0.8"), node(2, "10.0.0.5"), node(3, "10.0.0.7", "10.0.0.6"))
    assert messages(within(before, after)) == [
        "new eni-1 of i-1: 10.0.0.8",
        "eni-3 of i-3 changed its primary address",
    ]


def test_many_changed_interfaces_share_an_event() -> None:
    before = subnet_24(*(node(n, f"10.0.0.{n}") for n in range(4, 8)))
    after = subnet_24(*(node(n, f"10.0.0.{n}", f"10.0.0.{n + 4}") for n in range(4, 8)))
    what = "4 interfaces changed addresses (4 instance): eni-4, eni-5, eni-6 and 1 more"
    ids = ("eni-4", "eni-5", "eni-6", "eni-7")
    assert within(before, after) == [ChangeEvent(LATER, SINCE[A], ChangeKind.ADDRESSES, what, A, "", ids, 4)]


def test_a_shared_event_counts_the_owners_of_each_kind() -> None:
    def pod(number: int) -> NetworkInterface:
        return eni(
            f"eni-{number}", A, f"10.0.0.{number}", f"10.0.0.{16 * number}/28", description=f"aws-K8S-i-{number}"
        )

    before = subnet_24(node(4, "10.0.0.4"), *(pod(n) for n in range(5, 9)))
    removed, freed = within(before, subnet_24())
    assert removed.message == (
        "5 interfaces removed (4 EKS node, 1 instance): "
        "10.0.0.4, 10.0.0.5, 10.0.0.80/28, 10.0.0.6, 10.0.0.96/28 and 2 more"
    )
    assert freed.message == "4 blocks freed (4 EKS node): 10.0.0.80/28, 10.0.0.96/28, 10.0.0.112/28 and 1 more"
    assert (removed.kind, removed.count, freed.kind, freed.count) == (
        ChangeKind.INTERFACES_REMOVED, 5, ChangeKind.BLOCK_FREED, 4,
    )  # fmt: skip


def test_an_interface_without_ipv4_has_no_address() -> None:
    assert messages(within(subnet_24(), subnet_24(node(1)))) == ["new eni-1 of i-1: no address"]


@pytest.mark.parametrize(
    ("before", "reserved"),
    [
        ((), ()),
        ((), (("10.0.0.16/28", "prefix"),)),
        ((), (("10.0.0.16/28", "explicit"),)),
        (("10.0.0.5", "10.0.0.16/28"), ()),
    ],
    ids=["free", "prefix reservation", "explicit reservation", "prefix"],
)
@pytest.mark.parametrize("description", ["", DESCRIPTION], ids=["instance", "endpoint"])
def test_an_address_fragments_a_block_whatever_its_state_was(
    before: tuple[str, ...], reserved: tuple[tuple[str, str], ...], description: str
) -> None:
    was = [eni("eni-1", A, *before, description=description, instance_id="i-1")] if before else []
    old = reading(A, "10.0.0.0/24", *was, reservations=reserved)
    new = reading(A, "10.0.0.0/24", node(2, "10.0.0.17"), reservations=reserved)
    assert messages(within(old, new))[-1] == "10.0.0.16/28 fragmented by one address: 10.0.0.17 (i-2)"


def test_three_similar_changes_get_an_event_each() -> None:
    assert len(within(subnet_24(), subnet_24(*(node(n, f"10.0.0.{n}") for n in range(4, 7))))) == 3


def test_fragmented_and_freed_blocks_are_named_by_cidr() -> None:
    whole, broken = subnet_24(), subnet_24(node(1, "10.0.0.17"))
    assert within(whole, broken)[-1] == ChangeEvent(
        LATER, SINCE[A], ChangeKind.BLOCK_FRAGMENTED, "10.0.0.16/28 fragmented by one address: 10.0.0.17 (i-1)", A, "",
        ("10.0.0.16/28",),
    )  # fmt: skip
    assert within(broken, whole)[-1] == ChangeEvent(
        LATER, SINCE[A], ChangeKind.BLOCK_FREED,
        "10.0.0.16/28 no longer in use; it held one address: 10.0.0.17 (i-1)", A, "", ("10.0.0.16/28",),
    )  # fmt: skip
    spread = subnet_24(node(1, *(f"10.0.0.{16 * n}" for n in range(1, 5))))
    ids = ("10.0.0.16/28", "10.0.0.32/28", "10.0.0.48/28", "10.0.0.64/28")
    named = "10.0.0.16/28, 10.0.0.32/28, 10.0.0.48/28 and 1 more"
    assert within(whole, spread)[-1] == ChangeEvent(
        LATER, SINCE[A], ChangeKind.BLOCK_FRAGMENTED, f"4 blocks fragmented: {named}", A, "", ids, 4
    )
    assert within(spread, whole)[-1] == ChangeEvent(
        LATER, SINCE[A], ChangeKind.BLOCK_FREED, f"4 blocks no longer in use: {named}", A, "", ids, 4
    )


@pytest.mark.parametrize(("free", "what"), [(1, "1 free /28 block again"), (2, "2 free /28 blocks again")])
def test_free_blocks_again(free: int, what: str) -> None:
    """A /26 has two blocks between its edges."""
    full = reading(A, "10.0.0.0/26", node(1, "10.0.0.17"), node(2, "10.0.0.33"))
    left = reading(A, "10.0.0.0/26", *full.interfaces[free:])
    assert within(full, left)[-1] == ChangeEvent(LATER, SINCE[A], ChangeKind.FREE_BLOCK_AGAIN, what, A)
    assert within(left, full)[-1] == ChangeEvent(LATER, SINCE[A], ChangeKind.NO_FREE_BLOCK, "no free /28 block left", A)


def test_free_blocks_are_those_that_awss_count_leaves() -> None:
    """The map of the /26 shows one free block in all of them; of nine addresses AWS can make none."""
    left, none, open_ = (
        reading(A, "10.0.0.0/26", node(1, "10.0.0.17"), available=58 - unaccounted, unaccounted=unaccounted)
        for unaccounted in (0, 49, 1)
    )
    assert messages(within(left, none)) == ["no free /28 block left"]
    assert messages(within(none, left)) == ["1 free /28 block again"]
    assert messages(within(none, open_)) == ["at most 1 free /28 block again"]
    assert messages(within(left, open_)) == []


def test_a_prefix_listed_for_two_interfaces_is_an_event_for_both() -> None:
    """ENIs are read page by page, and a prefix may pass from one to another in between."""
    both = subnet_24(node(1, "10.0.0.5", "10.0.0.16/28"), node(2, "10.0.0.6", "10.0.0.16/28"))
    assert messages(within(subnet_24(), both))[-2:] == [
        "10.0.0.16/28 taken by eni-1 of i-1",
        "10.0.0.16/28 taken by eni-2 of i-2",
    ]


def test_an_unchanged_subnet_hides_no_change_of_another() -> None:
    same = reading(B, "10.0.1.0/24", zone="us-east-1b")
    before, after = snapshot(same, subnet_24()), snapshot(same, subnet_24(node(1, "10.0.0.5")))
    assert messages(compare(before, after)) == ["new eni-1 of i-1: 10.0.0.5"]


def test_the_last_subnet_of_a_vpc_that_stays_selected_by_its_endpoint_is_removed() -> None:
    """Of two VPCs with an endpoint each."""
    elsewhere = reading("subnet-e", "10.9.0.0/24")
    elsewhere = structs.replace(elsewhere, subnet=structs.replace(elsewhere.subnet, vpc_id="vpc-elsewhere"))
    other = structs.replace(endpoint("Available", endpoint_id="vpce-2"), vpc_id="vpc-elsewhere")
    both = (endpoint("Available", A), other)
    before, after = snapshot(subnet_24(), elsewhere, endpoints=both), snapshot(subnet_24(), endpoints=both)
    (event,) = compare(before, after)
    assert (event.kind, event.subnet_id) == (ChangeKind.SUBNET_REMOVED, "subnet-e")
