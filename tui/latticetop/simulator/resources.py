"""What an account holds on EC2's side. Immutable: a change is a new object put in the old one's place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Tags = dict[str, str]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Vpc:
    """A VPC; its first CIDR is the primary one."""

    id: str
    cidrs: tuple[str, ...]
    owner: str
    ipv6_cidr: str | None = None
    is_default: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Subnet:
    """A subnet; ``cidr`` is None when it is IPv6-only."""

    id: str
    vpc_id: str
    cidr: str | None
    zone: str
    owner: str
    ipv6_cidr: str | None = None
    default_for_zone: bool = False
    public: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SecurityGroup:
    """A security group, by id and name only."""

    id: str
    name: str
    vpc_id: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Attachment:
    """What an interface is attached to: an instance of the account, or a service's own."""

    id: str
    owner: str
    instance_id: str | None = None
    device_index: int = 1
    delete_on_termination: bool = True
    attached_at: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Operator:
    """The service that manages a resource; hidden ones are left out of Describe calls by default."""

    principal: str
    hidden: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Interface:
    """A network interface. ``address`` is None in an IPv6-only subnet; ``prefixes`` are /28, ``ipv6_prefixes`` /80."""

    id: str
    subnet_id: str
    vpc_id: str
    zone: str
    owner: str
    mac: str
    description: str = ""
    kind: str = "interface"
    status: str = "available"
    address: str | None = None
    secondary: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    ipv6_addresses: tuple[str, ...] = ()
    ipv6_prefixes: tuple[str, ...] = ()
    public_address: str | None = None
    groups: tuple[SecurityGroup, ...] = ()
    requester: str | None = None
    requester_managed: bool = False
    deny_all_igw_traffic: bool | None = None
    operator: Operator | None = None
    attachment: Attachment | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The individual IPv4 addresses, the primary one first."""
        return () if self.address is None else (self.address, *self.secondary)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reservation:
    """A subnet CIDR reservation; ``kind`` is `prefix` or `explicit`."""

    id: str
    subnet_id: str
    cidr: str
    kind: str
    owner: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Endpoint:
    """A VPC endpoint. ``interface_ids`` is None while AWS names none yet."""

    id: str
    kind: str
    vpc_id: str
    state: str
    owner: str
    created: datetime
    subnet_ids: tuple[str, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()
    interface_ids: tuple[str, ...] | None = None
    ip_address_type: str = "IPV4"
    private_dns: bool = True
    service_network_arn: str | None = None
    service_name: str | None = None
    resource_configuration_arn: str | None = None
    route_table_ids: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()
    failure_reason: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Association:
    """What a service-network endpoint offers of one resource configuration."""

    id: str
    endpoint_id: str
    service_network_arn: str
    service_network_name: str
    resource_arn: str
    dns_name: str
    hosted_zone: str
    accessibility: str = "Accessible"
    failure_code: str | None = None
    failure_reason: str | None = None
    private_dns_name: str | None = None
    group_arn: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
