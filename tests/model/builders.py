"""Builders of snapshots, and the snapshots of the incident."""

from __future__ import annotations

from datetime import UTC, datetime

from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES, DESCRIBE_SUBNETS, GET_RESERVATIONS
from latticetop.model.records.missing_data import MissingCause, MissingData, MissingPart
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet
from latticetop.model.snapshot import (
    Scope,
    Snapshot,
    SubnetReading,
)

NOW = datetime(2024, 12, 19, 8, 21, 0, tzinfo=UTC)
CREATED = datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
VPC = "vpc-0d54cbe88a44ffd04"


def eni(name: str, subnet_id: str, *addresses: str, description: str = "", instance_id: str = "") -> NetworkInterface:
    """An ENI with addresses (`10.0.0.4`) and prefixes (`10.0.0.16/28`)."""
    return NetworkInterface(
        name,
        subnet_id,
        VPC,
        description=description,
        instance_id=instance_id,
        addresses=tuple(parse_address(text) for text in addresses if "/" not in text),
        prefixes=tuple(parse_cidr(text) for text in addresses if "/" in text),
    )


def reading(
    subnet_id: str,
    cidr: str | None,
    *interfaces: NetworkInterface,
    zone: str = "us-east-1a",
    available: int = 0,
    reservations: tuple[tuple[str, str], ...] = (),
    unaccounted: int = 0,
) -> SubnetReading:
    """A subnet with its ENIs; reservations are pairs of CIDR and type."""
    subnet = Subnet(subnet_id, VPC, parse_cidr(cidr) if cidr else None, available, zone)
    cidr_reservations = tuple(
        CidrReservation(f"scr-{n}", subnet_id, parse_cidr(range_), kind)
        for n, (range_, kind) in enumerate(reservations)
    )
    return SubnetReading(subnet, interfaces, cidr_reservations, unaccounted)


def snapshot(
    *readings: SubnetReading,
    endpoints: tuple[Endpoint, ...] = (),
    associations: tuple[Association, ...] = (),
    unread: tuple[str, ...] = (),
) -> Snapshot:
    """A snapshot of which everything was read except the `unread` parts."""
    subnet_ids = [reading.subnet.subnet_id for reading in readings]
    parts = ["endpoints", "associations", "subnets", *subnet_ids, *map(reservations_part, subnet_ids)]
    return Snapshot(
        Scope("123456789012", "us-east-1"),
        NOW,
        subnets={reading.subnet.subnet_id: reading for reading in readings},
        endpoints={endpoint.vpc_endpoint_id: endpoint for endpoint in endpoints},
        associations={association.association_id: association for association in associations},
        read_at={part: NOW for part in parts if part not in unread},
    )


def endpoint(state: str, *subnet_ids: str, endpoint_id: str = ENDPOINT, ip_address_type: str = "IPV4") -> Endpoint:
    """A service-network endpoint."""
    return Endpoint(
        endpoint_id,
        "ServiceNetwork",
        VPC,
        state,
        subnet_ids,
        service_network_arn="arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09",
        ip_address_type=ip_address_type,
        creation_timestamp=CREATED,
    )


def missing(
    *parts: MissingPart, subnet_id: str = A, owner_id: str = "", denied: bool = True
) -> tuple[MissingData, ...]:
    """What was not read of a subnet: these parts, or its reservations."""
    cause = MissingCause.DENIED if denied else MissingCause.NOT_READ_YET
    operations = {
        MissingPart.INTERFACES: DESCRIBE_INTERFACES,
        MissingPart.RESERVATIONS: GET_RESERVATIONS,
        MissingPart.COUNT: DESCRIBE_SUBNETS,
    }
    return tuple(
        MissingData(subnet_id, part, operations[part], owner_id, cause) for part in parts or (MissingPart.RESERVATIONS,)
    )


def associations(*accessibilities: str, endpoint_id: str = ENDPOINT) -> tuple[Association, ...]:
    """Associations of an endpoint, one per accessibility."""
    return tuple(
        Association(f"vpce-rsc-asc-{n}", endpoint_id, accessibility=accessibility)
        for n, accessibility in enumerate(accessibilities)
    )


def incident_readings() -> tuple[SubnetReading, SubnetReading]:
    """Subnets A and B after the endpoint has failed."""
    resource = f"VPC Endpoint Interface {ENDPOINT}"
    a = reading(
        A,
        "10.10.10.0/26",
        eni("eni-0f995ce7b1b9589de", A, "10.10.10.7", "10.10.10.16/28", description=resource),
        eni("eni-0aaaaaaaaaaaaaaa1", A, "10.10.10.13", instance_id="i-0bbbbbbbbbbbbbbb1"),
        eni("eni-0aaaaaaaaaaaaaaa2", A, "10.10.10.36", instance_id="i-0ae4b4d9c4e67eef0"),
        available=40,
    )
    b = reading(
        B,
        "10.10.10.64/26",
        eni("eni-09199f7c86c4cddf9", B, "10.10.10.72", "10.10.10.96/28", description=resource),
        zone="us-east-1b",
        available=42,
    )
    return a, b


def incident() -> Snapshot:
    """The incident after the endpoint has failed."""
    return snapshot(
        *incident_readings(),
        endpoints=(endpoint("Failed", A, B),),
        associations=associations("Accessible", "Accessible", "Accessible"),
    )
