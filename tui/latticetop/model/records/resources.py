"""EC2 resources as frozen records, with the members that latticetop uses, named as in the EC2 API."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from latticetop.model.records.address import BLOCK_SIZE, Address, Cidr

Time = Annotated[datetime, Meta(tz=True)]
"""A datetime with a UTC offset."""

_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d+(.+)")


class Tag(Struct, frozen=True, array_like=True, gc=False):
    """One tag of a resource."""

    key: str
    value: str


Tags = tuple[Tag, ...]


class Vpc(Struct, frozen=True):
    """A VPC with every IPv4 CIDR block associated with it."""

    vpc_id: str
    name: str = ""
    cidr_blocks: tuple[Cidr, ...] = ()
    owner_id: str = ""
    tags: Tags = ()


NO_COUNT = -(1 << 31)
"""The count of available addresses where none was given, as in data that a tool has shaped. AWS sends no such one."""


class Subnet(Struct, frozen=True):
    """A subnet; `available_ip_address_count` is AWS's own count, as it is; see `address_count`.

    `cidr_block` is None for a subnet without IPv4, and for a range that is too wide for a subnet.
    """

    subnet_id: str
    vpc_id: str
    cidr_block: Cidr | None
    available_ip_address_count: int = 0
    availability_zone: str = ""
    availability_zone_id: str = ""
    name: str = ""
    owner_id: str = ""
    state: str = ""
    ipv6_cidr_blocks: tuple[str, ...] = ()
    outpost_arn: str = ""
    tags: Tags = ()

    @property
    def block_count(self) -> int:
        """The number of /28 blocks of the IPv4 range; 0 without IPv4."""
        return self.cidr_block.size // BLOCK_SIZE if self.cidr_block else 0

    @property
    def too_small(self) -> bool:
        """Whether no /28 can ever be free: AWS reserves an address in each block, as in a /28 or /27 subnet."""
        return 0 < self.block_count <= 2

    @property
    def range_text(self) -> str:
        """The IPv4 range, or a note that there is none."""
        if self.cidr_block is not None:
            return str(self.cidr_block)
        return "IPv6 only" if self.ipv6_cidr_blocks else "no valid range"

    @property
    def address_count(self) -> int | None:
        """AWS's count of available addresses; None without IPv4, and for a count that the range cannot have."""
        size = self.cidr_block.size if self.cidr_block else -1
        return self.available_ip_address_count if 0 <= self.available_ip_address_count <= size else None

    @property
    def given_address_count(self) -> int | None:
        """AWS's count of available addresses as it is, possible or not; None if none was given."""
        return None if self.available_ip_address_count == NO_COUNT else self.available_ip_address_count

    @property
    def address_count_text(self) -> str:
        """AWS's count of available addresses for a table: `-` without IPv4, `?` for an impossible count."""
        if self.cidr_block is None:
            return "-"
        return "?" if self.address_count is None else f"{self.address_count:,}"

    @property
    def count_problem(self) -> str:
        """Why AWS's count of available addresses is not used, as a clause; empty if it is used."""
        given = self.available_ip_address_count != NO_COUNT
        if self.cidr_block is None or self.address_count is not None or not given:
            return ""
        return (
            f"AWS's count of available addresses ({self.available_ip_address_count:,}) is impossible in a range of "
            f"{self.cidr_block.size:,} and is not used"
        )

    @property
    def id_and_name(self) -> str:
        """The id, with the name if it has one: `subnet-0a1b (private-a)`."""
        return f"{self.subnet_id} ({self.name})" if self.name else self.subnet_id

    @property
    def zone_letter(self) -> str:
        """The zone name without its Region: `a` for us-east-1a, `lax-1a` for us-west-2-lax-1a."""
        return zone_letter(self.availability_zone)


class NetworkInterface(Struct, frozen=True, gc=False):
    """An elastic network interface (ENI).

    `addresses` holds its individual IPv4 addresses, the primary first. The addresses of a delegated prefix are in
    `prefixes` only, as in EC2. `name` is the value of the Name tag; `tags` holds the other tags, which many ENIs share.
    `security_group_ids` are kept for ENIs of Lambda only, which are shared by the functions with the same ones.
    The garbage collector does not track it (`gc=False`): there may be 100,000, and none is in a cycle.
    """

    network_interface_id: str
    subnet_id: str
    vpc_id: str = ""
    description: str = ""
    interface_type: str = "interface"
    status: str = ""
    addresses: tuple[Address, ...] = ()
    prefixes: tuple[Cidr, ...] = ()
    ipv6_addresses: tuple[str, ...] = ()
    ipv6_prefixes: tuple[str, ...] = ()
    availability_zone: str = ""
    owner_id: str = ""
    requester_id: str = ""
    requester_managed: bool = False
    operator: str = ""
    instance_id: str = ""
    device_index: int | None = None
    attached_at: Time | None = None
    name: str = ""
    tags: Tags = ()
    security_group_ids: tuple[str, ...] = ()

    @property
    def primary(self) -> int | None:
        """The primary private IPv4 address, if any."""
        return self.addresses[0] if self.addresses else None


PLANNED = "planned"
"""The id of a CIDR reservation that exists only in a plan."""


PREFIX_TYPE, EXPLICIT_TYPE = "prefix", "explicit"
"""The types of CIDR reservation that AWS has (VPC guide, subnet-cidr-reservation)."""


class CidrReservation(Struct, frozen=True):
    """A subnet CIDR reservation; one whose `reservation_type` is neither of AWS's two changes nothing."""

    subnet_cidr_reservation_id: str
    subnet_id: str
    cidr: Cidr
    reservation_type: str
    description: str = ""
    owner_id: str = ""

    @property
    def is_prefix(self) -> bool:
        """Whether AWS assigns prefixes from the range."""
        return self.reservation_type == PREFIX_TYPE

    @property
    def is_explicit(self) -> bool:
        """Whether AWS assigns nothing from the range by itself."""
        return self.reservation_type == EXPLICIT_TYPE


class Endpoint(Struct, frozen=True):
    """A VPC endpoint of any type. `state` is as AWS spells it; compare it without regard to case."""

    vpc_endpoint_id: str
    vpc_endpoint_type: str
    vpc_id: str
    state: str
    subnet_ids: tuple[str, ...] = ()
    network_interface_ids: tuple[str, ...] = ()
    service_network_arn: str = ""
    resource_configuration_arn: str = ""
    service_name: str = ""
    ip_address_type: str = ""
    creation_timestamp: Time | None = None
    failure_reason: str = ""
    last_error_code: str = ""
    last_error_message: str = ""
    security_group_ids: tuple[str, ...] = ()
    private_dns_enabled: bool = False
    owner_id: str = ""
    name: str = ""
    tags: Tags = ()


class Association(Struct, frozen=True):
    """A resource or service of an endpoint. `accessibility` is what AWS reports, not a probe of the data path."""

    association_id: str
    vpc_endpoint_id: str
    service_network_arn: str = ""
    service_network_name: str = ""
    accessibility: str = ""
    failure_code: str = ""
    failure_reason: str = ""
    dns_name: str = ""
    private_dns_name: str = ""
    resource_arn: str = ""
    resource_configuration_group_arn: str = ""

    @property
    def accessible(self) -> bool:
        """Whether AWS reports the resource configuration as accessible."""
        return self.accessibility.lower() == "accessible"


def zone_letter(availability_zone: str) -> str:
    """Cut the Region from a zone name: `a` for us-east-1a. A name of another form is returned whole."""
    match = _ZONE.match(availability_zone)
    return match[1].lstrip("-") if match else availability_zone
