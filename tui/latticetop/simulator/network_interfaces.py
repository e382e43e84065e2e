"""Creation of ENIs, and assignment of their IPv4 addresses and prefixes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import (
    SimulatedAttachment,
    SimulatedNetworkInterface,
    SimulatedOperator,
    SimulatedSecurityGroup,
)
from latticetop.simulator.errors import (
    NOT_ENOUGH_ADDRESSES_OR_PREFIXES,
    ApiError,
    InsufficientCidrBlocksError,
    InsufficientFreeAddressesError,
    invalid,
)
from latticetop.simulator.ipv4 import format_address, format_block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.allocation import AddressPool
    from latticetop.simulator.region import SimulatedRegion


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRequest:
    """The single addresses and /28 prefixes that a call asks for: given ones, and numbers of automatic ones."""

    addresses: tuple[str, ...] = ()
    address_count: int = 0
    prefixes: tuple[str, ...] = ()
    prefix_count: int = 0

    @property
    def has_prefixes(self) -> bool:
        """Whether the call asks for any prefix."""
        return bool(self.prefixes or self.prefix_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedAddresses:
    """The single addresses and prefixes assigned by a call, in the order of the request."""

    addresses: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInterfaceRequest:
    """The parameters of CreateNetworkInterface.

    The first given address becomes the primary one; without one the primary address is assigned automatically.
    """

    subnet_id: str
    address_request: AddressRequest = field(default_factory=AddressRequest)
    description: str = ""
    security_groups: tuple[SimulatedSecurityGroup, ...] = ()
    interface_type: str = "interface"
    status: str = "pending"
    owner_id: str | None = None
    requester_id: str | None = None
    requester_managed: bool = False
    deny_all_igw_traffic: bool | None = None
    operator: SimulatedOperator | None = None
    attachment: SimulatedAttachment | None = None
    public_ip: str | None = None
    ipv6_addresses: tuple[str, ...] = ()
    ipv6_prefixes: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


def create_interface(region: SimulatedRegion, request: NetworkInterfaceRequest) -> SimulatedNetworkInterface:
    """Create an ENI; without enough addresses or blocks, raise the error of CreateNetworkInterface."""
    subnet = region.subnet(request.subnet_id)
    interface_id = region.world.ids.new("eni")
    assigned = AssignedAddresses()
    if subnet.cidr is not None:
        assigned = _allocate_for_new_interface(region, request, interface_id)
    elif request.address_request != AddressRequest():
        raise invalid(f"The subnet {subnet.id} has no IPv4 addresses.")
    return region.put_interface(
        SimulatedNetworkInterface(
            id=interface_id,
            subnet_id=subnet.id,
            vpc_id=subnet.vpc_id,
            availability_zone=subnet.availability_zone,
            owner_id=request.owner_id or region.world.account_id,
            mac_address=region.world.ids.new_mac(),
            description=request.description,
            interface_type=request.interface_type,
            status=request.status,
            primary_address=assigned.addresses[0] if assigned.addresses else None,
            secondary_addresses=assigned.addresses[1:],
            prefixes=assigned.prefixes,
            ipv6_addresses=request.ipv6_addresses,
            ipv6_prefixes=request.ipv6_prefixes,
            public_ip=request.public_ip,
            security_groups=request.security_groups,
            requester_id=request.requester_id,
            requester_managed=request.requester_managed,
            deny_all_igw_traffic=request.deny_all_igw_traffic,
            operator=request.operator,
            attachment=request.attachment,
            tags=dict(request.tags),
        )
    )


def assign_addresses(region: SimulatedRegion, interface_id: str, request: AddressRequest) -> AssignedAddresses:
    """Assign secondary addresses or prefixes to an ENI, all of them or none (AssignPrivateIpAddresses)."""
    interface = region.interface(interface_id)
    pool = region.address_pools.get(interface.subnet_id)
    if pool is None:
        raise invalid(f"The subnet {interface.subnet_id} has no IPv4 addresses.")
    assigned = _allocate(region, pool, interface_id, request)
    region.put_interface(
        replace(
            interface,
            secondary_addresses=interface.secondary_addresses + assigned.addresses,
            prefixes=interface.prefixes + assigned.prefixes,
        )
    )
    return assigned


def unassign_addresses(
    region: SimulatedRegion, interface_id: str, addresses: tuple[str, ...], prefixes: tuple[str, ...]
) -> None:
    """Unassign secondary addresses or prefixes of an ENI; the primary address cannot be unassigned."""
    interface = region.interface(interface_id)
    for address in addresses:
        if address not in interface.secondary_addresses:
            raise invalid(f"Some of [{address}] are not assigned to interface {interface_id} as secondary.")
    for prefix in prefixes:
        if prefix not in interface.prefixes:
            raise invalid(f"The prefix {prefix} is not assigned to interface {interface_id}.")
    region.address_pools[interface.subnet_id].release(addresses, prefixes)
    region.put_interface(
        replace(
            interface,
            secondary_addresses=tuple(a for a in interface.secondary_addresses if a not in addresses),
            prefixes=tuple(p for p in interface.prefixes if p not in prefixes),
        )
    )


def _allocate(region: SimulatedRegion, pool: AddressPool, owner: str, request: AddressRequest) -> AssignedAddresses:
    """Assign all that is requested, or nothing."""
    order = region.world.address_order
    addresses: list[int] = []
    blocks: list[int] = []
    try:
        addresses += (pool.assign_address(text, owner) for text in request.addresses)
        addresses += (pool.allocate_address(order, owner) for _ in range(request.address_count))
        blocks += (pool.assign_block(text, owner) for text in request.prefixes)
        blocks += (pool.allocate_block(order, owner) for _ in range(request.prefix_count))
    except ApiError:
        pool.release(map(format_address, addresses), map(format_block, blocks))
        raise
    return AssignedAddresses(addresses=tuple(map(format_address, addresses)), prefixes=tuple(map(format_block, blocks)))


def _allocate_for_new_interface(
    region: SimulatedRegion, request: NetworkInterfaceRequest, interface_id: str
) -> AssignedAddresses:
    address_request = request.address_request
    if not address_request.addresses:
        address_request = replace(address_request, address_count=address_request.address_count + 1)
    try:
        return _allocate(region, region.address_pools[request.subnet_id], interface_id, address_request)
    except (InsufficientFreeAddressesError, InsufficientCidrBlocksError):
        if address_request.prefix_count:
            raise invalid(NOT_ENOUGH_ADDRESSES_OR_PREFIXES) from None
        raise
