"""The block under the cursor in detail, and the legend."""

from __future__ import annotations

import pytest
from rich.console import Group

from latticetop.dashboard.grid.block_detail import describe_block, legend
from latticetop.dashboard.theme.palette import Palette
from latticetop.dashboard.theme.themes import DARK
from latticetop.model.blocks.blocks import BlockMap
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import A, account, cluster, eni, incident, reservation, subnet

PALETTE = Palette(DARK)
INCIDENT = incident().subnets[A].blocks


def lines(blocks: BlockMap, index: int, height: int, width: int = 60) -> list[str]:
    detail = describe_block(blocks, blocks.block(index), PALETTE, height, width)
    assert isinstance(detail, Group)
    return [str(line) for line in detail.renderables]


def test_the_legend_has_the_states_of_the_map_in_lines_of_a_width() -> None:
    whole = "L Lattice  f fragmented  R reserved by AWS"
    assert [line.plain for line in legend(PALETTE, INCIDENT, len(whole))] == [whole]
    assert [line.plain for line in legend(PALETTE, INCIDENT, len(whole) - 1)] == [
        "L Lattice  f fragmented",
        "R reserved by AWS",
    ]


def test_the_legend_of_an_eks_subnet_has_every_state() -> None:
    words = " ".join(line.plain for line in legend(PALETTE, cluster().blocks, 60))
    for label in ("free", "Lattice", "other prefix", "fragmented", "full", "reserved by AWS", "prefix reservation",
                  "explicit reservation"):  # fmt: skip
        assert label in words


def test_a_fragmented_block_names_its_address_and_what_freeing_it_brings() -> None:
    text = lines(INCIDENT, 2, 12)
    assert text[0] == "10.10.10.32/28  fragmented: 1 of 16 addresses in use"
    assert ".32  . . . . # . . . . . . . . . . .  .47" in text
    hint = next(line for line in text if line.startswith("Easiest to free here: terminate or replace i-"))
    assert hint.endswith(" (10.10.10.36), which frees 10.10.10.32/28.")


def test_a_block_of_something_that_cannot_be_moved_says_what_to_do_instead() -> None:
    assert any(line.startswith("To free it: recreate VPC Lattice endpoint vpce-") for line in lines(INCIDENT, 1, 12))


def test_data_that_is_missing_leaves_open_what_frees_a_block() -> None:
    detail = describe_block(INCIDENT, INCIDENT.block(2), PALETTE, 12, 60, None)
    assert isinstance(detail, Group)
    assert not any("free" in str(line) for line in detail.renderables)


def test_a_block_of_a_lattice_endpoint_names_its_prefix() -> None:
    text = lines(INCIDENT, 1, 12)
    assert text[0].startswith("10.10.10.16/28  Lattice: prefix of")
    assert any(line.startswith("10.10.10.16/28  eni-") for line in text[1:])


@pytest.mark.parametrize("height", range(13))
def test_there_are_never_more_lines_than_asked_for(height: int) -> None:
    assert len(lines(INCIDENT, 2, height)) <= max(1, height)


def test_a_free_block_in_a_prefix_reservation_says_so_once() -> None:
    reading = SubnetReading(subnet(A, "10.0.0.0/26", 59), reservations=(reservation(A, "10.0.0.16/28", "prefix"),))
    title = lines(reading.blocks, 1, 12)[0]
    assert title.count("prefix reservation") == 1


def test_of_many_owners_the_first_are_named() -> None:
    interfaces = tuple(eni(f"eni-{n}", A, f"10.0.0.{20 + n}") for n in range(5))
    reading = account([SubnetReading(subnet(A, "10.0.0.0/26"), interfaces)]).subnets[A]
    assert "and 2 more: enter shows them" in lines(reading.blocks, 1, 12)
