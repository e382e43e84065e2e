"""The guided tour of the incident, on the real follower, against the simulated account over HTTP."""

from __future__ import annotations

import pytest

from latticetop.aws import Settings, connect
from latticetop.dashboard.tour.controller import TourPanel
from latticetop.dashboard.tour.steps import STEPS
from latticetop.follow.loop import Follower
from latticetop.follow.reader import Reader
from latticetop.follow.status import Phase
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.simulator import ManualClock, Server
from tests.dashboard.accounts import incident
from tests.dashboard.stage import Stage, playing, showing, update
from tests.follow.fakes import FakeClock

PANEL, SIZES = "TourPanel", [(80, 24), (120, 36)]


def beside(stage: Stage) -> str:
    """The words of the screen without those of the panel."""
    panel = stage.app.screen.query_one(TourPanel).region
    return " ".join(" ".join(stage.lines[: panel.y]).split())


def panel_words(stage: Stage) -> str:
    """The words of the panel; its text is whole, whatever the size."""
    return stage.pane_words(PANEL)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_five_steps_walk_the_incident_and_what_they_say_is_on_screen(size: tuple[int, int]) -> None:
    account_clock, clock = ManualClock(), FakeClock()
    async with Server("incident", clock=account_clock) as server:

        async def open_reader() -> Reader:
            return await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))

        follower = Follower(open_reader, clock=clock, random=lambda: 0.5)
        async with playing(follower, size, now=clock.now, monotonic=clock.monotonic, touring=True) as stage:
            app = stage.app
            await stage.until(lambda: app.view is not None)
            account_clock.advance(20)
            await stage.press("r")
            await stage.until(lambda: "Pending" in stage.pane("#endpoints"))
            assert "Pending while AWS searches for addresses and blocks" in panel_words(stage)
            await stage.press("greater_than_sign")
            assert "of 5" not in panel_words(stage)

            account_clock.finish()
            await stage.press("tab", "r")
            await stage.until(lambda: "1 of 5" in panel_words(stage))
            assert stage.table("#endpoint-table").has_focus
            assert "AWS calls 3 of 3 associations" in panel_words(stage)
            assert "Failed" in stage.line("vpce-0e3b") and "3 of 3" in stage.line("vpce-0e3b")

            await stage.press("greater_than_sign")
            assert "2 of 5" in panel_words(stage) and stage.table("#subnet-table").has_focus
            assert "has 40 free addresses" in panel_words(stage) and "its column /28 shows 0" in panel_words(stage)
            row = stage.pane("#subnets").splitlines()
            assert "/28" in row[1] and " 0 " in next(line for line in row if "10.10.10.0/26" in line)
            assert " 40 " in next(line for line in row if "10.10.10.0/26" in line)

            await stage.press("greater_than_sign")
            assert "3 of 5" in panel_words(stage) and stage.grid.has_focus and stage.grid.cursor == 2
            for part in (".0/28", ".16/28", ".32/28", ".48/28", "only .36", "1 of 16 addresses in use"):
                assert part in stage.pane("#blocks")
            assert "In .32/28 a single address is in use, .36" in panel_words(stage)

            await stage.press("greater_than_sign")
            await stage.until(lambda: "What happened" in stage.text)
            assert "failed 5 times" not in stage.text, "CloudTrail is a minute behind"
            account_clock.advance(60)
            clock.advance(15)
            await stage.until(lambda: "failed 5 times" in stage.text)
            assert (stage.screen_name, "4 of 5" in panel_words(stage)) == ("ExplainScreen", True)
            assert "sufficient free" in stage.text and "10.10.10.16/28" in stage.text

            await stage.press("greater_than_sign")
            assert (stage.screen_name, "5 of 5" in panel_words(stage)) == ("PlanScreen", True)
            assert "f simulates freeing it" in panel_words(stage)
            assert "cannot fit" in beside(stage) and ".32/28" in beside(stage)
            await stage.press("f")
            assert "simulated as freed: 10.10.10.36" in beside(stage)
            await stage.press("greater_than_sign")
            assert (stage.screen_name, bool(app.screen.query(TourPanel))) == ("MainScreen", False)
            await stage.press("greater_than_sign")
            assert not app.screen.query(TourPanel)


async def test_it_is_ended_and_begun_again_at_any_time() -> None:
    async with showing(incident(), touring=True) as stage:
        assert "1 of 5" in panel_words(stage) and "> goes on · T ends the tour" in stage.pane(PANEL)
        await stage.press("escape")
        assert not stage.app.screen.query(TourPanel)
        await stage.press("T", "greater_than_sign", "enter")
        assert "2 of 5" in panel_words(stage) and stage.screen_name == "MainScreen"
        await stage.press("e")
        assert "2 of 5" in panel_words(stage) and stage.screen_name == "ExplainScreen"
        await stage.press("escape")
        assert "2 of 5" in panel_words(stage) and stage.screen_name == "MainScreen"
        await stage.press("slash", "greater_than_sign")
        assert "2 of 5" in panel_words(stage)
        await stage.press("escape", "T")
        assert not stage.app.screen.query(TourPanel)


async def test_where_there_is_nothing_to_guide_through_it_is_not_offered() -> None:
    async with showing(incident()) as stage:
        await stage.press("T", "greater_than_sign")
        assert not stage.app.screen.query(TourPanel)
        assert "The guided tour has no next step now." in stage.lines[-1]
        await stage.press("question_mark")
        assert "guided tour" not in stage.pane("#help")


def test_the_steps_are_five_and_short() -> None:
    """Four lines of 76 columns, so that a terminal of 24 lines has room for what they are about."""
    assert len(STEPS) == 5
    assert [step.heading for step in STEPS if len(step.text) > 4 * 74] == []


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_without_credentials_the_demo_is_a_key_away(size: tuple[int, int]) -> None:
    missing = "No credentials found. Checked AWS_ACCESS_KEY_ID in the environment."
    problem = Problem(ProblemKind.NO_CREDENTIALS, "", missing, "Choose a profile with --profile (dev, prod).")
    first = update(None, Phase.NEEDS_CREDENTIALS, problem=problem)
    played: list[str] = []
    async with showing(first, size, play=played.append, sign_in=("aws", "sso", "login")) as stage:
        for part in (*missing.split(". "), "--profile (dev, prod)", "L signs in", "D plays the demo"):
            assert part in stage.words
        await stage.show(incident())
        assert "D plays the demo" not in stage.words
        await stage.press("D")
        assert played == []
    async with showing(first, size, play=played.append) as stage:
        assert "L signs in" not in stage.words
        await stage.press("D")
        assert played == ["incident"]
