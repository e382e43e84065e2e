"""A plan: whether new endpoints, nodes or prefixes fit into subnets, and which changes would make them fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.capacity.advice import advise
from latticetop.model.capacity.behaviour import demands_by_behaviour, observed_behaviour
from latticetop.model.capacity.best_subnets import preference
from latticetop.model.capacity.decide import Decision, Outcome, capacity_of, decide, worst_outcome
from latticetop.model.capacity.demand import Behaviour
from latticetop.model.capacity.what_if import without_each

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from latticetop.model.capacity.advice import Advice
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.snapshot import Snapshot, SubnetReading


class Plan(Struct, frozen=True):
    """The decision for each subnet, in the order given; best first if any of them will do.

    `removed` are the addresses, ranges and resources that the plan assumes to be removed. If `any_subnet`, one subnet
    is enough, or for an endpoint one of each zone. `others` are the plans for the other behaviours of AWS to reckon
    with, of which none is worse, and `evidence_id` is the endpoint that shows the behaviour of 2024. `shared_subnets`
    are those that another account shares.
    """

    demand: Demand
    decisions: tuple[Decision, ...]
    removed: tuple[str, ...] = ()
    any_subnet: bool = False
    others: tuple[Plan, ...] = ()
    evidence_id: str = ""
    shared_subnets: tuple[str, ...] = ()

    @property
    def refused_subnets(self) -> tuple[str, ...]:
        """The chosen subnets in which AWS lets this account create no endpoint, whatever room there is.

        "You can't create, describe, modify, or delete VPC endpoints in subnets that are shared with you"
        (docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing-share-subnet-working-with.html).
        """
        if not self.demand.endpoints:
            return ()
        subnet_ids = (decision.reading.subnet.subnet_id for decision in self.chosen)
        return tuple(subnet_id for subnet_id in subnet_ids if subnet_id in self.shared_subnets)

    @property
    def chosen(self) -> tuple[Decision, ...]:
        """The decisions that count: all of them, or the best one, or for an endpoint the best one of each zone."""
        if not self.any_subnet:
            return self.decisions
        if not self.demand.endpoints:
            return self.decisions[:1]
        by_zone: dict[str, Decision] = {}
        for decision in self.decisions:
            by_zone.setdefault(_zone_of(decision.reading), decision)
        return tuple(by_zone[zone] for zone in sorted(by_zone))

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of the subnets that count: an endpoint needs its ENIs in every one."""
        return worst_outcome(decision.outcome for decision in self.chosen)

    def outcome_in(self, subnet_id: str) -> Outcome:
        """The worst outcome for a subnet in all behaviours."""
        decisions = [decision for plan in (self, *self.others) for decision in plan.decisions]
        return worst_outcome(d.outcome for d in decisions if d.reading.subnet.subnet_id == subnet_id)

    @property
    def by_behaviour(self) -> tuple[Plan, ...]:
        """The plans of all behaviours, that of today first."""
        return tuple(sorted((self, *self.others), key=lambda plan: plan.demand.behaviour is not Behaviour.TODAY))

    @property
    def demands(self) -> tuple[Demand, ...]:
        """The demand, and that of the other behaviours."""
        return (self.demand, *(other.demand for other in self.others))

    def advice(self, decision: Decision, failed_endpoints: Collection[str] = ()) -> Advice | None:
        """What would improve the outcome for a subnet, in each behaviour; see `advise`."""
        return advise(decision, failed_endpoints, self.demands[1:])


def make_plan(
    snapshot: Snapshot,
    subnet_ids: Iterable[str],
    demand: Demand,
    removed: Iterable[str] = (),
    *,
    any_subnet: bool = False,
) -> Plan:
    """Decide for these subnets, for the behaviour of the demand.

    ValueError, with a sentence, for a subnet that does not exist or a combination that AWS does not accept: the subnets
    of an endpoint are in one VPC and in different zones
    (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html).
    """
    selected = list(dict.fromkeys(subnet_ids))
    if not selected:
        raise ValueError("name at least one subnet")
    for subnet_id in selected:
        if subnet_id not in snapshot.subnets:
            raise ValueError(f"there is no {subnet_id} in {snapshot.scope.region}")
    readings = {subnet_id: snapshot.subnets[subnet_id] for subnet_id in selected}
    if demand.endpoints:
        _check_endpoint(list(readings.values()), any_subnet)
    removed = tuple(dict.fromkeys(removed))
    decisions = [
        decide(reading, demand, snapshot.missing_data(subnet_id))
        for subnet_id, reading in without_each(readings, removed).items()
    ]
    shared = tuple(filter(snapshot.foreign_owner, selected))
    if any_subnet:
        refused = set(shared if demand.endpoints else ())
        decisions.sort(key=lambda d: (d.reading.subnet.subnet_id in refused, *_preference(d)))
    return Plan(demand, tuple(decisions), removed, any_subnet, shared_subnets=shared)


def plan_by_behaviour(
    snapshot: Snapshot,
    subnet_ids: Iterable[str],
    demand: Demand,
    removed: Iterable[str] = (),
    *,
    any_subnet: bool = False,
) -> Plan:
    """Decide for these subnets as AWS documents endpoints, and as the account shows them, if that differs.

    The plan is the worse one, with the other in its `others`. ValueError as in `make_plan`.
    """
    subnet_ids = tuple(subnet_ids)
    demands = demands_by_behaviour(snapshot, demand)
    plans = [make_plan(snapshot, subnet_ids, each, removed, any_subnet=any_subnet) for each in demands]
    return worst_plan(plans, observed_behaviour(snapshot)[1])


def worst_plan(plans: Sequence[Plan], evidence_id: str = "") -> Plan:
    """Return the worst of the plans for the behaviours to reckon with, with the others; `evidence_id` as in `Plan`."""
    worst = max(reversed(plans), key=lambda plan: plan.outcome.rank)
    others = tuple(plan for plan in plans if plan is not worst)
    return structs.replace(worst, others=others, evidence_id=evidence_id if others else "")


def _preference(decision: Decision) -> tuple[int, int, int, int, str]:
    return preference((decision, capacity_of(decision.reading, decision.demand, decision.missing)))


def _zone_of(reading: SubnetReading) -> str:
    return reading.subnet.availability_zone or reading.subnet.availability_zone_id


def _check_endpoint(readings: list[SubnetReading], any_subnet: bool) -> None:
    first = readings[0].subnet
    subnet_by_zone: dict[str, str] = {}
    for reading in readings:
        subnet, zone = reading.subnet, _zone_of(reading)
        if subnet.vpc_id != first.vpc_id:
            raise ValueError(
                f"{first.subnet_id} and {subnet.subnet_id} are in different VPCs: an endpoint belongs to one VPC"
            )
        if zone in subnet_by_zone and not any_subnet:
            raise ValueError(
                f"{subnet_by_zone[zone]} and {subnet.subnet_id} are both in {subnet.availability_zone}: "
                "an endpoint has at most one subnet per zone"
            )
        subnet_by_zone[zone] = subnet.subnet_id
