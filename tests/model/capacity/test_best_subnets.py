"""Which subnets are best, and how many endpoints fit that take one in each zone."""

from __future__ import annotations

from msgspec import structs

from latticetop.model.capacity.best_subnets import best_subnets, capacity_in_every_zone, selections_by_vpc
from latticetop.model.capacity.decide import Capacity, Outcome
from latticetop.model.capacity.demand import Demand
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import VPC, eni, reading, snapshot


def best(*readings: SubnetReading) -> str:
    """The subnet selected of several in one zone."""
    (selection,) = best_subnets(snapshot(*readings), VPC)
    return selection.decision.reading.subnet.subnet_id


def test_the_best_subnet_of_each_zone() -> None:
    """Zone a: an empty /25 before an empty /26; zone b: one of two that is read; zone c: nothing fits."""
    scene = snapshot(
        reading("subnet-1", "10.0.0.0/26"),
        reading("subnet-2", "10.0.1.0/25"),
        reading("subnet-3", "10.0.2.0/24", zone="us-east-1b", available=251),
        reading("subnet-4", "10.0.3.0/26", zone="us-east-1b"),
        reading("subnet-5", "10.0.4.0/27", zone="us-east-1c"),
        reading("subnet-6", None, zone="us-east-1d"),
        unread=("subnet-3",),
    )
    best = best_subnets(scene, VPC)
    assert [selection.decision.reading.subnet.subnet_id for selection in best] == ["subnet-2", "subnet-4"]
    assert [selection.decision.outcome for selection in best] == [Outcome.FITS, Outcome.MAY]
    assert [(str(selection.capacity), str(selection.zone_capacity), selection.subnet_count) for selection in best] == [
        ("1-6", "1-8", 2),
        ("0-2", "0-15", 2),
    ]
    assert capacity_in_every_zone(best) == Capacity(0, 8, known=False)
    every = selections_by_vpc(scene)[VPC]
    assert [selection.availability_zone for selection in every] == ["us-east-1a", "us-east-1b", "us-east-1c"]
    assert str(capacity_in_every_zone(every)) == "0"
    assert best_subnets(scene, "vpc-2") == ()


def test_a_zone_that_is_not_known_matters_only_if_the_others_hold_something() -> None:
    """Nine addresses are left outside the reservations of the owner of subnet-1, which were not read."""
    shared = reading("subnet-1", "10.0.0.0/23", available=9, unaccounted=498)
    full, free = (
        reading("subnet-2", "10.0.2.0/27", zone="us-east-1b"),
        reading("subnet-3", "10.0.3.0/25", zone="us-east-1b"),
    )
    unread = (reservations_part("subnet-1"),)
    for other, text, capacity in ((full, "0", Capacity(0, 0)), (free, "?", Capacity(0, 0, known=False))):
        selections = selections_by_vpc(snapshot(shared, other, unread=unread))[VPC]
        assert selections[0].decision.outcome is Outcome.UNKNOWN
        assert (capacity_in_every_zone(selections), str(capacity)) == (capacity, text)


def test_a_certain_subnet_makes_a_zone_hold_something() -> None:
    shared = reading("subnet-1", "10.0.0.0/23", available=9, unaccounted=498)
    reserved = reading("subnet-2", "10.0.2.0/26", reservations=(("10.0.2.16/28", "prefix"), ("10.0.2.32/28", "prefix")))
    (selection,) = best_subnets(snapshot(shared, reserved, unread=(reservations_part("subnet-1"),)), VPC)
    assert (selection.decision.reading, selection.capacity) == (reserved, Capacity(2, 2))
    assert (selection.zone_capacity, str(selection.zone_capacity)) == (Capacity(2, 2, known=False), "≥ 2")


def test_without_a_zone_nothing_fits() -> None:
    assert capacity_in_every_zone(()) == Capacity(0, 0)
    assert capacity_in_every_zone(selections_by_vpc(snapshot())) == Capacity(0, 0)  # type: ignore[arg-type]


def test_a_subnet_that_certainly_holds_more_comes_first() -> None:
    """Both fit, and all fourteen blocks are assignable in both, but no address can fragment four reserved ones."""
    open_ = reading("subnet-1", "10.0.0.0/24", available=251)
    kept = reading("subnet-2", "10.0.1.0/24", available=1, reservations=(("10.0.1.64/26", "prefix"),))
    assert best(open_, kept) == best(kept, open_) == "subnet-2"


def test_then_the_one_that_may_hold_more() -> None:
    """None is certain in a /26; of one only one block is left."""
    whole = reading("subnet-2", "10.0.0.0/26")
    less = reading("subnet-1", "10.0.1.0/26", eni("eni-1", "subnet-1", "10.0.1.17"), available=59)
    assert best(whole, less) == best(less, whole) == "subnet-2"


def test_then_the_one_with_more_addresses_and_last_the_first_by_its_id() -> None:
    few, many = reading("subnet-1", "10.0.0.0/26", available=20), reading("subnet-2", "10.0.1.0/26", available=50)
    assert best(few, many) == best(many, few) == "subnet-2"
    same = reading("subnet-3", "10.0.2.0/26", available=50)
    assert best(same, many) == best(many, same) == "subnet-2"


def test_a_zone_has_its_name_and_its_id() -> None:
    one = reading("subnet-1", "10.0.0.0/25")
    one = structs.replace(one, subnet=structs.replace(one.subnet, availability_zone_id="use1-az4"))
    (selection,) = best_subnets(snapshot(one), VPC)
    assert (selection.availability_zone, selection.availability_zone_id) == ("us-east-1a", "use1-az4")


def test_no_subnet_of_another_account_is_best_for_an_endpoint() -> None:
    """Participants of a shared subnet cannot create endpoints there (VPC guide, vpc-sharing-share-subnet)."""
    own, roomier = reading("subnet-1", "10.0.0.0/26"), reading("subnet-2", "10.0.1.0/24")
    shared = structs.replace(roomier, subnet=structs.replace(roomier.subnet, owner_id="210987654321"))
    scene = snapshot(own, shared)
    assert [each.decision.reading.subnet.subnet_id for each in best_subnets(scene, VPC)] == ["subnet-1"]
    prefixes = best_subnets(scene, VPC, Demand(0, 0, prefixes=1))
    assert [each.decision.reading.subnet.subnet_id for each in prefixes] == ["subnet-2"]
    assert best_subnets(snapshot(shared), VPC) == ()
    (selection,) = selections_by_vpc(scene)[VPC]
    assert (str(selection.zone_capacity), selection.subnet_count) == (str(selection.capacity), 1)
    assert selections_by_vpc(snapshot(shared)) == {}
