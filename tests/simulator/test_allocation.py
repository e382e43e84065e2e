"""EC2's allocation rules: each rule alone, and all of them against a naive implementation."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.simulator import LowestFirst, ManualClock, RandomOrder, ScriptedOrder, SimulatedAccount
from latticetop.simulator.errors import NOT_ENOUGH_ADDRESSES_OR_PREFIXES, ApiError
from latticetop.simulator.network_interfaces import (
    AddressRequest,
    NetworkInterfaceRequest,
    assign_addresses,
    create_interface,
    unassign_addresses,
)
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.vpcs import add_subnet, add_vpc
from latticetop.simulator.world import RuleSettings

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedNetworkInterface
    from latticetop.simulator.region import SimulatedRegion

SUBNET = "subnet-1"


def create(region: SimulatedRegion, **request: Any) -> SimulatedNetworkInterface:
    return create_interface(
        region, NetworkInterfaceRequest(subnet_id=SUBNET, address_request=AddressRequest(**request))
    )


def creation_error(region: SimulatedRegion, **request: Any) -> tuple[str, str]:
    with pytest.raises(ApiError) as raised:
        create(region, **request)
    return raised.value.code, raised.value.message


@pytest.mark.parametrize(
    ("cidr", "blocks"),
    [("10.0.9.0/28", 0), ("10.0.9.0/27", 0), ("10.0.9.0/26", 2), ("10.0.9.0/25", 6), ("10.0.9.0/24", 14)],
)
def test_free_blocks_of_an_empty_subnet(region: SimulatedRegion, cidr: str, blocks: int) -> None:
    subnet = add_subnet(region, "vpc-1", cidr)
    assert len(region.address_pools[subnet.id].free_blocks()) == blocks


def test_a_16_subnet_has_4094_free_blocks() -> None:
    region = SimulatedAccount(clock=ManualClock()).region()
    vpc = add_vpc(region, "10.0.0.0/16")
    subnet = add_subnet(region, vpc.id, "10.0.0.0/16")
    assert len(region.address_pools[subnet.id].free_blocks()) == 4094
    assert region.available_address_count(subnet.id) == 65531


def test_reserved_addresses_are_never_assigned(region: SimulatedRegion) -> None:
    assigned = {create(region).primary_address for _ in range(59)}
    assert assigned == {f"10.0.0.{number}" for number in range(4, 63)}
    assert creation_error(region)[0] == "InsufficientFreeAddressesInSubnet"
    assert region.available_address_count(SUBNET) == 0


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("10.0.0.3", "InvalidParameterValue"),
        ("10.0.0.63", "InvalidParameterValue"),
        ("10.0.1.9", "InvalidParameterValue"),
        ("ten", "InvalidParameterValue"),
        ("10.0.0.20", "InvalidIPAddress.InUse"),
        ("10.0.0.40", "InvalidIPAddress.InUse"),
    ],
)
def test_invalid_given_addresses(region: SimulatedRegion, address: str, code: str) -> None:
    create(region, addresses=("10.0.0.20",), prefixes=("10.0.0.32/28",))
    assert creation_error(region, addresses=(address,))[0] == code


@pytest.mark.parametrize(
    "prefix", ["10.0.0.0/28", "10.0.0.48/28", "10.0.0.24/28", "10.0.0.16/27", "10.0.1.0/28", "10.0.0.32/28"]
)
def test_invalid_given_prefixes(region: SimulatedRegion, prefix: str) -> None:
    create(region, addresses=("10.0.0.37",))
    assert creation_error(region, prefixes=(prefix,))[0] == "InvalidParameterValue"


def test_a_prefix_uses_16_addresses_beside_the_primary_address(region: SimulatedRegion) -> None:
    assert region.available_address_count(SUBNET) == 59
    interface = create(region, prefix_count=1)
    assert interface.prefixes == ("10.0.0.16/28",)
    assert region.available_address_count(SUBNET) == 59 - 17
    region.delete_interface(interface.id)
    assert region.available_address_count(SUBNET) == 59


def test_each_call_has_its_own_error_without_free_blocks(region: SimulatedRegion) -> None:
    interface = create(region, prefix_count=2)
    assert creation_error(region, prefix_count=1) == ("InvalidParameterValue", NOT_ENOUGH_ADDRESSES_OR_PREFIXES)
    with pytest.raises(ApiError) as raised:
        assign_addresses(region, interface.id, AddressRequest(prefix_count=1))
    assert raised.value.code == "InsufficientCidrBlocks"
    assert "does not have enough free cidr blocks" in raised.value.message
    with pytest.raises(ApiError) as raised:
        assign_addresses(region, interface.id, AddressRequest(address_count=40))
    assert raised.value.code == "InsufficientFreeAddressesInSubnet"


def test_a_failed_request_assigns_nothing(region: SimulatedRegion) -> None:
    before = region.available_address_count(SUBNET)
    for request in ({"prefix_count": 3}, {"address_count": 60}, {"addresses": ("10.0.0.9", "10.0.0.3")}):
        creation_error(region, **request)
        assert region.available_address_count(SUBNET) == before
    assert region.interfaces == {}


def test_no_free_block_while_addresses_are_free(region: SimulatedRegion) -> None:
    create(region, addresses=("10.0.0.20",))
    create(region, addresses=("10.0.0.36",))
    assert creation_error(region, prefix_count=1) == ("InvalidParameterValue", NOT_ENOUGH_ADDRESSES_OR_PREFIXES)
    assert region.available_address_count(SUBNET) == 57


def test_explicit_reservations_are_excluded_from_automatic_assignment(region: SimulatedRegion) -> None:
    add_reservation(region, SUBNET, "10.0.0.16/30", "explicit")
    add_reservation(region, SUBNET, "10.0.0.4/30", "explicit")
    assert create(region, prefix_count=1).prefixes == ("10.0.0.32/28",)
    assert creation_error(region, prefix_count=1) == ("InvalidParameterValue", NOT_ENOUGH_ADDRESSES_OR_PREFIXES)
    assert create(region).primary_address == "10.0.0.9"
    assert create(region, addresses=("10.0.0.17",)).primary_address == "10.0.0.17"


def test_prefix_reservations_come_first_and_exclude_single_addresses(region: SimulatedRegion) -> None:
    add_reservation(region, SUBNET, "10.0.0.32/28", "prefix")
    add_reservation(region, SUBNET, "10.0.0.4/30", "prefix")
    first, second = create(region, prefix_count=1), create(region, prefix_count=1)
    assert (first.prefixes, second.prefixes) == (("10.0.0.32/28",), ("10.0.0.16/28",))
    assert (first.primary_address, second.primary_address) == ("10.0.0.8", "10.0.0.9")


def test_a_prefix_reservation_smaller_than_a_block(region: SimulatedRegion) -> None:
    add_reservation(region, SUBNET, "10.0.0.40/31", "prefix")
    assert create(region, prefix_count=1).prefixes == ("10.0.0.32/28",)


def test_a_prefix_reservation_lowers_the_count_at_once(region: SimulatedRegion) -> None:
    """VPC User Guide, subnet CIDR reservations: the count decreases immediately."""
    create(region, addresses=("10.0.0.36",))
    assert region.available_address_count(SUBNET) == 58
    reservation = add_reservation(region, SUBNET, "10.0.0.32/28", "prefix")
    assert region.available_address_count(SUBNET) == 58 - 15
    region.delete_reservation(reservation.id)
    assert region.available_address_count(SUBNET) == 58


def test_what_is_assigned_from_a_prefix_reservation_counts_once(region: SimulatedRegion) -> None:
    add_reservation(region, SUBNET, "10.0.0.16/28", "prefix")
    assert region.available_address_count(SUBNET) == 59 - 16
    interface = create(region, prefix_count=1)
    assert interface.prefixes == ("10.0.0.16/28",)
    assert region.available_address_count(SUBNET) == 59 - 16 - 1


def test_what_is_released_in_a_prefix_reservation_is_not_assigned_again(region: SimulatedRegion) -> None:
    """EKS User Guide: reserve over addresses in use, so that released ones are not reassigned."""
    interface = create(region, addresses=("10.0.0.4",))
    add_reservation(region, SUBNET, "10.0.0.4/30", "prefix")
    assert region.available_address_count(SUBNET) == 59 - 4
    region.delete_interface(interface.id)
    assert region.available_address_count(SUBNET) == 59 - 4
    assert create(region).primary_address == "10.0.0.8"


def test_an_explicit_reservation_lowers_the_count_when_addresses_are_assigned(region: SimulatedRegion) -> None:
    """VPC User Guide, subnet CIDR reservations: the count decreases when the addresses are assigned."""
    add_reservation(region, SUBNET, "10.0.0.32/28", "explicit")
    assert region.available_address_count(SUBNET) == 59
    create(region, addresses=("10.0.0.33",))
    assert region.available_address_count(SUBNET) == 58


@pytest.mark.parametrize(
    ("rules", "count"),
    [
        (RuleSettings(), 59 - 28),
        (RuleSettings(reserved_addresses_twice=True), 59 - 32),
        (RuleSettings(reservations_lower_count=False), 59),
        (RuleSettings(reservations_lower_count=False, reserved_addresses_twice=True), 59),
    ],
)
def test_the_readings_of_a_reservation_over_reserved_addresses(
    region: SimulatedRegion, rules: RuleSettings, count: int
) -> None:
    """The first half of a /26 holds four of the five addresses that AWS reserves."""
    region.world.rules = rules
    add_reservation(region, SUBNET, "10.0.0.0/27", "prefix")
    assert region.available_address_count(SUBNET) == count


@pytest.mark.parametrize("twice", [False, True])
def test_a_subnet_reserved_as_a_whole_has_no_address_available(region: SimulatedRegion, twice: bool) -> None:
    """As awslabs/eks-perf-tests#511 reports; its blocks are assignable all the same."""
    region.world.rules = RuleSettings(reserved_addresses_twice=twice)
    add_reservation(region, SUBNET, "10.0.0.0/26", "prefix")
    assert region.available_address_count(SUBNET) == 0
    assert len(region.address_pools[SUBNET].free_blocks()) == 2
    assert creation_error(region)[0] == "InsufficientFreeAddressesInSubnet"


def test_a_deleted_reservation_has_no_effect(region: SimulatedRegion) -> None:
    reservation = add_reservation(region, SUBNET, "10.0.0.0/26", "explicit")
    assert creation_error(region)[0] == "InsufficientFreeAddressesInSubnet"
    region.delete_reservation(reservation.id)
    assert create(region).primary_address == "10.0.0.4"


@pytest.mark.parametrize(
    ("cidr", "reservation_type"),
    [("10.0.0.0/25", "prefix"), ("10.0.0.17/28", "prefix"), ("10.0.0.16/28", "shared"), ("10.0.0.32/28", "prefix")],
)
def test_invalid_reservations(region: SimulatedRegion, cidr: str, reservation_type: str) -> None:
    add_reservation(region, SUBNET, "10.0.0.32/27", "explicit")
    with pytest.raises(ApiError):
        add_reservation(region, SUBNET, cidr, reservation_type)


def test_unassigning_secondary_addresses_and_prefixes(region: SimulatedRegion) -> None:
    interface = create(region, address_count=2)
    assigned = assign_addresses(region, interface.id, AddressRequest(prefix_count=1))
    assert region.available_address_count(SUBNET) == 59 - 3 - 16
    unassign_addresses(region, interface.id, interface.secondary_addresses, assigned.prefixes)
    assert region.available_address_count(SUBNET) == 58
    with pytest.raises(ApiError):
        unassign_addresses(region, interface.id, (interface.primary_address or "",), ())


def test_a_scripted_order_skips_what_is_not_assignable(region: SimulatedRegion) -> None:
    region.world.address_order = ScriptedOrder(
        ["10.0.0.48/28", "10.0.0.32/28", "10.0.0.44", "10.0.0.20"], LowestFirst()
    )
    interface = create(region, prefix_count=1)
    assert (interface.primary_address, interface.prefixes) == ("10.0.0.44", ("10.0.0.16/28",))
    assert create(region).primary_address == "10.0.0.4"


def test_the_same_seed_gives_the_same_order(region: SimulatedRegion) -> None:
    def addresses(seed: int) -> list[str | None]:
        region.world.address_order = RandomOrder(seed)
        interfaces = [create(region) for _ in range(5)]
        for interface in interfaces:
            region.delete_interface(interface.id)
        return [interface.primary_address for interface in interfaces]

    assert addresses(1) == addresses(1) != addresses(2)


CIDRS = st.integers(26, 30).flatmap(
    lambda length: st.integers(0, (1 << length - 24) - 1).map(lambda index: f"10.0.7.{index << 32 - length}/{length}")
)


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), CIDRS, st.sampled_from(["prefix", "explicit"])),
        st.tuples(st.just("create"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("assign"), st.integers(0, 255), st.booleans()),
        st.tuples(st.just("drop"), st.integers(0, 20), st.none()),
    ),
    max_size=25,
)


@given(seed=st.integers(0, 1000), length=st.integers(24, 28), actions=ACTIONS)
def test_no_rule_is_ever_violated(seed: int, length: int, actions: list[tuple[str, object, object]]) -> None:
    account = SimulatedAccount(clock=ManualClock())
    region = account.region()
    account.world.address_order = RandomOrder(seed)
    vpc = add_vpc(region, "10.0.0.0/16")
    network = ipaddress.IPv4Network(f"10.0.7.0/{length}")
    add_subnet(region, vpc.id, str(network), subnet_id=SUBNET)
    for action in actions:
        before = dict(region.interfaces)
        try:
            _run(region, *action)
        except ApiError:
            assert region.interfaces == before
        new = [region.interfaces[i] for i in region.interfaces.keys() - before.keys()]
        for interface in new:
            _check_rules(region, network, list(before.values()), interface, is_given=action[0] == "assign")
        _check_counts(region, network)


def _run(region: SimulatedRegion, action: str, first: object, second: object) -> None:
    if action == "reserve":
        add_reservation(region, SUBNET, str(first), str(second))
    elif action == "create":
        create(region, address_count=0 if second else first, prefix_count=second)
    elif action == "assign" and second:
        create(region, prefixes=(f"10.0.7.{int(str(first)) // 16 * 16}/28",))
    elif action == "assign":
        create(region, addresses=(f"10.0.7.{first}",))
    elif region.interfaces:
        region.delete_interface(list(region.interfaces)[int(str(first)) % len(region.interfaces)])


def _check_rules(
    region: SimulatedRegion,
    network: ipaddress.IPv4Network,
    others: list[SimulatedNetworkInterface],
    new: SimulatedNetworkInterface,
    *,
    is_given: bool,
) -> None:
    subnet_addresses = list(network)
    reserved = {*subnet_addresses[:4], subnet_addresses[-1]}
    used = {address for other in others for address in _addresses_of(other)}
    new_addresses = _addresses_of(new)
    assert len(new_addresses) == len(set(new_addresses))
    assert not set(new_addresses) & (used | reserved)
    assert set(new_addresses) <= set(subnet_addresses)
    assert all(int(ipaddress.IPv4Network(p).network_address) % 16 == 0 for p in new.prefixes)
    excluded = {kind: _reserved_addresses(region, kind) for kind in ("explicit", "prefix")}
    if not is_given:
        in_prefixes = set(new_addresses) - {ipaddress.IPv4Address(a) for a in new.addresses}
        assert not in_prefixes & excluded["explicit"]
        assert not (set(new_addresses) - in_prefixes) & (excluded["explicit"] | excluded["prefix"])


def _check_counts(region: SimulatedRegion, network: ipaddress.IPv4Network) -> None:
    """Compare AvailableIpAddressCount under each reading with the sets of addresses."""
    subnet_addresses = list(network)
    reserved = {*subnet_addresses[:4], subnet_addresses[-1]}
    used = {address for interface in region.interfaces.values() for address in _addresses_of(interface)}
    unused = len(subnet_addresses) - 5 - len(used)
    in_prefix_reservations = _reserved_addresses(region, "prefix") - used
    expected = {
        RuleSettings(): unused - len(in_prefix_reservations - reserved),
        RuleSettings(reserved_addresses_twice=True): max(0, unused - len(in_prefix_reservations)),
        RuleSettings(reservations_lower_count=False): unused,
    }
    pool = region.address_pools[SUBNET]
    assert {rules: pool.available_address_count(rules) for rules in expected} == expected


def _addresses_of(interface: SimulatedNetworkInterface) -> list[ipaddress.IPv4Address]:
    addresses = [ipaddress.IPv4Address(address) for address in interface.addresses]
    for prefix in interface.prefixes:
        addresses += list(ipaddress.IPv4Network(prefix))
    return addresses


def _reserved_addresses(region: SimulatedRegion, reservation_type: str) -> set[ipaddress.IPv4Address]:
    ranges = [r.cidr for r in region.reservations.values() if r.reservation_type == reservation_type]
    return {address for cidr in ranges for address in ipaddress.IPv4Network(cidr)}
