"""The demand of endpoints and prefixes, calculated by hand from AWS's documents."""

from __future__ import annotations

import pytest

from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand, IpAddressType, prefixes_for_pods
from latticetop.model.records.eni_owners import EniRole

TODAY, IN_2024 = Behaviour.TODAY, Behaviour.IN_2024


@pytest.mark.parametrize(
    ("resources", "behaviour", "addresses", "blocks"),
    [
        (0, TODAY, 1, 1),
        (1, TODAY, 3, 1),
        (63, TODAY, 65, 1),
        (64, TODAY, 67, 1),
        (0, IN_2024, 1, 1),
        (1, IN_2024, 2, 2),
        (16, IN_2024, 2, 2),
        (17, IN_2024, 2, 3),
        (64, IN_2024, 2, 5),
    ],
)
def test_what_endpoints_need(resources: int, behaviour: Behaviour, addresses: int, blocks: int) -> None:
    demand = Demand(3, resources, behaviour)
    assert (demand.addresses, demand.blocks) == (3 * addresses, 3 * blocks)
    assert sum(request.addresses for request in demand.requests()) == demand.addresses
    assert sum(request.blocks for request in demand.requests()) == demand.blocks


def test_requests_go_from_resources_to_services_to_prefixes() -> None:
    requests = list(Demand(2, 64, prefixes=1).requests())
    assert [(request.endpoint, request.role, request.addresses, request.blocks) for request in requests] == [
        (1, EniRole.RESOURCE, 64, 0),
        (1, EniRole.RESOURCE, 2, 0),
        (2, EniRole.RESOURCE, 64, 0),
        (2, EniRole.RESOURCE, 2, 0),
        (1, EniRole.SERVICE, 1, 1),
        (2, EniRole.SERVICE, 1, 1),
        (0, None, 0, 1),
    ]


def test_the_single_demand_of_several() -> None:
    assert Demand(3, 5, IN_2024, prefixes=2).single == Demand(1, 5, IN_2024)
    assert Demand(0, 0, TODAY, prefixes=2).single == Demand(0, 0, TODAY, prefixes=1)


@pytest.mark.parametrize("numbers", [(-1, 0, 0), (0, -1, 0), (0, 0, -1)])
def test_a_demand_is_not_negative(numbers: tuple[int, int, int]) -> None:
    message = "^the numbers of endpoints, resource configurations, nodes and prefixes are not negative$"
    with pytest.raises(ValueError, match=message):
        Demand(numbers[0], numbers[1], prefixes=numbers[2])


@pytest.mark.parametrize("number", ["prefixes_per_node", "prefixes_per_interface", "interfaces_per_node"])
def test_a_node_has_at_least_one_prefix_and_one_interface(number: str) -> None:
    Demand(0, nodes=1, **{number: 1})  # type: ignore[arg-type]
    message = "^a node has at least one prefix and one interface, and an interface holds at least one$"
    with pytest.raises(ValueError, match=message):
        Demand(0, nodes=1, **{number: 0})  # type: ignore[arg-type]


def test_a_demand_as_text() -> None:
    texts = [
        str(demand) for demand in (ONE_ENDPOINT, Demand(2, 0), Demand(1, 2, prefixes=1), Demand(0, 0, prefixes=2_000))
    ]
    assert texts == [
        "1 service-network endpoint with 1 resource configuration",
        "2 service-network endpoints with no resource configurations each",
        "1 service-network endpoint with 2 resource configurations and 1 /28 prefix",
        "2,000 /28 prefixes",
    ]


@pytest.mark.parametrize(
    ("demand", "interfaces", "addresses", "blocks"),
    [
        (Demand(0, 0, nodes=1), 1, 1, 1),
        (Demand(0, 0, nodes=3, prefixes_per_node=9), 1, 3, 27),
        (Demand(0, 0, nodes=3, prefixes_per_node=10), 2, 6, 30),
        (Demand(0, 0, nodes=2, prefixes_per_node=15, prefixes_per_interface=14), 2, 4, 30),
        (Demand(0, 0, nodes=2, prefixes_per_node=2, interfaces_per_node=3), 3, 6, 4),
        (Demand(1, 3, nodes=2, prefixes_per_node=2, prefixes=1), 1, 5 + 2, 1 + 4 + 1),
    ],
)
def test_what_nodes_need(demand: Demand, interfaces: int, addresses: int, blocks: int) -> None:
    assert (demand.interfaces_of_node, demand.addresses, demand.blocks) == (interfaces, addresses, blocks)
    assert sum(request.addresses for request in demand.requests()) == addresses
    assert sum(request.blocks for request in demand.requests()) == blocks
    assert list(demand.requests())[-1].blocks > 0


def test_an_interface_of_a_node_takes_its_address_before_its_prefixes() -> None:
    requests = Demand(0, 0, nodes=1, prefixes_per_node=11, interfaces_per_node=3).requests()
    assert [(request.addresses, request.blocks) for request in requests] == [(1, 0), (1, 9), (1, 2)]


@pytest.mark.parametrize(("pods", "prefixes"), [(0, 1), (1, 2), (16, 2), (17, 3), (110, 8)])
def test_prefixes_for_pods(pods: int, prefixes: int) -> None:
    """16 pods a prefix, and one prefix kept warm: 110 pods use 7."""
    assert prefixes_for_pods(pods) == prefixes


def test_an_endpoint_with_ipv6_alone_needs_no_ipv4() -> None:
    demand = Demand(2, 3, ip_address_type=IpAddressType.IPV6)
    assert (demand.addresses, demand.blocks, list(demand.requests()), demand.without_ipv4) == (0, 0, [], True)
    assert Demand(2, 3, ip_address_type=IpAddressType.DUALSTACK).addresses == 10
    message = "^IPv6 is planned for endpoints alone, without nodes and /28 prefixes$"
    for beside in ({"prefixes": 1}, {"nodes": 1}):
        with pytest.raises(ValueError, match=message):
            Demand(1, 1, ip_address_type=IpAddressType.IPV6, **beside)  # type: ignore[arg-type]


def test_nodes_as_text() -> None:
    nodes = Demand(0, 0, nodes=3, prefixes_per_node=10)
    assert str(nodes) == "3 EKS nodes with 10 /28 prefixes on 2 interfaces each"
    assert str(nodes.single) == "1 EKS node with 10 /28 prefixes on 2 interfaces"
    assert (nodes.unit(1), nodes.unit(2), ONE_ENDPOINT.unit(1), Demand(0, prefixes=2).unit(2)) == (
        "node",
        "nodes",
        "endpoint",
        "prefixes",
    )
    assert str(Demand(1, 1, ip_address_type=IpAddressType.IPV6)).startswith("1 IPv6 service-network endpoint with")
