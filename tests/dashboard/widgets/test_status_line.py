"""How fresh the data is, as every screen says it: by the time alone, and whatever the clock of the machine shows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.follow.anchored_clock import ClockAnchor
from latticetop.follow.status import Phase, Update
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.dashboard.accounts import TAKEN, at, elsewhere, incident, two_subnets
from tests.dashboard.stage import FakeSource, Stage, showing, update

ANCHOR = ClockAnchor(TAKEN, 100.0)
DISK = Problem(ProblemKind.DISK, "", "The recording cannot be written.")


class Times:
    """The monotonic time in seconds since the last read, and a clock that shows another time at each look."""

    def __init__(self) -> None:
        self.since = 0.0
        years = timedelta(days=365 * 20)
        self._clock: Iterator[datetime] = iter([TAKEN - years, TAKEN + years] * 10_000)

    def options(self) -> dict[str, Any]:
        return {"now": lambda: next(self._clock), "monotonic": lambda: ANCHOR.monotonic + self.since}

    async def pass_on(self, stage: Stage, seconds: float) -> str:
        """The first line once so many seconds have passed since the last read."""
        self.since = seconds
        stage.app.screen.tick()  # type: ignore[attr-defined]
        await stage.pilot.pause()
        return stage.lines[0]


def published(snapshot: Snapshot | None, phase: Phase = Phase.WAITING, **more: Any) -> Update:
    """An update of a source with a clock, as of the last read."""
    return update(snapshot, phase, **{"anchor": ANCHOR} | more)


async def test_live_data_becomes_stale_by_itself() -> None:
    times = Times()
    async with showing(published(incident()), **times.options()) as stage:
        assert "● live   just now   every 15 s" in await times.pass_on(stage, 4.9)
        assert "● live   5 s ago   every 15 s" in await times.pass_on(stage, 5)
        assert "● live   5 s ago" in await times.pass_on(stage, 9.9)
        assert "● live   10 s ago" in await times.pass_on(stage, 10)
        assert "● live   30 s ago" in await times.pass_on(stage, 30)
        assert "● stale   30 s ago   every 15 s" in await times.pass_on(stage, 31)
        assert "● stale   2 h ago" in await times.pass_on(stage, 7300)
        assert "as of 2 h ago" in stage.pane("#subnets")


@pytest.mark.fault("hang")
async def test_a_read_without_an_answer_says_for_how_long() -> None:
    times = Times()
    answered_at = TAKEN + timedelta(seconds=15)
    async with showing(published(incident(), Phase.READING, answered_at=answered_at), **times.options()) as stage:
        assert "● live   20 s ago" in await times.pass_on(stage, 20)
        assert "● live, no answer for 12 s, r gives it up   25 s ago" in await times.pass_on(stage, 27)
        assert "● stale, no answer for 63 s, r gives it up   75 s ago" in await times.pass_on(stage, 78)
        await stage.press("r")
        assert stage.source.requests == ["refresh"]


@pytest.mark.fault("hang")
@pytest.mark.parametrize("phase", [Phase.CONNECTING, Phase.READING])
async def test_a_first_read_without_an_answer_says_so_after_five_seconds(phase: Phase) -> None:
    times = Times()
    async with showing(published(None, phase, answered_at=TAKEN), **times.options()) as stage:
        line = await times.pass_on(stage, 5)
        assert phase.value in line and "no answer" not in line
        line = await times.pass_on(stage, 6)
        assert f"● {phase.value}, no answer for 6 s" in line and "gives it up" not in line
        assert f"● {phase.value}, no answer for 11 s, r gives it up" in await times.pass_on(stage, 11)


@pytest.mark.fault("latency")
async def test_a_long_read_with_answers_is_reading_with_the_age_of_what_is_shown() -> None:
    times = Times()
    long = published(
        incident(), Phase.READING, answered_at=TAKEN + timedelta(seconds=95), progress=(61_000, 100_000)
    )  # fmt: skip
    async with showing(long, **times.options()) as stage:
        assert "● reading   ######···· 61%   95 s ago" in await times.pass_on(stage, 99)


async def test_on_demand_data_is_neither_live_nor_stale() -> None:
    times = Times()
    async with showing(published(incident(), interval=0.0), **times.options()) as stage:
        assert "● on demand   5 min ago   4 calls" in await times.pass_on(stage, 300)


async def test_problems_beside_live_and_stale_data() -> None:
    times = Times()
    async with showing(published(incident(), problem=DISK), **times.options()) as stage:
        assert "● live, with problems" in await times.pass_on(stage, 3)
        assert "● stale, with problems" in await times.pass_on(stage, 40)


async def test_the_list_of_scopes_says_the_same_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    times = Times()
    long_ago = published(elsewhere(), read_at=TAKEN - timedelta(seconds=20))
    others = [FollowedScope(FakeSource(long_ago), "production", "eu-west-1")]
    async with showing(published(incident()), others=others, **times.options()) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.press("c")
        await times.pass_on(stage, 9)
        assert "live   5 s ago" in stage.line("prod-network") and "live   25 s ago" in stage.line("production")
        await times.pass_on(stage, 15)
        assert "live   15 s ago" in stage.line("prod-network") and "stale   35 s ago" in stage.line("production")
        await stage.press_for_notice("x", "enter")
    (name,) = os.listdir(tmp_path)
    rows = json.loads((tmp_path / name).read_text())["rows"]
    assert [(row["reading"], row["state"], row["read_seconds_ago"]) for row in rows] == [
        ("waiting", "live", 15),
        ("waiting", "stale", 35),
    ]


async def test_the_ages_of_all_subnets_go_on_without_an_update() -> None:
    times = Times()
    async with showing(published(incident()), **times.options()) as stage:
        await stage.press("o")
        await times.pass_on(stage, 80)
        assert "80 s" in stage.line("10.10.10.0/26")


async def test_when_the_clock_is_set_back_no_change_is_forgotten() -> None:
    """The times on screen are then those of the clock as it is now."""
    hour, times = timedelta(hours=1), Times()
    async with showing(published(at(two_subnets(), 0)), **times.options()) as stage:
        await stage.show(published(at(two_subnets("10.10.10.70"), 15)))
        scope = stage.app.current_scope
        (change,) = (event for event in scope.change_log.events if event.subnet_id and event.ids == ("eni-0",))
        assert change.at == TAKEN + timedelta(seconds=15)
        start = scope.trend.start
        back = ClockAnchor(TAKEN + timedelta(seconds=30) - hour, ANCHOR.monotonic + 30)
        third = at(two_subnets("10.10.10.70", "10.10.10.71"), 30 - 3600)
        await stage.show(published(third, anchor=back, read_at=third.taken_at))
        messages = [event.message for event in scope.change_log.events]
        assert any("10.10.10.70" in message for message in messages)
        assert any("10.10.10.71" in message for message in messages)
        assert {event.at for event in scope.change_log.events} == {
            TAKEN + timedelta(seconds=15) - hour,
            TAKEN + timedelta(seconds=30) - hour,
        }
        assert scope.trend.start == start - 3600
        assert "● live   5 s ago" in await times.pass_on(stage, 35)
