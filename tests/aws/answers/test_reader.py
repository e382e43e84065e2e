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
ENDPOINT = {
    "VpcEndpointId": "vpce-1",
    "VpcEndpointType": "ServiceNetwork",
    "State": "Available",
    "VpcId": "vpc-1",
    "SubnetIds": ["subnet-1"],
}
RESERVATION = {"SubnetCidrReservationId": "scr-1", "SubnetId": "subnet-1", "Cidr": "10.0.0.16/28"}


def reader(*values: Any, **commands: Any) -> AnswersReader:
    """The reader of these answers; a command of the AWS CLI has the name of its operation, with `_` for `-`."""
    lines = [json.dumps(value) for value in values]
    for operation, (options, value) in commands.items():
        service = "vpc-lattice" if operation.startswith("list") else "ec2"
        lines.append(f"$ aws {service} {operation.replace('_', '-')} {options}\n{json.dumps(value)}")
    contents = read_answers(PurePath("ticket.md"), "\n".join(lines).encode(), lambda: None)
    (scope,) = group(contents.answers, contents.missing)
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
        {"SubnetIpv4CidrReservations": [RESERVATION]},
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


OTHER = {**ENDPOINT, "VpcEndpointId": "vpce-2"}
ASSOCIATION = {"Id": "a-1", "VpcEndpointId": "vpce-1", "AssociatedResourceAccessibility": "Accessible"}
ALL = ("", {"VpcEndpoints": [ENDPOINT]})


async def incomplete(reading: Coroutine[Any, Any, Any]) -> tuple[int, str]:
    """The number of records that there are, and the message on the rest."""
    with pytest.raises(IncompleteError) as raised:
        await reading
    return len(raised.value.records), raised.value.problem.message


@pytest.mark.parametrize(
    "options",
    [
        "--filters Name=vpc-endpoint-type,Values=Interface",
        "--vpc-endpoint-ids vpce-1",
        "--query 'VpcEndpoints[]'",
        "--cli-input-json file://x.json",
    ],
)
async def test_a_command_that_narrows_leaves_endpoints_open(options: str) -> None:
    each = reader({"Subnets": [SUBNET]}, describe_vpc_endpoints=(options, {"VpcEndpoints": [ENDPOINT]}))
    assert await incomplete(each.endpoints()) == (
        1,
        "There may be more VPC endpoints: the command of ticket.md, line 3 asks for some of them only.",
    )
    assert not each.has_every_endpoint
    whole = reader({"Subnets": [SUBNET]}, {"VpcEndpoints": [OTHER]}, describe_vpc_endpoints=ALL)
    assert (len(await whole.endpoints()), whole.has_every_endpoint) == (2, True)


async def test_associations_by_endpoint_are_whole_and_others_are_not() -> None:
    records = {"VpcEndpointAssociations": [ASSOCIATION]}
    for options, narrowed in (
        ("--vpc-endpoint-ids vpce-1", False),
        ("--filters Name=vpc-endpoint-id,Values=vpce-1", False),
        ("--filters Name=associated-resource-accessibility,Values=Accessible", True),
    ):
        each = reader(
            {"Subnets": [SUBNET]},
            describe_vpc_endpoints=ALL,
            describe_vpc_endpoint_associations=(options, records),
        )
        if narrowed:
            assert "asks for some of them only" in (await incomplete(each.associations()))[1]
        else:
            assert len(await each.associations()) == 1


async def test_reservations_that_were_made_or_filtered_are_not_all() -> None:
    listed = {"SubnetIpv4CidrReservations": [RESERVATION]}
    made = reader({"Subnets": [SUBNET]}, {"SubnetCidrReservation": RESERVATION})
    filtered = reader(
        {"Subnets": [SUBNET]},
        get_subnet_cidr_reservations=("--subnet-id subnet-1 --filters Name=reservationType,Values=prefix", listed),
    )
    for each in (made, filtered):
        assert (await problem(each.reservations("subnet-1")))[0] is ProblemKind.NOT_GIVEN
    whole = reader({"Subnets": [SUBNET]}, get_subnet_cidr_reservations=("--subnet-id subnet-1", listed))
    assert len(await whole.reservations("subnet-1")) == 1


async def test_an_endpoint_that_a_command_made_is_no_list() -> None:
    each = reader({"Subnets": [SUBNET]}, {"VpcEndpoint": {**ENDPOINT, "State": "Pending"}})
    assert await incomplete(each.endpoints()) == (1, "The files have no list of VPC endpoints.")


async def test_different_records_of_a_list_with_one_id_are_masked() -> None:
    masked = {"VpcEndpoints": [{**ENDPOINT, "State": "Failed"}, ENDPOINT]}
    each = reader({"Subnets": [SUBNET]}, masked)
    message = "ticket.md, line 2: different VPC endpoints have one id, as after masking."
    assert await incomplete(each.endpoints()) == (1, message)
    again = reader({"Subnets": [SUBNET]}, {"VpcEndpoints": [{**ENDPOINT, "State": "Pending"}]}, ALL[1])
    assert [endpoint.state for endpoint in await again.endpoints()] == ["Available"]
    two = [RESERVATION, {**RESERVATION, "Cidr": "10.0.0.32/28"}]
    reserved = reader({"Subnets": [SUBNET]}, {"SubnetIpv4CidrReservations": two})
    assert (await problem(reserved.reservations("subnet-1")))[0] is ProblemKind.INCOMPLETE


async def test_a_token_is_followed_by_a_command_of_the_same_operation() -> None:
    """The AWS CLI makes the same token of every list that --max-items cuts."""
    cut = ("--max-items 1", {"VpcEndpoints": [ENDPOINT], "NextToken": "eyJ"})
    page = ("--max-items 1 --starting-token eyJ", {"Subnets": [SUBNET]})
    each = reader(describe_vpc_endpoints=cut, describe_subnets=page)
    assert "ends with a NextToken" in (await incomplete(each.endpoints()))[1]
    last = {"VpcEndpoints": [OTHER]}
    text = f"$ aws ec2 describe-vpc-endpoints --starting-token eyJ\n{json.dumps(last)}"
    contents = read_answers(
        PurePath("x"), f"$ aws ec2 describe-vpc-endpoints --max-items 1\n{json.dumps(cut[1])}\n{text}".encode(), print
    )
    (scope,) = group(contents.answers)
    assert len(await AnswersReader(scope, AT).endpoints()) == 2


def refused(code: str) -> str:
    error = f"An error occurred ({code}) when calling the DescribeVpcEndpoints operation: No."
    return f"$ aws ec2 describe-vpc-endpoints\n\n{error}"


@pytest.mark.parametrize(
    ("lost", "clause"),
    [
        (
            '$ aws ec2 describe-vpc-endpoints\n{\n    "VpcEndpoints": [\n',
            "the JSON in ticket.md, line 3 is cut off or malformed",
        ),
        ('{"VpcEndpoints": [{"VpcEndpointId"', "the JSON in ticket.md, line 2 is cut off or malformed"),
        (
            refused("UnauthorizedOperation"),
            "access to it was denied when the files were made",
        ),
        (
            refused("InternalError"),
            "aws ec2 describe-vpc-endpoints failed when the files were made",
        ),
    ],
)
async def test_beside_an_answer_that_is_missing_no_list_is_whole(lost: str, clause: str) -> None:
    text = f"{json.dumps({'Subnets': [SUBNET], 'VpcEndpoints': [ENDPOINT]})}\n{lost}"
    contents = read_answers(PurePath("ticket.md"), text.encode(), lambda: None)
    (scope,) = group(contents.answers, contents.missing)
    message = f"There may be more VPC endpoints: {clause}."
    assert await incomplete(AnswersReader(scope, AT).endpoints()) == (1, message)
    again = f"{text}\n$ aws ec2 describe-vpc-endpoints\n{json.dumps(ALL[1])}"
    contents = read_answers(PurePath("ticket.md"), again.encode(), lambda: None)
    (scope,) = group(contents.answers, contents.missing)
    if "$" in lost:
        assert len(await AnswersReader(scope, AT).endpoints()) == 1


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


async def test_a_list_of_vpc_lattice_that_goes_on_was_not_read() -> None:
    page = {"items": [{"arn": NETWORK, "id": "sn-1", "name": "net"}], "NextToken": "t"}
    each = reader({"Subnets": [SUBNET]}, list_service_networks=("--max-items 1", page))
    _, problems = await each.lattice([NETWORK])
    assert "Run: aws vpc-lattice list-service-networks" in {problem.next_step for problem in problems}


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
