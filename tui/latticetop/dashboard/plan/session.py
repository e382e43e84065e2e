"""What is planned on the screen: the chosen subnets, what is simulated, and the plans that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from latticetop.model.capacity.behaviour import demands_by_behaviour, observed_behaviour
from latticetop.model.capacity.decide import Decision, decide
from latticetop.model.capacity.plan import Plan, worst_plan
from latticetop.model.capacity.simulation import simulate
from latticetop.model.capacity.what_if import without_present
from latticetop.model.records.address import NO_CIDR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from latticetop.model.capacity.demand import Behaviour, Demand
    from latticetop.model.capacity.what_if import SubnetChange
    from latticetop.model.snapshot import Snapshot, SubnetReading
    from latticetop.reports.plan_steps import PlanStep


class PlanSession:
    """The plan for the subnets of a VPC, as they are after what is simulated: removals, then ticked steps."""

    def __init__(self, vpc_id: str, subnet_ids: Collection[str]) -> None:
        self.vpc_id = vpc_id
        self.chosen_ids = set(subnet_ids)
        self._removals: list[tuple[str, list[str]]] = []
        """The simulated removals, step by step: a subnet id, and the addresses and prefixes removed from it."""
        self._ticked: list[PlanStep] = []
        self._bases: tuple[Plan, ...] = ()
        """The plan for all subnets of the VPC, in each behaviour to reckon with, without the ticked steps."""
        self._plans: tuple[Plan, ...] = ()
        """The same with the ticked steps."""
        self._evidence_id = ""

    def update(self, snapshot: Snapshot, demand: Demand, behaviour: Behaviour | None) -> None:
        """Decide for the account as it is now; a behaviour that is given is the only one to reckon with."""
        demands = (demand,) if behaviour else demands_by_behaviour(snapshot, demand)
        readings = list(self._readings(snapshot, ipv6=demand.without_ipv4))
        shared = tuple(r.subnet.subnet_id for r in readings if snapshot.foreign_owner(r.subnet.subnet_id))
        self._evidence_id = observed_behaviour(snapshot)[1]
        self._bases = tuple(
            Plan(
                each,
                tuple(decide(reading, each, snapshot.missing_data(reading.subnet.subnet_id)) for reading in readings),
                shared_subnets=shared,
            )
            for each in demands
        )
        self._simulate()

    def clear(self) -> None:
        """Decide nothing, until the next update."""
        self._bases = self._plans = ()

    def _simulate(self) -> None:
        self._plans = tuple(simulate(plan, self._changes) for plan in self._bases)

    @property
    def _changes(self) -> list[SubnetChange]:
        return [change for step in self._ticked for change in step.changes]

    @property
    def subnet_ids(self) -> list[str]:
        """The subnets of the VPC, by zone and address."""
        return [_subnet_id(decision) for decision in self._plans[0].decisions] if self._plans else []

    @property
    def chosen_in_order(self) -> list[str]:
        """The chosen subnets, by zone and address."""
        return [subnet_id for subnet_id in self.subnet_ids if subnet_id in self.chosen_ids]

    @property
    def demands(self) -> tuple[Demand, ...]:
        """The demand in each behaviour to reckon with, that which the account shows last."""
        return tuple(plan.demand for plan in self._plans)

    def by_behaviour(self, subnet_id: str) -> list[Decision]:
        """The decisions for a subnet, one for each behaviour to reckon with."""
        return [each for plan in self._plans for each in plan.decisions if _subnet_id(each) == subnet_id]

    def decision(self, subnet_id: str) -> Decision | None:
        """The decision for a subnet; of two behaviours the worse one."""
        return max(reversed(self.by_behaviour(subnet_id)), key=lambda each: each.outcome.rank, default=None)

    @property
    def decisions(self) -> list[Decision]:
        """The decision for each subnet of the VPC, by zone and address."""
        by_subnet = zip(*(plan.decisions for plan in self._plans), strict=True)
        return [max(reversed(decisions), key=lambda each: each.outcome.rank) for decisions in by_subnet]

    def plan(self) -> Plan | None:
        """The plan for the chosen subnets, after the ticked steps; None if none is chosen."""
        return self._plan(self._plans, self.chosen_in_order)

    def base(self) -> Plan | None:
        """The plan for the chosen subnets, before the ticked steps; for all if none is chosen. None without any."""
        return self._plan(self._bases, self.chosen_in_order or self.subnet_ids)

    def _plan(self, plans: Sequence[Plan], subnet_ids: Sequence[str]) -> Plan | None:
        if not subnet_ids:
            return None
        removed = tuple(target for key, targets in self._removals if key in subnet_ids for target in targets)
        chosen = [
            structs.replace(
                plan,
                decisions=tuple(each for each in plan.decisions if _subnet_id(each) in subnet_ids),
                removed=removed,
            )
            for plan in plans
        ]
        return worst_plan(chosen, self._evidence_id)

    @property
    def removed(self) -> list[str]:
        """The addresses and prefixes that are simulated as freed, not by a ticked step."""
        return [target for _, targets in self._removals for target in targets]

    def remove(self, subnet_id: str, targets: Iterable[str]) -> None:
        """Simulate that addresses and prefixes of a subnet are freed."""
        self._removals.append((subnet_id, list(targets)))

    def undo(self) -> None:
        """Undo the last simulated step of which something is left: removals, and then ticked steps."""
        while self._removals:
            if self._removals.pop()[1]:
                return
        if self._ticked:
            self._ticked.pop()

    @property
    def ticked(self) -> Sequence[PlanStep]:
        """The ticked steps, in the order in which they were ticked."""
        return tuple(self._ticked)

    def tick(self, steps: Sequence[PlanStep]) -> None:
        """Simulate these steps; if they all are simulated, none of them any longer."""
        if all(step in self._ticked for step in steps):
            self._ticked = [step for step in self._ticked if step not in steps]
        else:
            self._ticked += [step for step in steps if step not in self._ticked]
        self._simulate()

    def keep_ticked(self, steps: Collection[PlanStep]) -> None:
        """Simulate no ticked step any longer that is not among these."""
        kept = [step for step in self._ticked if step in steps]
        if kept != self._ticked:
            self._ticked = kept
            self._simulate()

    def _readings(self, snapshot: Snapshot, ipv6: bool) -> Iterable[SubnetReading]:
        """The VPC's subnets by zone and address, those with IPv6 alone only if asked for, after the removals."""
        of_vpc = (r for r in snapshot.subnets.values() if r.subnet.vpc_id == self.vpc_id)
        readings = [reading for reading in of_vpc if ipv6 or reading.subnet.cidr_block]
        readings.sort(key=lambda reading: (reading.subnet.availability_zone, reading.subnet.cidr_block or NO_CIDR))
        return map(self._after_removals, readings)

    def _after_removals(self, reading: SubnetReading) -> SubnetReading:
        """The subnet after the removals; what was really removed meanwhile is dropped from them."""
        for subnet_id, targets in self._removals:
            if subnet_id == reading.subnet.subnet_id:
                reading, targets[:] = without_present(reading, targets)
        return reading


def _subnet_id(decision: Decision) -> str:
    return decision.reading.subnet.subnet_id
