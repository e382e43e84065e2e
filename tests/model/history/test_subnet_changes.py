"""Each change within and of subnets whole: when, since when, in which words, where, about what, of how many."""

from __future__ import annotations

import pytest

from latticetop.model.history.events import Change, Entry, listed
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import ENDPOINT, A, B, eni, reading, snapshot
from tests.model.dated import LATER, LATTICE, SINCE, between, words


def within(before: SubnetReading, after: SubnetReading) -> list[Entry]:
    return between(snapshot(before), snapshot(after))


def of_24(*interfaces: NetworkInterface, reserved: tuple[str, ...] = ()) -> SubnetReading:
    return reading(A, "10.0.0.0/24", *interfaces, reservations=tuple((cidr, "explicit") for cidr in reserved))


def node(number: int, *held: str, instance: bool = True) -> NetworkInterface:
    return eni(f"eni-{number}", A, *held, instance_id=f"i-{number}" if instance else "")


def test_subnets_that_come_and_go() -> None:
    bare, more = snapshot(of_24()), snapshot(of_24(), reading(B, None, zone="us-east-1b"))
    since = SINCE["subnets"]
    assert between(bare, more) == [Entry(LATER, since, Change.SUBNET_CAME, "new subnet without IPv4 in us-east-1b", B)]
    assert between(more, bare) == [
        Entry(LATER, since, Change.SUBNET_GONE, "the subnet is gone: without IPv4 in us-east-1b", B)
    ]
    assert between(bare, more, same_selection=False) == []


def test_reservations_each_and_many() -> None:
    def told(what: str, *ids: str) -> Entry:
        return Entry(LATER, SINCE[f"reservations {A}"], Change.RESERVATIONS, what, A, "", ids, len(ids))

    one, two = of_24(reserved=("10.0.0.16/28",)), of_24(reserved=("10.0.0.16/28", "10.0.0.32/28"))
    assert within(one, two) == [told("explicit reservation 10.0.0.32/28 is new", "10.0.0.32/28")]
    assert within(two, one) == [told("explicit reservation 10.0.0.32/28 is gone", "10.0.0.32/28")]
    other = of_24(reserved=("10.0.0.64/28",))
    assert within(one, other) == [
        told("explicit reservation 10.0.0.16/28 is gone", "10.0.0.16/28"),
        told("explicit reservation 10.0.0.64/28 is new", "10.0.0.64/28"),
    ]
    many = tuple(f"10.0.0.{16 * n}/28" for n in range(1, 5))
    named = "10.0.0.16/28, 10.0.0.32/28, 10.0.0.48/28 and 1 more"
    assert within(of_24(), of_24(reserved=many)) == [told(f"4 reservations are new: {named}", *many)]
    assert within(of_24(reserved=many), of_24()) == [told(f"4 reservations are gone: {named}", *many)]


def test_a_node_that_is_given_a_prefix_takes_a_block_and_no_other_anew() -> None:
    """The VPC CNI adds prefixes to ENIs that are there already."""
    bare, one, two = (
        of_24(node(1, "10.0.0.5", *(f"10.0.0.{16 * n}/28" for n in range(1, count + 1)))) for count in range(3)
    )
    first, second = "10.0.0.16/28 taken by eni-1 of i-1", "10.0.0.32/28 taken by eni-1 of i-1"
    taken, freed = Change.BLOCK_TAKEN, Change.BLOCK_FREED
    assert within(bare, one) == [Entry(LATER, SINCE[A], taken, first, A, "", ("10.0.0.16/28",))]
    assert within(one, two) == [Entry(LATER, SINCE[A], taken, second, A, "", ("10.0.0.32/28",))]
    assert within(one, bare) == [
        Entry(LATER, SINCE[A], freed, first.replace("taken", "freed"), A, "", ("10.0.0.16/28",))
    ]


def test_changes_of_an_endpoint_are_told_as_its_own_and_those_of_others_are_not() -> None:
    mine, other = eni("eni-7", A, "10.0.0.7", "10.0.0.16/28", description=LATTICE), node(1, "10.0.0.5", "10.0.0.32/28")
    entries = within(of_24(), of_24(other, mine))
    assert [(entry.ids, entry.vpc_endpoint_id) for entry in entries] == [
        (("eni-1",), ""),
        (("eni-7",), ENDPOINT),
        (("10.0.0.16/28",), ENDPOINT),
        (("10.0.0.32/28",), ""),
    ]
    crowd = [eni(f"eni-{n}", A, f"10.0.0.{n}", description=LATTICE) for n in range(5, 9)]
    (many,) = within(of_24(), of_24(*crowd))
    assert (many.count, many.vpc_endpoint_id) == (4, "")
    assert many.what == "4 interfaces came (4 VPC Lattice endpoint): 10.0.0.5, 10.0.0.6, 10.0.0.7 and 1 more"


def test_interfaces_that_change_among_others_that_come() -> None:
    before = of_24(node(2, "10.0.0.5"), node(3, "10.0.0.6", "10.0.0.7"))
    after = of_24(node(1, "10.0.0.8"), node(2, "10.0.0.5"), node(3, "10.0.0.7", "10.0.0.6"))
    assert words(within(before, after)) == [
        "new eni-1 of i-1: 10.0.0.8",
        "eni-3 of i-3 has another primary address",
    ]


def test_many_interfaces_that_change_share_an_entry() -> None:
    before = of_24(*(node(n, f"10.0.0.{n}") for n in range(4, 8)))
    after = of_24(*(node(n, f"10.0.0.{n}", f"10.0.0.{n + 4}") for n in range(4, 8)))
    what = "4 interfaces took or gave back addresses (4 instance): eni-4, eni-5, eni-6 and 1 more"
    ids = ("eni-4", "eni-5", "eni-6", "eni-7")
    assert within(before, after) == [Entry(LATER, SINCE[A], Change.ADDRESSES, what, A, "", ids, 4)]


def test_a_fleet_of_several_kinds_that_goes_is_told_with_how_many_of_each() -> None:
    def pod(number: int) -> NetworkInterface:
        return eni(
            f"eni-{number}", A, f"10.0.0.{number}", f"10.0.0.{16 * number}/28", description=f"aws-K8S-i-{number}"
        )

    before = of_24(node(4, "10.0.0.4"), *(pod(n) for n in range(5, 9)))
    gone, freed = within(before, of_24())
    assert gone.what == (
        "5 interfaces went (4 EKS node, 1 instance): "
        "10.0.0.4, 10.0.0.5, 10.0.0.80/28, 10.0.0.6, 10.0.0.96/28 and 2 more"
    )
    assert freed.what == "4 blocks freed (4 EKS node): 10.0.0.80/28, 10.0.0.96/28, 10.0.0.112/28 and 1 more"
    assert (gone.change, gone.count, freed.change, freed.count) == (
        Change.INTERFACES_GONE, 5, Change.BLOCK_FREED, 4,
    )  # fmt: skip


def test_an_interface_without_ipv4_has_no_address() -> None:
    assert words(within(of_24(), of_24(node(1)))) == ["new eni-1 of i-1: no address"]


@pytest.mark.parametrize(
    ("before", "reserved"),
    [
        ((), ()),
        ((), (("10.0.0.16/28", "prefix"),)),
        ((), (("10.0.0.16/28", "explicit"),)),
        (("10.0.0.5", "10.0.0.16/28"), ()),
    ],
    ids=["free", "kept for prefixes", "kept for those who name it", "taken"],
)
@pytest.mark.parametrize("description", ["", LATTICE], ids=["instance", "endpoint"])
def test_an_address_breaks_a_block_whatever_it_was_before(
    before: tuple[str, ...], reserved: tuple[tuple[str, str], ...], description: str
) -> None:
    was = [eni("eni-1", A, *before, description=description, instance_id="i-1")] if before else []
    old = reading(A, "10.0.0.0/24", *was, reservations=reserved)
    new = reading(A, "10.0.0.0/24", node(2, "10.0.0.17"), reservations=reserved)
    assert words(within(old, new))[-1] == "10.0.0.16/28 broken by one address: 10.0.0.17 (i-2)"


def test_three_alike_stand_each_alone() -> None:
    assert len(within(of_24(), of_24(*(node(n, f"10.0.0.{n}") for n in range(4, 7))))) == 3


def test_blocks_that_are_broken_and_whole_again_are_named_by_their_ranges() -> None:
    whole, broken = of_24(), of_24(node(1, "10.0.0.17"))
    assert within(whole, broken)[-1] == Entry(
        LATER, SINCE[A], Change.BLOCK_BROKEN, "10.0.0.16/28 broken by one address: 10.0.0.17 (i-1)", A, "",
        ("10.0.0.16/28",),
    )  # fmt: skip
    assert within(broken, whole)[-1] == Entry(
        LATER, SINCE[A], Change.BLOCK_FREED, "10.0.0.16/28 whole again: gone is one address: 10.0.0.17 (i-1)", A, "",
        ("10.0.0.16/28",),
    )  # fmt: skip
    spread = of_24(node(1, *(f"10.0.0.{16 * n}" for n in range(1, 5))))
    ids = ("10.0.0.16/28", "10.0.0.32/28", "10.0.0.48/28", "10.0.0.64/28")
    named = "10.0.0.16/28, 10.0.0.32/28, 10.0.0.48/28 and 1 more"
    assert within(whole, spread)[-1] == Entry(
        LATER, SINCE[A], Change.BLOCK_BROKEN, f"4 blocks broken: {named}", A, "", ids, 4
    )
    assert within(spread, whole)[-1] == Entry(
        LATER, SINCE[A], Change.BLOCK_FREED, f"4 blocks whole again: {named}", A, "", ids, 4
    )


@pytest.mark.parametrize(("free", "what"), [(1, "1 free /28 block again"), (2, "2 free /28 blocks again")])
def test_how_many_blocks_are_left_again(free: int, what: str) -> None:
    """A /26 has two blocks between its edges."""
    full = reading(A, "10.0.0.0/26", node(1, "10.0.0.17"), node(2, "10.0.0.33"))
    left = reading(A, "10.0.0.0/26", *full.interfaces[free:])
    assert within(full, left)[-1] == Entry(LATER, SINCE[A], Change.BLOCK_LEFT_AGAIN, what, A)
    assert within(left, full)[-1] == Entry(LATER, SINCE[A], Change.NO_BLOCK_LEFT, "no free /28 block left", A)


def test_a_prefix_that_two_interfaces_seem_to_hold_is_told_of_both() -> None:
    """ENIs are read page by page, and a prefix may pass from one to another in between."""
    both = of_24(node(1, "10.0.0.5", "10.0.0.16/28"), node(2, "10.0.0.6", "10.0.0.16/28"))
    assert words(within(of_24(), both))[-2:] == [
        "10.0.0.16/28 taken by eni-1 of i-1",
        "10.0.0.16/28 taken by eni-2 of i-2",
    ]


def test_what_changed_in_one_subnet_is_told_whatever_stayed_in_another() -> None:
    same = reading(B, "10.0.1.0/24", zone="us-east-1b")
    before, after = snapshot(same, of_24()), snapshot(same, of_24(node(1, "10.0.0.5")))
    assert words(between(before, after)) == ["new eni-1 of i-1: 10.0.0.5"]


@pytest.mark.parametrize(
    ("count", "told"), [(0, ""), (1, "a"), (3, "a, b, c"), (4, "a, b, c and 1 more"), (5, "a, b, c and 2 more")]
)
def test_the_first_three_names_are_listed(count: int, told: str) -> None:
    assert listed("abcde"[:count]) == told
