"""The answer of `plan` as test cases: one for each subnet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.capacity.decide import Outcome
from latticetop.model.records.text import begin_upper
from latticetop.reports.cases import Case, CaseGroup, CaseStatus, account_title, unread_case
from latticetop.reports.plan_steps import steps_of
from latticetop.reports.plan_text import short_outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.capacity.decide import Decision
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.records.problem import Problem
    from latticetop.model.snapshot import Scope, Snapshot
    from latticetop.reports.plan_steps import PlanSteps


def plan_cases(snapshot: Snapshot, plan: Plan) -> CaseGroup:
    """Return a case for each subnet that the answer of a plan depends on."""
    steps = steps_of(snapshot, plan)
    cases = tuple(_planned(plan, decision, steps) for decision in plan.chosen)
    return CaseGroup(_account_of(snapshot.scope), snapshot.scope.region, snapshot.taken_at, cases)


def unread_cases(scope: Scope, problem: Problem) -> CaseGroup:
    """Return the one case of a scope of which nothing could be read."""
    return CaseGroup(_account_of(scope), scope.region, None, (unread_case(problem),))


def _account_of(scope: Scope) -> str:
    return account_title(scope.account_id, scope.role or scope.profile)


def _planned(plan: Plan, decision: Decision, steps: PlanSteps) -> Case:
    subnet = decision.reading.subnet
    outcome = plan.outcome_in(subnet.subnet_id)
    if subnet.subnet_id in plan.refused_subnets:
        sentence = "AWS does not let this account create an endpoint here: another account shares the subnet."
        return Case(
            subnet.subnet_id,
            subnet.name,
            CaseStatus.WRONG,
            "shared-subnet",
            sentence,
            f"Ask its owner, {subnet.owner_id}.",
        )
    if outcome is Outcome.FITS:
        return Case(subnet.subnet_id, subnet.name)
    status = CaseStatus.UNKNOWN if outcome is Outcome.UNKNOWN else CaseStatus.WRONG
    sentence = f"{begin_upper(short_outcome(outcome))}. {_reason(plan, subnet.subnet_id, outcome)}."
    # What was not read decides nothing else: it does not fit whatever the missing data would be.
    missing = decision.missing if outcome is Outcome.UNKNOWN else ()
    fix = [*dict.fromkeys(data.next_step for data in missing), *_steps(steps, subnet.subnet_id)]
    return Case(subnet.subnet_id, subnet.name, status, outcome.value, sentence, " ".join(fix))


def _reason(plan: Plan, subnet_id: str, outcome: Outcome) -> str:
    """The reason of the behaviour with this outcome in a subnet."""
    decisions: Iterator[Decision] = (decision for each in (plan, *plan.others) for decision in each.decisions)
    return next(d.reason for d in decisions if d.reading.subnet.subnet_id == subnet_id and d.outcome is outcome)


def _steps(steps: PlanSteps, subnet_id: str) -> Sequence[str]:
    """The steps that change a subnet, as sentences."""
    return [
        f"{begin_upper(step.text)}."
        for step in steps.steps
        if any(change.subnet_id == subnet_id for change in step.changes)
    ]
