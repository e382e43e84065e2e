"""A key that does nothing says so in the key line, and what there is instead."""

from __future__ import annotations

import pytest

from latticetop.dashboard.keys.footer import MESSAGE_SECONDS, KeyLine
from tests.dashboard.accounts import account, incident
from tests.dashboard.stage import showing


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)], ids=str)
async def test_a_key_without_a_meaning_is_told_beside_those_with_one(size: tuple[int, int]) -> None:
    async with showing(incident(), size) as stage:
        before = stage.lines[-1]
        await stage.press("m")
        assert '"m" does nothing here' in stage.lines[-1]
        assert "? help" in stage.lines[-1] and "q quit" in stage.lines[-1]
        line = stage.app.screen.query_one(KeyLine)
        assert line._message_timer is not None and line._message_timer._interval == MESSAGE_SECONDS
        line._end_message()
        await stage.pilot.pause()
        assert stage.lines[-1] == before


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("c", "Only one account and Region is followed"),
        ("right_square_bracket", "Only one account and Region is followed"),
        ("n", "There is no filter; / finds first."),
        ("escape", '"esc" does nothing here; on every other screen it is: back'),
        ("greater_than_sign", "The guided tour has no next step now."),
        ("T", "The guided tour is part of latticetop demo."),
        ("D", "The demo is offered where no account can be read"),
        ("L", "Sign-in is offered where credentials are missing or expired."),
        ("b", '"b" does nothing here; on a plan it is: best subnets'),
        ("R", '"R" does nothing here; on an explanation it is: resolve names'),
    ],
)
async def test_a_key_of_another_screen_or_of_another_time_says_why(key: str, says: str) -> None:
    async with showing(incident()) as stage:
        await stage.press(key)
        assert says in stage.lines[-1]
        assert stage.screen_name == "MainScreen"


async def test_explain_and_plan_say_what_the_cursor_is_not_on() -> None:
    async with showing(account([])) as stage:
        await stage.press("e")
        assert "The cursor is on no endpoint." in stage.lines[-1]
        await stage.press("p")
        assert "The cursor is on no subnet." in stage.lines[-1]
        assert stage.screen_name == "MainScreen"


async def test_a_key_that_does_something_and_text_typed_say_nothing() -> None:
    async with showing(incident()) as stage:
        await stage.press("j", "G", "g", "ctrl+d", "slash", "m", "w")
        assert not stage.app.screen.query_one(KeyLine)._message


async def test_ctrl_c_copies_what_is_selected_and_quits_when_it_is_pressed_on() -> None:
    async with showing(incident(), monotonic=lambda: 100.0) as stage:
        await stage.press("slash", *"free", "enter", "slash")
        await stage.press("ctrl+c")
        assert (stage.app.clipboard, stage.notices) == ("free", [])
        await stage.press("ctrl+c")
        assert stage.notices == ["ctrl+c again quits latticetop, as q does."]
        await stage.press("ctrl+c")
        assert stage.app._exit is True


async def test_ctrl_c_says_how_to_quit_and_the_second_quits() -> None:
    seconds = 100.0
    async with showing(incident(), monotonic=lambda: seconds) as stage:
        await stage.press("ctrl+c")
        assert stage.notices == ["ctrl+c again quits latticetop, as q does."]
        seconds += 5
        await stage.press("question_mark", "ctrl+c")
        assert stage.app._exit is False
        seconds += 1
        await stage.press("ctrl+c")
        assert stage.app._exit is True
