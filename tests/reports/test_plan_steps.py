"""What `latticetop plan` says of the incident's account, and what the simulator then does, in both behaviours."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from latticetop.model.capacity.decide import Outcome
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.plan import plan_by_behaviour
from latticetop.model.capacity.simulation import simulate
from latticetop.model.endpoints.recreation import StepKind
from latticetop.model.snapshot import SubnetReading
from latticetop.reports.plan_steps import steps_of
from latticetop.simulator import SCENARIOS, ManualClock, ServerThread
from latticetop.simulator.scenarios.incident import ENDPOINT, SERVICE_NETWORK_ARN, SUBNET_A, SUBNET_B, VPC
from latticetop.simulator.settings import apply_setting
from tests.command import KEYS, against
from tests.model.builders import eni, incident, reading, snapshot
from tests.simulator.clients import Clients

INSTANCE = "i-0ae4b4d9c4e67eef0"
LISTS = ("--subnet-ids", "--instance-ids", "--vpc-endpoint-ids", "--private-ip-addresses", "--ipv4-prefixes")


class Account:
    """The incident's account after the endpoint has failed."""

    def __init__(self) -> None:
        self.clock = ManualClock(SCENARIOS["incident"].start)
        self.clients = Clients(ServerThread("incident", clock=self.clock))
        self.server = self.clients.server
        self.server.start()
        self.clock.finish()

    def build_as(self, behaviour: str) -> None:
        """From now on AWS builds endpoints like this."""
        self.server.call(lambda account: apply_setting(account.world, "behaviour", behaviour))

    def plan(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """The plan for an endpoint like the failed one, which has one resource configuration."""
        ended = against(self.server, "plan", "--json", "--subnet-ids", SUBNET_A, SUBNET_B, *arguments)
        document: dict[str, Any] = json.loads(ended.out)
        return ended.code, document

    def create(self) -> str:
        """Create the endpoint again; return its state."""
        created = self.clients.ec2.create_vpc_endpoint(
            VpcEndpointType="ServiceNetwork",
            VpcId=VPC,
            ServiceNetworkArn=SERVICE_NETWORK_ARN,
            SubnetIds=[SUBNET_A, SUBNET_B],
        )["VpcEndpoint"]["VpcEndpointId"]
        return self.state_of(created)

    def state_of(self, endpoint_id: str) -> str:
        self.clock.finish()
        (described,) = self.clients.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
        state: str = described["State"]
        return state

    def carry_out(self, command: str) -> dict[str, Any]:
        """Run a command of the AWS CLI on EC2, as it is printed."""
        words = shlex.split(command.replace("\\\n", ""))
        service, operation, *options = words[words.index("aws") + 1 :]
        assert service == "ec2"
        parameters: dict[str, Any] = {}
        while options:
            name, values = options.pop(0), list[str]()
            while options and not options[0].startswith("--"):
                values.append(options.pop(0))
            if name not in ("--region", "--endpoint-url"):
                key = "".join(part.capitalize() for part in name[2:].split("-"))
                parameters[key] = values if name in LISTS else values[0].replace("$SERVICE_NETWORK_ARN", NETWORK)
        result: dict[str, Any] = getattr(self.clients.ec2, operation.replace("-", "_"))(**parameters)
        self.clock.finish()
        return result


NETWORK = SERVICE_NETWORK_ARN


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    account = Account()
    yield account
    account.clients.close()


def answers(document: dict[str, Any]) -> dict[str, str]:
    return {behaviour["behaviour"]: behaviour["outcome"] for behaviour in document["behaviours"]}


@pytest.mark.parametrize(("behaviour", "state"), [("today", "Available"), ("2024", "Failed")])
def test_after_the_fix_is_carried_out_the_plan_says_what_then_happens(
    account: Account, behaviour: str, state: str
) -> None:
    """Reserve a block in each subnet, terminate the instance, create again: enough for today's form only."""
    ec2 = account.clients.ec2
    ec2.create_subnet_cidr_reservation(SubnetId=SUBNET_A, Cidr="10.10.10.32/28", ReservationType="prefix")
    ec2.create_subnet_cidr_reservation(SubnetId=SUBNET_B, Cidr="10.10.10.80/28", ReservationType="prefix")
    ec2.terminate_instances(InstanceIds=[INSTANCE])
    code, document = account.plan()
    assert (code, answers(document)) == (1, {"today": "fits", "2024": "cannot"})
    assert [each["vpc_endpoint_id"] for each in document["behaviours"]] == [None, ENDPOINT]
    assert "created 2024-12-19, was built with 2 /28 a zone" in document["behaviours"][1]["evidence"]
    account.build_as(behaviour)
    assert account.create() == state


@pytest.mark.parametrize("behaviour", ["today", "2024"])
def test_the_advised_steps_carried_out_in_their_order_make_it_available(account: Account, behaviour: str) -> None:
    code, document = account.plan()
    assert (code, answers(document), document["then"]) == (1, {"today": "cannot", "2024": "cannot"}, "fits")
    kinds = [step["kind"] for step in document["steps"]]
    assert kinds == sorted(kinds, key=["reserve", "free", "create-endpoint"].index)
    account.build_as(behaviour)
    commands = [command for command in document["commands"]["aws_cli"] if not command.startswith("until ")]
    results = [account.carry_out(command) for command in commands]
    assert account.state_of(results[-1]["VpcEndpoint"]["VpcEndpointId"]) == "Available"


def test_the_steps_simulated_give_the_outcome_that_is_promised() -> None:
    scene = incident()
    plan = plan_by_behaviour(scene, [SUBNET_A, SUBNET_B], Demand(1, 3))
    steps = steps_of(scene, plan)
    changes = [change for step in steps.steps for change in step.changes]
    assert (plan.outcome, steps.outcome) == (Outcome.CANNOT, Outcome.FITS)
    assert simulate(plan, changes).outcome is Outcome.FITS
    freed = {str(cidr) for step in steps.steps for cidr in step.freed_blocks}
    assert "10.10.10.32/28" in freed
    assert [step.kind.value for step in steps.steps if not step.changes] == ["create-endpoint"]


DELETION = (
    f"delete {ENDPOINT} and wait until it is gone, which frees 2 blocks: 10.10.10.96/28, 10.10.10.16/28 "
    "(its traffic stops until the new one is available)"
)


@pytest.mark.parametrize("state", ["Failed", "Pending"])
def test_the_endpoint_that_the_new_one_replaces_is_deleted_last_of_all_that_frees(state: str) -> None:
    scene = incident()
    found = structs.replace(scene.endpoints[ENDPOINT], state=state, service_network_arn=SERVICE_NETWORK_ARN)
    scene = structs.replace(scene, endpoints={ENDPOINT: found})
    # By their order in the subnets it would come first.
    plan = plan_by_behaviour(scene, [SUBNET_B, SUBNET_A], Demand(1, 3))
    *_, terminate, delete, create = steps_of(scene, plan, SERVICE_NETWORK_ARN).steps
    assert terminate.text.startswith(f"terminate or replace {INSTANCE}")
    assert delete.text == DELETION
    assert "delete-vpc-endpoints" in delete.commands[0] and delete.commands[1].startswith("until ")
    assert {change.subnet_id for change in delete.changes} == {SUBNET_A, SUBNET_B}
    assert create.kind is StepKind.CREATE_ENDPOINT


@pytest.mark.parametrize("case", ["healthy", "another network", "another subnet", "nodes"])
def test_an_endpoint_that_the_plan_does_not_create_again_is_not_called_replaced(case: str) -> None:
    scene = incident()
    state = "Available" if case == "healthy" else "Failed"
    found = structs.replace(scene.endpoints[ENDPOINT], state=state, service_network_arn=SERVICE_NETWORK_ARN)
    scene = structs.replace(scene, endpoints={ENDPOINT: found})
    subnet_ids = [SUBNET_A] if case == "another subnet" else [SUBNET_A, SUBNET_B]
    demand = Demand(0, 0, prefixes=2) if case == "nodes" else Demand(1, 3)
    network = f"{SERVICE_NETWORK_ARN}-other" if case == "another network" else SERVICE_NETWORK_ARN
    texts = [step.text for step in steps_of(scene, plan_by_behaviour(scene, subnet_ids, demand), network).steps]
    assert any(text.startswith(f"recreate VPC Lattice endpoint {ENDPOINT} in another subnet") for text in texts)
    assert not any("until the new one is available" in text for text in texts)


def test_a_node_with_interfaces_in_two_subnets_is_drained_once_and_waited_for_in_both() -> None:
    def full(subnet_id: str, cidr: str, *addresses: str) -> SubnetReading:
        """A /26 in which each of the two blocks in the middle has an address of the same node."""
        interfaces = (
            eni(f"eni-{address}", subnet_id, address, description="aws-K8S-i-1", instance_id="i-1")
            for address in addresses
        )
        return reading(subnet_id, cidr, *interfaces, available=57)

    scene = snapshot(
        full(SUBNET_A, "10.0.0.0/26", "10.0.0.17", "10.0.0.33"), full(SUBNET_B, "10.0.1.0/26", "10.0.1.17", "10.0.1.33")
    )
    steps = steps_of(scene, plan_by_behaviour(scene, [SUBNET_A, SUBNET_B], Demand(0, 0, prefixes=1))).steps
    (drain,) = [step for step in steps if step.kind is StepKind.FREE]
    assert drain.text.startswith("drain i-1 (EKS node) and terminate it, which frees 4 blocks: 10.0.0.16/28")
    assert [change.subnet_id for change in drain.changes] == [SUBNET_A, SUBNET_B]
    (wait,) = [command for command in drain.commands if command.startswith("until ")]
    assert "Values=eni-10.0.0.17,eni-10.0.0.33,eni-10.0.1.17,eni-10.0.1.33 " in wait
