"""The page of an ENI: it leads on to its owner, its subnet and its blocks, by key and by click."""

from __future__ import annotations

import pytest

from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import RESOURCE_A, A, account, eni, incident, subnet
from tests.dashboard.stage import Stage, showing


async def open_interface(stage: Stage, interface_id: str) -> None:
    await stage.press("J", *interface_id, "enter")
    await stage.until(lambda: stage.screen_name == "InterfaceScreen")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)], ids=str)
async def test_enter_on_a_link_goes_to_endpoint_subnet_and_block(size: tuple[int, int]) -> None:
    async with showing(incident(), size) as stage:
        await open_interface(stage, RESOURCE_A)
        pane = stage.pane("#attributes-pane")
        assert all(text in pane for text in ("endpoint", "vpce-0e3b1bfc42d162c4a", A, "10.10.10.16/28"))
        await stage.press("enter")
        assert stage.screen_name == "EndpointScreen"
        await stage.press("escape")
        assert stage.screen_name == "InterfaceScreen"
        await stage.press("down", "enter")
        assert stage.screen_name == "MainScreen" and stage.table("#subnet-table").current == A


async def test_a_block_is_shown_in_the_grid() -> None:
    async with showing(incident()) as stage:
        await open_interface(stage, RESOURCE_A)
        await stage.press("down", "down", "d")
        assert stage.screen_name == "MainScreen" and stage.grid.has_focus and stage.grid.cursor == 1


async def test_the_owner_is_shown_among_the_owners_of_the_subnet() -> None:
    interfaces = [eni(f"eni-{n}", A, f"10.0.0.{16 * n + 1}", instance_id=f"i-{n}") for n in (1, 2, 3)]
    async with showing(account([SubnetReading(subnet(A, "10.0.0.0/25", 120), tuple(interfaces))])) as stage:
        await open_interface(stage, "eni-2")
        await stage.press("enter")
        assert stage.screen_name == "OwnersScreen"
        row = stage.table("#owner-table").current_row
        assert row is not None and row.cells["owner"].plain == "i-2"
        await stage.press("down")
        await stage.show(account([SubnetReading(subnet(A, "10.0.0.0/25", 120), tuple(interfaces))]))
        row = stage.table("#owner-table").current_row
        assert row is not None and row.cells["owner"].plain == "i-3", "the cursor moves on its own from there"


async def test_down_from_the_last_link_goes_to_the_attributes() -> None:
    async with showing(incident(), (80, 24)) as stage:
        await open_interface(stage, RESOURCE_A)
        await stage.press(*["down"] * 6)
        assert stage.app.focused is not None and "scroll" in stage.app.focused.classes


async def test_a_click_on_a_link_follows_it() -> None:
    async with showing(incident()) as stage:
        await open_interface(stage, RESOURCE_A)
        row = next(y for y, line in enumerate(stage.lines) if "vpce-0e3b1bfc42d162c4a" in line)
        await stage.pilot.click(offset=(stage.lines[row].index("vpce-0e3b1bfc42d162c4a"), row))
        await stage.pilot.pause()
        assert stage.screen_name == "EndpointScreen"
