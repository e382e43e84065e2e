"""Filters of tables and of the grid: while a query is typed, after a restart, and by what they search."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from latticetop.dashboard.find import filtering
from latticetop.dashboard.state.saved_state import SavedState
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import ENDPOINT, THIRTY_SIX, A, B, account, cluster, incident, subnet
from tests.dashboard.overviews.test_changes_screen import BEFORE, tell
from tests.dashboard.stage import Stage, showing


def shown(stage: Stage, table: str) -> list[str]:
    """The keys of the rows of a table."""
    return list(stage.table(table).keys)


async def ended(stage: Stage, group: str) -> None:
    """Wait for the workers of a group; none is not all of them, as it is for Textual."""
    if workers := [worker for worker in stage.app.workers if worker.group == group]:
        await stage.app.workers.wait_for_complete(workers)
    await stage.pilot.pause()


async def test_a_filter_applies_while_it_is_typed_and_escape_removes_it() -> None:
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
        assert "Unknown key stat: did you mean state:?" in stage.lines[-1]
        await stage.press(*["backspace"] * 6, *"nowhere", "enter")
        assert 'No subnet matches "nowhere"; esc shows all.' in stage.pane_words("#subnets")
        assert "Searched: 2 subnets of us-east-1 in account 123456789012." in stage.pane_words("#subnets")
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
        assert "10.10.10.96/28  Lattice" in stage.pane("#blocks")
        for text in (THIRTY_SIX, "owner:i-0ae4b4d9", "free:0", "free:<1"):
            await stage.press("slash", *text, "enter")
            assert shown(stage, "#subnet-table") == [A], text


async def test_in_the_grid_a_filter_goes_to_a_match_and_n_to_the_next() -> None:
    async with showing(incident()) as stage:
        stage.grid.focus()
        await stage.press("slash", *"R", "enter")
        assert '2 of 4 match "R"' in stage.pane("#blocks")
        assert stage.pane("#grid").count("/ R /") == 2, "every match is marked"
        assert "esc end search" in stage.lines[-1] and "show all" not in stage.lines[-1], "no block is hidden"
        cursors = [stage.grid.cursor]
        for key in ("n", "n", "N"):
            await stage.press(key)
            cursors.append(stage.grid.cursor)
        assert cursors == [0, 3, 0, 3]
        await stage.press("slash", *"owner:i-0ae4", "enter")
        assert stage.grid.cursor == 2
        await stage.press("slash", *"10.10.10.16", "enter", "escape")
        assert stage.grid.cursor == 1 and "match" not in stage.pane("#blocks")
        assert "/ " not in stage.pane("#grid") and "esc end search" not in stage.lines[-1]


async def test_the_text_of_many_interfaces_is_made_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtering, "MAX_INTERFACES_AT_ONCE", 0)
    async with showing(account([cluster(), SubnetReading(subnet(A, "10.10.10.0/26", 59))])) as stage:
        reading = next(r for r in stage.app.current_scope.view.snapshot.subnets.values() if r.interfaces)  # type: ignore[union-attr]
        table = stage.table("#subnet-table")
        table.focus()
        await stage.press("slash", *reading.interfaces[-1].network_interface_id)
        await ended(stage, "interface texts")
        await stage.pilot.pause()
        assert shown(stage, "#subnet-table") == [reading.subnet.subnet_id]


async def test_what_was_kept_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        region = stage.table("#subnet-table").region
        await stage.pilot.click(offset=(stage.lines[region.y].index("CIDR", region.x), region.y))
        assert "CIDR▴" in stage.pane("#subnets")
        await stage.pilot.click(offset=(region.x + 4, region.y))
        assert "subnet▴" in stage.pane("#subnets") and "CIDR▴" not in stage.pane("#subnets")
        await stage.press("slash", *"az:b", "enter", "K", "o", "slash", *"free:0", "enter", "K")
        await ended(stage, "save state")
        assert stage.notices.count("The filter is saved for the next start.") == 2
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


async def test_a_filter_that_was_not_kept_outlives_its_screen_and_not_the_app(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        await stage.press("o", "slash", *"free:0", "enter", "escape", "escape")
        await stage.press("o", "slash", *"az:b", "enter", "backspace", "o")
        assert shown(stage, "#all-subnets-table") == [f"0 {B}"]
    assert not path.exists()
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        await stage.press("o")
        assert len(shown(stage, "#all-subnets-table")) == 2


@pytest.mark.parametrize("focus", ["#endpoint-table", "#subnet-table", "#grid"])
async def test_escape_shows_all_again_wherever_the_focus_is(focus: str, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"filters": {"subnets": "owner:lambda"}}')
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        stage.app.screen.set_focus(stage.app.screen.query_one(focus))
        await stage.pilot.pause()
        assert 'No subnet matches "owner:lambda"; esc shows all.' in stage.text
        assert "esc show all" in stage.lines[-1]
        await stage.press("escape")
        assert shown(stage, "#subnet-table") == [A, B] and "esc show all" not in stage.lines[-1]
        assert "does nothing" not in stage.text


async def test_a_filter_that_cannot_be_saved_is_reported_once_and_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    async with showing(incident(), saved_state=SavedState(tmp_path / "file" / "state.json")) as stage:
        for _ in range(2):
            await stage.press("s", "K")
            await ended(stage, "save state")
        assert stage.notices == ["Filters and sort orders cannot be saved: File exists."]
        assert "by type ▴" in stage.pane("#endpoints")


async def test_changes_are_found_by_kind_endpoint_and_range() -> None:
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


async def test_a_paste_without_brackets_filters_once_and_not_for_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    queries: list[str] = []
    apply = filtering.FilterPrompt._apply

    def counted(prompt: filtering.FilterPrompt, text: str) -> None:
        queries.append(text)
        apply(prompt, text)

    monkeypatch.setattr(filtering.FilterPrompt, "_apply", counted)
    async with showing(incident()) as stage:
        await stage.press("tab", "slash")
        for _ in range(2_000):
            stage.app.post_message(events.Key("x", "x"))
        await stage.poll_until(lambda: "x" * 2_000 in queries)
        assert len(queries) < 20
        assert shown(stage, "#subnet-table") == []
        await stage.press("escape")
        assert shown(stage, "#subnet-table") == [A, B]


@pytest.mark.parametrize("focus", ["#endpoint-table", "#subnet-table", "#why"])
async def test_a_query_that_arrives_in_one_piece_is_typed_into_the_prompt(focus: str) -> None:
    """As a paste and a busy machine deliver it: its letters are keys of the screen."""
    async with showing(incident()) as stage:
        focused = stage.app.screen.query_one(focus)
        stage.app.screen.set_focus(focused if focused.can_focus else focused.query_one("*"))
        await stage.pilot.pause()
        for key in ("slash", *"ownr", "slash"):
            stage.app.post_message(events.Key(key, "/" if key == "slash" else key))
        await stage.until(lambda: "/ ownr/" in stage.lines[-1])
        assert stage.screen_name == "MainScreen"
