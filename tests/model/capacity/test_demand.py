"""The demand of endpoints and prefixes, calculated by hand from AWS's documents."""

from __future__ import annotations

import pytest

from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
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
    with pytest.raises(ValueError):
        Demand(numbers[0], numbers[1], prefixes=numbers[2])


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
