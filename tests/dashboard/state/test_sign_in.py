"""When the key that signs in is offered, and what it says where the terminal cannot be lent."""

from __future__ import annotations

import os
import signal

import pytest

from latticetop.dashboard.state.preferences import Preferences
from latticetop.dashboard.state.sign_in import _interrupt_only_the_child
from latticetop.follow.status import Phase, Update
from latticetop.model.records.problem import Problem, ProblemKind
from tests.dashboard.accounts import incident
from tests.dashboard.stage import Stage, showing, update

COMMAND = ("aws", "sso", "login", "--profile", "prod network")
OFFERED, NEXT_STEP = "no valid credentials, L signs in", "L signs in: aws sso login --profile 'prod network'"


def without(kind: ProblemKind, phase: Phase = Phase.NEEDS_CREDENTIALS) -> Update:
    return update(incident(), phase, problem=Problem(kind, "", "It does not work.", "Another step."))


def notices(stage: Stage) -> str:
    return " ".join(each.message for each in stage.app._notifications)


async def test_L_signs_in_where_credentials_are_missing_and_l_moves_the_cursor() -> None:
    async with showing(incident(), sign_in=COMMAND) as stage:
        stage.grid.focus()
        await stage.press("home", "l", "L")
        assert stage.grid.cursor == 1
        assert "Sign-in is offered where credentials are missing or expired." in stage.lines[-1]
        assert "L sign in" not in stage.lines[-1]
        await stage.show(without(ProblemKind.EXPIRED))
        assert OFFERED in stage.lines[0]
        assert f"It does not work. {NEXT_STEP}" in stage.words
        assert "L sign in" in stage.lines[-1]
        await stage.press("L")
        assert stage.grid.cursor == 1
        await stage.pilot.pause()
        assert "Run in another terminal: aws sso login --profile 'prod network'" in notices(stage)
        assert "renew" not in stage.source.requests
        await stage.press("p")
        assert OFFERED in stage.lines[0]
        await stage.press("slash", "L")
        assert len(stage.app._notifications) == 1
        await stage.press("escape", "escape")
        await stage.show(incident())
        assert "L signs in" not in stage.text
        await stage.press("L")
        assert len(stage.app._notifications) == 1


@pytest.mark.parametrize(
    ("kind", "phase", "step"),
    [
        (ProblemKind.LOGIN_NEEDED, Phase.NEEDS_CREDENTIALS, NEXT_STEP),
        (ProblemKind.NO_CREDENTIALS, Phase.NEEDS_CREDENTIALS, "Another step."),
        (ProblemKind.USAGE, Phase.NEEDS_CREDENTIALS, ""),
        (ProblemKind.EXPIRED, Phase.PAUSED, ""),
        (ProblemKind.THROTTLED, Phase.BACKING_OFF, ""),
    ],
)
async def test_it_is_offered_where_it_helps(kind: ProblemKind, phase: Phase, step: str) -> None:
    async with showing(without(kind, phase), sign_in=COMMAND) as stage:
        assert ("L signs in" in stage.lines[0]) is bool(stage.app.screen_data.sign_in_key) is bool(step)
        assert f"It does not work. {step or 'Another step.'}" in stage.words


async def test_without_a_command_it_is_not_offered() -> None:
    async with showing(without(ProblemKind.EXPIRED)) as stage:
        assert "L signs in" not in stage.text
        await stage.press("L")
        assert notices(stage) == ""


async def test_another_key_is_named_as_it_is() -> None:
    mapped = Preferences(key_map={"sign-in": ("f5",)})
    async with showing(without(ProblemKind.EXPIRED), sign_in=COMMAND, preferences=mapped) as stage:
        assert "no valid credentials, f5 signs in" in stage.lines[0]
        assert "f5 signs in: aws sso login" in stage.words
        stage.grid.focus()
        await stage.press("home", "L")
        assert notices(stage) == ""
        await stage.press("f5")
        assert "Run in another terminal" in notices(stage)


def test_ctrl_c_in_the_command_is_reported_to_nobody_else() -> None:
    """A thread that is told of it would end the dashboard."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    before = signal.set_wakeup_fd(write_end)
    try:
        with _interrupt_only_the_child():
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(BlockingIOError):
            os.read(read_end, 1)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert os.read(read_end, 1) == bytes([signal.SIGINT])
    finally:
        signal.set_wakeup_fd(before)
        os.close(read_end)
        os.close(write_end)
