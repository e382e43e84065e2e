"""The terminal changes its size while one reads and while updates come."""

from __future__ import annotations

from datetime import timedelta

from msgspec import structs

from latticetop.model.records.resources import Association
from tests.dashboard.accounts import TAKEN, A, B, account, endpoint, incident, with_state
from tests.dashboard.stage import showing, update

SIZES = ((60, 20), (300, 90), (80, 24), (200, 60), (41, 12), (120, 36))


async def test_what_is_read_stays_at_every_size() -> None:
    """The cursor stays on its subnet and block; where the open grid needs the width, the endpoints come back after."""
    async with showing(incident()) as stage:
        await stage.press("tab", "down", "enter", "end")
        subnet, block = stage.table("#subnet-table").current, stage.grid.cursor
        assert (subnet, block) == (B, 3)
        for number, (width, height) in enumerate(SIZES):
            await stage.pilot.resize_terminal(width, height)
            state = "Pending" if number % 2 else "Failed"
            moment = TAKEN + timedelta(seconds=15 * number)
            known = with_state(incident(), state)
            await stage.show(update(structs.replace(known, taken_at=moment)))
            assert {len(line) for line in stage.lines} == {width} and len(stage.lines) == height
            if width >= 100:
                assert state in stage.pane("#endpoints"), (width, height)
            assert (stage.table("#subnet-table").current, stage.grid.cursor) == (subnet, block)
            assert stage.grid.has_focus
            if height > 12:
                assert "10.10.10.112/28" in stage.pane("#blocks"), (width, height)
                assert {A[-2:], B[-2:]} <= {word[-2:] for word in stage.pane_words("#subnets").split()}, (width, height)
        await stage.pilot.resize_terminal(80, 24)
        await stage.press("escape")
        assert "Pending" in stage.pane("#endpoints") and stage.table("#subnet-table").has_focus


async def test_from_60_columns_on_nothing_that_matters_is_cut_off() -> None:
    async with showing(incident(), size=(60, 20)) as stage:
        for width, height in ((60, 20), (72, 20), (80, 24), (99, 30), (100, 30)):
            await stage.pilot.resize_terminal(width, height)
            await stage.pilot.pause()
            endpoints, subnets = stage.pane("#endpoints"), stage.pane("#subnets")
            assert "Failed" in endpoints and "3 of 3" in endpoints, (width, height)
            for reading in incident().subnets.values():
                row = next(line for line in subnets.splitlines() if str(reading.subnet.cidr_block) in line)
                assert str(reading.blocks.free) in row.split(), (width, height)
            assert "just now" in stage.lines[0]
            assert "help" in stage.lines[-1] and "quit" in stage.lines[-1]


async def test_at_60_columns_a_long_list_has_room_for_all_it_counts() -> None:
    """With a scrollbar, and the longest of the usual states."""
    ids = [f"vpce-{n:017x}" for n in range(30)]
    associations = [Association(f"vpce-rsc-asc-{each}", each, accessibility="Accessible") for each in ids]
    async with showing(account([], [endpoint(each) for each in ids], associations), size=(60, 20)) as stage:
        rows = [line for line in stage.pane("#endpoints").splitlines() if "Available" in line]
        assert len(rows) > 3 and all("1 of 1" in row for row in rows)
        table = stage.table("#endpoint-table")
        assert table.virtual_size.width <= table.scrollable_content_region.width


async def test_no_column_is_wider_than_there_is_room_for_at_any_width() -> None:
    async with showing(incident()) as stage:
        for width in range(60, 220, 6):
            await stage.pilot.resize_terminal(width, 30)
            await stage.pilot.pause()
            for selector in ("#endpoint-table", "#subnet-table"):
                table = stage.table(selector)
                assert table.virtual_size.width <= table.scrollable_content_region.width, (width, selector)
