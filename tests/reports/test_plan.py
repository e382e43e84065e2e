"""The document of `latticetop plan --json`, and the exit code."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from msgspec import structs

from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.capacity.plan import make_plan, plan_by_behaviour
from latticetop.model.records.lattice import Lattice, ServiceNetwork
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from latticetop.reports.plan import document, exit_code, json_schema, render_json
from tests.json_schema import schema_errors
from tests.model.builders import CREATED, ENDPOINT, VPC, A, B, endpoint, eni, reading, snapshot

NETWORK = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"
IN_2024 = Demand(1, 3, Behaviour.IN_2024)
PREFIX = Demand(0, 0, prefixes=1)


def before() -> Snapshot:
    """The incident before the endpoint was created."""
    one = eni("eni-0aaaaaaaaaaaaaaa1", A, "10.10.10.13", instance_id="i-0bbbbbbbbbbbbbbb1")
    two = eni("eni-0aaaaaaaaaaaaaaa2", A, "10.10.10.36", instance_id="i-0ae4b4d9c4e67eef0")
    return snapshot(
        reading(A, "10.10.10.0/26", one, two, available=57),
        reading(B, "10.10.10.64/26", zone="us-east-1b", available=59),
    )


@pytest.mark.parametrize(
    ("demand", "removed", "unaccounted", "code"),
    [
        (Demand(1, 0), ("10.10.10.36",), 0, 0),
        (Demand(0, 0, prefixes=1), (), 0, 0),
        (ONE_ENDPOINT, (), 0, 1),
        (IN_2024, (), 0, 1),
        (Demand(0, 0, prefixes=1), (), 2, 1),
        (IN_2024, (), 2, 1),
    ],
)
def test_exit_codes(demand: Demand, removed: tuple[str, ...], unaccounted: int, code: int) -> None:
    scene = before()
    scene.subnets[A] = structs.replace(scene.subnets[A], unaccounted=unaccounted)
    assert exit_code(make_plan(scene, [A, B], demand, removed)) == code


@pytest.mark.parametrize("demand", [IN_2024, ONE_ENDPOINT, Demand(1, 0), Demand(0, 0, prefixes=3)], ids=str)
def test_the_document_is_valid_by_its_schema(demand: Demand) -> None:
    scene = before()
    answer = json.loads(render_json(scene, make_plan(scene, [A, B], demand, ["10.10.10.13"])))
    assert schema_errors(answer, json_schema()) == []


def step(kind: str, value: str, role: str) -> dict[str, Any]:
    return {"kind": kind, "value": value, "endpoint": 1, "role": role}


def test_the_document_has_the_proof_that_it_may_fit() -> None:
    scene = before()
    answer = json.loads(render_json(scene, make_plan(scene, [A], ONE_ENDPOINT)))
    (subnet,) = answer.pop("subnets")
    assert subnet.pop("bound").startswith("Needs one /28 block and 3 single addresses; one /28 block is free")
    assert subnet == {
        "subnet_id": A,
        "vpc_id": VPC,
        "name": "",
        "cidr_block": "10.10.10.0/26",
        "availability_zone": "us-east-1a",
        "availability_zone_id": "",
        "available_ip_address_count": 57,
        "unaccounted_addresses": 0,
        "map": "R.fR",
        "assignable_blocks": 1,
        "safe_blocks": 0,
        "open_addresses": 57,
        "outcome": "may",
        "works": {
            "steps": [
                step("address", "10.10.10.4", "resource"),
                step("address", "10.10.10.5", "resource"),
                step("address", "10.10.10.6", "service"),
                step("block", "10.10.10.16/28", "service"),
            ],
            "refused": None,
        },
        "fails": {
            "steps": [
                step("address", "10.10.10.16", "resource"),
                step("address", "10.10.10.4", "resource"),
                step("address", "10.10.10.5", "service"),
            ],
            "refused": {"kind": "block", "endpoint": 1, "role": "service"},
        },
        "reasons": [],
        "fits": {"certain": 0, "possible": 1, "known": True},
        "advice": {"removals": [], "exact": True, "reserve": ["10.10.10.16/28"], "then": "fits"},
        "chosen": True,
        "free_blocks_min": 1,
        "free_blocks_max": 1,
        "owner_id": "",
        "shared": False,
        "missing_data": [],
    }
    assert [behaviour["behaviour"] for behaviour in answer.pop("behaviours")] == ["today"]
    steps = answer.pop("steps")
    assert [(step["order"], step["kind"], step["text"], len(step["commands"])) for step in steps] == [
        (1, "reserve", f"reserve 10.10.10.16/28 with type prefix in {A}", 1),
        (2, "create-endpoint", f"create the endpoint in {A}", 1),
    ]
    assert answer.pop("commands").keys() == {"aws_cli", "terraform"}
    assert answer == {
        "schema": "latticetop.plan/1",
        "taken_at": "2024-12-19T08:21:00Z",
        "account_id": "123456789012",
        "region": "us-east-1",
        "outcome": "may",
        "demand": {
            "endpoints": 1,
            "resources": 1,
            "behaviour": "today",
            "prefixes": 0,
            "addresses_per_subnet": 3,
            "blocks_per_subnet": 1,
            "nodes": 0,
            "prefixes_per_node": 0,
            "interfaces_per_node": 0,
            "ip_address_type": "ipv4",
        },
        "without": [],
        "problems": [],
        "behaviour": "today",
        "any": False,
        "then": "fits",
        "refused_subnets": [],
    }


def test_the_document_has_the_reasons_why_it_cannot_fit_and_what_would_help() -> None:
    scene = before()
    answer = json.loads(render_json(scene, make_plan(scene, [A, B], IN_2024, ["10.10.10.13"])))
    assert (answer["outcome"], answer["without"]) == ("cannot", ["10.10.10.13"])
    subnet = answer["subnets"][0]
    assert [reason["letter"] for reason in subnet["reasons"]] == ["R", ".", "f", "R"]
    assert subnet["advice"] == {
        "removals": [
            {
                "remove": "eni-0aaaaaaaaaaaaaaa2",
                "network_interface_id": "eni-0aaaaaaaaaaaaaaa2",
                "owner": "i-0ae4b4d9c4e67eef0",
                "addresses": 1,
                "frees": ["10.10.10.32/28"],
                "action": "terminate or replace i-0ae4b4d9c4e67eef0",
                "movable": True,
            }
        ],
        "exact": True,
        "reserve": ["10.10.10.16/28", "10.10.10.32/28"],
        "then": "fits",
    }


def test_the_commands_are_in_the_order_that_works() -> None:
    """In 2024 two blocks were needed: reserve both, terminate the instance in one, then create."""
    scene = before()
    planned = document(scene, make_plan(scene, [A], IN_2024))
    assert [step.kind for step in planned.steps] == ["reserve", "free", "create-endpoint"]
    assert (planned.outcome, planned.then) == ("cannot", "fits")
    operations = [shlex.split(command.replace("\\\n", ""))[2] for command in planned.commands.aws_cli]
    assert operations[:2] == ["create-subnet-cidr-reservation"] * 2
    assert operations[-1] == "create-vpc-endpoint"
    assert operations[2:-1] == [shlex.split(command.replace("\\\n", ""))[2] for command in planned.steps[1].commands]
    assert planned.commands.aws_cli == [command for step in planned.steps for command in step.commands]


def test_nothing_to_run_where_it_cannot_fit_or_already_does() -> None:
    scene = before()
    small = snapshot(reading(A, "10.0.0.0/27"))
    for planned in (document(small, make_plan(small, [A], IN_2024)), document(scene, make_plan(scene, [A, B], PREFIX))):
        assert (planned.commands.aws_cli, planned.commands.terraform, planned.steps) == ([], "", [])


def test_the_only_service_network_is_named() -> None:
    scene = structs.replace(before(), lattice=Lattice({NETWORK: ServiceNetwork(NETWORK)}))
    plan_commands = document(scene, make_plan(scene, [B], Demand(1, 0))).commands
    assert shlex.split(plan_commands.aws_cli[0].replace("\\\n", ""))[-4:] == [
        "--service-network-arn",
        NETWORK,
        "--subnet-ids",
        B,
    ]
    assert f'service_network_arn = "{NETWORK}"' in plan_commands.terraform


def after() -> Snapshot:
    """The account shows the behaviour of 2024 by an endpoint in another subnet; B is an empty /26."""
    resource = eni("eni-9", "subnet-c", "10.9.0.7", "10.9.0.16/28", description=f"VPC Endpoint Interface {ENDPOINT}")
    return snapshot(
        reading(B, "10.10.10.64/26", zone="us-east-1b", available=59),
        reading("subnet-c", "10.9.0.0/24", resource, zone="us-east-1c"),
        endpoints=(structs.replace(endpoint("Failed", "subnet-c"), creation_timestamp=CREATED),),
    )


def test_both_behaviours_are_in_the_document_with_the_evidence() -> None:
    planned = document(after(), plan_by_behaviour(after(), [B], Demand(1, 17)))
    assert (planned.behaviour, planned.outcome, planned.demand.blocks_per_subnet) == ("2024", "cannot", 3)
    today, in_2024 = planned.behaviours
    assert (today.behaviour, today.outcome, today.vpc_endpoint_id, today.evidence) == ("today", "may", None, "")
    assert (in_2024.behaviour, in_2024.outcome, in_2024.vpc_endpoint_id) == ("2024", "cannot", ENDPOINT)
    assert in_2024.evidence.startswith(f"{ENDPOINT}, created 2024-12-19, was built with 2 /28 a zone")
    assert in_2024.subnets[0].bound == "Needs 3 /28 blocks and 2 single addresses; 2 /28 blocks are free"


def test_a_block_is_a_cidr_and_a_count_has_its_own_field() -> None:
    full = eni("eni-1", A, *(f"10.0.{n // 256}.{n % 256}" for n in range(16, 4_080, 16)))
    scene = snapshot(reading(A, "10.0.0.0/20", full))
    (subnet,) = document(scene, make_plan(scene, [A], PREFIX)).subnets
    assert {(reason.block, reason.blocks, reason.letter) for reason in subnet.reasons} == {
        (None, 2, "R"),
        (None, 254, "f"),
    }
    (subnet,) = document(before(), make_plan(before(), [A], IN_2024)).subnets
    assert [(reason.block, reason.blocks) for reason in subnet.reasons][:2] == [
        ("10.10.10.0/28", 1),
        ("10.10.10.16/28", 1),
    ]


def test_only_the_best_subnets_of_an_answer_for_any_are_chosen() -> None:
    scene = snapshot(reading(A, "10.0.0.0/27"), reading(B, "10.0.1.0/24", available=251))
    planned = document(scene, make_plan(scene, [A, B], PREFIX, any_subnet=True))
    assert (planned.any, planned.outcome) == (True, "fits")
    assert [(subnet.subnet_id, subnet.chosen) for subnet in planned.subnets] == [(B, True), (A, False)]
    assert exit_code(make_plan(scene, [A, B], PREFIX, any_subnet=True)) == 0


def test_bounds_owner_and_missing_data_stand_in_the_document() -> None:
    shared = reading(A, "10.0.0.0/24", available=20)
    shared = structs.replace(shared, subnet=structs.replace(shared.subnet, owner_id="210987654321"))
    scene = snapshot(shared, reading(B, "10.0.1.0/24", available=250, unaccounted=1), unread=(f"reservations {A}",))
    one, two = document(scene, make_plan(scene, [A, B], PREFIX)).subnets
    assert (one.outcome, one.shared, one.owner_id) == ("cannot-tell", True, "210987654321")
    assert [data.action for data in one.missing_data] == ["ec2:GetSubnetCidrReservations"]
    assert (two.free_blocks_min, two.free_blocks_max, two.unaccounted_addresses) == (13, 14, 1)


@pytest.mark.parametrize(
    ("kind", "owner_id", "steps"),
    [
        (ProblemKind.ACCESS_DENIED, "", ["allow ec2:GetSubnetCidrReservations, and plan again"]),
        (ProblemKind.ACCESS_DENIED, "210987654321", ["ask the owner, 210987654321, which ranges are reserved"]),
        (ProblemKind.THROTTLED, "", ["try again later"]),
        (None, "", []),
    ],
)
def test_what_lets_missing_data_be_read_is_the_first_step(
    kind: ProblemKind | None, owner_id: str, steps: list[str]
) -> None:
    subnets = [reading(subnet_id, "10.0.0.0/24", available=250) for subnet_id in (A, B)]
    subnets = [structs.replace(each, subnet=structs.replace(each.subnet, owner_id=owner_id)) for each in subnets]
    problems = (Problem(kind, "ec2:GetSubnetCidrReservations", "Not read."),) if kind else ()
    unread = (f"reservations {A}", f"reservations {B}")
    scene = structs.replace(snapshot(*subnets, unread=unread), problems=problems)
    found = document(scene, make_plan(scene, [A, B], PREFIX)).steps
    assert [(step.order, step.kind, step.text) for step in found] == [
        (order, "read", text) for order, text in enumerate(steps, 1)
    ]


def test_a_subnet_whose_interfaces_were_not_read_has_no_map() -> None:
    scene = snapshot(reading(A, "10.0.0.0/24", available=251), unread=(A,))
    (unread,) = document(scene, make_plan(scene, [A], PREFIX)).subnets
    assert (unread.map, unread.free_blocks_max, unread.outcome) == ("", None, "cannot-tell")
