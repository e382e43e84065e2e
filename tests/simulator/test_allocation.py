"""EC2's rules of allocation, one by one, and all together against a slow reckoning."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.simulator import LowestFirst, ManualClock, RandomOrder, Scripted
from latticetop.simulator.account import Account
from latticetop.simulator.errors import ApiError
from latticetop.simulator.interfaces import InterfaceRequest, Wanted, assign, create_interface, unassign
from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.reservations import reserve

if TYPE_CHECKING:
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Interface

SUBNET = "subnet-1"
SHORT = "There aren't sufficient free Ipv4 addresses or prefixes"


def make(region: Region, **wanted: object) -> Interface:
    return create_interface(region, InterfaceRequest(subnet_id=SUBNET, wanted=Wanted(**wanted)))  # type: ignore[arg-type]


def refused(region: Region, **wanted: object) -> tuple[str, str]:
    with pytest.raises(ApiError) as caught:
        make(region, **wanted)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize(
    ("cidr", "blocks"),
    [("10.0.9.0/28", 0), ("10.0.9.0/27", 0), ("10.0.9.0/26", 2), ("10.0.9.0/25", 6), ("10.0.9.0/24", 14)],
)
def test_blocks_of_an_empty_subnet(region: Region, cidr: str, blocks: int) -> None:
    subnet = add_subnet(region, "vpc-1", cidr)
    assert len(region.pools[subnet.id].free_blocks()) == blocks


def test_a_sixteen_holds_4094_blocks() -> None:
    region = Account(clock=ManualClock()).region()
    vpc = add_vpc(region, "10.0.0.0/16")
    subnet = add_subnet(region, vpc.id, "10.0.0.0/16")
    assert len(region.pools[subnet.id].free_blocks()) == 4094
    assert region.available(subnet.id) == 65531


def test_first_four_and_last_are_never_handed_out(region: Region) -> None:
    handed = {make(region).address for _ in range(59)}
    assert handed == {f"10.0.0.{number}" for number in range(4, 63)}
    assert refused(region)[0] == "InsufficientFreeAddressesInSubnet"
    assert region.available(SUBNET) == 0


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
def test_addresses_asked_for_by_name(region: Region, address: str, code: str) -> None:
    make(region, addresses=("10.0.0.20",), prefixes=("10.0.0.32/28",))
    assert refused(region, addresses=(address,))[0] == code


@pytest.mark.parametrize(
    "prefix", ["10.0.0.0/28", "10.0.0.48/28", "10.0.0.24/28", "10.0.0.16/27", "10.0.1.0/28", "10.0.0.32/28"]
)
def test_prefixes_asked_for_by_name(region: Region, prefix: str) -> None:
    make(region, addresses=("10.0.0.37",))
    assert refused(region, prefixes=(prefix,))[0] == "InvalidParameterValue"


def test_a_prefix_takes_sixteen_and_the_primary_one(region: Region) -> None:
    assert region.available(SUBNET) == 59
    interface = make(region, prefix_count=1)
    assert interface.prefixes == ("10.0.0.16/28",)
    assert region.available(SUBNET) == 59 - 17
    region.drop_interface(interface.id)
    assert region.available(SUBNET) == 59


def test_shortness_is_worded_by_the_call(region: Region) -> None:
    interface = make(region, prefix_count=2)
    assert refused(region, prefix_count=1) == ("InvalidParameterValue", SHORT)
    with pytest.raises(ApiError) as caught:
        assign(region, interface.id, Wanted(prefix_count=1))
    assert caught.value.code == "InsufficientCidrBlocks"
    assert "does not have enough free cidr blocks" in caught.value.message
    with pytest.raises(ApiError) as caught:
        assign(region, interface.id, Wanted(count=40))
    assert caught.value.code == "InsufficientFreeAddressesInSubnet"


def test_all_or_nothing(region: Region) -> None:
    before = region.available(SUBNET)
    for wanted in ({"prefix_count": 3}, {"count": 60}, {"addresses": ("10.0.0.9", "10.0.0.3")}):
        refused(region, **wanted)
        assert region.available(SUBNET) == before
    assert region.interfaces == {}


def test_a_subnet_can_be_full_for_prefixes_with_addresses_free(region: Region) -> None:
    make(region, addresses=("10.0.0.20",))
    make(region, addresses=("10.0.0.36",))
    assert refused(region, prefix_count=1) == ("InvalidParameterValue", SHORT)
    assert region.available(SUBNET) == 57


def test_explicit_reservations_are_only_for_asking(region: Region) -> None:
    reserve(region, SUBNET, "10.0.0.16/30", "explicit")
    reserve(region, SUBNET, "10.0.0.4/30", "explicit")
    assert make(region, prefix_count=1).prefixes == ("10.0.0.32/28",)
    assert refused(region, prefix_count=1) == ("InvalidParameterValue", SHORT)
    assert make(region).address == "10.0.0.9"
    assert make(region, addresses=("10.0.0.17",)).address == "10.0.0.17"


def test_prefix_reservations_come_first_and_keep_single_addresses_out(region: Region) -> None:
    reserve(region, SUBNET, "10.0.0.32/28", "prefix")
    reserve(region, SUBNET, "10.0.0.4/30", "prefix")
    first, second = make(region, prefix_count=1), make(region, prefix_count=1)
    assert (first.prefixes, second.prefixes) == (("10.0.0.32/28",), ("10.0.0.16/28",))
    assert (first.address, second.address) == ("10.0.0.8", "10.0.0.9")


def test_a_prefix_reservation_smaller_than_a_block_still_draws_it(region: Region) -> None:
    reserve(region, SUBNET, "10.0.0.40/31", "prefix")
    assert make(region, prefix_count=1).prefixes == ("10.0.0.32/28",)


def test_a_deleted_reservation_governs_no_longer(region: Region) -> None:
    reservation = reserve(region, SUBNET, "10.0.0.0/26", "explicit")
    assert refused(region)[0] == "InsufficientFreeAddressesInSubnet"
    region.drop_reservation(reservation.id)
    assert make(region).address == "10.0.0.4"


@pytest.mark.parametrize(
    ("cidr", "kind"),
    [("10.0.0.0/25", "prefix"), ("10.0.0.17/28", "prefix"), ("10.0.0.16/28", "shared"), ("10.0.0.32/28", "prefix")],
)
def test_reservations_are_checked(region: Region, cidr: str, kind: str) -> None:
    reserve(region, SUBNET, "10.0.0.32/27", "explicit")
    with pytest.raises(ApiError):
        reserve(region, SUBNET, cidr, kind)


def test_secondary_addresses_and_prefixes_can_be_given_back(region: Region) -> None:
    interface = make(region, count=2)
    drawn = assign(region, interface.id, Wanted(prefix_count=1))
    assert region.available(SUBNET) == 59 - 3 - 16
    unassign(region, interface.id, interface.secondary, drawn.prefixes)
    assert region.available(SUBNET) == 58
    with pytest.raises(ApiError):
        unassign(region, interface.id, (interface.address or "",), ())


def test_an_order_is_followed_where_it_is_lawful(region: Region) -> None:
    region.account.order = Scripted(["10.0.0.48/28", "10.0.0.32/28", "10.0.0.44", "10.0.0.20"], LowestFirst())
    interface = make(region, prefix_count=1)
    assert (interface.address, interface.prefixes) == ("10.0.0.44", ("10.0.0.16/28",))
    assert make(region).address == "10.0.0.4"


def test_a_seed_gives_the_same_order(region: Region) -> None:
    def drawn(seed: int) -> list[str | None]:
        region.account.order = RandomOrder(seed)
        made = [make(region) for _ in range(5)]
        for interface in made:
            region.drop_interface(interface.id)
        return [interface.address for interface in made]

    assert drawn(1) == drawn(1) != drawn(2)


CIDRS = st.integers(26, 30).flatmap(
    lambda length: st.integers(0, (1 << length - 24) - 1).map(lambda place: f"10.0.7.{place << 32 - length}/{length}")
)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), CIDRS, st.sampled_from(["prefix", "explicit"])),
        st.tuples(st.just("make"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("ask"), st.integers(0, 255), st.booleans()),
        st.tuples(st.just("drop"), st.integers(0, 20), st.none()),
    ),
    max_size=25,
)


@given(seed=st.integers(0, 1000), length=st.integers(24, 28), actions=ACTIONS)
def test_nothing_forbidden_is_ever_handed_out(
    seed: int, length: int, actions: list[tuple[str, object, object]]
) -> None:
    account = Account(clock=ManualClock())
    region, account.order = account.region(), RandomOrder(seed)
    vpc = add_vpc(region, "10.0.0.0/16")
    network = ipaddress.IPv4Network(f"10.0.7.0/{length}")
    subnet = add_subnet(region, vpc.id, str(network), subnet_id=SUBNET)
    for action in actions:
        before = dict(region.interfaces)
        try:
            _act(region, *action)
        except ApiError:
            assert region.interfaces == before
        new = [region.interfaces[i] for i in region.interfaces.keys() - before.keys()]
        for interface in new:
            _check_lawful(region, network, list(before.values()), interface, asked=action[0] == "ask")
        used = sum(len(i.addresses) + 16 * len(i.prefixes) for i in region.interfaces.values())
        assert region.available(subnet.id) == network.num_addresses - 5 - used


def _act(region: Region, verb: str, first: object, second: object) -> None:
    if verb == "reserve":
        reserve(region, SUBNET, str(first), str(second))
    elif verb == "make":
        make(region, count=0 if second else first, prefix_count=second)
    elif verb == "ask" and second:
        make(region, prefixes=(f"10.0.7.{int(str(first)) // 16 * 16}/28",))
    elif verb == "ask":
        make(region, addresses=(f"10.0.7.{first}",))
    elif region.interfaces:
        region.drop_interface(list(region.interfaces)[int(str(first)) % len(region.interfaces)])


def _check_lawful(
    region: Region, network: ipaddress.IPv4Network, others: list[Interface], new: Interface, *, asked: bool
) -> None:
    every = list(network)
    reserved = {*every[:4], every[-1]}
    taken = {address for other in others for address in _held(other)}
    mine = _held(new)
    assert len(mine) == len(set(mine))
    assert not set(mine) & (taken | reserved)
    assert set(mine) <= set(every)
    assert all(int(ipaddress.IPv4Network(p).network_address) % 16 == 0 for p in new.prefixes)
    kept = {kind: _reserved_for(region, kind) for kind in ("explicit", "prefix")}
    if not asked:
        in_prefixes = set(mine) - {ipaddress.IPv4Address(a) for a in new.addresses}
        assert not in_prefixes & kept["explicit"]
        assert not (set(mine) - in_prefixes) & (kept["explicit"] | kept["prefix"])


def _held(interface: Interface) -> list[ipaddress.IPv4Address]:
    held = [ipaddress.IPv4Address(address) for address in interface.addresses]
    for prefix in interface.prefixes:
        held += list(ipaddress.IPv4Network(prefix))
    return held


def _reserved_for(region: Region, kind: str) -> set[ipaddress.IPv4Address]:
    ranges = [r.cidr for r in region.reservations.values() if r.kind == kind]
    return {address for cidr in ranges for address in ipaddress.IPv4Network(cidr)}
