"""The final state of each scenario."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from latticetop.simulator import SCENARIOS, ManualClock, Server
from latticetop.simulator.endpoint_interfaces import endpoint_interfaces

if TYPE_CHECKING:
    from latticetop.simulator import SimulatedAccount
    from latticetop.simulator.ec2_resources import SimulatedEndpoint
    from latticetop.simulator.region import SimulatedRegion


def finished_account(text: str) -> SimulatedAccount:
    clock = ManualClock(SCENARIOS[text.partition(":")[0]].start)
    server = Server(text, clock=clock)
    clock.finish()
    return server.account


def last_endpoint(region: SimulatedRegion) -> SimulatedEndpoint:
    return list(region.endpoints.values())[-1]


def attempted_roles(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> dict[str, set[str]]:
    """By subnet, the roles of the ENIs that CloudTrail recorded attempts to create."""
    roles_by_subnet: dict[str, set[str]] = {}
    for event in region.event_history.events:
        parameters = event.record["requestParameters"]
        if event.name == "CreateNetworkInterface" and endpoint.id in parameters["description"]:
            role = "service" if ":" in parameters["description"] else "resource"
            roles_by_subnet.setdefault(parameters["subnetId"], set()).add(role)
    return roles_by_subnet


@pytest.mark.parametrize(
    ("number", "has_resource_enis", "state"),
    [
        (1, True, "Failed"),
        (2, True, "Failed"),
        (3, False, "Available"),
        (4, False, "Available"),
        (5, True, "Available"),
        (6, False, "Available"),
    ],
)
def test_experiments(number: int, has_resource_enis: bool, state: str) -> None:
    region = finished_account(f"experiment-{number}").region()
    endpoint = last_endpoint(region)
    roles = {"resource", "service"} if has_resource_enis else {"service"}
    assert attempted_roles(region, endpoint) == dict.fromkeys(endpoint.subnet_ids, roles)
    assert endpoint.state == state
    assert len(region.associations) == (3 if has_resource_enis else 0)
    remaining = {":" in i.description for i in endpoint_interfaces(region, endpoint)}
    assert remaining == {1: {False}, 2: {False}, 5: {False, True}}.get(number, {True})


def test_available_counts_at_the_start_of_experiments() -> None:
    counts = {}
    for number in range(1, 7):
        region = Server(f"experiment-{number}", clock=ManualClock()).account.region()
        subnets = [s for s in region.subnets.values() if (s.cidr or "").startswith("10.10.10.")]
        counts[number] = sorted(region.available_address_count(subnet.id) for subnet in subnets)
    assert counts == {1: [57, 59], 2: [57], 3: [59], 4: [123], 5: [59, 123], 6: [58]}


def test_eks_nodes_take_the_last_blocks() -> None:
    region = finished_account("eks").region()
    endpoint = last_endpoint(region)
    assert endpoint.state == "Failed"
    subnet_a, subnet_b = endpoint.subnet_ids
    assert {i.subnet_id for i in endpoint_interfaces(region, endpoint)} == {subnet_a, subnet_b}
    codes = Counter(event.record.get("errorCode") for event in region.event_history.events)
    assert codes["Client.InsufficientCidrBlocks"] == 2
    assert codes["Client.InvalidParameterValue"] == 5
    assert len(region.address_pools[subnet_a].free_blocks()) == 1
    assert region.event_history.events[-1].name == "UnassignPrivateIpAddresses"


def test_consolidate_runs_out_of_blocks() -> None:
    region = finished_account("consolidate").region()
    endpoints = list(region.endpoints.values())
    assert [e.state for e in endpoints] == ["Available", "Available", "Failed", "Failed", "Failed"]
    association_counts = Counter(a.endpoint_id for a in region.associations.values())
    assert [association_counts[e.id] for e in endpoints] == [2, 1, 2, 0, 0]
    assert [len(region.address_pools[s].free_blocks()) for s in endpoints[0].subnet_ids] == [0, 0]


def test_fragmented_has_free_addresses_and_no_free_block() -> None:
    region = finished_account("fragmented").region()
    endpoint = last_endpoint(region)
    assert (endpoint.state, endpoint_interfaces(region, endpoint)) == ("Failed", [])
    (subnet_id,) = endpoint.subnet_ids
    assert region.available_address_count(subnet_id) == 200
    assert region.address_pools[subnet_id].free_blocks() == []


def test_resources_need_a_second_interface() -> None:
    account = finished_account("resources")
    region = account.region()
    endpoint = last_endpoint(region)
    assert endpoint.state == "Available"
    assert len(region.associations) == 70
    for subnet_id in endpoint.subnet_ids:
        interfaces = [i for i in endpoint_interfaces(region, endpoint) if i.subnet_id == subnet_id]
        assert [(len(i.secondary_addresses), len(i.prefixes)) for i in interfaces] == [(63, 0), (7, 0), (0, 1)]
    names = [association.dns_name for association in region.associations.values()]
    answers = [account.resolve_dns_name(name) for name in names]
    assert len({address for answer in answers for address in answer}) == 140


def test_fleet_has_one_degraded_endpoint() -> None:
    region = finished_account("fleet").region()
    networks = [e for e in region.endpoints.values() if e.endpoint_type == "ServiceNetwork"]
    assert {e.state for e in networks} == {"Available"}
    inaccessible = [a for a in region.associations.values() if a.accessibility != "Accessible"]
    assert [a.service_network_name for a in inaccessible] == ["partner-links"]
    assert any(subnet.cidr is None for subnet in region.subnets.values())
    assert {reservation.reservation_type for reservation in region.reservations.values()} == {"prefix", "explicit"}
    kinds = {interface.interface_type for interface in region.interfaces.values()}
    assert {"lambda", "nat_gateway", "branch", "network_load_balancer", "vpc_endpoint"} < kinds


def test_estate_has_the_requested_size() -> None:
    server = Server("estate:interfaces=12000,regions=2", clock=ManualClock())
    regions = list(server.account.regions.values())
    assert [region.name for region in regions] == ["us-east-1", "ap-northeast-1"]
    for region in regions:
        assert 6000 <= len(region.interfaces) <= 6020
        assert {e.endpoint_type for e in region.endpoints.values()} == {"ServiceNetwork"}
        assert all(region.available_address_count(subnet_id) >= 0 for subnet_id in region.subnets)


def test_estate_is_the_same_for_the_same_seed() -> None:
    def addresses(seed: int) -> list[tuple[str, str | None]]:
        server = Server("estate:interfaces=300", seed=seed, clock=ManualClock())
        return [(i.id, i.primary_address) for i in server.account.region().interfaces.values()]

    assert addresses(1) == addresses(1) != addresses(2)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("interfaces=-1", "'-1' is not a value of interfaces: write a number from 0 to 1,000,000."),
        ("interfaces=many", "'many' is not a value of interfaces: write a number from 0 to 1,000,000."),
        ("interfaces", "'' is not a value of interfaces: write a number from 0 to 1,000,000."),
        ("interfaces=9999999999", "'9999999999' is not a value of interfaces: write a number from 0 to 1,000,000."),
        ("regions=18", "'18' is not a value of regions: write a number from 1 to 17."),
        ("accounts=0", "'0' is not a value of accounts: write a number from 1 to 50."),
        (
            "interface=5",
            "Scenario estate has no option 'interface'. Options: interfaces, regions, accounts, behaviour, ",
        ),
        ("behaviour=1999", "'1999' is not a value of behaviour: write 2024 or today."),
    ],
)
def test_invalid_options_of_a_scenario_are_told_in_a_sentence(options: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        Server(f"estate:{options}", clock=ManualClock())


def test_an_unknown_scenario_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"^There is no scenario 'incidnet'. Scenarios: incident, empty, "):
        Server("incidnet", clock=ManualClock())


def test_organization_has_members_of_which_some_endpoints_fail_one_refuses_and_one_is_suspended() -> None:
    account = finished_account("organization:accounts=12")
    states = [last_endpoint(member.region()).state for member in account.member_accounts.values()]
    assert states == ["Failed" if number % 5 == 1 else "Available" for number in range(12)]
    assert account.organization is not None
    members = list(account.organization.members.values())
    assert [member.refuses_roles for member in members] == [False] * 11 + [True, False]
    assert [member.state for member in members] == ["ACTIVE"] * 12 + ["SUSPENDED"]
    assert [member.name for member in members[:3]] == ["management", "payments", "ledger"]
