"""What the ENIs of an account show of how AWS builds endpoints, and how the capacity is counted then."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import structs

from latticetop.model.capacity.behaviour import demands_by_behaviour, evidence_sentence, observed_behaviour
from latticetop.model.capacity.best_subnets import usual_capacity
from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.snapshot import Snapshot
from tests.model.builders import ENDPOINT, A, B, endpoint, eni, reading, snapshot

TODAY, IN_2024 = Behaviour.TODAY, Behaviour.IN_2024
OTHER = "vpce-0ffffffffffffffff"


def account(description: str, *addresses: str, endpoint_type: str = "ServiceNetwork") -> Snapshot:
    built = structs.replace(endpoint("Available", A), vpc_endpoint_type=endpoint_type)
    return snapshot(reading(A, "10.0.0.0/24", eni("eni-1", A, *addresses, description=description)), endpoints=(built,))


@pytest.mark.parametrize(
    ("description", "addresses", "endpoint_type", "behaviour"),
    [
        (f"VPC Endpoint Interface {ENDPOINT}", ("10.0.0.7", "10.0.0.16/28"), "ServiceNetwork", IN_2024),
        (f"VPC Endpoint Interface {ENDPOINT}", ("10.0.0.7", "10.0.0.8"), "ServiceNetwork", TODAY),
        (f"VPC Endpoint Interface: {ENDPOINT}", ("10.0.0.7", "10.0.0.16/28"), "ServiceNetwork", TODAY),
        (f"VPC Endpoint Interface {ENDPOINT}", ("10.0.0.7", "10.0.0.16/28"), "Resource", TODAY),
        (f"VPC Endpoint Interface {OTHER}", ("10.0.0.7", "10.0.0.16/28"), "ServiceNetwork", TODAY),
    ],
)
def test_only_a_prefix_of_an_eni_for_resources_shows_2024(
    description: str, addresses: tuple[str, ...], endpoint_type: str, behaviour: Behaviour
) -> None:
    scene = account(description, *addresses, endpoint_type=endpoint_type)
    assert observed_behaviour(scene) == (behaviour, ENDPOINT if behaviour is IN_2024 else "")


def test_the_newest_endpoint_is_the_evidence() -> None:
    enis = (
        eni("eni-1", A, "10.0.0.7", "10.0.0.16/28", description=f"VPC Endpoint Interface {ENDPOINT}"),
        eni("eni-2", A, "10.0.0.8", "10.0.0.32/27", description=f"VPC Endpoint Interface {OTHER}"),
        eni("eni-3", A, "10.0.0.9", "10.0.0.64/28", description=f"VPC Endpoint Interface {OTHER}"),
        eni("eni-4", A, "10.0.0.10", "10.0.0.80/28", description=f"VPC Endpoint Interface {OTHER}"),
    )
    newer = structs.replace(
        endpoint("Available", A, endpoint_id=OTHER), creation_timestamp=datetime(2025, 2, 3, tzinfo=UTC)
    )
    older = structs.replace(endpoint("Failed", A), creation_timestamp=datetime(2024, 12, 19, tzinfo=UTC))
    scene = snapshot(reading(A, "10.0.0.0/24", *enis), endpoints=(older, newer))
    assert observed_behaviour(scene) == (IN_2024, OTHER)
    sentence = f"{OTHER}, created 2025-02-03, was built with 4 /28 a zone; AWS documents 1 for new endpoints."
    assert evidence_sentence(scene, OTHER) == sentence
    assert evidence_sentence(scene, "") == ""


def test_both_demands_where_they_differ() -> None:
    shows_2024 = account(f"VPC Endpoint Interface {ENDPOINT}", "10.0.0.7", "10.0.0.16/28")
    assert demands_by_behaviour(shows_2024, Demand(1, 3)) == (Demand(1, 3), Demand(1, 3, IN_2024))
    assert demands_by_behaviour(shows_2024, Demand(1, 0)) == (Demand(1, 0),)
    assert demands_by_behaviour(shows_2024, Demand(0, 3, prefixes=2)) == (Demand(0, 3, prefixes=2),)
    assert demands_by_behaviour(snapshot(), Demand(1, 3, IN_2024)) == (Demand(1, 3),)
    assert demands_by_behaviour(shows_2024, ONE_ENDPOINT) is demands_by_behaviour(shows_2024, ONE_ENDPOINT)


def test_the_usual_capacity_is_the_worse_one() -> None:
    """B, a /26, has two blocks: room for two endpoints of today, and for one as in 2024."""
    scene = account(f"VPC Endpoint Interface {ENDPOINT}", "10.0.0.7", "10.0.0.16/28")
    where = reading(B, "10.1.0.0/26", available=59)
    assert str(usual_capacity(snapshot(where), where)) == "0-2"
    assert str(usual_capacity(scene, where)) == "0-1"
