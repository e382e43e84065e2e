"""VPC Lattice's side: service networks and what hangs on them. Every part may be denied by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from latticetop.model.network import (
    EndpointAssociation,
    Lattice,
    ResourceAssociation,
    ResourceConfiguration,
    ResourceGateway,
    ServiceAssociation,
    ServiceNetwork,
    VpcAssociation,
)
from latticetop.model.problem import Problem, ReadError

from .sdk import Client

Raw = Mapping[str, Any]
_T = TypeVar("_T")
PAGE = 100


class LatticeReading:
    """One read of VPC Lattice; what is refused becomes None in the answer and a Problem in `problems`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.problems: dict[str, Problem] = {}

    async def read(self, service_network_arns: Sequence[str]) -> Lattice:
        """These service networks in depth, and the account's gateways and resource configurations."""
        listed, gateways, configurations = await asyncio.gather(
            self._all("ListServiceNetworks", _listed_network),
            self._all("ListResourceGateways", _gateway),
            self._all("ListResourceConfigurations", _configuration),
        )
        known = {network.arn: network for network in listed or ()}
        wanted = [known.get(arn) or ServiceNetwork(arn, arn.rsplit("/", 1)[-1]) for arn in service_network_arns]
        networks = await asyncio.gather(*(self._network(network) for network in wanted))
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
        """Every item of a List operation; None when it is refused, and no second try of what was refused."""
        if operation in self.problems:
            return None
        found: list[_T] = []
        seen: set[str] = set()
        try:
            while True:
                answer = await self._client.call(operation, maxResults=PAGE, **params)
                found += [decode(item) for item in _mappings(answer.get("items"))]
                token = answer.get("nextToken")
                if not token or token in seen:
                    return tuple(found)
                seen.add(token)
                params["nextToken"] = token
        except ReadError as error:
            self.problems[operation] = error.problem
            return None


def _mappings(items: Iterable[Any] | None) -> list[Raw]:
    return [item for item in items or () if isinstance(item, Mapping)]


def _text(raw: Raw, name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


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
        tuple(each for each in subnets if isinstance(each, str)) if isinstance(subnets, list) else (),
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
