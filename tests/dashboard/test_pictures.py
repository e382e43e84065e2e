"""Pictures of the screens at the three sizes, of what never changes: a fixed account at a fixed moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from latticetop.dashboard.replay_app import ReplayApp
from latticetop.follow.recording import Recording
from latticetop.follow.replay import Replayer
from latticetop.follow.status import Phase
from latticetop.model.problem import Problem, ProblemKind

from ..recordings import write
from .accounts import A, account, cluster, endpoint, incident
from .stage import build, update
from .test_replay import shown

Compare = Callable[..., bool]
SIZES = [(80, 24), (120, 36), (200, 60)]
NAMES = ["80x24", "120x36", "200x60"]
PROBLEM = Problem(
    ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "The profile may not read CIDR reservations.",
    "Allow ec2:GetSubnetCidrReservations, or read the map without them.",
)  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_main_screen(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(build(incident()), terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_heat_map(snap_compare: Compare, size: tuple[int, int]) -> None:
    nodes = cluster()
    shown = account([*incident().subnets.values(), nodes], [endpoint("vpce-00000000000000001", subnets=[A])])
    app = build(structs.replace(shown, problems=(PROBLEM,)))
    assert snap_compare(app, press=["tab", "end", "enter", "down", "right"], terminal_size=size)


@pytest.mark.parametrize("size", SIZES[:2], ids=NAMES[:2])
@pytest.mark.parametrize(
    "keys",
    [["enter"], ["tab", "enter", "enter"], ["question_mark"]],
    ids=["endpoint", "block", "help"],
)
def test_further_screens(snap_compare: Compare, keys: list[str], size: tuple[int, int]) -> None:
    assert snap_compare(build(incident()), press=keys, terminal_size=size)


def test_an_empty_account(snap_compare: Compare) -> None:
    assert snap_compare(build(account()), terminal_size=(80, 24))


def test_without_credentials(snap_compare: Compare) -> None:
    expired = Problem(
        ProblemKind.EXPIRED, "sts:GetCallerIdentity", "The SSO session has expired.", "Run aws sso login."
    )
    assert snap_compare(build(update(None, Phase.NEEDS_CREDENTIALS, problem=expired)), terminal_size=(80, 24))


def test_without_colours_every_state_keeps_its_letter(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(build(account([cluster()])), terminal_size=(80, 24))


@pytest.mark.parametrize("size", SIZES[:2], ids=NAMES[:2])
def test_replay(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    recording = Recording(write(tmp_path / "incident.rec", shown()))
    replayer = Replayer(recording)
    app = ReplayApp(replayer, title=recording.path.name, now=replayer.now)
    assert snap_compare(app, press=["greater_than_sign", "full_stop"], terminal_size=size)
    recording.close()
