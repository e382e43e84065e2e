"""EC2 resources, and EKS clusters. They are immutable: a change puts a new object in the place of the old one.

Attributes follow the members of EC2's API; ids and CIDRs are strings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedVpc:
    """A VPC; the first CIDR is the primary one."""

    id: str
    cidrs: tuple[str, ...]
    owner_id: str
    ipv6_cidr: str | None = None
    is_default: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedSubnet:
    """A subnet; ``cidr`` is None if it is IPv6-only."""

    id: str
    vpc_id: str
    cidr: str | None
    availability_zone: str
    owner_id: str
    ipv6_cidr: str | None = None
    default_for_az: bool = False
    map_public_ip_on_launch: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedCluster:
    """An EKS cluster with the subnets of its control plane."""

    name: str
    vpc_id: str
    subnet_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedSecurityGroup:
    """A security group, without rules."""

    id: str
    name: str
    vpc_id: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedAttachment:
    """The attachment of an ENI to an instance of the account, or to one of an AWS service."""

    id: str
    instance_owner_id: str
    instance_id: str | None = None
    device_index: int = 1
    delete_on_termination: bool = True
    attach_time: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedOperator:
    """The service that manages a resource; Describe calls omit a resource that is hidden by default."""

    principal: str
    hidden_by_default: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedNetworkInterface:
    """An ENI. IPv4 prefixes are /28 and IPv6 prefixes /80; ``primary_address`` is None in an IPv6-only subnet."""

    id: str
    subnet_id: str
    vpc_id: str
    availability_zone: str
    owner_id: str
    mac_address: str
    description: str = ""
    interface_type: str = "interface"
    status: str = "available"
    primary_address: str | None = None
    secondary_addresses: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    ipv6_addresses: tuple[str, ...] = ()
    ipv6_prefixes: tuple[str, ...] = ()
    public_ip: str | None = None
    security_groups: tuple[SimulatedSecurityGroup, ...] = ()
    requester_id: str | None = None
    requester_managed: bool = False
    deny_all_igw_traffic: bool | None = None
    operator: SimulatedOperator | None = None
    attachment: SimulatedAttachment | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The single IPv4 addresses, the primary one first."""
        return () if self.primary_address is None else (self.primary_address, *self.secondary_addresses)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedReservation:
    """A subnet CIDR reservation; ``reservation_type`` is `prefix` or `explicit`."""

    id: str
    subnet_id: str
    cidr: str
    reservation_type: str
    owner_id: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedEndpoint:
    """A VPC endpoint. ``interface_ids`` is None as long as AWS omits NetworkInterfaceIds."""

    id: str
    endpoint_type: str
    vpc_id: str
    state: str
    owner_id: str
    created_at: datetime
    subnet_ids: tuple[str, ...] = ()
    security_groups: tuple[SimulatedSecurityGroup, ...] = ()
    interface_ids: tuple[str, ...] | None = None
    ip_address_type: str = "IPV4"
    private_dns_enabled: bool = True
    service_network_arn: str | None = None
    service_name: str | None = None
    resource_configuration_arn: str | None = None
    route_table_ids: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()
    failure_reason: str | None = None
    last_error: tuple[str, str] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedEndpointAssociation:
    """The association of an endpoint with one resource configuration, which a service network may have brought."""

    id: str
    endpoint_id: str
    service_network_arn: str | None
    service_network_name: str | None
    resource_arn: str
    dns_name: str
    hosted_zone_id: str
    accessibility: str = "Accessible"
    failure_code: str | None = None
    failure_reason: str | None = None
    private_dns_name: str | None = None
    group_arn: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
