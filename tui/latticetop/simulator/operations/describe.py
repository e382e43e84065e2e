"""EC2's Describe calls for VPCs, subnets, network interfaces and CIDR reservations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.operations import documents
from latticetop.simulator.operations.filters import exact_values, truth
from latticetop.simulator.operations.listing import Listing, by_ids
from latticetop.simulator.operations.paging import PageRule
from latticetop.simulator.wire.rendered import Rendered, forget_gone
from latticetop.simulator.zones import zone_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from latticetop.simulator.operations.call import Context, Document, Params
    from latticetop.simulator.resources import Attachment, Interface, Reservation, Subnet, Vpc

VPCS: Listing[Vpc] = Listing(
    result="Vpcs",
    items=lambda c, p: by_ids(p, "VpcIds", c.region.vpcs, c.region.vpc),
    document=lambda _, vpc: documents.vpc_document(vpc),
    fields={
        "vpc-id": lambda v: (v.id,),
        "cidr": lambda v: v.cidrs[:1],
        "cidr-block-association.cidr-block": lambda v: v.cidrs,
        "is-default": lambda v: (truth(v.is_default),),
        "owner-id": lambda v: (v.owner,),
        "state": lambda _: ("available",),
    },
    tags=lambda v: v.tags,
    rule=PageRule(least=5),
)
SUBNETS: Listing[Subnet] = Listing(
    result="Subnets",
    items=lambda c, p: by_ids(p, "SubnetIds", c.region.subnets, c.region.subnet),
    document=lambda c, subnet: documents.subnet_document(c.region, subnet),
    fields={
        "subnet-id": lambda s: (s.id,),
        "vpc-id": lambda s: (s.vpc_id,),
        "cidr-block": lambda s: (s.cidr,),
        "availability-zone": lambda s: (s.zone,),
        "availability-zone-id": lambda s: (zone_id(s.zone),),
        "default-for-az": lambda s: (truth(s.default_for_zone),),
        "ipv6-native": lambda s: (truth(s.cidr is None),),
        "owner-id": lambda s: (s.owner,),
        "state": lambda _: ("available",),
    },
    tags=lambda s: s.tags,
    rule=PageRule(least=5),
)


def _interfaces(context: Context, params: Params) -> Iterable[Interface]:
    region = context.region
    forget_gone(context.texts, context.account.regions.values())
    if params.get("NetworkInterfaceIds"):
        return by_ids(params, "NetworkInterfaceIds", region.interfaces, region.interface)
    found = _indexed(context, params)
    if params.get("IncludeManagedResources"):
        return found
    return [interface for interface in found if not (interface.operator and interface.operator.hidden)]


def _indexed(context: Context, params: Params) -> Iterable[Interface]:
    filters, region = params.get("Filters") or [], context.region
    subnet_ids, vpc_ids = exact_values(filters, "subnet-id"), exact_values(filters, "vpc-id")
    if subnet_ids is not None:
        return [i for subnet_id in subnet_ids for i in region.interfaces_in(subnet_id=subnet_id).values()]
    if vpc_ids is not None:
        return [i for vpc_id in vpc_ids for i in region.interfaces_in(vpc_id=vpc_id).values()]
    return region.interfaces.values()


def _attached(read: Callable[[Attachment], str | None]) -> Callable[[Interface], Iterable[str | None]]:
    return lambda i: (read(i.attachment),) if i.attachment else ()


INTERFACES: Listing[Interface] = Listing(
    result="NetworkInterfaces",
    items=_interfaces,
    document=lambda c, i: Rendered(i, documents.interface_document, c.texts),
    fields={
        "network-interface-id": lambda i: (i.id,),
        "subnet-id": lambda i: (i.subnet_id,),
        "vpc-id": lambda i: (i.vpc_id,),
        "availability-zone": lambda i: (i.zone,),
        "availability-zone-id": lambda i: (zone_id(i.zone),),
        "description": lambda i: (i.description,),
        "interface-type": lambda i: (i.kind, "natGateway" if i.kind == "nat_gateway" else None),
        "status": lambda i: (i.status,),
        "owner-id": lambda i: (i.owner,),
        "requester-id": lambda i: (i.requester,),
        "requester-managed": lambda i: (truth(i.requester_managed),),
        "operator.managed": lambda i: (truth(i.operator is not None),),
        "operator.principal": lambda i: (i.operator.principal if i.operator else None,),
        "mac-address": lambda i: (i.mac,),
        "group-id": lambda i: [group.id for group in i.groups],
        "private-ip-address": lambda i: (i.address,),
        "addresses.private-ip-address": lambda i: i.addresses,
        "attachment.attachment-id": _attached(lambda a: a.id),
        "attachment.instance-id": _attached(lambda a: a.instance_id),
        "attachment.instance-owner-id": _attached(lambda a: a.owner),
        "attachment.status": _attached(lambda _: "attached"),
    },
    tags=lambda i: i.tags,
    rule=PageRule(least=5, ids="NetworkInterfaceIds"),
)


def _reservations(context: Context, params: Params) -> Iterable[Reservation]:
    subnet = context.region.subnet(params["SubnetId"])
    return [r for r in context.region.reservations.values() if r.subnet_id == subnet.id]


RESERVATIONS: Listing[Reservation] = Listing(
    result="Reservations",
    items=_reservations,
    document=lambda _, reservation: documents.reservation_document(reservation),
    fields={
        "reservationType": lambda r: (r.kind,),
        "subnet-id": lambda r: (r.subnet_id,),
    },
    tags=lambda r: r.tags,
    rule=PageRule(least=5),
)


def get_subnet_cidr_reservations(context: Context, params: Params) -> Document:
    """IPv4 and IPv6 reservations share the pages but not the list."""
    answer = RESERVATIONS.serve(context, params)
    found = answer["Reservations"]
    return {
        "SubnetIpv4CidrReservations": [r for r in found if ":" not in r["Cidr"]],
        "SubnetIpv6CidrReservations": [r for r in found if ":" in r["Cidr"]],
        "NextToken": answer["NextToken"],
    }
