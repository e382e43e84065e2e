"""VPC Lattice's List operations with boto3 as the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator.ec2_resources import SimulatedEndpoint
from latticetop.simulator.lattice_resources import SimulatedVpcAssociation
from latticetop.simulator.scenarios.incident import CREATED_AT, SERVICE_NETWORK, SERVICE_NETWORK_ARN, VPC
from latticetop.simulator.scenarios.service_networks import (
    add_resource_gateway,
    add_service_network,
    add_vpc_association,
)
from tests.simulator.clients import Clients, error_of

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock, SimulatedAccount

COUNT = 7


@pytest.fixture
def filled(incident: Clients, clock: ManualClock) -> Clients:
    """The incident with at least three pages of each resource."""
    clock.finish()
    incident.server.call(_fill)
    return incident


def _fill(account: SimulatedAccount) -> None:
    region, subnet = account.region(), next(iter(account.region().subnets.values()))
    names = [f"extra-{number}" for number in range(COUNT)]
    network = add_service_network(region, "extra", resources=names, services=names)
    for number in range(COUNT):
        add_service_network(region, f"other-{number}")
        gateway = add_resource_gateway(region, f"gateway-{number}", [subnet])
        association_id = f"snva-{number:017}"
        region.lattice.vpc_associations[association_id] = SimulatedVpcAssociation(
            id=association_id,
            arn=association_id,
            service_network_id=network.id,
            vpc_id=VPC,
            created_at=gateway.created_at,
        )
        for endpoint_type in ("Resource", "ServiceNetwork"):
            region.put_endpoint(
                SimulatedEndpoint(
                    id=account.world.ids.new("vpce"),
                    endpoint_type=endpoint_type,
                    vpc_id=VPC,
                    state="Available",
                    owner_id=account.id,
                    created_at=CREATED_AT,
                    service_network_arn=network.arn if endpoint_type == "ServiceNetwork" else None,
                    resource_configuration_arn=_last(region.lattice.resource_configurations).arn
                    if endpoint_type == "Resource"
                    else None,
                )
            )


def _last(resources: dict[str, Any]) -> Any:
    return list(resources.values())[-1]


def ids(filled: Clients) -> dict[str, str]:
    lattice = filled.server.account.region().lattice
    network = next(n for n in lattice.service_networks.values() if n.name == "extra")
    return {"network": network.id, "configuration": _last(lattice.resource_configurations).id}


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
def test_pagination(filled: Clients, operation: str, params: dict[str, str]) -> None:
    client, known_ids = filled.client("vpc-lattice"), ids(filled)
    arguments = {key: known_ids[value] for key, value in params.items()}
    paginator = client.get_paginator(operation).paginate(PaginationConfig={"PageSize": 3}, **arguments)
    pages = [page["items"] for page in paginator]
    assert len(pages) >= 3
    assert all(len(page) == 3 for page in pages[:-1])
    everything = getattr(client, operation)(**arguments)
    assert [item["id"] for page in pages for item in page] == [item["id"] for item in everything["items"]]
    assert "nextToken" not in everything


def test_the_service_network_of_the_incident(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    client = incident.client("vpc-lattice")
    network = client.list_service_networks()["items"][0]
    assert (network["id"], network["name"]) == (SERVICE_NETWORK, "test-service-network-a")
    assert network["numberOfAssociatedResourceConfigurations"] == 3
    assert network["createdAt"].tzinfo is not None
    by_arn = client.list_service_network_resource_associations(serviceNetworkIdentifier=SERVICE_NETWORK_ARN)["items"]
    assert [item["resourceConfigurationId"] for item in by_arn] == [
        "rcfg-0f8b3049b4a9710e0",
        "rcfg-0b39a245f47c880f8",
        "rcfg-052f0211d381fbcfc",
    ]
    endpoints = client.list_service_network_vpc_endpoint_associations(serviceNetworkIdentifier=SERVICE_NETWORK)["items"]
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
    client = incident.client("vpc-lattice", validate=False)
    assert error_of(getattr(client, operation), **params)[0] == "ValidationException"


def test_the_association_of_a_vpc_with_a_service_network(incident: Clients) -> None:
    """Either identifier selects; a VPC is associated with one service network at most."""

    def associate(account: SimulatedAccount) -> tuple[str, str]:
        region = account.region()
        network = add_service_network(region, "other")
        association = add_vpc_association(region, network, VPC)
        with pytest.raises(ValueError, match="already"):
            add_vpc_association(region, network, VPC)
        return network.id, association.id

    network_id, association_id = incident.server.call(associate)
    client = incident.client("vpc-lattice")

    def ids(**params: str) -> list[tuple[str, str, str]]:
        items = client.list_service_network_vpc_associations(**params)["items"]
        return [(item["id"], item["serviceNetworkId"], item["vpcId"]) for item in items]

    expected = [(association_id, network_id, VPC)]
    assert ids(vpcIdentifier=VPC) == ids(serviceNetworkIdentifier=network_id) == expected
    assert ids(vpcIdentifier=VPC, serviceNetworkIdentifier=network_id) == expected
    assert ids(serviceNetworkIdentifier=SERVICE_NETWORK) == ids(vpcIdentifier="vpc-0123456789abcdef0") == []


def test_an_unsupported_operation(incident: Clients) -> None:
    assert error_of(incident.client("vpc-lattice").list_services)[0] == "InvalidAction"
