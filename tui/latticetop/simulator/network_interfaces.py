"""Creation of ENIs, and assignment of their addresses and prefixes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import (
    SimulatedAttachment,
    SimulatedNetworkInterface,
    SimulatedOperator,
    SimulatedSecurityGroup,
    SimulatedSubnet,
)
from latticetop.simulator.errors import (
    NOT_ENOUGH_ADDRESSES_OR_PREFIXES,
    ApiError,
    InsufficientCidrBlocksError,
    InsufficientFreeAddressesError,
    invalid,
)
from latticetop.simulator.ipv4 import format_address, format_block
from latticetop.simulator.ipv6 import format_ipv6_address, format_ipv6_prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.region import SimulatedRegion


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRequest:
    """The addresses and prefixes (/28, /80) that a call asks for: given ones, and numbers of automatic ones."""

    addresses: tuple[str, ...] = ()
    address_count: int = 0
    prefixes: tuple[str, ...] = ()
    prefix_count: int = 0
    ipv6_addresses: tuple[str, ...] = ()
    ipv6_address_count: int = 0
    ipv6_prefixes: tuple[str, ...] = ()
    ipv6_prefix_count: int = 0

    @property
    def has_prefixes(self) -> bool:
        """Whether the call asks for any IPv4 prefix."""
        return bool(self.prefixes or self.prefix_count)

    @property
    def has_ipv4(self) -> bool:
        """Whether the call asks for any IPv4 address or prefix."""
        return bool(self.addresses or self.address_count or self.has_prefixes)

    @property
    def has_ipv6_addresses(self) -> bool:
        """Whether the call asks for any single IPv6 address."""
        return bool(self.ipv6_addresses or self.ipv6_address_count)

    @property
    def has_ipv6(self) -> bool:
        """Whether the call asks for any IPv6 address or prefix."""
        return bool(self.has_ipv6_addresses or self.ipv6_prefixes or self.ipv6_prefix_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedAddresses:
    """The addresses and prefixes assigned by a call, in the order of the request."""

    addresses: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    ipv6_addresses: tuple[str, ...] = ()
    ipv6_prefixes: tuple[str, ...] = ()


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
    tags: Mapping[str, str] = field(default_factory=dict)


def create_interface(region: SimulatedRegion, request: NetworkInterfaceRequest) -> SimulatedNetworkInterface:
    """Create an ENI; without enough addresses or blocks, raise the error of CreateNetworkInterface."""
    subnet = region.subnet(request.subnet_id)
    interface_id = region.world.ids.new("eni")
    assigned = _allocate_for_new_interface(region, subnet, request.address_request, interface_id)
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
            ipv6_addresses=assigned.ipv6_addresses,
            ipv6_prefixes=assigned.ipv6_prefixes,
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


def service_attachment(region: SimulatedRegion, instance_owner_id: str = "amazon-aws") -> SimulatedAttachment:
    """An attachment to an instance of an AWS service."""
    return SimulatedAttachment(
        id=region.world.ids.new("ela-attach"),
        instance_owner_id=instance_owner_id,
        delete_on_termination=False,
        attach_time=region.world.clock.now(),
    )


def assign_addresses(region: SimulatedRegion, interface_id: str, request: AddressRequest) -> AssignedAddresses:
    """Assign secondary addresses or prefixes to an ENI, all of them or none.

    The rules of AssignPrivateIpAddresses and AssignIpv6Addresses.
    """
    interface = region.interface(interface_id)
    assigned = _allocate(region, region.subnet(interface.subnet_id), interface_id, request)
    region.put_interface(
        replace(
            interface,
            secondary_addresses=interface.secondary_addresses + assigned.addresses,
            prefixes=interface.prefixes + assigned.prefixes,
            ipv6_addresses=interface.ipv6_addresses + assigned.ipv6_addresses,
            ipv6_prefixes=interface.ipv6_prefixes + assigned.ipv6_prefixes,
        )
    )
    return assigned


def unassign_addresses(
    region: SimulatedRegion, interface_id: str, addresses: tuple[str, ...], prefixes: tuple[str, ...]
) -> None:
    """Unassign secondary addresses or prefixes of an ENI; the primary address cannot be unassigned."""
    interface = region.interface(interface_id)
    if interface.primary_address in addresses:
        # AWS's own words are not known.
        raise invalid(f"The primary IP address of network interface {interface_id} cannot be unassigned.")
    _check_assigned(interface_id, addresses, interface.secondary_addresses)
    _check_assigned(interface_id, prefixes, interface.prefixes)
    region.address_pools[interface.subnet_id].release(addresses, prefixes)
    region.put_interface(
        replace(
            interface,
            secondary_addresses=_without(interface.secondary_addresses, addresses),
            prefixes=_without(interface.prefixes, prefixes),
        )
    )


def unassign_ipv6_addresses(
    region: SimulatedRegion, interface_id: str, addresses: tuple[str, ...], prefixes: tuple[str, ...]
) -> None:
    """Unassign IPv6 addresses or prefixes of an ENI."""
    interface = region.interface(interface_id)
    _check_assigned(interface_id, addresses, interface.ipv6_addresses)
    _check_assigned(interface_id, prefixes, interface.ipv6_prefixes)
    region.ipv6_address_pools[interface.subnet_id].release(addresses, prefixes)
    region.put_interface(
        replace(
            interface,
            ipv6_addresses=_without(interface.ipv6_addresses, addresses),
            ipv6_prefixes=_without(interface.ipv6_prefixes, prefixes),
        )
    )


def _check_assigned(interface_id: str, texts: tuple[str, ...], assigned: tuple[str, ...]) -> None:
    if not set(texts) <= set(assigned):
        raise invalid(f"Some of the specified addresses are not assigned to interface {interface_id}")


def _without(texts: tuple[str, ...], removed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text not in removed)


def _allocate(
    region: SimulatedRegion, subnet: SimulatedSubnet, owner: str, request: AddressRequest
) -> AssignedAddresses:
    """Assign all that is requested, or nothing."""
    ipv4 = _allocate_ipv4(region, subnet, owner, request) if request.has_ipv4 else AssignedAddresses()
    if not request.has_ipv6:
        return ipv4
    try:
        ipv6 = _allocate_ipv6(region, subnet, owner, request)
    except ApiError:
        if request.has_ipv4:
            region.address_pools[subnet.id].release(ipv4.addresses, ipv4.prefixes)
        raise
    return replace(ipv4, ipv6_addresses=ipv6.ipv6_addresses, ipv6_prefixes=ipv6.ipv6_prefixes)


def _allocate_ipv4(
    region: SimulatedRegion, subnet: SimulatedSubnet, owner: str, request: AddressRequest
) -> AssignedAddresses:
    pool, order = region.address_pools.get(subnet.id), region.world.address_order
    if pool is None:
        raise invalid(f"The subnet {subnet.id} has no IPv4 addresses.")
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


def _allocate_ipv6(
    region: SimulatedRegion, subnet: SimulatedSubnet, owner: str, request: AddressRequest
) -> AssignedAddresses:
    pool = region.ipv6_address_pools.get(subnet.id)
    if pool is None:
        raise invalid(f"The subnet {subnet.id} has no IPv6 addresses.")
    addresses: list[int] = []
    prefixes: list[int] = []
    try:
        addresses += (pool.assign_address(text, owner) for text in request.ipv6_addresses)
        addresses += (pool.allocate_address(owner) for _ in range(request.ipv6_address_count))
        prefixes += (pool.assign_prefix(text, owner) for text in request.ipv6_prefixes)
        prefixes += (pool.allocate_prefix(owner) for _ in range(request.ipv6_prefix_count))
    except ApiError:
        pool.release(map(format_ipv6_address, addresses), map(format_ipv6_prefix, prefixes))
        raise
    return AssignedAddresses(
        ipv6_addresses=tuple(map(format_ipv6_address, addresses)),
        ipv6_prefixes=tuple(map(format_ipv6_prefix, prefixes)),
    )


def _allocate_for_new_interface(
    region: SimulatedRegion, subnet: SimulatedSubnet, request: AddressRequest, interface_id: str
) -> AssignedAddresses:
    """Assign what is requested and the primary address: an IPv4 one, in an IPv6-only subnet an IPv6 one."""
    if subnet.cidr is None and not request.has_ipv6_addresses:
        request = replace(request, ipv6_address_count=1)
    elif subnet.cidr is not None and not request.addresses:
        request = replace(request, address_count=request.address_count + 1)
    try:
        return _allocate(region, subnet, interface_id, request)
    except (InsufficientFreeAddressesError, InsufficientCidrBlocksError):
        if request.prefix_count:
            raise invalid(NOT_ENOUGH_ADDRESSES_OR_PREFIXES) from None
        raise
