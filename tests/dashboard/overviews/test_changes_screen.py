"""What changed: the list, where it leads, the file, the notice."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.follow.status import Phase
from tests.dashboard.accounts import ENDPOINT, NOW, RESOURCE_A, A, B, account, at, elsewhere, incident, with_state
from tests.dashboard.stage import FakeSource, Stage, playing, showing, update

NAME = f"latticetop-changes-{NOW:%Y%m%dT%H%M%SZ}"


START = "Start latticetop in a folder you may write to."
BEFORE = at(incident(before=True), -60)


async def export(stage: Stage) -> None:
    """Write JSON lines."""
    await stage.press("x")
    await stage.press_for_notice("enter")


async def tell(stage: Stage) -> None:
    """The endpoint is created, takes its blocks and fails."""
    await stage.show(at(with_state(incident(), "Pending"), -30))
    await stage.show(at(incident(), 0))


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with showing(BEFORE) as stage:
        await tell(stage)
        await stage.press("w")
        yield stage


async def test_the_newest_stands_first_and_says_who_took_what(stage: Stage) -> None:
    rows = [line for line in stage.lines if ":20:" in line]
    assert (
        "08:20:30" in rows[0] and "Pending → Failed: failed but accessible" in rows[0] and "vpce-0e3b…2c4a" in rows[0]
    )
    taken = stage.line("10.10.10.16/28 taken by")
    assert "08:20:00" in taken and "eni-0f99…89de of vpce-0e3b…2c4a" in taken and "subnet-0a84…5b16" in taken
    assert "subnet-0a84…5b16" in stage.line("no free /28 block left")


async def test_the_change_under_the_cursor_is_spelt_out(stage: Stage) -> None:
    assert f"{ENDPOINT} · prod-network us-east-1 · after 08:20:00 and by 2024-12-19 08:20:30 UTC" in stage.words
    await stage.press("end")
    assert f"new {RESOURCE_A} of {ENDPOINT}, for resources: 10.10.10.7, 10.10.10.16/28" in stage.words


async def test_before_anything_changed_it_says_so() -> None:
    async with showing(incident()) as stage:
        await stage.press("w")
        assert "Nothing has changed since the first read." in stage.words


async def test_what_comes_meanwhile_stands_on_top_and_the_cursor_follows_the_newest(stage: Stage) -> None:
    await stage.show(at(with_state(incident(), "Deleting"), 15))
    assert "Failed → Deleting" in stage.words
    assert stage.table("#change-table").cursor_row == 0
    await stage.press("down")
    await stage.show(at(with_state(incident(), "Deleted"), 30))
    assert stage.table("#change-table").cursor_row == 2


async def test_enter_leads_to_the_endpoint_and_back(stage: Stage) -> None:
    await stage.press("enter")
    assert stage.screen_name == "EndpointScreen"
    await stage.press("escape")
    assert stage.screen_name == "ChangesScreen"


async def test_enter_leads_to_the_subnet(stage: Stage) -> None:
    await stage.press("end", "enter")
    assert stage.screen_name == "MainScreen"
    assert stage.table("#subnet-table").current == A


async def test_from_a_screen_above_the_main_one_it_leads_to_the_main_one(stage: Stage) -> None:
    await stage.press("enter", "w", "end", "enter")
    assert stage.screen_name == "MainScreen"
    assert stage.table("#subnet-table").current == A


async def test_a_subnet_that_is_gone_cannot_be_shown() -> None:
    async with showing(at(incident(), -60)) as stage:
        whole = at(incident(), 0)
        await stage.show(structs.replace(whole, subnets={A: whole.subnets[A]}))
        await stage.press("w")
        assert "subnet removed: 10.10.10.64/26 in us-east-1b" in stage.words
        await stage.press("enter")
        assert stage.screen_name == "ChangesScreen"
        assert stage.notices == [f"AWS no longer lists {B}."]


async def test_a_change_of_another_scope_leads_there() -> None:
    other = FakeSource(update(at(elsewhere(), -60)))
    async with playing(
        FakeSource(update(incident())), others=[FollowedScope(other, "production", "eu-west-1")]
    ) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        fewer = at(elsewhere(), -30)
        other.send(update(structs.replace(fewer, subnets=dict(list(fewer.subnets.items())[:1]))))
        await stage.until(lambda: bool(stage.app.scopes[1].change_log.events))
        await stage.press("w")
        assert "production eu-west-1" in stage.line("subnet removed: 10.8.1.0/27")


async def test_w_again_opens_no_second_list(stage: Stage) -> None:
    await stage.press("w", "escape")
    assert stage.screen_name == "MainScreen"


async def test_reading_everything_is_no_change_and_what_comes_after_it_is() -> None:
    async with showing(at(incident(), -60)) as stage:
        one = at(account([incident().subnets[A]], incident().endpoints.values(), incident().associations.values()), 0)
        await stage.press("a")
        await stage.show(update(one, Phase.READING))
        await stage.show(update(one))
        assert not stage.app.current_scope.change_log.events
        await stage.show(at(incident(), 15))
        assert [entry.kind.value for entry in stage.app.current_scope.change_log.events] == ["subnet-added"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_the_export_is_a_new_file_each_time(folder: Path, stage: Stage) -> None:
    (folder / f"{NAME}.jsonl").write_text("mine")
    await export(stage)
    assert (folder / f"{NAME}.jsonl").read_text() == "mine"
    lines = [json.loads(line) for line in (folder / f"{NAME}-2.jsonl").read_text().splitlines()]
    assert len(lines) == 8
    assert lines[0]["change"] == "interfaces-added"
    assert lines[-1]["what"] == "Pending → Failed: failed but accessible"
    assert stage.notices == [f"Written to {folder / NAME}-2.jsonl."]


async def test_where_it_may_not_write_it_says_so(folder: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    await export(stage)
    assert stage.notices == [f"No file could be written here: Permission denied. {START}"]


async def test_where_the_folder_is_gone_it_says_so(folder: Path, stage: Stage) -> None:
    os.rmdir(folder)
    await export(stage)
    assert stage.notices == [f"No file could be written here: No such file or directory. {START}"]


async def test_of_very_many_changes_the_newest_are_listed_and_all_are_written(folder: Path) -> None:
    async with showing(at(incident(), -60)) as stage:
        states = ("Failed", "Available")
        for n in range(302):
            stage.app.current_scope.change_log.add_snapshot(at(with_state(incident(), states[n % 2]), n))
        await stage.press("w")
        assert "the newest 300 of 301, x exports all" in stage.words
        assert stage.table("#change-table").row_count == 300
        await export(stage)
        assert len((folder / f"{NAME}.jsonl").read_text().splitlines()) == 301
