"""EC2's Describe operations: items by id or all of them, then filters, then one page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from latticetop.simulator.availability_zones import zone_id
from latticetop.simulator.operations import ec2_documents
from latticetop.simulator.operations.filters import apply_filters, boolean_text, exact_values
from latticetop.simulator.operations.pagination import PageLimits
from latticetop.simulator.operations.permissions import check_subnet_owner, is_visible, visible_interface
from latticetop.simulator.wire.xml_cache import CachedInterface, evict_deleted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from latticetop.simulator.ec2_resources import (
        SimulatedAttachment,
        SimulatedEndpoint,
        SimulatedEndpointAssociation,
        SimulatedNetworkInterface,
        SimulatedReservation,
        SimulatedSubnet,
        SimulatedVpc,
    )
    from latticetop.simulator.operations.context import Document, OperationContext, Params

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeOperation(Generic[T]):
    """A Describe operation: the source of its items, their documents, and the values of its filters."""

    result_key: str
    items: Callable[[OperationContext, Params], Iterable[T]]
    document: Callable[[OperationContext, T], Any]
    fields: Mapping[str, Callable[[T], Iterable[str | None]]]
    tags: Callable[[T], Mapping[str, str]]
    limits: PageLimits = field(default_factory=PageLimits)

    def handle(self, context: OperationContext, params: Params) -> Document:
        """The page that a request asks for."""
        size, token = self.limits.page_size(params), params.get("NextToken")
        list_key = f"{context.region.name}/{self.result_key}"
        if token:
            items, start = context.pages.resume(list_key, token)
        else:
            filters = params.get("Filters") or []
            items, start = apply_filters(self.items(context, params), filters, self.fields, self.tags), 0
        page, next_token = context.pages.page(list_key, items, start, size)
        return {self.result_key: [self.document(context, item) for item in page], "NextToken": next_token}


def _items_by_id(params: Params, key: str, items: Mapping[str, T], get: Callable[[str], T]) -> Iterable[T]:
    """The items with the ids in a parameter, in their order, or all items; ``NotFound`` for an unknown id."""
    ids = params.get(key)
    return [get(resource_id) for resource_id in dict.fromkeys(ids)] if ids else items.values()


def _list_interfaces(context: OperationContext, params: Params) -> Iterable[SimulatedNetworkInterface]:
    region = context.region
    evict_deleted(context.xml_cache, context.account.regions.values())
    if params.get("NetworkInterfaceIds"):
        get_interface = partial(visible_interface, context)
        return _items_by_id(params, "NetworkInterfaceIds", region.interfaces, get_interface)
    interfaces = _interfaces_from_index(context, params)
    if not all(subnet.owner_id == context.account.id for subnet in region.subnets.values()):
        interfaces = [i for i in interfaces if is_visible(context, i)]
    if params.get("IncludeManagedResources") or context.account.managed_resource_visibility == "visible":
        return interfaces
    return [i for i in interfaces if not (i.operator and i.operator.hidden_by_default)]


def _interfaces_from_index(context: OperationContext, params: Params) -> Iterable[SimulatedNetworkInterface]:
    filters, region = params.get("Filters") or [], context.region
    subnet_ids, vpc_ids = exact_values(filters, "subnet-id"), exact_values(filters, "vpc-id")
    if subnet_ids is not None:
        return [i for subnet_id in subnet_ids for i in region.interfaces_in(subnet_id=subnet_id).values()]
    if vpc_ids is not None:
        return [i for vpc_id in vpc_ids for i in region.interfaces_in(vpc_id=vpc_id).values()]
    return region.interfaces.values()


def _attachment_field(
    read: Callable[[SimulatedAttachment], str | None],
) -> Callable[[SimulatedNetworkInterface], Iterable[str | None]]:
    return lambda i: (read(i.attachment),) if i.attachment else ()


def _list_reservations(context: OperationContext, params: Params) -> Iterable[SimulatedReservation]:
    subnet = context.region.subnet(params["SubnetId"])
    if not context.region.world.rules.participants_read_reservations:
        check_subnet_owner(context, subnet, "GetSubnetCidrReservations")
    return [r for r in context.region.reservations.values() if r.subnet_id == subnet.id]


def _list_associations(context: OperationContext, params: Params) -> Iterable[SimulatedEndpointAssociation]:
    region, endpoint_ids = context.region, params.get("VpcEndpointIds")
    if not endpoint_ids:
        return region.associations.values()
    existing_ids = {region.endpoint(endpoint_id).id for endpoint_id in endpoint_ids}
    return [a for a in region.associations.values() if a.endpoint_id in existing_ids]


VPCS: DescribeOperation[SimulatedVpc] = DescribeOperation(
    result_key="Vpcs",
    items=lambda c, p: _items_by_id(p, "VpcIds", c.region.vpcs, c.region.vpc),
    document=lambda _, vpc: ec2_documents.vpc_document(vpc),
    fields={
        "vpc-id": lambda v: (v.id,),
        "cidr": lambda v: v.cidrs[:1],
        "cidr-block-association.cidr-block": lambda v: v.cidrs,
        "is-default": lambda v: (boolean_text(v.is_default),),
        "owner-id": lambda v: (v.owner_id,),
        "state": lambda _: ("available",),
    },
    tags=lambda v: v.tags,
    limits=PageLimits(minimum=5),
)
SUBNETS: DescribeOperation[SimulatedSubnet] = DescribeOperation(
    result_key="Subnets",
    items=lambda c, p: _items_by_id(p, "SubnetIds", c.region.subnets, c.region.subnet),
    document=lambda c, subnet: ec2_documents.subnet_document(c.region, subnet),
    fields={
        "subnet-id": lambda s: (s.id,),
        "vpc-id": lambda s: (s.vpc_id,),
        "cidr-block": lambda s: (s.cidr,),
        "availability-zone": lambda s: (s.availability_zone,),
        "availability-zone-id": lambda s: (zone_id(s.availability_zone),),
        "default-for-az": lambda s: (boolean_text(s.default_for_az),),
        "ipv6-native": lambda s: (boolean_text(s.cidr is None),),
        "owner-id": lambda s: (s.owner_id,),
        "state": lambda _: ("available",),
    },
    tags=lambda s: s.tags,
    limits=PageLimits(minimum=5),
)
INTERFACES: DescribeOperation[SimulatedNetworkInterface] = DescribeOperation(
    result_key="NetworkInterfaces",
    items=_list_interfaces,
    document=lambda c, i: CachedInterface(i, ec2_documents.interface_document, c.xml_cache),
    fields={
        "network-interface-id": lambda i: (i.id,),
        "subnet-id": lambda i: (i.subnet_id,),
        "vpc-id": lambda i: (i.vpc_id,),
        "availability-zone": lambda i: (i.availability_zone,),
        "availability-zone-id": lambda i: (zone_id(i.availability_zone),),
        "description": lambda i: (i.description,),
        # The filter's value is nat_gateway, the enumeration of the response has natGateway: both match.
        "interface-type": lambda i: (i.interface_type, "natGateway" if i.interface_type == "nat_gateway" else None),
        "status": lambda i: (i.status,),
        "owner-id": lambda i: (i.owner_id,),
        "requester-id": lambda i: (i.requester_id,),
        "requester-managed": lambda i: (boolean_text(i.requester_managed),),
        "operator.managed": lambda i: (boolean_text(i.operator is not None),),
        "operator.principal": lambda i: (i.operator.principal if i.operator else None,),
        "mac-address": lambda i: (i.mac_address,),
        "group-id": lambda i: [group.id for group in i.security_groups],
        "private-ip-address": lambda i: (i.primary_address,),
        "addresses.private-ip-address": lambda i: i.addresses,
        "attachment.attachment-id": _attachment_field(lambda a: a.id),
        "attachment.instance-id": _attachment_field(lambda a: a.instance_id),
        "attachment.instance-owner-id": _attachment_field(lambda a: a.instance_owner_id),
        "attachment.status": _attachment_field(lambda _: "attached"),
    },
    tags=lambda i: i.tags,
    limits=PageLimits(minimum=5, exclusive_with="NetworkInterfaceIds"),
)
RESERVATIONS: DescribeOperation[SimulatedReservation] = DescribeOperation(
    result_key="Reservations",
    items=_list_reservations,
    document=lambda _, reservation: ec2_documents.reservation_document(reservation),
    fields={
        "reservationType": lambda r: (r.reservation_type,),
        "subnet-id": lambda r: (r.subnet_id,),
    },
    tags=lambda r: r.tags,
    # The default is not documented. Public reports have pages of 260 reservations (terraform-provider-aws#45778).
    limits=PageLimits(minimum=5, default=100),
)
ENDPOINTS: DescribeOperation[SimulatedEndpoint] = DescribeOperation(
    result_key="VpcEndpoints",
    items=lambda c, p: _items_by_id(p, "VpcEndpointIds", c.region.endpoints, c.region.endpoint),
    document=lambda _, endpoint: ec2_documents.endpoint_document(endpoint),
    fields={
        "vpc-endpoint-id": lambda e: (e.id,),
        "vpc-id": lambda e: (e.vpc_id,),
        "vpc-endpoint-type": lambda e: (e.endpoint_type,),
        # The filter's values begin with a lower-case letter, the states of the response with a capital.
        "vpc-endpoint-state": lambda e: (e.state[:1].lower() + e.state[1:],),
        "service-name": lambda e: (e.service_name,),
        "service-region": lambda _: (),
        "ip-address-type": lambda e: (e.ip_address_type.lower(),),
    },
    tags=lambda e: e.tags,
    limits=PageLimits(clamp=True),
)
ASSOCIATIONS: DescribeOperation[SimulatedEndpointAssociation] = DescribeOperation(
    result_key="VpcEndpointAssociations",
    items=_list_associations,
    document=lambda _, association: ec2_documents.association_document(association),
    fields={
        "vpc-endpoint-id": lambda a: (a.endpoint_id,),
        "associated-resource-accessibility": lambda a: (a.accessibility,),
        "association-id": lambda a: (a.id,),
        "associated-resource-id": lambda a: (a.resource_arn.rpartition("/")[2],),
        "service-network-arn": lambda a: (a.service_network_arn,),
        "resource-configuration-group-arn": lambda a: (a.group_arn,),
    },
    tags=lambda a: a.tags,
    limits=PageLimits(maximum=100, default=100),
)


def get_subnet_cidr_reservations(context: OperationContext, params: Params) -> Document:
    """GetSubnetCidrReservations: IPv4 and IPv6 reservations in two lists that share the pages."""
    page = RESERVATIONS.handle(context, params)
    reservations = page["Reservations"]
    return {
        "SubnetIpv4CidrReservations": [r for r in reservations if ":" not in r["Cidr"]],
        "SubnetIpv6CidrReservations": [r for r in reservations if ":" in r["Cidr"]],
        "NextToken": page["NextToken"],
    }
