"""The end state of each scenario."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from latticetop.simulator import SCENARIOS, ManualClock, Server
from latticetop.simulator.endpoints import interfaces_of

if TYPE_CHECKING:
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Endpoint


def played(text: str) -> Region:
    clock = ManualClock(SCENARIOS[text.partition(":")[0]].start)
    server = Server(text, clock=clock)
    clock.finish()
    return server.account.region()


def last(region: Region) -> Endpoint:
    return list(region.endpoints.values())[-1]


def tried(region: Region, endpoint: Endpoint) -> dict[str, set[str]]:
    """By subnet, the roles of the interfaces that CloudTrail says were tried."""
    found: dict[str, set[str]] = {}
    for event in region.trail.events:
        parameters = event.record["requestParameters"]
        if event.name == "CreateNetworkInterface" and endpoint.id in parameters["description"]:
            role = "service" if ":" in parameters["description"] else "resource"
            found.setdefault(parameters["subnetId"], set()).add(role)
    return found


@pytest.mark.parametrize(
    ("number", "several", "state"),
    [
        (1, True, "Failed"),
        (2, True, "Failed"),
        (3, False, "Available"),
        (4, False, "Available"),
        (5, True, "Available"),
        (6, False, "Available"),
    ],
)
def test_experiments(number: int, several: bool, state: str) -> None:
    region = played(f"experiment-{number}")
    endpoint = last(region)
    roles = {"resource", "service"} if several else {"service"}
    assert tried(region, endpoint) == dict.fromkeys(endpoint.subnet_ids, roles)
    assert endpoint.state == state
    assert len(region.associations) == (3 if several else 0)
    standing = {":" in i.description for i in interfaces_of(region, endpoint)}
    assert standing == {1: {False}, 2: {False}, 5: {False, True}}.get(number, {True})


def test_experiments_begin_as_the_table_says() -> None:
    free = {}
    for number in range(1, 7):
        region = Server(f"experiment-{number}", clock=ManualClock()).account.region()
        mine = [s for s in region.subnets.values() if (s.cidr or "").startswith("10.10.10.")]
        free[number] = sorted(region.available(subnet.id) for subnet in mine)
    assert free == {1: [57, 59], 2: [57], 3: [59], 4: [123], 5: [59, 123], 6: [58]}


def test_eks_nodes_win_the_race() -> None:
    region = played("eks")
    endpoint = last(region)
    assert endpoint.state == "Failed"
    near, far = endpoint.subnet_ids
    assert {i.subnet_id for i in interfaces_of(region, endpoint)} == {near, far}
    codes = Counter(event.record.get("errorCode") for event in region.trail.events)
    assert codes["Client.InsufficientCidrBlocks"] == 2
    assert codes["Client.InvalidParameterValue"] == 5
    assert len(region.pools[near].free_blocks()) == 1
    assert region.trail.events[-1].name == "UnassignPrivateIpAddresses"


def test_consolidate_runs_out_of_blocks() -> None:
    region = played("consolidate")
    endpoints = list(region.endpoints.values())
    assert [e.state for e in endpoints] == ["Available", "Available", "Failed", "Failed", "Failed"]
    offered = Counter(a.endpoint_id for a in region.associations.values())
    assert [offered[e.id] for e in endpoints] == [2, 1, 2, 0, 0]
    assert [len(region.pools[s].free_blocks()) for s in endpoints[0].subnet_ids] == [0, 0]


def test_fragmented_has_addresses_and_no_block() -> None:
    region = played("fragmented")
    endpoint = last(region)
    assert (endpoint.state, interfaces_of(region, endpoint)) == ("Failed", [])
    (subnet_id,) = endpoint.subnet_ids
    assert region.available(subnet_id) == 200
    assert region.pools[subnet_id].free_blocks() == []


def test_resources_spill_over_into_a_second_interface() -> None:
    region = played("resources")
    endpoint = last(region)
    assert endpoint.state == "Available"
    assert len(region.associations) == 70
    for subnet_id in endpoint.subnet_ids:
        mine = [i for i in interfaces_of(region, endpoint) if i.subnet_id == subnet_id]
        assert [(len(i.secondary), len(i.prefixes)) for i in mine] == [(63, 0), (7, 0), (0, 1)]
    names = [association.dns_name for association in region.associations.values()]
    resolved = [region.account.resolve(name) for name in names]
    assert len({address for found in resolved for address in found}) == 140


def test_fleet_has_one_degraded_endpoint() -> None:
    region = played("fleet")
    networks = [e for e in region.endpoints.values() if e.kind == "ServiceNetwork"]
    assert {e.state for e in networks} == {"Available"}
    lost = [a for a in region.associations.values() if a.accessibility != "Accessible"]
    assert [a.service_network_name for a in lost] == ["partner-links"]
    assert any(subnet.cidr is None for subnet in region.subnets.values())
    assert {reservation.kind for reservation in region.reservations.values()} == {"prefix", "explicit"}
    kinds = {interface.kind for interface in region.interfaces.values()}
    assert {"lambda", "nat_gateway", "branch", "network_load_balancer", "vpc_endpoint"} < kinds


def test_estate_is_as_large_as_asked() -> None:
    server = Server("estate:interfaces=12000,regions=2", clock=ManualClock())
    regions = list(server.account.regions.values())
    assert [region.name for region in regions] == ["us-east-1", "ap-northeast-1"]
    for region in regions:
        assert 6000 <= len(region.interfaces) <= 6020
        assert {e.kind for e in region.endpoints.values()} == {"ServiceNetwork"}
        assert all(region.available(subnet_id) >= 0 for subnet_id in region.subnets)


def test_estate_is_the_same_for_the_same_seed() -> None:
    def prints(seed: int) -> list[tuple[str, str | None]]:
        server = Server("estate:interfaces=300", seed=seed, clock=ManualClock())
        return [(i.id, i.address) for i in server.account.region().interfaces.values()]

    assert prints(1) == prints(1) != prints(2)


@pytest.mark.parametrize("options", ["interfaces=-1", "interfaces=many", "regions=0"])
def test_estate_refuses_nonsense(options: str) -> None:
    with pytest.raises(ValueError, match=r"estate|invalid literal"):
        Server(f"estate:{options}", clock=ManualClock())
