"""Finding: filters as one types, walking from find to find, sorting by heads, going to a name, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from latticetop.dashboard.find.goto import Destination, DestinationKind, find_destinations, searched_counts, suggest_name
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.saved_state import SavedState
from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.dashboard.widgets.breadcrumbs import Breadcrumb, fit_breadcrumbs, without_repeats
from latticetop.model.records.address import parse_address
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from tests.dashboard.accounts import (
    ENDPOINT,
    RESOURCE_A,
    THIRTEEN,
    THIRTY_SIX,
    VPC,
    A,
    B,
    account,
    cluster,
    eni,
    incident,
    subnet,
)
from tests.dashboard.overviews.test_changes_screen import BEFORE, said, tell
from tests.dashboard.stage import FakeSource, Stage, playing, showing, update

ELSEWHERE = Scope("210987654321", "eu-west-1", "production")
SHOP = "subnet-0000000000000000a"


def elsewhere() -> Snapshot:
    """Another account and Region, whose range is the incident's too."""
    shop = subnet(SHOP, "10.10.10.0/24", 200, vpc_id="vpc-0000000000000000b", name="shop")
    held = eni("eni-0000000000000000c", SHOP, "10.10.10.200", instance_id="i-0000000000000000d", device_index=0)
    return account([SubnetReading(shop, (held,))], scope=ELSEWHERE)


def shown(stage: Stage, table: str) -> list[str]:
    """The keys of the rows of a table."""
    return list(stage.table(table).keys)


async def ended(stage: Stage, group: str) -> None:
    """Wait for the workers of a group; none is not all of them, as it is for Textual."""
    if workers := [worker for worker in stage.app.workers if worker.group == group]:
        await stage.app.workers.wait_for_complete(workers)
    await stage.pilot.pause()


async def test_a_filter_shows_what_matches_as_one_types_and_escape_shows_all() -> None:
    async with showing(incident()) as stage:
        await stage.press("tab", "slash", *"az:")
        assert shown(stage, "#subnet-table") == [A, B]
        await stage.press("b")
        assert shown(stage, "#subnet-table") == [B]
        assert '1 of 2 match "az:b"' in stage.pane("#subnets") and '1 of 2 match "az:b"' in stage.lines[-1]
        assert "10.10.10.64/26" in stage.pane("#blocks")
        await stage.press("enter")
        assert stage.app.focused is stage.table("#subnet-table") and "esc show all" in stage.lines[-1]
        await stage.show(incident())
        assert shown(stage, "#subnet-table") == [B]
        await stage.press("slash", *"stat:x")
        assert "No stat: here. Did you mean state:?" in stage.lines[-1]
        await stage.press(*["backspace"] * 6, *"nowhere", "enter")
        assert 'No subnet matches "nowhere"; esc shows all.' in stage.pane_words("#subnets")
        assert "Looked at: 2 subnets of us-east-1 in account 123456789012." in stage.pane_words("#subnets")
        await stage.press("escape")
        assert shown(stage, "#subnet-table") == [A, B] and "match" not in stage.pane("#subnets")
        await stage.press("shift+tab", "slash", *"verdict:failed state:FAILED", "enter")
        assert shown(stage, "#endpoint-table") == [ENDPOINT]
        await stage.press("slash", *"state:available")
        assert shown(stage, "#endpoint-table") == []
        await stage.press("escape")
        assert shown(stage, "#endpoint-table") == [ENDPOINT] and stage.screen_name == "MainScreen"


async def test_an_address_an_interface_or_an_owner_finds_the_subnet_and_the_block() -> None:
    async with showing(incident()) as stage:
        await stage.press("tab", "slash", *"10.10.10.100", "enter")
        assert shown(stage, "#subnet-table") == [B]
        assert "10.10.10.96/28  lattice" in stage.pane("#blocks")
        for text in (THIRTY_SIX, "owner:i-0ae4b4d9", "free:0", "fits:<1"):
            await stage.press("slash", *text, "enter")
            assert shown(stage, "#subnet-table") == [A], text


async def test_in_the_grid_a_find_is_gone_to_and_n_goes_to_the_next() -> None:
    async with showing(incident()) as stage:
        stage.grid.focus()
        await stage.press("slash", *"R", "enter")
        assert '2 of 4 match "R"' in stage.pane("#blocks")
        seen = [stage.grid.cursor]
        for key in ("n", "n", "N"):
            await stage.press(key)
            seen.append(stage.grid.cursor)
        assert seen == [3, 0, 3, 0]
        await stage.press("slash", *"owner:i-0ae4", "enter")
        assert stage.grid.cursor == 2
        await stage.press("slash", *"10.10.10.16", "enter", "escape")
        assert stage.grid.cursor == 1 and "match" not in stage.pane("#blocks")


async def test_many_interfaces_are_looked_through_in_a_thread() -> None:
    async with showing(account([cluster(), SubnetReading(subnet(A, "10.10.10.0/26", 59))])) as stage:
        reading = next(r for r in stage.app.current_scope.view.snapshot.subnets.values() if r.interfaces)  # type: ignore[union-attr]
        table = stage.table("#subnet-table")
        table.focus()
        await stage.press("slash", *reading.interfaces[-1].network_interface_id)
        await ended(stage, "words")
        await stage.pilot.pause()
        assert shown(stage, "#subnet-table") == [reading.subnet.subnet_id]


async def test_filter_and_order_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        region = stage.table("#subnet-table").region
        await stage.pilot.click(offset=(stage.lines[region.y].index("CIDR", region.x), region.y))
        assert "CIDR▴" in stage.pane("#subnets")
        await stage.pilot.click(offset=(region.x + 4, region.y))
        assert "subnet▴" in stage.pane("#subnets") and "CIDR▴" not in stage.pane("#subnets")
        await stage.press("slash", *"az:b", "enter", "o", "slash", *"free:0", "enter")
        await ended(stage, "memory")
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        assert shown(stage, "#subnet-table") == [B] and '1 of 2 match "az:b"' in stage.pane("#subnets")
        await stage.press("o")
        assert shown(stage, "#all-subnets-table") == [f"0 {A}"]
        await stage.press("escape")
        assert stage.screen_name == "AllSubnetsScreen" and len(shown(stage, "#all-subnets-table")) == 2
        await stage.press("escape")
        assert stage.screen_name == "MainScreen"
        await stage.press("tab", "escape")
        assert "subnet▴" in stage.pane("#subnets")


async def test_what_cannot_be_kept_is_said_once_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    async with showing(incident(), saved_state=SavedState(tmp_path / "file" / "state.json")) as stage:
        for _ in range(2):
            await stage.press("s")
            await ended(stage, "memory")
        assert said(stage) == ["Filters and orders could not be kept for the next start: File exists."]
        assert "by type ▴" in stage.pane("#endpoints")


async def test_changes_are_found_by_what_they_are_about() -> None:
    async with showing(BEFORE) as stage:
        await tell(stage)
        await stage.press("w")
        every = shown(stage, "#change-table")
        await stage.press("slash", *"kind:block-taken", "enter")
        taken = shown(stage, "#change-table")
        assert 0 < len(taken) < len(every)
        await stage.press("slash", *f"endpoint:{ENDPOINT}", "enter")
        assert shown(stage, "#change-table")
        await stage.press("slash", *"10.10.10.16/28", "enter")
        assert set(shown(stage, "#change-table")) & set(taken)
        await stage.press("escape")
        assert shown(stage, "#change-table") == every


async def test_g_goes_to_a_name_in_any_scope_and_completes_it() -> None:
    other = FakeSource(update(elsewhere()))
    async with playing(FakeSource(update(incident())), others=[FollowedScope(other, "production", "eu-west-1")]) as stage:
        await stage.until(lambda: all(each.view is not None for each in stage.app.scopes))
        await stage.press("g", *"vpce-0e3b")
        assert ENDPOINT in stage.lines[-1]
        await stage.press("enter")
        assert stage.screen_name == "EndpointScreen"
        await stage.press("g", *"10.10.10.100", "enter")
        assert stage.screen_name == "MainScreen" and stage.app.scope_index == 0
        assert "10.10.10.96/28  lattice" in stage.pane("#blocks") and stage.app.focused is stage.grid
        assert "There is 1 more such thing in production eu-west-1." in said(stage)
        await stage.press("g", *"i-0000000000000000d", "enter")
        assert stage.screen_name == "InterfaceScreen" and stage.app.scope_index == 1
        await stage.press("g", *VPC, "enter")
        assert stage.app.scope_index == 0 and shown(stage, "#subnet-table") == [A, B]
        assert f'2 of 2 match "vpc:{VPC[:9]}' in stage.pane("#subnets")
        await stage.press("g", *"eni-0123", "enter")
        assert "not known" in stage.lines[-1]
        told = said(stage)[-1]
        assert "eni-0123 is not among the 3 subnets, 1 endpoint and 5 interfaces of 2 scopes" in told
        assert "a reads every subnet" in told
        await stage.press("escape")
        await stage.press("g", *"production", "enter")
        assert stage.app.scope_index == 1


async def test_where_one_is_stands_above_and_a_click_goes_back() -> None:
    async with showing(incident(), (80, 24)) as stage:
        stage.grid.focus()
        await stage.press("enter")
        assert "latticetop › subnet-0a84…5b16 › block 10.10.10.32/28" in stage.lines[0]
        await stage.press("enter")
        assert "latticetop › … › block 10.10.10.32/28 › eni-0c2b…9035" in stage.lines[0]
        await stage.pilot.click(offset=(stage.lines[0].index("block"), 0))
        assert stage.screen_name == "BlockScreen"
        await stage.pilot.click(offset=(2, 0))
        assert stage.screen_name == "MainScreen" and "›" not in stage.lines[0]


async def test_the_mouse_scrolls_opens_and_presses_the_keys_of_the_last_line() -> None:
    readings = [SubnetReading(subnet(f"subnet-{n:017x}", f"10.9.{n}.0/24", 251)) for n in range(60)]
    async with showing(account(readings)) as stage:
        table = stage.table("#subnet-table")
        await stage.pilot.click(offset=(stage.lines[-1].index("all subnets"), 35))
        assert stage.screen_name == "AllSubnetsScreen"
        await stage.press("escape")
        for _ in range(4):
            wheel = events.MouseScrollDown(table, 5, 3, 0, 1, 0, False, False, False)
            table.post_message(wheel)
            await stage.pilot.pause()
        await stage.pilot.pause()
        assert table.scroll_offset.y > 0
        before = table.current
        await stage.pilot.click(table, offset=(6, 3))
        assert table.current != before


def watched(*snapshots: Snapshot) -> list[FollowedScope]:
    return [FollowedScope(FakeSource(), view=SnapshotView(each)) for each in snapshots]


def at_both(address: str) -> list[Destination]:
    """The block of an address in both scopes."""
    return [Destination(DestinationKind.ADDRESS, n, each, parse_address(address)) for n, each in enumerate((A, SHOP))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ENDPOINT.upper(), [Destination(DestinationKind.ENDPOINT, 0, ENDPOINT)]),
        (f" {A} ", [Destination(DestinationKind.SUBNET, 0, A)]),
        (RESOURCE_A, [Destination(DestinationKind.INTERFACE, 0, RESOURCE_A)]),
        ("i-0b71f2c6d80e9a534", [Destination(DestinationKind.INTERFACE, 0, THIRTEEN)]),
        (VPC, [Destination(DestinationKind.VPC, 0, VPC)]),
        ("Shop", [Destination(DestinationKind.SUBNET, 1, SHOP)]),
        ("10.10.10.200", [Destination(DestinationKind.ADDRESS, 1, SHOP, parse_address("10.10.10.200"))]),
        ("10.10.10.32/28", at_both("10.10.10.32")),
        ("10.10.0.0/16", at_both("10.10.10.0")),
        ("eu-west-1", [Destination(DestinationKind.SCOPE, 1)]),
        ("210987654321", [Destination(DestinationKind.SCOPE, 1)]),
        ("PRODUCTION", [Destination(DestinationKind.SCOPE, 1)]),
        ("10.99.0.1", []),
        ("10.10.10.33/28", []),
        ("", []),
        ("  ", []),
    ],
)  # fmt: skip
def test_where_a_name_leads(text: str, found: list[Destination]) -> None:
    assert find_destinations(text, watched(incident(), elsewhere()), 0) == found


def test_the_scope_on_screen_comes_first() -> None:
    assert [each.scope for each in find_destinations("10.10.10.36", watched(incident(), elsewhere()), 1)] == [1, 0]


def test_what_is_known_completes_a_name() -> None:
    known = watched(incident(), elsewhere())
    assert suggest_name("VPCE-0", known) == ENDPOINT
    assert suggest_name("sh", known) == "shop"
    assert suggest_name("eni-0f9", known) == RESOURCE_A
    assert suggest_name("zzz", known) is None
    assert searched_counts(known) == "3 subnets, 1 endpoint and 5 interfaces of 2 scopes"


def test_crumbs_give_way_from_the_middle() -> None:
    scope, breadcrumbs = ["prod", "123456789012", "us-east-1"], [Breadcrumb("vpce-1", 3), Breadcrumb("eni-1", 4)]
    assert fit_breadcrumbs(scope, breadcrumbs, 80) == (scope, breadcrumbs)
    assert fit_breadcrumbs(scope, breadcrumbs, 40) == (["prod"], breadcrumbs)
    assert fit_breadcrumbs(scope, breadcrumbs, 30) == ((), breadcrumbs)
    assert fit_breadcrumbs(scope, breadcrumbs, 23) == ((), [None, breadcrumbs[1]])
    assert fit_breadcrumbs(scope, breadcrumbs, 1) == ((), [None, breadcrumbs[1]])
    assert fit_breadcrumbs((), [], 1) == ((), [])
    assert without_repeats([Breadcrumb("a", 3), Breadcrumb("a", 4), Breadcrumb("b", 4)]) == [Breadcrumb("a", 3), Breadcrumb("b", 4)]
