"""The reader of one account and Region from files: what it returns, and what it raises for the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

import pytest

from latticetop.aws.answers.answer import read_answers
from latticetop.aws.answers.reader import AnswersReader
from latticetop.aws.answers.scope_answers import group
from latticetop.model.records.problem import IncompleteError, ProblemKind, ReadError
from latticetop.model.records.resources import NetworkInterface

AT = datetime(2024, 12, 19, 9, 0, tzinfo=UTC)
ARN = "arn:aws:vpc-lattice:us-east-1:123456789012:"
NETWORK = f"{ARN}servicenetwork/sn-1"
SUBNET = {
    "SubnetId": "subnet-1",
    "VpcId": "vpc-1",
    "CidrBlock": "10.0.0.0/26",
    "AvailableIpAddressCount": 58,
    "AvailabilityZone": "us-east-1a",
    "OwnerId": "123456789012",
}
ENI = {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "AvailabilityZone": "us-east-1a"}
ENDPOINT = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "ServiceNetwork", "State": "Available", "VpcId": "vpc-1"}
RESERVATION = {"SubnetCidrReservationId": "scr-1", "SubnetId": "subnet-1", "Cidr": "10.0.0.16/28"}


def reader(*values: Any, **commands: Any) -> AnswersReader:
    """The reader of these answers; a command of the AWS CLI has the name of its operation, with `_` for `-`."""
    lines = [json.dumps(value) for value in values]
    for operation, (options, value) in commands.items():
        service = "vpc-lattice" if operation.startswith("list") else "ec2"
        lines.append(f"$ aws {service} {operation.replace('_', '-')} {options}\n{json.dumps(value)}")
    contents = read_answers(PurePath("ticket.md"), "\n".join(lines).encode(), lambda: None)
    (scope,) = group(contents.answers, contents.refused)
    return AnswersReader(scope, AT)


async def problem(reading: Coroutine[Any, Any, Any]) -> tuple[ProblemKind, str]:
    with pytest.raises(ReadError) as raised:
        await reading
    return raised.value.problem.kind, raised.value.problem.next_step


async def interfaces(each: AnswersReader, *subnet_ids: str) -> list[NetworkInterface]:
    return [interface async for page in each.interfaces(subnet_ids) for interface in page]


async def test_what_is_there_is_returned() -> None:
    each = reader(
        {"Subnets": [SUBNET]},
        {"NetworkInterfaces": [ENI]},
        {"VpcEndpoints": [ENDPOINT]},
        {"Reservations": [RESERVATION]},
    )
    scope = await each.scope()
    assert (scope.account_id, scope.region, scope.account_problem) == ("123456789012", "us-east-1", None)
    assert [subnet.subnet_id for subnet in await each.subnets()] == ["subnet-1"]
    assert [endpoint.vpc_endpoint_id for endpoint in await each.endpoints()] == ["vpce-1"]
    assert await each.endpoints(["Resource"]) == ()
    assert [eni.network_interface_id for eni in await interfaces(each, "subnet-1")] == ["eni-1"]
    assert [str(each.cidr) for each in await each.reservations("subnet-1")] == ["10.0.0.16/28"]


@pytest.mark.parametrize(
    ("read", "command"),
    [
        (lambda each: each.vpcs(), "Run: aws ec2 describe-vpcs --region us-east-1"),
        (lambda each: each.endpoints(), "Run: aws ec2 describe-vpc-endpoints --region us-east-1"),
        (lambda each: each.associations(), "Run: aws ec2 describe-vpc-endpoint-associations --region us-east-1"),
        (
            lambda each: each.reservations("subnet-1"),
            "Run: aws ec2 get-subnet-cidr-reservations --region us-east-1 --subnet-id …",
        ),
        (
            lambda each: interfaces(each, "subnet-1"),
            "Run: aws ec2 describe-network-interfaces --include-managed-resources --region us-east-1",
        ),
        (
            lambda each: each.event_history(AT, AT + timedelta(minutes=1), print),
            (
                "Run: aws cloudtrail lookup-events --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false "
                "--start-time 2024-12-19T09:00:00Z --end-time 2024-12-19T09:01:00Z --region us-east-1"
            ),
        ),
    ],
)
async def test_what_is_not_there_raises_with_the_command(
    read: Callable[[AnswersReader], Coroutine[Any, Any, Any]], command: str
) -> None:
    assert await problem(read(reader({"Subnets": [SUBNET]}))) == (ProblemKind.NOT_GIVEN, command)


async def test_an_incomplete_list_brings_what_there_is() -> None:
    record = {"Id": "a-1", "VpcEndpointId": "vpce-1", "AssociatedResourceAccessibility": "Accessible"}
    each = reader({"Subnets": [SUBNET]}, {"VpcEndpointAssociations": [record], "NextToken": "t"})
    with pytest.raises(IncompleteError) as raised:
        await each.associations()
    assert raised.value.problem.kind is ProblemKind.INCOMPLETE
    assert [association.association_id for association in raised.value.records] == ["a-1"]


async def test_nobody_has_to_ask_for_associations_that_cannot_be() -> None:
    gateway = {**ENDPOINT, "VpcEndpointType": "Gateway"}
    assert await reader({"Subnets": [SUBNET]}, {"VpcEndpoints": [gateway]}).associations() == ()
    each = reader({"Subnets": [SUBNET], "VpcEndpoints": [ENDPOINT]}, {"VpcEndpointAssociations": []})
    assert (await problem(each.associations()))[0] is ProblemKind.NOT_GIVEN
    asked = reader(
        {"Subnets": [SUBNET], "VpcEndpoints": [ENDPOINT]},
        describe_vpc_endpoint_associations=("--vpc-endpoint-ids vpce-1", {"VpcEndpointAssociations": []}),
    )
    assert await asked.associations() == ()


async def test_interfaces_of_a_subnet_that_was_asked_for_may_be_none() -> None:
    other = {**SUBNET, "SubnetId": "subnet-2"}
    for options, known in (
        ("--region us-east-1", True),
        ("--filters Name=subnet-id,Values=subnet-1,subnet-2", True),
        ("--filters Name=vpc-id,Values=vpc-1", False),
    ):
        listed = {"NetworkInterfaces": [ENI]}
        each = reader({"Subnets": [SUBNET, other]}, describe_network_interfaces=(options, listed))
        if known:
            assert await interfaces(each, "subnet-2") == []
        else:
            assert (await problem(interfaces(each, "subnet-2")))[0] is ProblemKind.NOT_GIVEN


async def test_lists_of_vpc_lattice_by_their_command() -> None:
    network = {"arn": NETWORK, "id": "sn-1", "name": "net"}
    service = {"arn": f"{ARN}servicenetworkserviceassociation/snsa-1", "id": "snsa-1", "serviceNetworkArn": NETWORK}
    each = reader(
        {"Subnets": [SUBNET]},
        list_service_networks=("", {"items": [network]}),
        list_service_network_service_associations=("--service-network-identifier sn-1", {"items": [service]}),
        list_service_network_vpc_associations=(f"--service-network-identifier {NETWORK}", {"items": []}),
    )
    lattice, problems = await each.lattice([NETWORK])
    assert lattice.networks is not None
    read = lattice.networks[NETWORK]
    assert read.name == "net"
    assert [association.association_id for association in read.services or ()] == ["snsa-1"]
    assert (read.vpcs, read.resources, lattice.gateways) == ((), None, None)
    assert {problem.kind for problem in problems} == {ProblemKind.NOT_GIVEN}
    assert "Run: aws vpc-lattice list-resource-gateways" in {problem.next_step for problem in problems}


async def test_events_within_the_window_once() -> None:
    events = [
        {"eventID": str(number), "eventName": "CreateNetworkInterface", "eventTime": f"2024-12-19T08:{minute}:00Z"}
        for number, minute in ((1, 10), (2, 20), (2, 20), (3, 40))
    ]
    each = reader({"Subnets": [SUBNET]}, {"Records": events})
    start = datetime(2024, 12, 19, 8, 15, tzinfo=UTC)
    history = await each.event_history(start, start + timedelta(minutes=20), print)
    assert [event.event_id for event in history.events] == ["2"]
    assert history.complete_until == start + timedelta(minutes=20)
