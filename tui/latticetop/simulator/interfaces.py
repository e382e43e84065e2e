"""Network interfaces: how they come by their addresses, and how they go."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from latticetop.simulator.addresses import format_address, format_block
from latticetop.simulator.allocation import NoAddress, NoBlock
from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.resources import Attachment, Interface, Operator, SecurityGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.allocation import Pool
    from latticetop.simulator.region import Region

NOT_SUFFICIENT = "There aren't sufficient free Ipv4 addresses or prefixes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Addresses asked for by name or by number, and /28 prefixes likewise."""

    addresses: tuple[str, ...] = ()
    count: int = 0
    prefixes: tuple[str, ...] = ()
    prefix_count: int = 0

    @property
    def wants_prefixes(self) -> bool:
        """Whether any prefix is asked for."""
        return bool(self.prefixes or self.prefix_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What was handed out, in the order asked for."""

    addresses: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceRequest:
    """A CreateNetworkInterface: the first of ``wanted.addresses`` is the primary one, or else it is drawn."""

    subnet_id: str
    wanted: Wanted = field(default_factory=Wanted)
    description: str = ""
    groups: tuple[SecurityGroup, ...] = ()
    kind: str = "interface"
    status: str = "pending"
    owner: str | None = None
    requester: str | None = None
    requester_managed: bool = False
    deny_all_igw_traffic: bool | None = None
    operator: Operator | None = None
    attachment: Attachment | None = None
    public_address: str | None = None
    ipv6_addresses: tuple[str, ...] = ()
    ipv6_prefixes: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


def create_interface(region: Region, request: InterfaceRequest) -> Interface:
    """Make an interface; CreateNetworkInterface's own error when blocks or addresses are short."""
    subnet = region.subnet(request.subnet_id)
    interface_id = region.account.ids.new("eni")
    drawn = Drawn()
    if subnet.cidr is not None:
        drawn = _draw_for_new(region, request, interface_id)
    elif request.wanted != Wanted():
        raise invalid(f"The subnet {subnet.id} has no IPv4 addresses.")
    return region.put_interface(
        Interface(
            id=interface_id,
            subnet_id=subnet.id,
            vpc_id=subnet.vpc_id,
            zone=subnet.zone,
            owner=request.owner or region.account.id,
            mac=region.account.ids.mac(),
            description=request.description,
            kind=request.kind,
            status=request.status,
            address=drawn.addresses[0] if drawn.addresses else None,
            secondary=drawn.addresses[1:],
            prefixes=drawn.prefixes,
            ipv6_addresses=request.ipv6_addresses,
            ipv6_prefixes=request.ipv6_prefixes,
            public_address=request.public_address,
            groups=request.groups,
            requester=request.requester,
            requester_managed=request.requester_managed,
            deny_all_igw_traffic=request.deny_all_igw_traffic,
            operator=request.operator,
            attachment=request.attachment,
            tags=dict(request.tags),
        )
    )


def assign(region: Region, interface_id: str, wanted: Wanted) -> Drawn:
    """Add secondary addresses or prefixes to an interface, all of them or none."""
    interface = region.interface(interface_id)
    pool = region.pools.get(interface.subnet_id)
    if pool is None:
        raise invalid(f"The subnet {interface.subnet_id} has no IPv4 addresses.")
    drawn = draw(region, pool, interface_id, wanted)
    region.put_interface(
        replace(
            interface,
            secondary=interface.secondary + drawn.addresses,
            prefixes=interface.prefixes + drawn.prefixes,
        )
    )
    return drawn


def unassign(region: Region, interface_id: str, addresses: tuple[str, ...], prefixes: tuple[str, ...]) -> None:
    """Take secondary addresses or prefixes from an interface; the primary address stays."""
    interface = region.interface(interface_id)
    for address in addresses:
        if address not in interface.secondary:
            raise invalid(f"Some of [{address}] are not assigned to interface {interface_id} as secondary.")
    for prefix in prefixes:
        if prefix not in interface.prefixes:
            raise invalid(f"The prefix {prefix} is not assigned to interface {interface_id}.")
    region.pools[interface.subnet_id].release(addresses, prefixes)
    region.put_interface(
        replace(
            interface,
            secondary=tuple(a for a in interface.secondary if a not in addresses),
            prefixes=tuple(p for p in interface.prefixes if p not in prefixes),
        )
    )


def draw(region: Region, pool: Pool, owner: str, wanted: Wanted) -> Drawn:
    """Take from a pool what is wanted, all of it or nothing."""
    order = region.account.order
    addresses: list[int] = []
    blocks: list[int] = []
    try:
        addresses += (pool.take_address(text, owner) for text in wanted.addresses)
        addresses += (pool.draw_address(order, owner) for _ in range(wanted.count))
        blocks += (pool.take_block(text, owner) for text in wanted.prefixes)
        blocks += (pool.draw_block(order, owner) for _ in range(wanted.prefix_count))
    except ApiError:
        pool.release(map(format_address, addresses), map(format_block, blocks))
        raise
    return Drawn(addresses=tuple(map(format_address, addresses)), prefixes=tuple(map(format_block, blocks)))


def _draw_for_new(region: Region, request: InterfaceRequest, interface_id: str) -> Drawn:
    wanted = request.wanted
    if not wanted.addresses:
        wanted = replace(wanted, count=wanted.count + 1)
    try:
        return draw(region, region.pools[request.subnet_id], interface_id, wanted)
    except (NoAddress, NoBlock):
        if wanted.prefix_count:
            raise invalid(NOT_SUFFICIENT) from None
        raise
