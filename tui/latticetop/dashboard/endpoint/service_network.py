"""The services, resources, VPCs and other endpoints of a service network, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.table.rows import Row
from latticetop.model.records.text import clean, counted, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Sized

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.records.lattice import ServiceNetwork

KINDS = ("service", "resource", "VPC", "endpoint")
"""The kinds of association in the order of the rows: the ones that fail first come first."""
WORKING_STATES = ("ACTIVE", "AVAILABLE")


def network_summary(network: ServiceNetwork) -> str:
    """The counts: `3 resources · 2 services · VPCs unknown`."""
    parts = (
        _count(network.resources, "resource"),
        _count(network.services, "service"),
        _count(network.vpcs, "VPC"),
    )
    return " · ".join(parts)


def network_rows(network: ServiceNetwork, endpoint_id: str, palette: Palette) -> list[Row]:
    """A row for each association of the network but that of an endpoint itself, by kind."""
    return [
        Row(
            key,
            {
                "kind": Text(kind, palette["dim"]),
                "name": Text(shorten_ids(clean(name)), palette["text"]),
                "status": Text(clean(status).lower(), palette["dim" if status.upper() in WORKING_STATES else "warn"]),
                "id": Text(clean(key), palette["dim"]),
            },
            {"kind": KINDS.index(kind)},
        )
        for kind, key, name, status in _associations(network)
        if name != endpoint_id
    ]


def _associations(network: ServiceNetwork) -> Iterator[tuple[str, str, str, str]]:
    """Kind, association id, name and status."""
    for service in network.services or ():
        yield "service", service.association_id, service.service_name or service.service_id, service.status
    for resource in network.resources or ():
        name = resource.resource_configuration_name or resource.resource_configuration_id
        yield "resource", resource.association_id, name, resource.status
    for vpc in network.vpcs or ():
        yield "VPC", vpc.association_id, vpc.vpc_id, vpc.status
    for endpoint in network.endpoints or ():
        yield "endpoint", endpoint.association_id, endpoint.vpc_endpoint_id, endpoint.state


def _count(part: Sized | None, noun: str) -> str:
    return f"{noun}s unknown" if part is None else counted(len(part), noun)
