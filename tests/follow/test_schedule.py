"""Which subnets are read when: each within five minutes, evenly spread, in as few calls as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from latticetop.follow.schedule import (
    MAX_AGE,
    LastRead,
    ReadSchedule,
    due_subnets,
    group_subnets,
    last_read_of,
    urgent_subnets,
    used_addresses,
)
from latticetop.model.records.address import Cidr
from latticetop.model.records.aws_actions import EC2_PAGE_SIZE, MAX_FILTER_VALUES
from latticetop.model.records.resources import Subnet
from tests.follow.fakes import ENDPOINT, A, B, C, endpoint, interface, subnet

NAMES = [f"subnet-{number:04}" for number in range(3000)]
START = 1_000_000.0
"""A monotonic time in seconds."""
OLD = START - 3600


def account(sizes: Sequence[int]) -> tuple[dict[str, Subnet], dict[str, LastRead]]:
    """Subnets with these numbers of ENIs, all read at the start."""
    subnets = {name: Subnet(name, "vpc-1", None, 7) for name, _ in zip(NAMES, sizes, strict=False)}
    return subnets, {name: LastRead(START, size, size, 7) for name, size in zip(subnets, sizes, strict=True)}


def pages_of(subnet_ids: Sequence[str], last_reads: Mapping[str, LastRead]) -> int:
    """The number of calls to read these subnets."""
    chunks = [subnet_ids[start : start + MAX_FILTER_VALUES] for start in range(0, len(subnet_ids), MAX_FILTER_VALUES)]
    return sum(max(1, -(-sum(last_reads[i].interfaces for i in chunk) // EC2_PAGE_SIZE)) for chunk in chunks)


def simulate(
    sizes: Sequence[int], interval: float, minutes: int, random: Random, focus: str | None = None
) -> tuple[float, list[int]]:
    """Run cycles without changes; return the greatest age of a subnet in seconds, and the calls of each cycle."""
    subnets, last_reads = account(sizes)
    schedule, now, oldest, calls = ReadSchedule(interval), START, 0.0, []
    schedule.focus = focus
    schedule.next(subnets, last_reads, [], now)
    while now < START + 60 * minutes:
        now += interval * (0.9 + 0.2 * random.random()) + 1
        oldest = max(oldest, *(now - last.read_at for last in last_reads.values()))
        subnet_ids = schedule.next(subnets, last_reads, [], now)
        assert len(set(subnet_ids)) == len(subnet_ids)
        calls.append(pages_of(subnet_ids, last_reads))
        for subnet_id in subnet_ids:
            last_reads[subnet_id] = structs.replace(last_reads[subnet_id], read_at=now)
    return oldest, calls


@given(
    st.lists(st.integers(0, 3 * EC2_PAGE_SIZE), min_size=1, max_size=60),
    st.sampled_from([5.0, 15.0, 30.0]),
    st.integers(0, 99),
)
@settings(max_examples=30, deadline=None)
def test_every_subnet_is_read_within_five_minutes_with_evenly_spread_calls(
    sizes: list[int], interval: float, seed: int
) -> None:
    minutes = 20
    oldest, calls = simulate(sizes, interval, minutes, Random(seed))
    assert oldest <= MAX_AGE
    rounds = minutes * 60 / (MAX_AGE - 1.5 * interval)
    assert sum(calls) <= (rounds + 1) * pages_of(NAMES[: len(sizes)], account(sizes)[1]) + len(calls)
    even = sum(sizes) * 1.5 * interval / MAX_AGE + max(sizes)
    assert max(calls) <= even // EC2_PAGE_SIZE + 2


@pytest.mark.parametrize("focus", [None, NAMES[0]])
def test_10000_unchanged_interfaces_take_one_call_a_cycle(focus: str | None) -> None:
    oldest, calls = simulate([133] * 12 + [700] * 12, 15.0, 20, Random(1), focus)
    assert set(calls) == {1}
    assert oldest <= MAX_AGE


def test_100000_unchanged_interfaces_take_one_full_read_in_five_minutes() -> None:
    oldest, calls = simulate([700] * 144, 15.0, 30, Random(1))
    cycles = int(MAX_AGE / (15 + 1))
    assert max(sum(calls[i : i + cycles]) for i in range(len(calls) - cycles)) <= 101 + cycles
    assert max(calls) <= 7
    assert oldest <= MAX_AGE


def test_2000_empty_subnets_take_one_call_a_cycle() -> None:
    oldest, calls = simulate([0] * 2000, 15.0, 10, Random(1))
    assert set(calls) == {1}
    assert oldest <= MAX_AGE


def test_a_small_account_is_read_completely_in_every_cycle() -> None:
    subnets, last_reads = account([300, 300, 300])
    schedule = ReadSchedule(15.0)
    for second in range(0, 600, 15):
        assert set(schedule.next(subnets, last_reads, [], START + second)) == set(subnets)


def test_after_a_long_pause_everything_is_read() -> None:
    subnets, last_reads = account([700] * 50)
    schedule = ReadSchedule(15.0)
    schedule.next(subnets, last_reads, [], START)
    assert set(schedule.next(subnets, last_reads, [], START + 3600)) == set(subnets)


def test_with_an_interval_over_five_minutes_every_cycle_reads_everything() -> None:
    subnets, last_reads = account([700] * 50)
    schedule = ReadSchedule(600.0)
    for minute in (0, 10, 20):
        assert set(schedule.next(subnets, last_reads, [], START + 60 * minute)) == set(subnets)


def test_urgent_subnets_and_their_order() -> None:
    subnets = {s.subnet_id: s for s in (subnet(C, "10.0.2.0/24", 9), subnet(B, "10.0.1.0/24", 8))}
    subnets |= {A: subnet(A, "10.0.0.0/24", 7), "subnet-new": subnet("subnet-new", "10.0.3.0/24", 1)}
    last_reads = {A: LastRead(START, 1, 1, 7), B: LastRead(START, 1, 1, 8), C: LastRead(START, 1, 1, 0)}
    assert urgent_subnets(subnets, last_reads, [], None) == [C, "subnet-new"]
    assert urgent_subnets(subnets, last_reads, [], A) == [A, C, "subnet-new"]
    assert urgent_subnets(subnets, last_reads, [], "subnet-elsewhere") == [C, "subnet-new"]
    pending = [endpoint("Pending"), endpoint("Available", id="vpce-2")]
    assert urgent_subnets(subnets, last_reads, pending, B) == [B, A, C, "subnet-new"]
    assert urgent_subnets(subnets, last_reads, [endpoint("failed", id=ENDPOINT)], None) == [C, "subnet-new"]


def test_subnets_that_do_not_add_up_come_before_the_oldest() -> None:
    _, last_reads = account([EC2_PAGE_SIZE] * 3)
    last_reads[NAMES[2]] = structs.replace(last_reads[NAMES[2]], settled=False)
    last_reads[NAMES[1]] = structs.replace(last_reads[NAMES[1]], read_at=START - 60)
    assert due_subnets(last_reads, [], 0.0, OLD) == ([NAMES[2]], 0.0)
    assert due_subnets(last_reads, [], 0.4, OLD)[0] == [NAMES[2], NAMES[1]]
    assert due_subnets(last_reads, [NAMES[2]], 0.0, OLD)[0] == []


def test_a_subnet_is_settled_once_two_reads_agree() -> None:
    reading = subnet(A, "10.10.10.0/26", 50)
    interfaces = [interface("eni-1", A, "10.10.10.36"), interface("eni-2", A, "10.10.10.7", prefix="10.10.10.16/28")]
    complete = last_read_of(structs.replace(reading, available_ip_address_count=59 - 18), interfaces, None, START)
    assert (complete.addresses, complete.interfaces, complete.free, complete.settled) == (18, 2, 41, True)
    first = last_read_of(structs.replace(reading, available_ip_address_count=40), interfaces, None, START)
    assert not first.settled
    assert last_read_of(structs.replace(reading, available_ip_address_count=40), interfaces, first, START).settled
    assert not last_read_of(structs.replace(reading, available_ip_address_count=39), interfaces, first, START).settled
    ahead = last_read_of(structs.replace(reading, available_ip_address_count=59), interfaces, None, START)
    assert ahead.settled


def test_used_addresses_are_those_that_aws_does_not_count_as_free() -> None:
    assert used_addresses(subnet(A, "10.10.10.0/26", 40)) == 19
    assert used_addresses(subnet(A, "10.10.10.0/26", 60)) == 0
    assert used_addresses(Subnet(A, "vpc-1", None, 0)) == 0


@given(st.lists(st.integers(0, 65_000), max_size=500))
@settings(max_examples=60, deadline=None)
def test_groups_have_every_subnet_once_in_order_within_the_limits(sizes: list[int]) -> None:
    cidr = Cidr(0, 16)
    subnets = {
        name: Subnet(name, "vpc-1", cidr, cidr.size - 5 - size) for name, size in zip(NAMES, sizes, strict=False)
    }
    groups = list(group_subnets(subnets, subnets, {}))
    assert [subnet_id for group in groups for subnet_id in group] == list(subnets)
    assert all(0 < len(group) <= MAX_FILTER_VALUES for group in groups)
    for group in groups:
        assert len(group) == 1 or sum(used_addresses(subnets[i]) for i in group) <= 12 * EC2_PAGE_SIZE


def test_a_long_read_is_split_and_a_short_one_is_not() -> None:
    subnets, last_reads = account([700] * 144)
    groups = list(group_subnets(subnets, subnets, last_reads))
    assert 16 <= len(groups) <= 20
    assert len(list(group_subnets(NAMES[:11], subnets, last_reads))) == 1
