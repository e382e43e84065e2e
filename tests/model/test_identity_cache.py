"""Values kept by the identity of their objects, and what the model keeps that way."""

from __future__ import annotations

from weakref import ref

from latticetop.model.blocks.blocks import BlockMap, map_blocks
from latticetop.model.capacity.behaviour import observed_behaviour
from latticetop.model.capacity.defragment import defragment
from latticetop.model.capacity.supply import supply_of
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.address import parse_cidr
from tests.model.builders import A, eni, snapshot


def a_map() -> BlockMap:
    return map_blocks(parse_cidr("10.0.0.0/26"), (eni("eni-1", A, "10.0.0.20", "10.0.0.37"),))


def test_equal_objects_have_values_of_their_own() -> None:
    cache, one, other = IdentityCache[BlockMap, str](), a_map(), a_map()
    cache[one] = "first"
    assert one == other
    assert cache.get(one) == "first" and one in cache
    assert cache.get(other) is None and other not in cache


def test_a_value_is_dropped_with_its_object() -> None:
    cache, one = IdentityCache[BlockMap, str](), a_map()
    cache[one] = "first"
    assert len(cache) == 1
    del one
    assert len(cache) == 0


def test_a_value_can_be_replaced_and_removed() -> None:
    cache, one = IdentityCache[BlockMap, str](), a_map()
    cache[one] = "first"
    cache[one] = "second"
    assert cache.get(one) == "second" and len(cache) == 1
    cache.pop(one)
    cache.pop(one)
    assert cache.get(one) is None
    cache[one] = "third"
    del one
    assert len(cache) == 0


def test_of_the_latest_values_so_many_are_kept() -> None:
    cache, maps = IdentityCache[BlockMap, int](most=2), [a_map() for _ in range(4)]
    for number, each in enumerate(maps):
        cache[each] = number
    assert [cache.get(each) for each in maps] == [None, None, 2, 3]
    del each, maps
    assert len(cache) == 0


def test_the_model_calculates_once_and_keeps_no_object_alive() -> None:
    blocks, account = a_map(), snapshot()
    assert supply_of(blocks) is supply_of(blocks)
    assert defragment(blocks) is defragment(blocks)
    assert observed_behaviour(account) is observed_behaviour(account)
    dead = ref(blocks), ref(account)
    del blocks, account
    assert [reference() for reference in dead] == [None, None]
