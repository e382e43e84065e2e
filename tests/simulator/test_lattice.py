"""VPC Lattice's List operations as boto3 reads them, and the names of associations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator.lattice import VpcAssociation
from latticetop.simulator.resources import Endpoint
from latticetop.simulator.scenarios.incident import CREATED, NETWORK, NETWORK_ARN, VPC
from latticetop.simulator.scenarios.networks import add_gateway, add_service_network
from tests.simulator.clients import Clients, refusal

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock
    from latticetop.simulator.account import Account

COUNT = 7


@pytest.fixture
def full(incident: Clients, clock: ManualClock) -> Clients:
    """The incident with enough of everything for three pages."""
    clock.finish()
    incident.server.call(_furnish)
    return incident


def _furnish(account: Account) -> None:
    region, subnet = account.region(), next(iter(account.region().subnets.values()))
    names = [f"extra-{number}" for number in range(COUNT)]
    network = add_service_network(region, "extra", resources=names, services=names)
    for number in range(COUNT):
        add_service_network(region, f"other-{number}")
        gateway = add_gateway(region, f"gateway-{number}", [subnet])
        link = f"snva-{number:017}"
        region.lattice.vpc_associations[link] = VpcAssociation(
            id=link, arn=link, service_network_id=network.id, vpc_id=VPC, created=gateway.created
        )
        for kind in ("Resource", "ServiceNetwork"):
            region.put_endpoint(
                Endpoint(
                    id=account.ids.new("vpce"),
                    kind=kind,
                    vpc_id=VPC,
                    state="Available",
                    owner=account.id,
                    created=CREATED,
                    service_network_arn=network.arn if kind == "ServiceNetwork" else None,
                    resource_configuration_arn=_last(region.lattice.configurations).arn if kind == "Resource" else None,
                )
            )


def _last(resources: dict[str, Any]) -> Any:
    return list(resources.values())[-1]


def ids(full: Clients) -> dict[str, str]:
    lattice = full.server.account.region().lattice
    network = next(n for n in lattice.networks.values() if n.name == "extra")
    return {"network": network.id, "configuration": _last(lattice.configurations).id}


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("list_service_networks", {}),
        ("list_service_network_vpc_associations", {"serviceNetworkIdentifier": "network"}),
        ("list_service_network_vpc_endpoint_associations", {"serviceNetworkIdentifier": "network"}),
        ("list_service_network_resource_associations", {"serviceNetworkIdentifier": "network"}),
        ("list_service_network_service_associations", {"serviceNetworkIdentifier": "network"}),
        ("list_resource_configurations", {}),
        ("list_resource_gateways", {}),
        ("list_resource_endpoint_associations", {"resourceConfigurationIdentifier": "configuration"}),
    ],
)
def test_paging(full: Clients, operation: str, params: dict[str, str]) -> None:
    client, known = full.client("vpc-lattice"), ids(full)
    asked = {key: known[value] for key, value in params.items()}
    paginator = client.get_paginator(operation).paginate(PaginationConfig={"PageSize": 3}, **asked)
    pages = [page["items"] for page in paginator]
    assert len(pages) >= 3
    assert all(len(page) == 3 for page in pages[:-1])
    everything = getattr(client, operation)(**asked)
    assert [item["id"] for page in pages for item in page] == [item["id"] for item in everything["items"]]
    assert "nextToken" not in everything


def test_the_incident_s_network(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    client = incident.client("vpc-lattice")
    network = client.list_service_networks()["items"][0]
    assert (network["id"], network["name"]) == (NETWORK, "test-service-network-a")
    assert network["numberOfAssociatedResourceConfigurations"] == 3
    assert network["createdAt"].tzinfo is not None
    by_arn = client.list_service_network_resource_associations(serviceNetworkIdentifier=NETWORK_ARN)["items"]
    assert [item["resourceConfigurationId"] for item in by_arn] == [
        "rcfg-0f8b3049b4a9710e0",
        "rcfg-0b39a245f47c880f8",
        "rcfg-052f0211d381fbcfc",
    ]
    endpoints = client.list_service_network_vpc_endpoint_associations(serviceNetworkIdentifier=NETWORK)["items"]
    assert [item["vpcEndpointId"] for item in endpoints] == ["vpce-0e3b1bfc42d162c4a"]
    assert client.list_service_network_vpc_associations(vpcIdentifier=VPC)["items"] == []


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("list_service_networks", {"maxResults": 101}),
        ("list_service_networks", {"maxResults": 0}),
        ("list_service_networks", {"nextToken": "nonsense"}),
        ("list_service_network_vpc_associations", {}),
        ("list_service_network_vpc_associations", {"vpcIdentifier": "subnet-1"}),
        ("list_service_network_vpc_endpoint_associations", {}),
        ("list_service_network_resource_associations", {}),
        ("list_service_network_service_associations", {}),
        ("list_resource_endpoint_associations", {}),
    ],
)
def test_validation(incident: Clients, operation: str, params: dict[str, Any]) -> None:
    client = incident.client("vpc-lattice", checked=False)
    assert refusal(getattr(client, operation), **params)[0] == "ValidationException"


def test_an_operation_the_simulator_lacks(incident: Clients) -> None:
    assert refusal(incident.client("vpc-lattice").list_services)[0] == "InvalidAction"


def test_names_resolve_into_the_prefix_that_serves_them(incident: Clients, clock: ManualClock) -> None:
    account = incident.server.account
    name = (
        "vpce-0e3b1bfc42d162c4a-snra-0c4e6759c5c90deda.rcfg-0b39a245f47c880f8.4232ccc.vpc-lattice-rsc.us-east-1.on.aws"
    )
    clock.finish()
    assert account.resolve(name) == ["10.10.10.31"]
    first = incident.ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"][0]
    assert account.resolve(first["DnsEntry"]["DnsName"]) == ["10.10.10.16", "10.10.10.96"]
    assert account.resolve("nowhere.example") == []
