"""Which subnets are read when: at an even pace, each within five minutes, in as few calls as there can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from latticetop.follow.schedule import (
    FILTER_VALUES,
    PAGE,
    SEEN_WITHIN,
    Known,
    Turns,
    by_turns,
    grouped,
    learn,
    pressing,
    used_addresses,
)
from latticetop.model.records.address import Cidr
from latticetop.model.records.resources import Subnet
from tests.follow.fakes import ENDPOINT, START, A, B, C, endpoint, interface, subnet

NAMES = [f"subnet-{number:04}" for number in range(3000)]
OLD = START - timedelta(hours=1)


def account(sizes: Sequence[int]) -> tuple[dict[str, Subnet], dict[str, Known]]:
    """Subnets that hold so many ENIs, all read at the start."""
    subnets = {name: Subnet(name, "vpc-1", None, 7) for name, _ in zip(NAMES, sizes, strict=False)}
    return subnets, {name: Known(START, size, size, 7) for name, size in zip(subnets, sizes, strict=True)}


def pages_of(subnet_ids: Sequence[str], known: Mapping[str, Known]) -> int:
    """The calls that reading these takes."""
    chunks = [subnet_ids[start : start + FILTER_VALUES] for start in range(0, len(subnet_ids), FILTER_VALUES)]
    return sum(max(1, -(-sum(known[i].interfaces for i in chunk) // PAGE)) for chunk in chunks)


def play(
    sizes: Sequence[int], interval: float, minutes: int, random: Random, focus: str | None = None
) -> tuple[float, list[int]]:
    """Read for so long while nothing changes: the greatest age a subnet comes to, and the calls of each read."""
    subnets, known = account(sizes)
    turns, now, oldest, calls = Turns(interval), START, 0.0, []
    turns.focus = focus
    turns.next(subnets, known, [], now)
    while now < START + timedelta(minutes=minutes):
        now += timedelta(seconds=interval * (0.9 + 0.2 * random.random()) + 1)
        oldest = max(oldest, *((now - each.read_at).total_seconds() for each in known.values()))
        chosen = turns.next(subnets, known, [], now)
        assert len(set(chosen)) == len(chosen)
        calls.append(pages_of(chosen, known))
        for subnet_id in chosen:
            known[subnet_id] = structs.replace(known[subnet_id], read_at=now)
    return oldest, calls


@given(
    st.lists(st.integers(0, 3 * PAGE), min_size=1, max_size=60), st.sampled_from([5.0, 15.0, 30.0]), st.integers(0, 99)
)
@settings(max_examples=30, deadline=None)
def test_every_subnet_is_seen_within_five_minutes_at_an_even_pace(sizes: list[int], interval: float, seed: int) -> None:
    minutes = 20
    oldest, calls = play(sizes, interval, minutes, Random(seed))
    assert oldest <= SEEN_WITHIN
    rounds = minutes * 60 / (SEEN_WITHIN - 1.5 * interval)
    assert sum(calls) <= (rounds + 1) * pages_of(NAMES[: len(sizes)], account(sizes)[1]) + len(calls)
    even = sum(sizes) * 1.5 * interval / SEEN_WITHIN + max(sizes)
    assert max(calls) <= even // PAGE + 2


@pytest.mark.parametrize("focus", [None, NAMES[0]])
def test_a_quiet_account_of_ten_thousand_takes_one_call_each_time(focus: str | None) -> None:
    oldest, calls = play([133] * 12 + [700] * 12, 15.0, 20, Random(1), focus)
    assert set(calls) == {1}
    assert oldest <= SEEN_WITHIN


def test_a_quiet_account_of_a_hundred_thousand_takes_a_first_read_and_one_a_cycle_in_five_minutes() -> None:
    oldest, calls = play([700] * 144, 15.0, 30, Random(1))
    cycles = int(SEEN_WITHIN / (15 + 1))
    assert max(sum(calls[i : i + cycles]) for i in range(len(calls) - cycles)) <= 101 + cycles
    assert max(calls) <= 7
    assert oldest <= SEEN_WITHIN


def test_thousands_of_empty_subnets_go_two_hundred_at_a_time() -> None:
    oldest, calls = play([0] * 2000, 15.0, 10, Random(1))
    assert set(calls) == {1}
    assert oldest <= SEEN_WITHIN


def test_a_small_account_is_read_whole_each_time() -> None:
    subnets, known = account([300, 300, 300])
    turns = Turns(15.0)
    for second in range(0, 600, 15):
        assert set(turns.next(subnets, known, [], START + timedelta(seconds=second))) == set(subnets)


def test_after_a_long_pause_everything_is_read() -> None:
    subnets, known = account([700] * 50)
    turns = Turns(15.0)
    turns.next(subnets, known, [], START)
    assert set(turns.next(subnets, known, [], START + timedelta(hours=1))) == set(subnets)


def test_reads_further_apart_than_five_minutes_read_everything() -> None:
    subnets, known = account([700] * 50)
    turns = Turns(600.0)
    for minute in (0, 10, 20):
        assert set(turns.next(subnets, known, [], START + timedelta(minutes=minute))) == set(subnets)


def test_what_presses_comes_first() -> None:
    subnets = {each.subnet_id: each for each in (subnet(C, "10.0.2.0/24", 9), subnet(B, "10.0.1.0/24", 8))}
    subnets |= {A: subnet(A, "10.0.0.0/24", 7), "subnet-new": subnet("subnet-new", "10.0.3.0/24", 1)}
    known = {A: Known(START, 1, 1, 7), B: Known(START, 1, 1, 8), C: Known(START, 1, 1, 0)}
    assert pressing(subnets, known, [], None) == [C, "subnet-new"]
    assert pressing(subnets, known, [], A) == [A, C, "subnet-new"]
    assert pressing(subnets, known, [], "subnet-elsewhere") == [C, "subnet-new"]
    pending = [endpoint("Pending"), endpoint("Available", id="vpce-2")]
    assert pressing(subnets, known, pending, B) == [B, A, C, "subnet-new"]
    assert pressing(subnets, known, [endpoint("failed", id=ENDPOINT)], None) == [C, "subnet-new"]


def test_what_does_not_add_up_comes_before_the_oldest() -> None:
    _, known = account([PAGE] * 3)
    known[NAMES[2]] = structs.replace(known[NAMES[2]], settled=False)
    known[NAMES[1]] = structs.replace(known[NAMES[1]], read_at=START - timedelta(seconds=60))
    assert by_turns(known, [], 0.0, OLD) == ([NAMES[2]], 0.0)
    assert by_turns(known, [], 0.4, OLD)[0] == [NAMES[2], NAMES[1]]
    assert by_turns(known, [NAMES[2]], 0.0, OLD)[0] == []


def test_a_subnet_adds_up_once_two_reads_agree() -> None:
    reading = subnet(A, "10.10.10.0/26", 50)
    seen = [interface("eni-1", A, "10.10.10.36"), interface("eni-2", A, "10.10.10.7", prefix="10.10.10.16/28")]
    whole = learn(structs.replace(reading, available_ip_address_count=59 - 18), seen, None, START)
    assert (whole.seen, whole.interfaces, whole.free, whole.settled) == (18, 2, 41, True)
    first = learn(structs.replace(reading, available_ip_address_count=40), seen, None, START)
    assert not first.settled
    assert learn(structs.replace(reading, available_ip_address_count=40), seen, first, START).settled
    assert not learn(structs.replace(reading, available_ip_address_count=39), seen, first, START).settled
    ahead = learn(structs.replace(reading, available_ip_address_count=59), seen, None, START)
    assert ahead.settled


def test_addresses_in_use_are_what_aws_does_not_call_free() -> None:
    assert used_addresses(subnet(A, "10.10.10.0/26", 40)) == 19
    assert used_addresses(subnet(A, "10.10.10.0/26", 60)) == 0
    assert used_addresses(Subnet(A, "vpc-1", None, 0)) == 0


@given(st.lists(st.integers(0, 65_000), max_size=500))
@settings(max_examples=60, deadline=None)
def test_groups_hold_every_subnet_once_in_order_and_none_too_many(sizes: list[int]) -> None:
    cidr = Cidr(0, 16)
    subnets = {
        name: Subnet(name, "vpc-1", cidr, cidr.size - 5 - size) for name, size in zip(NAMES, sizes, strict=False)
    }
    groups = list(grouped(subnets, subnets, {}))
    assert [subnet_id for group in groups for subnet_id in group] == list(subnets)
    assert all(0 < len(group) <= FILTER_VALUES for group in groups)
    for group in groups:
        assert len(group) == 1 or sum(used_addresses(subnets[i]) for i in group) <= 12 * PAGE


def test_a_long_read_has_groups_enough_and_a_short_one_stays_together() -> None:
    subnets, known = account([700] * 144)
    groups = list(grouped(subnets, subnets, known))
    assert 16 <= len(groups) <= 20
    assert len(list(grouped(NAMES[:11], subnets, known))) == 1
