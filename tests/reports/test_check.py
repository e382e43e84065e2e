"""The document of `latticetop check --json`, and the exit code."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest
from msgspec import structs

from latticetop.model.capacity.counting_subnets import Criteria
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check import document, json_schema, render_json
from latticetop.reports.check_reasons import exit_code
from tests.json_schema import schema_errors
from tests.model.builders import ENDPOINT, VPC, A, B, associations, endpoint, eni, incident, reading, snapshot

ROOMY = reading("subnet-1", "10.0.0.0/24", eni("eni-1", "subnet-1", "10.0.0.4"), available=250)
UNACCOUNTED = reading("subnet-1", "10.0.0.0/24", available=235, unaccounted=16)
A_FEW_UNACCOUNTED = reading("subnet-1", "10.0.0.0/24", available=238, unaccounted=13)
SMALL = reading("subnet-1", "10.0.0.0/27", available=27)
TIGHT = reading("subnet-1", "10.0.0.0/26", eni("eni-1", "subnet-1", "10.0.0.20", "10.0.0.36"), available=57)
IPV6 = reading("subnet-6", None)


def account(*readings: object, state: str = "Available", words: tuple[str, ...] = ("Accessible",)) -> Snapshot:
    return snapshot(
        *readings,  # type: ignore[arg-type]
        endpoints=(endpoint(state, "subnet-1"),),
        associations=associations(*words),
    )


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        (account(ROOMY), 0),
        (snapshot(ROOMY), 0),
        (snapshot(TIGHT), 0),
        (account(TIGHT), 1),
        (account(SMALL), 0),
        (account(TIGHT, state="Deleted"), 0),
        (account(ROOMY, state="Failed"), 1),
        (account(ROOMY, words=("Inaccessible",)), 1),
        (account(ROOMY, state="Pending"), 0),
        (account(UNACCOUNTED), 3),
        (account(A_FEW_UNACCOUNTED), 0),
        (snapshot(UNACCOUNTED), 0),
        (account(UNACCOUNTED, state="Failed"), 1),
        (incident(), 1),
    ],
)
def test_exit_codes(scene: Snapshot, code: int) -> None:
    assert exit_code(scene) == code


@pytest.mark.parametrize("part", ["endpoints", "associations", "subnets", "subnet-1"])
def test_data_that_could_not_be_read_leaves_the_result_unknown(part: str) -> None:
    scene = snapshot(ROOMY, endpoints=(endpoint("Available", "subnet-1"),), unread=(part,))
    assert exit_code(scene) == 3


DENIED = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeVpcs", "You may not call ec2:DescribeVpcs.", "Allow it.")


@pytest.mark.parametrize(
    "scene",
    [
        incident(),
        structs.replace(incident(), problems=(DENIED,)),
        snapshot(),
        snapshot(IPV6),
        account(UNACCOUNTED),
        snapshot(ROOMY, unread=("subnet-1",)),
    ],
    ids=["incident", "problem", "empty", "IPv6", "unaccounted", "unread"],
)
def test_the_document_is_valid_by_its_schema(scene: Snapshot) -> None:
    assert schema_errors(json.loads(render_json(scene)), json_schema()) == []


def test_the_document_of_the_incident() -> None:
    content = json.loads(render_json(structs.replace(incident(), problems=(DENIED,))))
    assert "10.10.10.36" in content["endpoints"][0].pop("why")
    accessible = {"accessibility": "Accessible", "dns_name": "", "resource_arn": ""}
    no_failure = {"failure_code": "", "failure_reason": ""}
    assert content["endpoints"] == [
        {
            "vpc_endpoint_id": ENDPOINT,
            "vpc_endpoint_type": "ServiceNetwork",
            "name": "",
            "state": "Failed",
            "verdict": "failed-but-accessible",
            "vpc_id": VPC,
            "subnet_ids": [A, B],
            "service_network_arn": "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09",
            "service_network_name": "",
            "associations": {
                "total": 3,
                "accessible": 3,
                "items": [{"id": f"vpce-rsc-asc-{n}"} | accessible | no_failure for n in range(3)],
            },
            "network_interfaces": [
                {
                    "network_interface_id": "eni-0f995ce7b1b9589de",
                    "role": "resource",
                    "subnet_id": A,
                    "private_ip_address": "10.10.10.7",
                    "ipv4_prefixes": ["10.10.10.16/28"],
                    "status": "",
                    "ipv6_addresses": [],
                    "ipv6_prefixes": [],
                },
                {
                    "network_interface_id": "eni-09199f7c86c4cddf9",
                    "role": "resource",
                    "subnet_id": B,
                    "private_ip_address": "10.10.10.72",
                    "ipv4_prefixes": ["10.10.10.96/28"],
                    "status": "",
                    "ipv6_addresses": [],
                    "ipv6_prefixes": [],
                },
            ],
            "ip_address_type": "IPV4",
            "counts": True,
        }
    ]
    assert content["subnets"][1] == {
        "subnet_id": B,
        "vpc_id": VPC,
        "name": "",
        "cidr_block": "10.10.10.64/26",
        "availability_zone": "us-east-1b",
        "availability_zone_id": "",
        "available_ip_address_count": 42,
        "unaccounted_addresses": 0,
        "blocks": {
            "total": 4,
            "free": 1,
            "prefix_reserved": 0,
            "lattice": 1,
            "allocated": 0,
            "reserved": 2,
            "full": 0,
            "fragmented": 0,
            "explicit": 0,
        },
        "free_cidr_blocks": ["10.10.10.80/28"],
        "map": "R.LR",
        "read": True,
        "free_blocks_min": 1,
        "free_blocks_max": 1,
        "fits": {"min": 0, "max": 0, "unit": "service-network endpoint"},
        "counts": True,
        "owner_id": "",
        "shared": False,
        "ipv6_cidr_blocks": [],
        "missing_data": [],
        "node_capacity": None,
        "reservations_read_at": "2024-12-19T08:21:00Z",
    }
    assert [(reason["id"], reason["rule"]) for reason in content.pop("reasons")] == [
        (ENDPOINT, "endpoint-wrong"),
        (A, "too-few-free-blocks"),
    ]
    del content["endpoints"], content["subnets"]
    nothing: dict[str, list[str]] = {name: [] for name in ("subnet_ids", "vpc_ids", "clusters", "tags")}
    assert content.pop("criteria") == {"min_free_blocks": 1, "all_subnets": False, **nothing}
    assert content == {
        "schema": "latticetop.check/1",
        "taken_at": "2024-12-19T08:21:00Z",
        "account_id": "123456789012",
        "region": "us-east-1",
        "problems": [
            {
                "kind": "access-denied",
                "operation": "ec2:DescribeVpcs",
                "message": "You may not call ec2:DescribeVpcs.",
                "next_step": "Allow it.",
            }
        ],
    }


def test_without_ipv4_there_is_no_map() -> None:
    (item,) = document(snapshot(IPV6)).subnets
    assert (item.cidr_block, item.map, item.blocks.total) == (None, "", 0)


def test_bounds_owner_and_missing_data_of_a_shared_subnet() -> None:
    ours = reading("subnet-1", "10.0.4.0/23", available=20, unaccounted=487)
    shared = structs.replace(ours, subnet=structs.replace(ours.subnet, owner_id="210987654321"))
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "Denied.", "Allow it.")
    scene = structs.replace(snapshot(shared, unread=("reservations subnet-1",)), problems=(denied,))
    (item,) = document(scene).subnets
    assert (item.free_blocks_min, item.free_blocks_max, item.counts) == (0, 1, True)
    assert (item.owner_id, item.shared) == ("210987654321", True)
    (missing,) = item.missing_data
    assert (missing.part, missing.cause, missing.owner_id) == ("CIDR reservations", "denied", "210987654321")
    assert item.free_cidr_blocks == []
    assert exit_code(scene) == 3
    (reason,) = document(scene).reasons
    assert document(scene, Criteria(subnet_ids=("subnet-1",))).reasons == [reason]
    assert reason.rule == "free-blocks-unknown"
    assert reason.sentence == (
        "At most 1 /28 block outside CIDR reservations is free in 10.0.4.0/23: its CIDR reservations could not be "
        "read: ec2:GetSubnetCidrReservations was denied; subnet-1 belongs to 210987654321."
    )


NODE = eni("eni-1", "subnet-1", "10.0.0.5", "10.0.0.16/28", description="aws-K8S-i-1", instance_id="i-1")
NODES = reading("subnet-1", "10.0.0.0/25", NODE, available=106)


def test_what_fits_says_what_it_counts() -> None:
    """Five of six blocks are free. A node like the one there takes a block and an address: five, if none breaks one."""
    (item,) = msgspec.to_builtins(document(snapshot(NODES)))["subnets"]
    assert item["fits"]["unit"] == "service-network endpoint"
    assert item["node_capacity"] == {
        "nodes_min": 2, "nodes_max": 5, "prefixes_per_node": 1, "pods_min": 80, "pods_max": 80,
    }  # fmt: skip


def test_reservations_have_the_time_at_which_they_were_read() -> None:
    """While a scope is followed, that may be long before the snapshot."""
    read = snapshot(reading("subnet-1", "10.0.4.0/24"), reading("subnet-2", "10.0.5.0/24"))
    part = reservations_part("subnet-1")
    read_at = {**read.read_at, part: read.taken_at - timedelta(minutes=50)}
    del read_at[reservations_part("subnet-2")]
    items = document(structs.replace(read, read_at=read_at)).subnets
    read_times = {item.subnet_id: item.reservations_read_at for item in items}
    assert read_times == {"subnet-1": "2024-12-19T07:31:00Z", "subnet-2": None}


def test_without_an_address_for_a_block_none_is_listed() -> None:
    (item,) = document(snapshot(reading("subnet-1", "10.0.4.0/23", available=9, unaccounted=498))).subnets
    assert (item.free_blocks_min, item.free_blocks_max, item.free_cidr_blocks) == (0, 0, [])


def test_ipv6_addresses_and_prefixes_are_listed() -> None:
    subnet = structs.replace(IPV6.subnet, ipv6_cidr_blocks=("2001:db8::/64",))
    interface = structs.replace(
        eni("eni-6", "subnet-6", description=f"VPC Endpoint Interface: {ENDPOINT}"),
        ipv6_addresses=("2001:db8::5",),
        ipv6_prefixes=("2001:db8:0:0:1::/80",),
    )
    ipv6 = structs.replace(IPV6, subnet=subnet, interfaces=(interface,))
    content = document(snapshot(ipv6, endpoints=(endpoint("Available", "subnet-6", ip_address_type="ipv6"),)))
    (item,) = content.subnets
    assert (item.ipv6_cidr_blocks, item.free_blocks_min, item.free_blocks_max, item.fits, item.counts) == (
        ["2001:db8::/64"], None, None, None, False,
    )  # fmt: skip
    (of_endpoint,) = content.endpoints
    assert of_endpoint.ip_address_type == "ipv6"
    (listed,) = of_endpoint.network_interfaces
    assert (listed.ipv6_addresses, listed.ipv6_prefixes) == (["2001:db8::5"], ["2001:db8:0:0:1::/80"])


def test_a_subnet_whose_enis_were_not_read_has_no_free_block() -> None:
    (item,) = document(snapshot(ROOMY, unread=("subnet-1",))).subnets
    assert (item.read, item.map, item.free_cidr_blocks) == (False, "", [])
    assert (item.blocks.total, item.blocks.free, item.blocks.reserved) == (16, 0, 0)


def test_trouble_comes_first() -> None:
    scene = snapshot(
        ROOMY,
        reading("subnet-2", "10.0.1.0/27"),
        endpoints=(
            endpoint("Available", endpoint_id="vpce-01"),
            endpoint("Failed", endpoint_id="vpce-03"),
            endpoint("Failed", endpoint_id="vpce-02"),
        ),
        associations=associations("Accessible", endpoint_id="vpce-03"),
    )
    content = document(scene)
    assert [item.vpc_endpoint_id for item in content.endpoints] == ["vpce-03", "vpce-02", "vpce-01"]
    assert [item.subnet_id for item in content.subnets] == ["subnet-2", "subnet-1"]


def test_free_blocks_of_both_kinds_are_listed() -> None:
    (item,) = document(snapshot(reading("subnet-1", "10.0.0.0/26", reservations=(("10.0.0.16/28", "prefix"),)))).subnets
    assert (item.blocks.free, item.blocks.prefix_reserved) == (1, 1)
    assert item.free_cidr_blocks == ["10.0.0.16/28", "10.0.0.32/28"]


def test_the_document_has_what_was_asked_for() -> None:
    criteria = Criteria(4, ("subnet-1",), ("vpc-1",), True, ("env=prod",), ("shop",))
    assert msgspec.to_builtins(document(incident(), criteria).criteria) == {
        "min_free_blocks": 4,
        "subnet_ids": ["subnet-1"],
        "vpc_ids": ["vpc-1"],
        "all_subnets": True,
        "clusters": ["shop"],
        "tags": ["env=prod"],
    }
