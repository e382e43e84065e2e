"""Cards: their captions, and where each is."""

from __future__ import annotations

import pytest

from latticetop.dashboard.grid.cards import MAX_CARDS, Cards, caption
from latticetop.dashboard.grid.grid_state import GridState
from latticetop.dashboard.theme.palette import Palette
from latticetop.dashboard.theme.themes import DARK
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import A, eni, incident, reservation, subnet

PALETTE = Palette(DARK)


def state(cidr: str = "10.0.0.0/24", cursor: int = 0) -> GridState:
    return GridState(SubnetReading(subnet(A, cidr)).blocks, PALETTE, cursor)


def test_captions() -> None:
    blocks = incident().subnets[A].blocks
    assert [caption(blocks.block(index)) for index in range(4)] == [".7 .13", "vpce-0e3b", "only .36", ".63"]
    full = tuple(eni(f"eni-{n}", A, f"10.0.0.{16 + n}") for n in range(16))
    several = eni("eni-a", A, prefixes=["10.0.0.48/29"]), eni("eni-b", A, prefixes=["10.0.0.56/29"])
    reserved = (reservation(A, "10.0.0.64/28", "explicit"), reservation(A, "10.0.0.80/28", "prefix"))
    reading = SubnetReading(subnet(A, "10.0.0.0/24"), (*full, *several), reserved)
    captions = [caption(reading.blocks.block(index)) for index in range(7)]
    assert captions == [".3", "16 in use", "free", "several", "explicit", "prefix", "free"]


@pytest.mark.parametrize("width", [11, 40, 120, 300])
def test_every_card_is_where_a_click_finds_it(width: int) -> None:
    cards = Cards(state(), width)
    for index in range(MAX_CARDS):
        region = cards.region(index)
        assert cards.index_at(region.x, region.y) == cards.index_at(region.right - 1, region.bottom - 1) == index
        assert region.right <= cards.size.width and region.bottom <= cards.size.height
    assert cards.index_at(cards.size.width + 1, 0) is None
    assert cards.index_at(0, cards.size.height + cards.region(0).height) is None


def test_only_cards_that_look_different_changed() -> None:
    before = SubnetReading(subnet(A, "10.0.0.0/26"), (eni("eni-1", A, "10.0.0.20"),))
    after = SubnetReading(subnet(A, "10.0.0.0/26"), (eni("eni-1", A, "10.0.0.21"),))
    cards = Cards(GridState(after.blocks, PALETTE), 120)
    assert cards.changed_from(before.blocks) == {1}
    assert cards.changed_from(after.blocks) == set()
