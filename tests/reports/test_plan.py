"""The document of `latticetop plan --json`, and the exit code."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from msgspec import structs

from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.capacity.plan import make_plan
from latticetop.model.records.lattice import Lattice, ServiceNetwork
from latticetop.model.snapshot import Snapshot
from latticetop.reports.plan import commands, exit_code, json_schema, render_json
from tests.json_schema import schema_errors
from tests.model.builders import VPC, A, B, eni, reading, snapshot

NETWORK = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"
IN_2024 = Demand(1, 3, Behaviour.IN_2024)


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
    document = json.loads(render_json(scene, make_plan(scene, [A, B], demand, ["10.10.10.13"])))
    assert schema_errors(document, json_schema()) == []


def step(kind: str, value: str, role: str) -> dict[str, Any]:
    return {"kind": kind, "value": value, "endpoint": 1, "role": role}


def test_the_document_has_the_proof_that_it_may_fit() -> None:
    scene = before()
    document = json.loads(render_json(scene, make_plan(scene, [A], ONE_ENDPOINT)))
    (subnet,) = document.pop("subnets")
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
    }
    assert document.pop("commands").keys() == {"aws_cli", "terraform"}
    assert document == {
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
        },
        "without": [],
        "problems": [],
    }


def test_the_document_has_the_reasons_why_it_cannot_fit_and_what_would_help() -> None:
    scene = before()
    document = json.loads(render_json(scene, make_plan(scene, [A, B], IN_2024, ["10.10.10.13"])))
    assert (document["outcome"], document["without"]) == ("cannot", ["10.10.10.13"])
    subnet = document["subnets"][0]
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


def test_nothing_to_run_where_it_cannot_fit_or_no_endpoint_is_made() -> None:
    scene = before()
    for demand in (IN_2024, Demand(0, 0, prefixes=1)):
        plan_commands = commands(scene, make_plan(scene, [A, B], demand))
        assert (plan_commands.aws_cli, plan_commands.terraform) == ([], "")


def test_the_only_service_network_is_named() -> None:
    scene = structs.replace(before(), lattice=Lattice({NETWORK: ServiceNetwork(NETWORK)}))
    plan_commands = commands(scene, make_plan(scene, [B], Demand(1, 0)))
    assert shlex.split(plan_commands.aws_cli[0].replace("\\\n", ""))[-4:] == [
        "--service-network-arn",
        NETWORK,
        "--subnet-ids",
        B,
    ]
    assert f'service_network_arn = "{NETWORK}"' in plan_commands.terraform
