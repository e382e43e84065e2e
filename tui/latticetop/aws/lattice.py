"""VPC Lattice records: service networks with their associations, resource gateways and resource configurations.

Each List action may be denied on its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from latticetop.aws.decode import replace_surrogates
from latticetop.aws.eni_fields import cut_to_64_bits
from latticetop.aws.limits import LATTICE_CONCURRENCY, PageSizes
from latticetop.aws.paging import pages
from latticetop.model.records.aws_actions import (
    LIST_ENDPOINT_ASSOCIATIONS,
    LIST_RESOURCE_ASSOCIATIONS,
    LIST_RESOURCE_CONFIGURATIONS,
    LIST_RESOURCE_GATEWAYS,
    LIST_SERVICE_ASSOCIATIONS,
    LIST_SERVICE_NETWORKS,
    LIST_VPC_ASSOCIATIONS,
)
from latticetop.model.records.lattice import (
    EndpointAssociation,
    Lattice,
    ResourceAssociation,
    ResourceConfiguration,
    ResourceGateway,
    ServiceAssociation,
    ServiceNetwork,
    VpcAssociation,
)
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

Raw = Mapping[str, Any]
"""One record in AWS's own member names."""
_T = TypeVar("_T")
_FATAL = (ProblemKind.NOT_OFFERED, ProblemKind.UNREACHABLE, ProblemKind.THROTTLED, ProblemKind.BUSY)
"""The kinds of problems that every other call would have too."""


class CallsLattice(Protocol):
    """A client of VPC Lattice."""

    async def call(self, action: str, **params: Any) -> Mapping[str, Any]:
        """Return the response of an action. Raises ReadError."""


async def read_lattice(
    client: CallsLattice,
    service_network_arns: Sequence[str],
    vpc_ids: Sequence[str] = (),
    page_size: int = PageSizes().vpc_lattice,
) -> tuple[Lattice, tuple[Problem, ...]]:
    """Read these service networks and VPCs with their associations, and all gateways and resource configurations.

    A list that could not be read is None, with one Problem per action. A problem that every call would have (VPC
    Lattice not available in the Region, no connection, no valid credentials, throttling) ends the read: the result is
    then an empty Lattice and that one Problem. Raises no ReadError.
    """
    lists = _LatticeLists(client, page_size)
    lattice = await lists.read(service_network_arns, vpc_ids)
    return (Lattice(), (lists.fatal,)) if lists.fatal else (lattice, tuple(lists.denied.values()))


class _LatticeLists:
    """The List calls of one read. An action that failed is not called again for the next service network."""

    def __init__(self, client: CallsLattice, page_size: int) -> None:
        self.denied: dict[str, Problem] = {}
        self.fatal: Problem | None = None
        self._client = client
        self._page_size = page_size
        self._semaphore = asyncio.Semaphore(LATTICE_CONCURRENCY)

    async def read(self, service_network_arns: Sequence[str], vpc_ids: Sequence[str]) -> Lattice:
        by_arn = {network.arn: network for network in await self._list(LIST_SERVICE_NETWORKS, _listed_network) or ()}
        networks = [by_arn.get(arn) or ServiceNetwork(arn, arn.rsplit("/", 1)[-1]) for arn in service_network_arns]
        gateways, configurations, complete, by_vpc = await asyncio.gather(
            self._list(LIST_RESOURCE_GATEWAYS, _gateway),
            self._list(LIST_RESOURCE_CONFIGURATIONS, _configuration),
            asyncio.gather(*(self._with_associations(network) for network in networks)),
            asyncio.gather(*(self._list(LIST_VPC_ASSOCIATIONS, _vpc, vpcIdentifier=vpc_id) for vpc_id in vpc_ids)),
        )
        vpcs = {vpc_id: listed for vpc_id, listed in zip(vpc_ids, by_vpc, strict=True) if listed is not None}
        return Lattice({network.arn: network for network in complete}, gateways, configurations, vpcs or None)

    async def _with_associations(self, network: ServiceNetwork) -> ServiceNetwork:
        identifier = {"serviceNetworkIdentifier": network.arn}
        services, resources, vpcs, endpoints = await asyncio.gather(
            self._list(LIST_SERVICE_ASSOCIATIONS, _service, **identifier),
            self._list(LIST_RESOURCE_ASSOCIATIONS, _resource, **identifier),
            self._list(LIST_VPC_ASSOCIATIONS, _vpc, **identifier),
            self._list(LIST_ENDPOINT_ASSOCIATIONS, _endpoint, **identifier),
        )
        return ServiceNetwork(
            network.arn, network.service_network_id, network.name, services, resources, vpcs, endpoints
        )

    async def _list(self, action: str, decode: Callable[[Raw], _T], **params: Any) -> tuple[_T, ...] | None:
        """Every item of a List action; None when the call fails."""
        items: list[_T] = []
        fetch_page = partial(self._fetch_page, action)
        async with self._semaphore:
            if self.fatal or action in self.denied:
                return None
            try:
                async for page in pages(
                    fetch_page, action, token_parameter="nextToken", maxResults=self._page_size, **params
                ):
                    items += map(decode, page)
            except ReadError as error:
                self._add_problem(action, error.problem)
                return None
        return tuple(items)

    async def _fetch_page(self, action: str, **params: Any) -> tuple[list[Raw], str]:
        response = await self._client.call(action, **params)
        return _mappings(response.get("items")), _text(response, "nextToken")

    def _add_problem(self, action: str, problem: Problem) -> None:
        if problem.kind in _FATAL or problem.needs_new_credentials:
            self.fatal = self.fatal or problem
        else:
            self.denied[action] = problem


def _mappings(items: Iterable[Any] | None) -> list[Raw]:
    return [item for item in items or () if isinstance(item, Mapping)]


def _text(raw: Raw, name: str) -> str:
    value = raw.get(name)
    return replace_surrogates(value) if isinstance(value, str) else ""


def _dns_name(raw: Raw) -> str:
    entry = raw.get("dnsEntry")
    return _text(entry, "domainName") if isinstance(entry, Mapping) else ""


def _listed_network(raw: Raw) -> ServiceNetwork:
    return ServiceNetwork(_text(raw, "arn"), _text(raw, "id"), _text(raw, "name"))


def _service(raw: Raw) -> ServiceAssociation:
    return ServiceAssociation(
        _text(raw, "id"),
        _text(raw, "status"),
        _text(raw, "serviceId"),
        _text(raw, "serviceName"),
        _text(raw, "serviceArn"),
        _text(raw, "customDomainName") or _dns_name(raw),
    )


def _resource(raw: Raw) -> ResourceAssociation:
    return ResourceAssociation(
        _text(raw, "id"),
        _text(raw, "status"),
        _text(raw, "resourceConfigurationId"),
        _text(raw, "resourceConfigurationName"),
        _text(raw, "resourceConfigurationArn"),
        _dns_name(raw),
        _text(raw, "failureCode"),
        bool(raw.get("isManagedAssociation")),
    )


def _vpc(raw: Raw) -> VpcAssociation:
    return VpcAssociation(
        _text(raw, "id"),
        _text(raw, "status"),
        _text(raw, "vpcId"),
        _text(raw, "serviceNetworkArn"),
        _text(raw, "serviceNetworkName"),
    )


def _endpoint(raw: Raw) -> EndpointAssociation:
    return EndpointAssociation(
        _text(raw, "id"),
        _text(raw, "state"),
        _text(raw, "vpcEndpointId"),
        _text(raw, "vpcId"),
        _text(raw, "vpcEndpointOwnerId"),
    )


def _gateway(raw: Raw) -> ResourceGateway:
    subnet_ids = raw.get("subnetIds")
    addresses_per_eni = raw.get("ipv4AddressesPerEni")
    return ResourceGateway(
        _text(raw, "id"),
        _text(raw, "name"),
        _text(raw, "status"),
        _text(raw, "vpcIdentifier"),
        tuple(replace_surrogates(subnet_id) for subnet_id in subnet_ids if isinstance(subnet_id, str))
        if isinstance(subnet_ids, list)
        else (),
        _text(raw, "ipAddressType"),
        cut_to_64_bits(addresses_per_eni) if isinstance(addresses_per_eni, int) else None,
    )


def _configuration(raw: Raw) -> ResourceConfiguration:
    return ResourceConfiguration(
        _text(raw, "id"),
        _text(raw, "name"),
        _text(raw, "arn"),
        _text(raw, "type"),
        _text(raw, "status"),
        _text(raw, "resourceGatewayId"),
    )
