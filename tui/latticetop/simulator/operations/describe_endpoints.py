"""EC2's Describe calls for VPC endpoints and their associations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.operations import documents
from latticetop.simulator.operations.listing import Listing, by_ids
from latticetop.simulator.operations.paging import PageRule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.simulator.operations.call import Context, Params
    from latticetop.simulator.resources import Association, Endpoint

ENDPOINTS: Listing[Endpoint] = Listing(
    result="VpcEndpoints",
    items=lambda c, p: by_ids(p, "VpcEndpointIds", c.region.endpoints, c.region.endpoint),
    document=lambda _, endpoint: documents.endpoint_document(endpoint),
    fields={
        "vpc-endpoint-id": lambda e: (e.id,),
        "vpc-id": lambda e: (e.vpc_id,),
        "vpc-endpoint-type": lambda e: (e.kind,),
        "vpc-endpoint-state": lambda e: (e.state[:1].lower() + e.state[1:],),
        "service-name": lambda e: (e.service_name,),
        "service-region": lambda _: (),
        "ip-address-type": lambda e: (e.ip_address_type.lower(),),
    },
    tags=lambda e: e.tags,
    rule=PageRule(cut=True),
)


def _associations(context: Context, params: Params) -> Iterable[Association]:
    region, named = context.region, params.get("VpcEndpointIds")
    if not named:
        return region.associations.values()
    wanted = {region.endpoint(endpoint_id).id for endpoint_id in named}
    return [a for a in region.associations.values() if a.endpoint_id in wanted]


ASSOCIATIONS: Listing[Association] = Listing(
    result="VpcEndpointAssociations",
    items=_associations,
    document=lambda _, association: documents.association_document(association),
    fields={
        "vpc-endpoint-id": lambda a: (a.endpoint_id,),
        "associated-resource-accessibility": lambda a: (a.accessibility,),
        "association-id": lambda a: (a.id,),
        "associated-resource-id": lambda a: (a.resource_arn.rpartition("/")[2],),
        "service-network-arn": lambda a: (a.service_network_arn,),
        "resource-configuration-group-arn": lambda a: (a.group_arn,),
    },
    tags=lambda a: a.tags,
    rule=PageRule(most=100, default=100),
)
