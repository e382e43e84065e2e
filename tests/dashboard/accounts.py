"""Snapshots to show: the incident's end as AWS recorded it, and accounts made for one purpose."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import structs

from latticetop.aws import decode
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.problem import Problem
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading

RECORDED = Path(__file__).parent.parent / "simulator" / "incident"
TAKEN = datetime(2024, 12, 19, 8, 20, 30, tzinfo=UTC)
NOW = TAKEN + timedelta(seconds=3)
SCOPE = Scope("123456789012", "us-east-1")
VPC = "vpc-0d54cbe88a44ffd04"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
RESOURCE_A, RESOURCE_B = "eni-0f995ce7b1b9589de", "eni-09199f7c86c4cddf9"
ELSEWHERE = Scope("210987654321", "eu-west-1", "production")
ROOMY, TIGHT = "subnet-0000000000000000a", "subnet-0000000000000000b"
THIRTEEN, THIRTY_SIX = "eni-05d9a3c47b1e8f260", "eni-0c2b8e61f7a4d9035"


def recorded(name: str) -> Any:
    """One of the incident's real answers."""
    return json.loads((RECORDED / f"{name}.json").read_text())


def recorded_endpoint() -> Endpoint:
    raw = recorded("describe-vpc-endpoints")["VpcEndpoints"][0]
    endpoint_record = decode.endpoint(raw | {"CreationTimestamp": datetime.fromisoformat(raw["CreationTimestamp"])})
    assert endpoint_record is not None
    return endpoint_record


def recorded_associations() -> list[Association]:
    raw = recorded("describe-vpc-endpoint-associations")["VpcEndpointAssociations"]
    return list(decode.records(decode.association, raw))


def subnet(subnet_id: str, cidr: str, free: int = 0, **more: Any) -> Subnet:
    """A subnet; an empty `cidr` makes it one of IPv6 only."""
    fields = {"vpc_id": VPC, "availability_zone": "us-east-1a"} | more
    return Subnet(subnet_id=subnet_id, cidr_block=parse_cidr(cidr) if cidr else None, available_ip_address_count=free,
                  **fields)  # fmt: skip


def eni(name: str, subnet_id: str, *addresses: str, prefixes: Iterable[str] = (), **more: Any) -> NetworkInterface:
    return NetworkInterface(
        network_interface_id=name,
        subnet_id=subnet_id,
        vpc_id=VPC,
        addresses=tuple(parse_address(address) for address in addresses),
        prefixes=tuple(parse_cidr(prefix) for prefix in prefixes),
        **more,
    )


def reservation(subnet_id: str, cidr: str, reservation_type: str) -> CidrReservation:
    return CidrReservation(f"scr-{cidr}", subnet_id, parse_cidr(cidr), reservation_type)


def endpoint(endpoint_id: str, state: str = "Available", subnets: Iterable[str] = (A,), **more: Any) -> Endpoint:
    fields = {"vpc_endpoint_type": "ServiceNetwork", "vpc_id": VPC} | more
    return Endpoint(vpc_endpoint_id=endpoint_id, state=state, subnet_ids=tuple(subnets), **fields)


def account(
    readings: Iterable[SubnetReading] = (),
    endpoints: Iterable[Endpoint] = (),
    associations: Iterable[Association] = (),
    *,
    problems: Iterable[Problem] = (),
    scope: Scope = SCOPE,
    unread: Iterable[str] = (),
) -> Snapshot:
    """A snapshot in which everything was read but the parts of `unread`."""
    subnets = {reading.subnet.subnet_id: reading for reading in readings}
    parts = {"endpoints", "associations", "subnets", "vpcs", *subnets, *map(reservations_part, subnets)} - set(unread)
    return Snapshot(
        scope=scope,
        taken_at=TAKEN,
        subnets=subnets,
        endpoints={each.vpc_endpoint_id: each for each in endpoints},
        associations={each.association_id: each for each in associations},
        problems=tuple(problems),
        read_at=dict.fromkeys(parts, TAKEN),
    )


def incident_interfaces() -> tuple[list[NetworkInterface], list[NetworkInterface]]:
    """The ENIs of A and of B in the end: what the article prints, with the ids it names."""
    listed = recorded("describe-network-interfaces")
    prefixes = {raw["PrivateIpAddress"]: raw["Ipv4Prefixes"] or [] for raw in listed}
    mine = f"VPC Endpoint Interface {ENDPOINT}"
    in_a = [
        eni(RESOURCE_A, A, "10.10.10.7", prefixes=prefixes["10.10.10.7"], description=mine, status="in-use"),
        eni(THIRTEEN, A, "10.10.10.13", instance_id="i-0b71f2c6d80e9a534", status="in-use"),
        eni(THIRTY_SIX, A, "10.10.10.36", instance_id="i-0ae4b4d9c4e67eef0", status="in-use"),
    ]
    in_b = [eni(RESOURCE_B, B, "10.10.10.72", prefixes=["10.10.10.96/28"], description=mine, status="in-use")]
    return in_a, in_b


def incident(*, before: bool = False, extra_b: Iterable[NetworkInterface] = ()) -> Snapshot:
    """The incident in its end, or before the endpoint was created; `extra_b` are further ENIs of subnet B."""
    counts = {raw["SubnetId"]: raw["AvailableIpAddressCount"] for raw in recorded("describe-subnets")}
    in_a, in_b = incident_interfaces()
    if before:
        in_a, in_b = in_a[1:], []
    else:
        counts = {key: count - 17 for key, count in counts.items()}
    a = subnet(A, "10.10.10.0/26", counts[A])
    b = subnet(B, "10.10.10.64/26", counts[B], availability_zone="us-east-1b")
    readings = [SubnetReading(a, tuple(in_a)), SubnetReading(b, (*in_b, *extra_b))]
    if before:
        return account(readings)
    return account(readings, [recorded_endpoint()], recorded_associations())


def cluster(subnet_id: str = "subnet-0123456789abcdef0", cidr: str = "10.20.0.0/20") -> SubnetReading:
    """An EKS-like subnet: prefixes, branches, two reservations and an endpoint's block, in a fixed pattern."""
    first, size = parse_cidr(cidr).first, parse_cidr(cidr).size // 16
    base = [first + 16 * index for index in range(size)]
    nodes = [
        NetworkInterface(
            f"eni-{index:017x}",
            subnet_id,
            VPC,
            description=f"aws-K8S-i-{index:017x}",
            instance_id=f"i-{index:017x}",
            addresses=(base[index] + 5 - 16,),
            prefixes=tuple(parse_cidr(f"{_dotted(base[i])}/28") for i in range(index, min(index + 3, size - 1))),
        )
        for index in range(7, size - 20, 11)
    ]
    full = [NetworkInterface("eni-f", subnet_id, VPC, addresses=tuple(base[2] + n for n in range(16)))]
    lattice = [
        NetworkInterface(
            "eni-00000000000000aaa",
            subnet_id,
            VPC,
            description=f"VPC Endpoint Interface: {ENDPOINT}",
            addresses=(base[4] + 1,),
            prefixes=(parse_cidr(f"{_dotted(base[3])}/28"),),
        )
    ]
    held = CidrReservation("scr-1", subnet_id, parse_cidr(f"{_dotted(base[size - 16])}/25"), "prefix")
    kept = CidrReservation("scr-2", subnet_id, parse_cidr(f"{_dotted(base[size - 8])}/26"), "explicit")
    counted = subnet(subnet_id, cidr, 1411, name="eks-nodes-a")
    return SubnetReading(counted, (*nodes, *full, *lattice), (held, kept))


def with_state(snapshot: Snapshot, state: str, endpoint_id: str = ENDPOINT) -> Snapshot:
    changed = structs.replace(snapshot.endpoints[endpoint_id], state=state)
    return structs.replace(snapshot, endpoints=snapshot.endpoints | {endpoint_id: changed})


def _dotted(address: int) -> str:
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def two_subnets(*addresses: str) -> Snapshot:
    """New objects each time; the second subnet has ENIs with these addresses."""
    interfaces = tuple(eni(f"eni-{number}", B, address) for number, address in enumerate(addresses))
    first = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    endpoints = [endpoint("vpce-00000000000000001", subnets=[A]), endpoint("vpce-00000000000000002", subnets=[B])]
    return account([first, SubnetReading(subnet(B, "10.10.10.64/26", 59 - len(addresses)), interfaces)], endpoints)


def at(snapshot: Snapshot, seconds: float) -> Snapshot:
    """A snapshot as of so many seconds after TAKEN."""
    time = TAKEN + timedelta(seconds=seconds)
    return structs.replace(snapshot, taken_at=time, read_at=dict.fromkeys(snapshot.read_at, time))


def elsewhere() -> Snapshot:
    """Two subnets in another account and Region: one with 14 free blocks, one that can never have any."""
    subnets = (subnet(ROOMY, "10.8.0.0/24", 251), subnet(TIGHT, "10.8.1.0/27", 27))
    return account([SubnetReading(each) for each in subnets], scope=ELSEWHERE)
