"""`latticetop plan` as a child process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from latticetop.simulator import SCENARIOS, ManualClock, ServerThread
from tests.command import IMPATIENT, against, at_rest, run
from tests.json_schema import printed_schema, schema_errors

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
VPC = "vpc-0d54cbe88a44ffd04"


@pytest.fixture(scope="module")
def before() -> Iterator[ServerThread]:
    """The incident's account before the endpoint is made: A is R.fR, B is R..R."""
    with ServerThread("incident", clock=ManualClock(SCENARIOS["incident"].start)) as server:
        yield server


def outcome(server: ServerThread, *arguments: str) -> tuple[int, list[str]]:
    ended = against(server, "plan", "--json", *arguments, program=IMPATIENT)
    answer: dict[str, Any] = json.loads(ended.out)
    assert answer["schema"] == "latticetop.plan/1"
    return ended.code, [subnet["outcome"] for subnet in answer["subnets"]]


def test_what_the_author_found_out_by_failing(before: ServerThread) -> None:
    assert outcome(before, "--subnet-ids", A, B, "--behaviour", "2024", "--resources", "3") == (1, ["cannot", "may"])


def test_as_aws_builds_it_today_it_may(before: ServerThread) -> None:
    assert outcome(before, "--subnet-ids", A, B, "--resources", "3") == (1, ["may", "may"])


def test_with_one_address_gone(before: ServerThread) -> None:
    arguments = ("--behaviour", "2024", "--resources", "3", "--without", "10.10.10.36")
    assert outcome(before, "--subnet-ids", A, *arguments) == (1, ["may"])


def test_bare_prefixes_fit_for_certain(before: ServerThread) -> None:
    assert outcome(before, "--subnet-ids", B, "--prefixes", "2") == (0, ["fits"])
    assert outcome(before, "--subnet-ids", B, "--prefixes", "3") == (1, ["cannot"])


def test_the_text_has_the_proof_and_the_commands(before: ServerThread) -> None:
    ended = against(before, "plan", "--subnet-ids", A, "--resources", "3")
    assert ended.code == 1
    assert "may fit" in ended.out
    assert "Works" in ended.out and "Fails" in ended.out
    assert "aws ec2 create-vpc-endpoint" in ended.out
    assert "nothing has been run" in ended.out


@pytest.mark.parametrize(
    ("arguments", "addresses", "blocks"),
    [
        (("--nodes", "2"), 2, 2),
        (("--nodes", "2", "--prefixes-per-node", "10"), 4, 20),
        (("--nodes", "2", "--prefixes-per-node", "10", "--prefixes-per-interface", "14"), 2, 20),
        (("--nodes", "1", "--pods", "110"), 1, 8),
        (("--nodes", "1", "--pods", "20", "--interfaces-per-node", "3", "--endpoints", "1"), 3 + 3, 3 + 1),
        (("--prefixes", "2"), 0, 2),
        (("--ip-address-type", "ipv6"), 0, 0),
        ((), 3, 1),
    ],
)
def test_what_is_asked_for(before: ServerThread, arguments: tuple[str, ...], addresses: int, blocks: int) -> None:
    ended = against(before, "plan", "--json", "--subnet-ids", B, *arguments)
    demand = json.loads(ended.out)["demand"]
    assert (demand["addresses_per_subnet"], demand["blocks_per_subnet"]) == (addresses, blocks)


def test_any_subnet_of_the_vpc_that_has_room(before: ServerThread) -> None:
    """B has two free blocks, A one: two prefixes fit into B, and a node with two may break one by its address."""
    assert outcome(before, "--vpc-id", VPC, "--any", "--prefixes", "2") == (0, ["fits", "cannot"])
    assert outcome(before, "--subnet-ids", A, B, "--any", "--nodes", "1", "--pods", "16") == (1, ["may", "cannot"])
    assert outcome(before, "--vpc-id", VPC, "--any", "--resources", "0") == (1, ["fits", "may"])


def test_an_instance_is_simulated_as_gone(before: ServerThread) -> None:
    arguments = ("--subnet-ids", A, "--prefixes", "2")
    assert outcome(before, *arguments) == (1, ["cannot"])
    assert outcome(before, *arguments, "--without", "i-0ae4b4d9c4e67eef0") == (0, ["fits"])


@pytest.mark.parametrize(
    ("fault", "code", "answer"),
    [
        ("counts:7", 1, "may"),
        ("deny:ec2:DescribeNetworkInterfaces", 3, "cannot-tell"),
        ("deny:ec2:GetSubnetCidrReservations", 3, "cannot-tell"),
    ],
)
def test_hidden_addresses_and_missing_data_never_make_it_fit(fault: str, code: int, answer: str) -> None:
    with at_rest("incident") as server:
        server.call(lambda account: account.faults.set([fault]))
        assert outcome(server, "--subnet-ids", B, "--prefixes", "1") == (code, [answer])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Name the subnets"),
        (("--subnet-ids", "subnet-0123456789abcdef0"), "subnet-0123456789abcdef0"),
        (("--subnet-ids", A, "--without", "10.10.10.99"), "10.10.10.99"),
        (("--subnet-ids", A, "--without", "elsewhere"), "elsewhere"),
        (("--subnet-ids", A, "elsewhere"), "elsewhere is not a subnet id"),
        (("--subnet-ids", A, "--endpoints", "-1"), "endpoints"),
        (("--vpc-id", VPC), "--vpc-id needs --any"),
        (("--vpc-id", VPC, "--any", "--subnet-ids", A), "not both"),
        (("--vpc-id", "vpc-0123456789abcdef0", "--any"), "vpc-0123456789abcdef0"),
        (("--subnet-ids", A, "--pods", "3"), "--pods needs --nodes"),
        (("--subnet-ids", A, "--nodes", "1", "--pods", "3", "--prefixes-per-node", "2"), "not both"),
        (("--subnet-ids", A, "--ip-address-type", "ipv6", "--endpoints", "1", "--prefixes", "1"), "IPv6 is planned"),
    ],
)
def test_mistakes_get_one_sentence(before: ServerThread, arguments: tuple[str, ...], message: str) -> None:
    ended = against(before, "plan", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_the_document_is_valid_by_the_printed_schema(before: ServerThread) -> None:
    ended = against(before, "plan", "--json", "--subnet-ids", A, B, "--resources", "3", "--without", "10.10.10.36")
    assert schema_errors(json.loads(ended.out), printed_schema("plan")) == []


def test_without_credentials_the_json_says_that_it_is_unknown_and_why(incident: ServerThread) -> None:
    where = ("--endpoint-url", incident.url, "--region", "us-east-1")
    ended = run("plan", "--subnet-ids", A, "--resources", "3", "--json", *where)
    unread = json.loads(ended.out)
    assert schema_errors(unread, printed_schema("plan")) == []
    assert (ended.code, unread["outcome"], unread["then"]) == (3, "cannot-tell", "cannot-tell")
    assert (unread["demand"]["resources"], unread["region"], unread["subnets"]) == (3, "us-east-1", [])
    assert [problem["kind"] for problem in unread["problems"]] == ["no-credentials"]
    assert ended.err.startswith("latticetop: No credentials found.")
