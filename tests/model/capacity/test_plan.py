"""Plans over several subnets, and what they advise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from msgspec import structs

from latticetop.model.capacity.advice import advise, ranges_to_reserve
from latticetop.model.capacity.decide import Outcome, decide
from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.capacity.plan import make_plan, plan_by_behaviour
from latticetop.model.capacity.what_if import with_prefix_reservations
from latticetop.model.records.aws_actions import GET_RESERVATIONS
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.snapshot import Snapshot, SubnetReading
from latticetop.simulator.reservations import add_reservation
from tests.model.builders import ENDPOINT, A, B, endpoint, eni, incident, reading, snapshot
from tests.model.worlds import SUBNET, World, demands, worlds

IN_2024 = Demand(1, 3, Behaviour.IN_2024)


def incident_before() -> Snapshot:
    """The incident before the endpoint was created."""
    one, two = eni("eni-1", A, "10.10.10.13"), eni("eni-2", A, "10.10.10.36")
    return snapshot(
        reading(A, "10.10.10.0/26", one, two, available=57),
        reading(B, "10.10.10.64/26", zone="us-east-1b", available=59),
    )


@pytest.mark.parametrize(
    ("subnet_ids", "demand", "removed", "expected"),
    [
        ((A, B), IN_2024, (), Outcome.CANNOT),
        ((A, B), Demand(1, 3), (), Outcome.MAY),
        ((A, B), IN_2024, ("10.10.10.36",), Outcome.MAY),
        ((B,), IN_2024, (), Outcome.MAY),
        ((B,), Demand(1, 0), (), Outcome.FITS),
        ((A, B), Demand(0, 0, prefixes=1), (), Outcome.FITS),
        ((A, B), Demand(0, 0, prefixes=2), (), Outcome.CANNOT),
        ((A, B), Demand(0, 0, prefixes=2), ("eni-2",), Outcome.FITS),
    ],
)
def test_the_worst_subnet_counts(
    subnet_ids: tuple[str, ...], demand: Demand, removed: tuple[str, ...], expected: Outcome
) -> None:
    assert make_plan(incident_before(), subnet_ids, demand, removed).outcome is expected


def moved(where: SubnetReading, **changes: str) -> SubnetReading:
    return structs.replace(where, subnet=structs.replace(where.subnet, **changes))


@pytest.mark.parametrize(
    ("subnet_ids", "removed", "sentence"),
    [
        ((), (), "name at least one subnet"),
        (("subnet-9",), (), "there is no subnet-9 in us-east-1"),
        ((A, "subnet-c"), (), f"{A} and subnet-c are both in us-east-1a: an endpoint has at most one subnet per zone"),
        ((A, "subnet-d"), (), f"{A} and subnet-d are in different VPCs: an endpoint belongs to one VPC"),
        ((A, B), ("10.9.9.9",), f"10.9.9.9 is in none of the subnets of the plan: {A}, {B}"),
        ((A,), ("10.10.10.14",), f"10.10.10.14 is not in use in {A}"),
    ],
)
def test_what_aws_does_not_accept(subnet_ids: tuple[str, ...], removed: tuple[str, ...], sentence: str) -> None:
    scene = incident_before()
    more = (reading("subnet-c", "10.10.11.0/26"), moved(reading("subnet-d", "10.10.12.0/26"), vpc_id="vpc-2"))
    scene.subnets.update({each.subnet.subnet_id: each for each in more})
    with pytest.raises(ValueError) as caught:
        make_plan(scene, subnet_ids, ONE_ENDPOINT, removed)
    assert str(caught.value) == sentence


def test_prefixes_alone_may_be_in_any_subnets() -> None:
    scene = snapshot(reading(A, "10.10.10.0/26"), reading("subnet-c", "10.10.11.0/26"))
    assert make_plan(scene, [A, "subnet-c"], Demand(0, 0, prefixes=2)).outcome is Outcome.FITS


def test_a_subnet_that_was_not_read_never_fits_for_certain() -> None:
    small, large = reading(A, "10.10.10.0/27"), reading(B, "10.10.11.0/24", available=251)
    unread = snapshot(small, large, unread=(B,))
    assert make_plan(unread, [B], ONE_ENDPOINT).outcome is Outcome.UNKNOWN
    denied = Problem(ProblemKind.ACCESS_DENIED, GET_RESERVATIONS, "denied")
    partly = snapshot(small, large, unread=(reservations_part(A), reservations_part(B)))
    partly = structs.replace(partly, problems=(denied,))
    decisions = make_plan(partly, [B, A], Demand(0, 0, prefixes=1)).decisions
    assert [decision.outcome for decision in decisions] == [Outcome.UNKNOWN, Outcome.CANNOT]
    assert "its CIDR reservations could not be read: ec2:GetSubnetCidrReservations was denied" in decisions[0].reason


def test_advice_frees_a_block_and_reserves_both() -> None:
    decision = make_plan(incident_before(), [A], IN_2024).decisions[0]
    advice = advise(decision)
    assert advice is not None
    assert advice.removals is not None
    assert advice.removals.targets == ("eni-2",)
    assert [str(cidr) for cidr in advice.reserved_ranges] == ["10.10.10.16/28", "10.10.10.32/28"]
    assert advice.outcome is Outcome.FITS


def test_a_plan_has_its_demand_and_what_is_removed() -> None:
    plan = make_plan(incident_before(), [A, B, A], IN_2024, ["10.10.10.36", "10.10.10.36"])
    assert (plan.demand, plan.removed) == (IN_2024, ("10.10.10.36",))
    assert [decision.reading.subnet.subnet_id for decision in plan.decisions] == [A, B]


def test_only_missing_blocks_are_freed_and_only_those_reserved_where_nothing_can_fragment_the_others() -> None:
    """One of three blocks is free; no single address is needed, so none can fragment a block."""
    broken = (eni("eni-1", A, "10.0.0.16"), eni("eni-2", A, "10.0.0.32"), eni("eni-3", A, "10.0.0.64/28", "10.0.0.96"))
    where = reading(A, "10.0.0.0/25", *broken, eni("eni-4", A, *(f"10.0.0.{n}" for n in range(80, 96))))
    advice = advise(decide(where, Demand(0, 0, prefixes=3)))
    assert advice is not None and advice.removals is not None
    assert len(advice.removals.freed_blocks) == 2
    assert (advice.reserved_ranges, advice.outcome) == (advice.removals.freed_blocks, Outcome.FITS)


def test_freed_blocks_side_by_side_are_reserved_as_one_range() -> None:
    broken = (eni("eni-1", A, "10.0.0.32", instance_id="i-1"), eni("eni-2", A, "10.0.0.48", instance_id="i-2"))
    full = eni("eni-3", A, "10.0.0.16/28", "10.0.0.64/28", "10.0.0.80/28", "10.0.0.96/28")
    advice = advise(decide(reading(A, "10.0.0.0/25", *broken, full), Demand(0, 0, prefixes=2)))
    assert advice is not None and advice.removals is not None
    assert advice.removals.targets == ("eni-1", "eni-2")
    assert list(map(str, advice.reserved_ranges)) == ["10.0.0.32/27"]


def test_an_account_creates_no_endpoint_in_a_subnet_that_is_shared_with_it() -> None:
    own, roomier = reading(A, "10.0.0.0/25", available=123), reading(B, "10.0.1.0/24", available=251)
    shared = structs.replace(roomier, subnet=structs.replace(roomier.subnet, owner_id="210987654321"))
    scene = snapshot(own, shared)
    assert make_plan(scene, [B], Demand()).refused_subnets == (B,)
    assert make_plan(scene, [A], Demand()).refused_subnets == ()
    assert make_plan(scene, [B], Demand(0, 0, prefixes=1)).refused_subnets == ()
    chosen = make_plan(scene, [B, A], Demand(), any_subnet=True).chosen
    assert [decision.reading.subnet.subnet_id for decision in chosen] == [A]


def test_a_node_frees_more_than_is_reserved() -> None:
    """The reservation is for what the demand needs."""
    where = reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.16/28", "10.0.0.32/28", description="aws-K8S-i-1"))
    advice = advise(decide(where, Demand(0, 0, prefixes=1)))
    assert advice is not None and advice.removals is not None
    assert (advice.removals.targets, list(map(str, advice.reserved_ranges))) == (("i-1",), ["10.0.0.16/28"])


def test_what_was_not_read_gives_no_advice() -> None:
    """The block in the way could be freed; whether that is enough depends on ENIs that were not read."""
    scene = incident_before()
    decision = make_plan(structs.replace(scene, read_at={}), [A], Demand(0, 0, prefixes=2)).decisions[0]
    assert decision.outcome is Outcome.CANNOT
    assert advise(decision) is None


@pytest.mark.parametrize(
    ("blocks", "reserved", "ranges"),
    [
        (1, (), ["10.0.0.16/28"]),
        (2, (), ["10.0.0.32/27"]),
        (3, (), ["10.0.0.16/28", "10.0.0.32/27"]),
        (3, ("10.0.0.16/28",), ["10.0.0.32/27"]),
        (3, ("10.0.0.32/27",), ["10.0.0.16/28"]),
        (5, (), ["10.0.0.16/28", "10.0.0.64/26"]),
    ],
)
def test_what_is_reserved_is_not_reserved_again(blocks: int, reserved: tuple[str, ...], ranges: list[str]) -> None:
    """Of a /24, whose blocks are .16 to .224; a range begins at a multiple of its size."""
    where = reading(A, "10.0.0.0/24", reservations=tuple((cidr, "prefix") for cidr in reserved))
    assert [str(cidr) for cidr in ranges_to_reserve(where, Demand(blocks, 0))] == ranges


def test_ranges_are_as_few_as_alignment_allows() -> None:
    """.16 and .32 are free, .48 is not, .64 to .111 are: four blocks are a /27 and two /28; six are not there."""
    where = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.48"))
    more = Demand(3, 0, prefixes=1)
    assert [str(c) for c in ranges_to_reserve(where, more)] == ["10.0.0.16/28", "10.0.0.32/28", "10.0.0.64/27"]
    assert ranges_to_reserve(where, Demand(6, 0)) == ()


def test_no_advice_where_nothing_helps() -> None:
    fits, too_small = decide(reading(A, "10.0.0.0/25"), ONE_ENDPOINT), decide(reading(A, "10.0.0.0/28"), ONE_ENDPOINT)
    addresses = decide(reading(A, "10.0.0.0/26"), Demand(1, 60))
    assert [advise(each) for each in (fits, too_small, addresses, decide(reading(A, None), ONE_ENDPOINT))] == [None] * 4


@settings(max_examples=200)
@given(world=worlds(24, 28), demand=demands())
def test_the_ranges_advised_can_be_reserved_and_make_it_certain(world: World, demand: Demand) -> None:
    where = world.reading()
    ranges = ranges_to_reserve(where, demand) if decide(where, demand).outcome is Outcome.MAY else ()
    region = world.region()
    for cidr in ranges:
        add_reservation(region, SUBNET, str(cidr), "prefix")
    if ranges:
        assert decide(with_prefix_reservations(where, ranges), demand).outcome is Outcome.FITS
        assert all(where.blocks.letters[i] == "." for c in ranges for i in _indexes(where, c.first, c.last))


def shows_2024(*readings: SubnetReading) -> Snapshot:
    """An account with an endpoint in subnet C whose ENI for resources holds a /28."""
    resource = eni("eni-9", "subnet-c", "10.9.0.7", "10.9.0.16/28", description=f"VPC Endpoint Interface {ENDPOINT}")
    return snapshot(
        *readings,
        reading("subnet-c", "10.9.0.0/24", resource, zone="us-east-1c"),
        endpoints=(endpoint("Available", "subnet-c"),),
    )


@pytest.mark.parametrize(
    ("cidr", "demand", "outcomes"),
    [
        ("10.0.0.0/26", Demand(1, 3), {"today": Outcome.MAY, "2024": Outcome.MAY}),  # 2 blocks: 5 + 1, 2 + 2 of 2
        ("10.0.0.0/26", Demand(1, 17), {"today": Outcome.MAY, "2024": Outcome.CANNOT}),  # 1 block; 3 of 2
        ("10.0.0.0/25", Demand(1, 3), {"today": Outcome.FITS, "2024": Outcome.FITS}),  # 5 + 1 and 2 + 2 of 6
        ("10.0.0.0/25", Demand(1, 5), {"today": Outcome.MAY, "2024": Outcome.FITS}),  # 7 + 1 and 2 + 2 of 6
        ("10.0.0.0/24", Demand(2, 5), {"today": Outcome.MAY, "2024": Outcome.FITS}),  # 14 + 2 and 4 + 4 of 14
    ],
)
def test_both_behaviours_are_planned_and_the_worse_one_counts(
    cidr: str, demand: Demand, outcomes: dict[str, Outcome]
) -> None:
    plan = plan_by_behaviour(shows_2024(reading(A, cidr)), [A], demand)
    assert {each.demand.behaviour.value: each.outcome for each in (plan, *plan.others)} == outcomes
    assert plan.outcome is max(outcomes.values(), key=lambda outcome: outcome.rank)
    assert plan.evidence_id == ENDPOINT
    assert plan.demands == (plan.demand, plan.others[0].demand)


def test_one_behaviour_where_the_account_shows_no_other() -> None:
    plan = plan_by_behaviour(snapshot(reading(A, "10.0.0.0/26")), [A], Demand(1, 3))
    assert (plan.demand.behaviour, plan.others, plan.evidence_id) == (Behaviour.TODAY, (), "")


def test_the_outcome_in_a_subnet_is_the_worst_of_all_behaviours() -> None:
    """As documented one block a zone is needed, as the incident's endpoint was built two: B has one, A has none."""
    plan = plan_by_behaviour(incident(), [A, B], ONE_ENDPOINT)
    assert {each.outcome_in(B) for each in plan.by_behaviour} == {Outcome.MAY, Outcome.CANNOT}
    assert (plan.outcome_in(A), plan.outcome_in(B)) == (Outcome.CANNOT, Outcome.CANNOT)


def test_advice_is_for_the_worst_behaviour() -> None:
    """Both blocks of a /26 are reserved for 2024; as of today one would be enough."""
    plan = plan_by_behaviour(shows_2024(reading(A, "10.0.0.0/26")), [A], Demand(1, 3))
    advice = plan.advice(plan.decisions[0])
    assert advice is not None
    assert ([str(cidr) for cidr in advice.reserved_ranges], advice.outcome) == (
        ["10.0.0.16/28", "10.0.0.32/28"],
        Outcome.FITS,
    )
    today = make_plan(snapshot(reading(A, "10.0.0.0/26")), [A], Demand(1, 3))
    only_today = today.advice(today.decisions[0])
    assert only_today is not None
    assert [str(cidr) for cidr in only_today.reserved_ranges] == ["10.0.0.16/28"]


def test_unaccounted_addresses_take_one_more_reserved_block_each() -> None:
    where = reading(A, "10.0.0.0/24", unaccounted=2)
    assert decide(where, Demand(4, 1)).outcome is Outcome.MAY
    assert [str(cidr) for cidr in ranges_to_reserve(where, Demand(4, 1))] == [
        "10.0.0.32/27",
        "10.0.0.64/26",
    ]


def zoned() -> Snapshot:
    full = tuple(f"10.0.2.{n}" for n in range(4, 255))
    return snapshot(
        reading("subnet-1", "10.0.1.0/26", eni("eni-1", "subnet-1", "10.0.1.16", "10.0.1.32"), available=57),
        reading("subnet-2", "10.0.2.0/24", eni("eni-2", "subnet-2", *full), zone="us-east-1b"),
        reading("subnet-3", "10.0.3.0/25", zone="us-east-1b", available=123),
        reading("subnet-4", "10.0.4.0/24", zone="us-east-1b", available=251),
        reading("subnet-5", "10.0.5.0/26", available=59),
    )


@pytest.mark.parametrize(
    ("demand", "outcome", "chosen"),
    [
        (Demand(0, 0, prefixes=2), Outcome.FITS, ["subnet-4"]),
        (Demand(0, 0, nodes=3, prefixes_per_node=4), Outcome.MAY, ["subnet-4"]),  # 3 + 12 of 14
        (Demand(0, 0, nodes=2, prefixes_per_node=6), Outcome.FITS, ["subnet-4"]),  # 2 + 12 of 14
        (Demand(1, 1), Outcome.MAY, ["subnet-5", "subnet-4"]),
        (Demand(0, 0, prefixes=15), Outcome.CANNOT, ["subnet-4"]),
    ],
)
def test_any_subnet_that_has_room_for_an_endpoint_one_of_each_zone(
    demand: Demand, outcome: Outcome, chosen: list[str]
) -> None:
    scene = zoned()
    plan = make_plan(scene, scene.subnets, demand, any_subnet=True)
    assert plan.outcome is outcome
    assert [decision.reading.subnet.subnet_id for decision in plan.chosen] == chosen
    ranks = [decision.outcome.rank for decision in plan.decisions]
    assert ranks == sorted(ranks) and len(ranks) == 5


def _indexes(where: SubnetReading, first: int, last: int) -> range:
    low, high = where.blocks.index_of(first), where.blocks.index_of(last)
    assert low is not None
    assert high is not None
    return range(low, high + 1)
