"""VPC Lattice's side: service networks and what hangs on them. Every part may be denied by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from latticetop.aws.decode import whole
from latticetop.aws.paging import pages
from latticetop.aws.sdk import Client
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
_T = TypeVar("_T")
PAGE = 100
_AT_ONCE = 4
"""Calls under way at a time: AWS publishes no rate for these, and nobody waits for them."""
_HOPELESS = (ProblemKind.NOT_OFFERED, ProblemKind.UNREACHABLE, ProblemKind.THROTTLED)


async def read_lattice(client: Client, service_network_arns: Sequence[str]) -> tuple[Lattice, tuple[Problem, ...]]:
    """These service networks in depth, and the account's gateways and resource configurations.

    What is refused is None in the answer, with one Problem for each action. What concerns every call alike (the Region
    has no VPC Lattice, no connection, no credentials, throttling) ends the reading with that one Problem and nothing.
    """
    reading = _Reading(client)
    lattice = await reading.read(service_network_arns)
    return (Lattice(), (reading.ended,)) if reading.ended else (lattice, tuple(reading.denied.values()))


class _Reading:
    """One read; an action that was refused is not tried again for the next service network."""

    def __init__(self, client: Client) -> None:
        self.denied: dict[str, Problem] = {}
        self.ended: Problem | None = None
        self._client = client
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def read(self, service_network_arns: Sequence[str]) -> Lattice:
        listed = await self._all("ListServiceNetworks", _listed_network)
        known = {network.arn: network for network in listed or ()}
        wanted = [known.get(arn) or ServiceNetwork(arn, arn.rsplit("/", 1)[-1]) for arn in service_network_arns]
        gateways, configurations, networks = await asyncio.gather(
            self._all("ListResourceGateways", _gateway),
            self._all("ListResourceConfigurations", _configuration),
            asyncio.gather(*(self._network(network) for network in wanted)),
        )
        return Lattice({network.arn: network for network in networks}, gateways, configurations)

    async def _network(self, network: ServiceNetwork) -> ServiceNetwork:
        of = {"serviceNetworkIdentifier": network.arn}
        services, resources, vpcs, endpoints = await asyncio.gather(
            self._all("ListServiceNetworkServiceAssociations", _service, **of),
            self._all("ListServiceNetworkResourceAssociations", _resource, **of),
            self._all("ListServiceNetworkVpcAssociations", _vpc, **of),
            self._all("ListServiceNetworkVpcEndpointAssociations", _endpoint, **of),
        )
        return ServiceNetwork(
            network.arn, network.service_network_id, network.name, services, resources, vpcs, endpoints
        )

    async def _all(self, operation: str, decode: Callable[[Raw], _T], **params: Any) -> tuple[_T, ...] | None:
        """Every item of a List operation; None when it is refused."""
        found: list[_T] = []
        name = f"vpc-lattice:{operation}"
        async with self._gate:
            if self.ended or operation in self.denied:
                return None
            try:
                async for page in pages(
                    partial(self._page, operation), name, following="nextToken", maxResults=PAGE, **params
                ):
                    found += map(decode, page)
            except ReadError as error:
                self._note(operation, error.problem)
                return None
        return tuple(found)

    async def _page(self, operation: str, **params: Any) -> tuple[list[Raw], str]:
        answer = await self._client.call(operation, **params)
        return _mappings(answer.get("items")), _text(answer, "nextToken")

    def _note(self, operation: str, problem: Problem) -> None:
        if problem.kind in _HOPELESS or problem.kind.needs_new_credentials:
            self.ended = self.ended or problem
        else:
            self.denied[operation] = problem


def _mappings(items: Iterable[Any] | None) -> list[Raw]:
    return [item for item in items or () if isinstance(item, Mapping)]


def _text(raw: Raw, name: str) -> str:
    value = raw.get(name)
    return whole(value) if isinstance(value, str) else ""


def _dns(raw: Raw) -> str:
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
        _text(raw, "customDomainName") or _dns(raw),
    )


def _resource(raw: Raw) -> ResourceAssociation:
    return ResourceAssociation(
        _text(raw, "id"),
        _text(raw, "status"),
        _text(raw, "resourceConfigurationId"),
        _text(raw, "resourceConfigurationName"),
        _text(raw, "resourceConfigurationArn"),
        _dns(raw),
        _text(raw, "failureCode"),
        bool(raw.get("isManagedAssociation")),
    )


def _vpc(raw: Raw) -> VpcAssociation:
    return VpcAssociation(_text(raw, "id"), _text(raw, "status"), _text(raw, "vpcId"))


def _endpoint(raw: Raw) -> EndpointAssociation:
    return EndpointAssociation(
        _text(raw, "id"),
        _text(raw, "state"),
        _text(raw, "vpcEndpointId"),
        _text(raw, "vpcId"),
        _text(raw, "vpcEndpointOwnerId"),
    )


def _gateway(raw: Raw) -> ResourceGateway:
    subnets = raw.get("subnetIds")
    per_eni = raw.get("ipv4AddressesPerEni")
    return ResourceGateway(
        _text(raw, "id"),
        _text(raw, "name"),
        _text(raw, "status"),
        _text(raw, "vpcIdentifier"),
        tuple(whole(each) for each in subnets if isinstance(each, str)) if isinstance(subnets, list) else (),
        _text(raw, "ipAddressType"),
        per_eni if isinstance(per_eni, int) else None,
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
