"""The incident's plan after some of the steps that make it fit."""

from __future__ import annotations

from latticetop.model.capacity.decide import Outcome
from latticetop.model.capacity.demand import Behaviour, Demand
from latticetop.model.capacity.plan import plan_by_behaviour
from latticetop.model.capacity.simulation import effects, simulate
from latticetop.model.capacity.what_if import SubnetChange, with_changes
from latticetop.model.records.address import parse_cidr
from tests.model.builders import A, B, incident, incident_readings

INSTANCE = "i-0ae4b4d9c4e67eef0"
RESERVE_A = SubnetChange(A, (parse_cidr("10.10.10.32/28"),))
FREE_A = SubnetChange(A, (), (INSTANCE,))
RESERVE_B = SubnetChange(B, (parse_cidr("10.10.10.80/28"),))


def test_changes_of_a_subnet_are_made_in_their_order() -> None:
    a, b = incident_readings()
    after = with_changes(a, [RESERVE_A, FREE_A, RESERVE_B])
    assert after.blocks.letters == "RLPR"
    assert with_changes(b, [RESERVE_A, FREE_A]) is b


def test_what_is_gone_already_changes_nothing() -> None:
    a, _ = incident_readings()
    assert with_changes(a, [FREE_A, FREE_A]).blocks.letters == "RL.R"


def test_the_outcome_follows_the_changes_in_every_behaviour() -> None:
    """As documented one block a zone is needed, as the endpoint was built in 2024 two: one is enough for today's."""
    plan = plan_by_behaviour(incident(), [A, B], Demand())
    assert {each.demand.behaviour for each in (plan, *plan.others)} == {Behaviour.TODAY, Behaviour.IN_2024}
    after = simulate(plan, [RESERVE_A, FREE_A, RESERVE_B])
    outcomes = {each.demand.behaviour: each.outcome for each in (after, *after.others)}
    assert outcomes == {Behaviour.TODAY: Outcome.FITS, Behaviour.IN_2024: Outcome.CANNOT}
    assert after.outcome is Outcome.CANNOT and after.evidence_id == plan.evidence_id
    assert simulate(plan, []) is plan
    unchanged = simulate(plan, [FREE_A])
    of_b = {id(each.decisions[1]) for each in (plan, *plan.others)}
    assert {id(each.decisions[1]) for each in (unchanged, *unchanged.others)} == of_b, "B is not decided again"


def test_each_step_tells_the_subnets_that_it_changes() -> None:
    plan = plan_by_behaviour(incident(), [A, B], Demand())
    reserved, freed, in_b = effects(plan, [[RESERVE_A], [FREE_A], [RESERVE_B]])
    assert [(each.subnet_id, str(each.free), each.needed) for each in reserved] == [(A, "0", 2)]
    assert [(each.availability_zone, str(each.free), each.outcome) for each in freed] == [
        ("us-east-1a", "1", Outcome.CANNOT)
    ]
    assert [(each.subnet_id, str(each.free)) for each in in_b] == [(B, "1")]
