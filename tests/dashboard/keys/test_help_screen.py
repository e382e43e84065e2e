"""The help: the keys of the screen below, and what letters, colours and verdicts mean."""

from __future__ import annotations

from tests.dashboard.accounts import incident
from tests.dashboard.stage import showing


async def test_help_explains_keys_letters_and_verdicts_and_goes_away() -> None:
    async with showing(incident(), size=(120, 150)) as stage:
        await stage.press("question_mark")
        for text in (
            "all subnets and endpoint types",
            "fragmented: one to fifteen individual addresses",
            "failed but accessible",
            "not a probe",
        ):
            assert text in stage.text
        await stage.press("escape")
        assert stage.screen_name == "MainScreen"
        await stage.press("question_mark", "q")
        assert stage.screen_name == "MainScreen"


async def test_help_begins_with_the_screen_at_hand() -> None:
    async with showing(incident()) as stage:
        await stage.press("p", "question_mark")
        words = stage.pane_words("#help")
        here, columns = words.index("Keys here"), words.index("Columns here")
        assert here < words.index("add the subnet to the plan") < columns
        await stage.press("G")
        words = stage.pane_words("#help")
        assert "quit latticetop" in words and "play/pause" not in words
        assert "Failed wrong, or none left" in words and "3 of 3 no problem" in words
        await stage.press("q")
        assert stage.screen_name == "PlanScreen"
        await stage.press("ctrl+q", "ctrl+c")
        assert [notice.message for notice in stage.app._notifications] == ["ctrl+c again quits latticetop, as q does."]
