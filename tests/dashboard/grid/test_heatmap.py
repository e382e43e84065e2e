"""The heatmap: where each block is, and what is drawn."""

from __future__ import annotations

from typing import Any

import pytest

from latticetop.dashboard.grid.grid_state import GridState
from latticetop.dashboard.grid.heatmap import Heatmap
from latticetop.dashboard.theme.palette import Palette
from latticetop.dashboard.theme.themes import DARK
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import A, eni, subnet

PALETTE = Palette(DARK)


def heatmap(cidr: str, **marks: Any) -> Heatmap:
    return Heatmap(GridState(SubnetReading(subnet(A, cidr)).blocks, PALETTE, **marks))


@pytest.mark.parametrize("cidr", ["10.0.0.0/20", "10.0.0.0/24", "10.0.0.64/26", "10.0.0.240/28"])
def test_every_block_is_where_a_click_finds_it(cidr: str) -> None:
    drawn = heatmap(cidr)
    for index in range(len(drawn.state.blocks)):
        region = drawn.region(index)
        assert drawn.index_at(region.x, region.y) == drawn.index_at(region.right - 1, region.y) == index
    assert drawn.index_at(0, 1) is None and drawn.index_at(60, 1) is None and drawn.index_at(20, 0) is None


def test_on_a_wide_screen_the_cells_are_wide_and_each_block_of_a_row_is_named() -> None:
    drawn = Heatmap(GridState(SubnetReading(subnet(A, "10.0.0.0/20")).blocks, PALETTE), 95)
    assert drawn.size.width == 95 and drawn.line(0).text.split() == [f".{n}" for n in range(0, 256, 16)]
    assert drawn.line(1).text == f"{'10.0.0.0':<15}" + " R<  " + " .   " * 15
    for index in range(256):
        region = drawn.region(index)
        assert drawn.index_at(region.x, region.y) == drawn.index_at(region.right - 1, region.y) == index
    assert Heatmap(drawn.state, 94).size.width == 47


def test_a_row_begins_at_a_multiple_of_256_addresses() -> None:
    drawn = heatmap("10.0.0.64/26")
    assert drawn.line(0).text.split() == [".0", ".64", ".128", ".192"]
    assert drawn.line(1).text.rstrip() == f"{'10.0.0.0':<15}" + " " * 8 + "R<. . R"
    assert drawn.line(2).text == ""


def test_marks_stand_beside_the_letters() -> None:
    marks = {"changed": frozenset({1}), "endpoint_blocks": frozenset({1, 2}), "planned": frozenset({3})}
    assert heatmap("10.0.0.0/24", **marks).line(1).text.split()[1].startswith("R<.*.·.+")


def test_only_blocks_of_another_letter_changed() -> None:
    before = SubnetReading(subnet(A, "10.0.0.0/20"))
    after = SubnetReading(subnet(A, "10.0.0.0/20"), (eni("eni-1", A, "10.0.1.20"),))
    drawn = Heatmap(GridState(after.blocks, PALETTE))
    assert drawn.changed_from(before.blocks) == {17} and drawn.changed_from(after.blocks) == set()


def test_a_block_that_was_found_is_marked_and_every_other_one_is_dim() -> None:
    drawn = heatmap("10.0.0.0/24", matches=frozenset({1, 3}), endpoint_blocks=frozenset({1, 2}))
    assert drawn.line(1).text.split()[1].startswith("R<./.·./.")
    assert drawn.state.style(1) == PALETTE.block(".") and drawn.state.style(2) == PALETTE["dim"]


def test_the_blocks_of_an_owner_are_marked_until_a_search_finds_others() -> None:
    owned = heatmap("10.0.0.0/24", owner_blocks=frozenset({2}))
    assert owned.state.mark(2) == "/" and owned.state.style(1) == PALETTE["dim"]
    searched = heatmap("10.0.0.0/24", owner_blocks=frozenset({2}), matches=frozenset({5}))
    assert searched.state.mark(2) == "" and searched.state.mark(5) == "/"
