"""Taking things away: `y`, the menu of `Y`, the files of `x`, on every screen."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs
from textual.widgets import OptionList

from latticetop.dashboard.export.actions import write_new_file
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import Problem, ProblemKind
from tests.dashboard.accounts import ENDPOINT, NOW, RESOURCE_A, VPC, A, B, account, elsewhere, incident
from tests.dashboard.stage import FakeSource, Stage, showing, update
from tests.follow.conftest import full_disk

AT = f"{NOW:%Y%m%dT%H%M%SZ}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
async def stage(folder: Path) -> AsyncIterator[Stage]:
    async with showing(incident()) as stage:
        yield stage


async def copied(stage: Stage, *keys: str) -> str:
    """What is on the clipboard after some keys, and is said to be."""
    stage.app._clipboard = ""
    await stage.press_for_notice(*keys)
    assert len(stage.notices) == 1
    assert stage.notices[0].startswith("Copied ")
    return stage.app.clipboard


async def written(stage: Stage, *keys: str) -> Path:
    """The file that some keys write, and that is said to be written."""
    await stage.press_for_notice("x", *keys, "enter")
    assert len(stage.notices) == 1
    path = Path(stage.notices[0].removeprefix("Written to ").removesuffix("."))
    assert path.is_absolute()
    return path


def lines(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


def options(stage: Stage) -> dict[str, str]:
    """The lines of the menu that is open: what, and its text."""
    listed = stage.app.screen.query_one(OptionList)
    items = [str(listed.get_option_at_index(index).prompt) for index in range(listed.option_count)]
    width = max(len(line.split("  ")[0]) for line in items) + 2
    return {line[:width].strip(): line[width:].strip() for line in items}


async def test_y_copies_what_is_under_the_cursor_of_the_pane_at_hand(stage: Stage) -> None:
    assert await copied(stage, "y") == ENDPOINT
    assert stage.notices == ["Copied vpce-0e3b…2c4a."]
    assert await copied(stage, "tab", "y") == A
    assert await copied(stage, "enter", "home", "right", "y") == "10.10.10.16/28"
    assert await copied(stage, "right", "enter", "y") == "10.10.10.36"


async def test_the_menu_has_what_else_there_is(stage: Stage) -> None:
    await stage.press("tab", "Y")
    assert stage.screen_name == "MenuScreen"
    items = options(stage)
    assert list(items)[:4] == ["id", "ARN", "CIDR", "VPC"]
    assert items["ARN"] == f"arn:aws:ec2:us-east-1:123456789012:subnet/{A}"
    assert items["AWS CLI"] == f"aws ec2 describe-subnets --subnet-ids {A} --region us-east-1"
    assert "Copy of subnet-0a84…5b16" in stage.text
    await stage.press("escape")
    assert stage.screen_name == "MainScreen"
    assert not stage.notices
    assert await copied(stage, "Y", "j", "enter") == items["ARN"]
    assert stage.screen_name == "MainScreen"
    row = json.loads(await copied(stage, "Y", "end", "up", "up", "up", "enter"))
    assert (row["subnet_id"], row["map"]) == (A, "RLfR")
    assert stage.notices[0].startswith("Copied JSON, ")


async def test_a_menu_is_in_the_middle_of_the_screen(stage: Stage) -> None:
    await stage.press("x")
    menu, screen = stage.app.screen.query_one("#choice").region, stage.app.screen.region
    assert abs(menu.x - (screen.right - menu.right)) <= 1 and menu.x > 0
    assert abs(menu.y - (screen.bottom - menu.bottom)) <= 1 and menu.y > 0


async def test_a_command_is_offered_without_the_variables_that_are_copied_with_it(folder: Path) -> None:
    scope = structs.replace(incident().scope, endpoint_url="http://127.0.0.1:5000")
    async with showing(structs.replace(incident(), scope=scope), size=(80, 24)) as stage:
        await stage.press("tab", "tab", "Y")
        assert "aws ec2 describe-subnets" in stage.text and "AWS_ACCESS_KEY_ID" not in stage.text
        text = await copied(stage, "end", "enter")
        assert text.startswith("AWS_ACCESS_KEY_ID=") and text.endswith("--endpoint-url http://127.0.0.1:5000")
        assert stage.notices[0].startswith("Copied latticetop plan")


async def test_the_view_at_hand_is_written_in_every_form(folder: Path, stage: Stage) -> None:
    (folder / f"latticetop-endpoints-us-east-1-{AT}.json").write_text("mine")
    path = await written(stage)
    assert path == folder / f"latticetop-endpoints-us-east-1-{AT}-2.json"
    document = json.loads(path.read_text())
    assert (document["schema"], document["at"]) == ("latticetop.view/1", "2024-12-19T08:20:33Z")
    assert [row["verdict"] for row in document["rows"]] == ["failed-but-accessible"]
    path = await written(stage, "down")
    assert path.name == f"latticetop-endpoints-us-east-1-{AT}.csv"
    await stage.press("tab", "s")
    shown = list(stage.table("#subnet-table").keys)
    rows = lines(await written(stage, "down"))
    assert [row["subnet_id"] for row in rows] == shown
    assert {row["subnet_id"]: row["blocks.free"] for row in rows} == {A: "0", B: "1"}
    assert {row["subnet_id"]: (row["free_blocks_min"], row["owner_id"]) for row in rows} == {A: ("0", ""), B: ("1", "")}
    text = (await written(stage, "down", "down")).read_text().splitlines()
    assert text[0] == "# Subnets of us-east-1, 2024-12-19 08:20:33 UTC"
    assert len(text) == 6
    await stage.press("enter")
    blocks = json.loads((await written(stage)).read_text())["rows"]
    assert [block["letter"] for block in blocks] == list("RLfR")
    assert blocks[1]["owners"] == [ENDPOINT]
    picture = (await written(stage, "end")).read_text()
    assert picture.startswith("<svg")
    assert "10.10.10.16/28" in picture
    assert "Write&#160;what" not in picture, "the menu is not on it"


async def test_whether_a_row_counts_follows_from_what_is_selected(folder: Path) -> None:
    for subnet_ids, counts in (((A,), True), (("subnet-0elsewhere",), False)):
        async with showing(incident(), selection=Selection(subnet_ids=subnet_ids)) as stage:
            rows = json.loads((await written(stage)).read_text())["rows"]
            assert [row["counts"] for row in rows] == [counts]


async def test_where_it_may_not_write_it_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    await stage.press_for_notice("x", "enter")
    start = "Start latticetop in a folder you may write to."
    assert stage.notices == [f"No file could be written here: Permission denied. {start}"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the state is kept elsewhere here")
async def test_without_a_clipboard_a_file_is_named(folder: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    await stage.press_for_notice("y")
    path = folder / "state" / "latticetop" / "clipboard.txt"
    assert stage.notices == [f"This terminal has no clipboard for programs: vpce-0e3b…2c4a is in {path}."]
    assert path.read_text() == ENDPOINT
    (folder / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "file"))
    await stage.press_for_notice("y")
    assert stage.notices[0].startswith("Nothing was copied: this terminal has no clipboard for programs, and no file ")


async def test_everything_on_an_endpoint_can_be_taken(stage: Stage) -> None:
    await stage.press("enter")
    assert await copied(stage, "y") == RESOURCE_A
    rows = json.loads((await written(stage)).read_text())["rows"]
    assert [row["network_interface_id"] for row in rows] == list(stage.table("#interface-table").keys)
    await stage.press("enter")
    assert stage.screen_name == "InterfaceScreen"
    assert await copied(stage, "y") == RESOURCE_A
    assert "Owner,vpce-" in (await written(stage, "down")).read_text()
    await stage.press("escape", "tab")
    association = stage.table("#association-table").current
    assert await copied(stage, "y") == association
    assert len(json.loads((await written(stage)).read_text())["rows"]) == 3
    await stage.press("enter")
    assert await copied(stage, "y") == association
    await stage.press("escape", "shift+tab", "shift+tab")
    assert await copied(stage, "y") == ENDPOINT
    assert json.loads((await written(stage)).read_text())["rows"][0]["associations"]["total"] == 3


async def test_an_explanation_and_a_plan_are_taken_as_the_commands_print_them(stage: Stage) -> None:
    await stage.press("e")
    await stage.until(lambda: bool(stage.app.screen_data.investigations))
    await stage.pilot.pause()
    assert (await copied(stage, "y")).startswith(f"# {ENDPOINT}: failed but accessible")
    assert stage.notices[0].startswith("Copied explanation as Markdown, ")
    path = await written(stage)
    assert json.loads(path.read_text())["schema"] == "latticetop.explain/1"
    assert path.name == f"latticetop-explain-{ENDPOINT}-{AT}.json"
    await stage.press("escape", "p")
    assert (await copied(stage, "y")).count("aws ec2 create-vpc-endpoint ") == 1
    assert 'resource "aws_vpc_endpoint"' in await copied(stage, "Y", "down", "enter")
    assert 'resource "aws_vpc_endpoint"' in await copied(stage, stage.app.key_to("copy-terraform"))
    path = await written(stage)
    assert path.name == f"latticetop-plan-{VPC}-{AT}.json"
    assert json.loads(path.read_text())["schema"] == "latticetop.plan/1"
    rows = lines(await written(stage, "down"))
    assert {row["subnet_id"]: row["outcome"] for row in rows} == {A: "cannot", B: "cannot"}
    assert "cannot" in (await written(stage, "down", "down")).read_text()


async def test_the_screens_about_all_scopes(folder: Path) -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", "=Not allowed.", "Ask for it.")
    known = incident()
    mine = account(known.subnets.values(), known.endpoints.values(), known.associations.values(), problems=[denied])
    other = FakeSource(update(elsewhere()))
    async with showing(mine, others=[FollowedScope(other, "production", "eu-west-1")]) as stage:
        await stage.until(lambda: all(each.view is not None for each in stage.app.scopes))
        await stage.press("o")
        assert await copied(stage, "y") == stage.table("#all-subnets-table").keys[0].split(" ")[1]
        rows = lines(await written(stage, "down"))
        assert [row["subnet_id"] for row in rows] == [key[2:] for key in stage.table("#all-subnets-table").keys]
        assert {row["region"] for row in rows} == {"us-east-1", "eu-west-1"}
        await stage.press("escape", "c")
        assert await copied(stage, "y") == "123456789012"
        rows = lines(await written(stage, "down"))
        assert next((row["profile"], row["in_trouble"], row["subnets"]) for row in rows) == ("prod-network", "1", "2")
        await stage.press("escape", "!")
        assert await copied(stage, "y") == "=Not allowed."
        rows = lines(await written(stage, "down"))
        assert [(row["message"], row["now"]) for row in rows] == [("'=Not allowed.", "holds")]
        stage.app.clear_notifications()
        await stage.press("escape", "w", "y")
        assert stage.notices == ["There is nothing here to copy."]
        picture = await written(stage)
        assert picture.suffix == ".svg", "of nothing there is a picture still"


def test_a_file_that_cannot_be_written_is_not_left_behind(folder: Path) -> None:
    with full_disk(0), pytest.raises(OSError, match="File too large"):
        write_new_file(folder, "view", ".md", NOW, b"text")
    assert list(folder.iterdir()) == []
    assert write_new_file(folder, "view", ".md", NOW, b"text").read_bytes() == b"text"
