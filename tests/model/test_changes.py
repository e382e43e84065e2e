"""Each change whole: when, since when, in which words, where, about what and of how many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.model.changes import Change, Entry, listed
from latticetop.model.journal import entries_between
from latticetop.model.resources import Association, NetworkInterface
from latticetop.model.snapshot import Snapshot, SubnetReading
from latticetop.model.verdict import Verdict
from tests.model.builders import ENDPOINT, NOW, A, B, associations, endpoint, eni, reading, snapshot

LATER = NOW + timedelta(minutes=1)
PARTS = ("endpoints", "associations", "subnets", A, B, f"reservations {A}")
SINCE = {part: NOW + timedelta(seconds=number) for number, part in enumerate(PARTS)}
"""When each part was read before: all at other times, so that each change tells of its own."""
LATTICE = f"VPC Endpoint Interface {ENDPOINT}"


def between(before: Snapshot, after: Snapshot, **more: bool) -> list[Entry]:
    """What changed; `before` was read part by part, `after` a minute later."""
    known = {part: at for part, at in SINCE.items() if part in before.read_at or part.startswith("reservations")}
    read_at = dict.fromkeys((*after.read_at, f"reservations {A}"), LATER)
    return entries_between(
        structs.replace(before, read_at=known), structs.replace(after, taken_at=LATER, read_at=read_at), **more
    )


def words(entries: Iterable[Entry]) -> list[str]:
    return [entry.what for entry in entries]


def within(before: SubnetReading, after: SubnetReading) -> list[Entry]:
    return between(snapshot(before), snapshot(after))


def of_24(*interfaces: NetworkInterface, reserved: tuple[str, ...] = ()) -> SubnetReading:
    return reading(A, "10.0.0.0/24", *interfaces, reservations=tuple((cidr, "explicit") for cidr in reserved))


def node(number: int, *held: str, instance: bool = True) -> NetworkInterface:
    return eni(f"eni-{number}", A, *held, instance_id=f"i-{number}" if instance else "")


@pytest.mark.parametrize(
    ("state", "accessible", "what", "verdict"),
    [
        ("Pending", (), "new endpoint, Pending", Verdict.PENDING),
        ("Available", ("Accessible",), "new endpoint, Available", Verdict.HEALTHY),
        ("Available", ("Inaccessible",), "new endpoint, Available: degraded", Verdict.DEGRADED),
        ("Failed", (), "new endpoint, Failed", Verdict.FAILED),
        ("Failed", ("Accessible",), "new endpoint, Failed: failed but accessible", Verdict.FAILED_BUT_ACCESSIBLE),
        ("", (), "new endpoint, without a state", Verdict.UNKNOWN),
    ],
)
def test_an_endpoint_that_comes_is_told_with_what_its_state_means(
    state: str, accessible: tuple[str, ...], what: str, verdict: Verdict
) -> None:
    held = associations(*accessible)
    before, after = snapshot(associations=held), snapshot(endpoints=(endpoint(state, A),), associations=held)
    assert between(before, after) == [
        Entry(LATER, SINCE["endpoints"], Change.ENDPOINT_CAME, what, "", ENDPOINT, verdict=verdict)
    ]


def test_an_endpoint_that_goes_is_told_with_its_last_state() -> None:
    was = "AWS no longer lists the endpoint, which was Deleting"
    assert between(snapshot(endpoints=(endpoint("Deleting", A),)), snapshot()) == [
        Entry(LATER, SINCE["endpoints"], Change.ENDPOINT_GONE, was, "", ENDPOINT)
    ]


def test_where_something_else_was_asked_for_no_endpoint_came_or_went() -> None:
    one, other = (snapshot(endpoints=(endpoint("Available", endpoint_id=name),)) for name in ("vpce-1", "vpce-2"))
    assert between(one, other, same_selection=False) == []
    assert len(between(one, other)) == 2


@pytest.mark.parametrize(
    ("was", "now", "what", "before", "after"),
    [
        ("Pending", "Available", "Pending → Available: healthy", Verdict.PENDING, Verdict.HEALTHY),
        ("Available", "Failed", "Available → Failed: healthy → failed", Verdict.HEALTHY, Verdict.FAILED),
        ("Deleting", "Deleted", "Deleting → Deleted", Verdict.GONE, Verdict.GONE),
        ("Odd", "", "Odd → without a state", Verdict.UNKNOWN, Verdict.UNKNOWN),
    ],
)
def test_another_state_is_told_with_another_verdict(
    was: str, now: str, what: str, before: Verdict, after: Verdict
) -> None:
    one, other = (snapshot(endpoints=(endpoint(state, A),)) for state in (was, now))
    other = structs.replace(other, associations=one.associations)
    assert between(one, other) == [
        Entry(
            LATER,
            SINCE["endpoints"],
            Change.ENDPOINT_CHANGED,
            what,
            "",
            ENDPOINT,
            verdict_before=before,
            verdict=after,
        )
    ]


def test_without_associations_only_the_state_is_another() -> None:
    one, other = (snapshot(endpoints=(endpoint(s, A),), unread=("associations",)) for s in ("Available", "Failed"))
    assert between(one, other) == [
        Entry(LATER, SINCE["endpoints"], Change.ENDPOINT_CHANGED, "Available → Failed", "", ENDPOINT)
    ]
    assert between(one, structs.replace(one, endpoints=dict(one.endpoints))) == []


def test_a_state_that_is_only_spelt_another_way_is_no_change() -> None:
    one, other = (snapshot(endpoints=(endpoint(state, A),)) for state in ("available", "Available"))
    assert between(one, other) == []


def associated(*held: Association) -> Snapshot:
    return snapshot(endpoints=(endpoint("Pending", A),), associations=held)


def test_associations_come_change_and_go() -> None:
    one, two, three = associations("Accessible", "", "Accessible")
    named = structs.replace(three, resource_arn="arn:aws:vpc-lattice:us-east-1:1:resourceconfiguration/rcfg-1")
    since = SINCE["associations"]

    def told(change: Change, what: str, *ids: str) -> Entry:
        return Entry(LATER, since, change, what, "", ENDPOINT, ids, len(ids))

    assert between(associated(), associated(one, two, named)) == [
        told(
            Change.ASSOCIATIONS_CAME,
            "2 associations are new, Accessible: vpce-rsc-asc-0, rcfg-1",
            "vpce-rsc-asc-0",
            "vpce-rsc-asc-2",
        ),
        told(Change.ASSOCIATIONS_CAME, "association vpce-rsc-asc-1 is new", "vpce-rsc-asc-1"),
    ]
    assert between(associated(one, two, named), associated(one)) == [
        told(
            Change.ASSOCIATIONS_GONE,
            "2 associations are gone: vpce-rsc-asc-1, rcfg-1",
            "vpce-rsc-asc-1",
            "vpce-rsc-asc-2",
        )
    ]
    silent = structs.replace(named, accessibility="")
    spelt = structs.replace(one, accessibility="ACCESSIBLE")
    assert between(associated(one, two, named), associated(spelt, two, silent)) == [
        told(Change.ACCESSIBILITY, "association rcfg-1: Accessible → nothing said", "vpce-rsc-asc-2")
    ]


def test_of_many_associations_a_hundred_are_kept_and_all_are_counted() -> None:
    (entry,) = between(associated(), associated(*associations(*["Accessible"] * 101)))
    assert (entry.count, len(entry.ids)) == (101, 100)
    assert entry.what.endswith("vpce-rsc-asc-0, vpce-rsc-asc-1, vpce-rsc-asc-2 and 98 more")


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
