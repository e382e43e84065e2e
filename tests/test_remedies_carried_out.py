"""Every remedy and every plan, carried out on generated accounts in the order given, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from latticetop.model.capacity.behaviour import observed_behaviour
from latticetop.model.capacity.decide import Outcome
from latticetop.model.capacity.demand import Behaviour, Demand
from latticetop.model.capacity.plan import plan_by_behaviour
from latticetop.model.endpoints.recreation import StepKind
from latticetop.model.endpoints.remedies import remedies_for, subnet_steps
from latticetop.model.snapshot import Snapshot
from latticetop.reports.commands import step_commands
from latticetop.reports.plan_steps import steps_of
from latticetop.simulator.address_orders import AddressOrder, LowestFirst, RandomOrder
from tests.simulated_accounts import Design, GeneratedAccount, designs

ORDERS: tuple[Callable[[], AddressOrder], ...] = (LowestFirst, partial(RandomOrder, 1), partial(RandomOrder, 2))
CERTAIN = "fits, whatever order AWS allocates in"
QUICK = settings(max_examples=100, suppress_health_check=list(HealthCheck))


@QUICK
@given(designs())
def test_each_remedy_for_a_failed_endpoint(design: Design) -> None:
    """What AWS would refuse fails the test, and so does an endpoint that fails though the text said that it fits."""
    generated = GeneratedAccount(design)
    failed = [each for each in generated.endpoint_ids if generated.state(each) == "Failed"]
    assume(failed)
    snapshot = generated.read()
    for endpoint_id in failed:
        endpoint = snapshot.endpoints[endpoint_id]
        for remedy in remedies_for(snapshot, endpoint):
            steps = [step for step in remedy.steps if step.kind is not StepKind.ASSOCIATE_VPC]
            is_certain = CERTAIN in remedy.gains and shows_its_behaviour(design, snapshot)
            for order in ORDERS if steps else ():
                again, state = GeneratedAccount(design), ""
                again.account.world.address_order = order()
                for step in steps:
                    removals = [step.removal] if step.removal else []
                    state = again.carry_out(step_commands(snapshot.scope, endpoint, step), removals)
                assert state == "Available" or not is_certain, (remedy, state)
                assert state


@QUICK
@given(designs())
def test_check_frees_what_explain_frees(design: Design) -> None:
    """`check` does not read VPC Lattice: it frees no fewer blocks for that, and names the same owners."""
    generated = GeneratedAccount(replace(design, resources=1))
    with_lattice, without = generated.read(), generated.read(lattice=False)
    for endpoint_id in generated.endpoint_ids:
        endpoint = with_lattice.endpoints[endpoint_id]
        assert remedies_for(without, endpoint) == remedies_for(with_lattice, endpoint)


@QUICK
@given(designs(), st.integers(1, 3))
def test_the_steps_for_free_blocks(design: Design, blocks: int) -> None:
    """After what `check` advises for a subnet, so many prefixes can be assigned there."""
    generated = GeneratedAccount(design)
    snapshot = generated.read(lattice=False)
    for subnet_id, first_endpoint in ((subnet.id, generated.endpoint_ids[0]) for subnet in generated.subnets):
        steps = subnet_steps(snapshot, subnet_id, blocks)
        for order in ORDERS if steps else ():
            again = GeneratedAccount(design)
            again.account.world.address_order = order()
            for step in steps:
                commands = step_commands(snapshot.scope, snapshot.endpoints[first_endpoint], step)
                again.carry_out(commands, [step.removal] if step.removal else [])
            again.assign_prefixes(subnet_id, blocks)


@QUICK
@given(designs())
def test_the_plan_for_one_more_endpoint(design: Design) -> None:
    generated = GeneratedAccount(design)
    snapshot = generated.read()
    subnet_ids = [subnet.id for subnet in generated.subnets]
    plan = plan_by_behaviour(snapshot, subnet_ids, Demand(1, design.resources))
    steps = steps_of(snapshot, plan)
    is_certain = steps.outcome is Outcome.FITS and shows_its_behaviour(design, snapshot)
    for order in ORDERS if steps.steps else ():
        again, state = GeneratedAccount(design), ""
        again.account.world.address_order = order()
        removals = [each for advice in steps.advice.values() if advice.removals for each in advice.removals.removals]
        for step in steps.steps:
            commands = [re.sub(r'"\$SERVICE_NETWORK_ARN"', generated.network.arn, each) for each in step.commands]
            of_step = [each for each in removals if step.kind is StepKind.FREE and step.text.startswith(each.action)]
            state = again.carry_out(commands, of_step)
        assert state == "Available" or not is_certain, (steps, state)
        assert state


def shows_its_behaviour(design: Design, snapshot: Snapshot) -> bool:
    """Whether the account shows how it builds endpoints; nobody can know it before."""
    return design.behaviour == "today" or observed_behaviour(snapshot)[0] is Behaviour.IN_2024
