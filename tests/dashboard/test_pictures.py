"""Pictures of the screens across sizes, themes and states, of what never changes: a fixed account at a fixed moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from msgspec import structs
from textual.pilot import Pilot

from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.replay.app import ReplayApp
from latticetop.dashboard.theme.themes import THEMES
from latticetop.follow.recording.reader import Recording
from latticetop.follow.recording.replayer import Replayer
from latticetop.follow.status import Phase
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.dashboard.accounts import TAKEN, A, account, at, cluster, endpoint, incident, with_state
from tests.dashboard.replay.test_app import incident_snapshots
from tests.dashboard.stage import FakeSource, build, update
from tests.dashboard.trend.test_screen import READS
from tests.dashboard.trend.test_screen import shown as over_time
from tests.recordings import write_recording

Compare = Callable[..., bool]
SIZES = [(80, 24), (120, 36), (200, 60)]
NAMES = ["80x24", "120x36", "200x60"]
USUAL, SMALLEST, LARGEST = (120, 36), (60, 20), (300, 90)
PROBLEM = Problem(
    ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "The profile may not read CIDR reservations.",
    "Allow ec2:GetSubnetCidrReservations, or read the map without them.",
)  # fmt: skip
THROTTLED = Problem(
    ProblemKind.THROTTLED, "ec2:DescribeSubnets", "AWS is limiting requests (RequestLimitExceeded).",
    "latticetop waits and asks less often.",
)  # fmt: skip


def pressing(*keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Press keys once the account is on screen: on a busy machine it comes after the first of them."""

    async def press(pilot: Pilot[int]) -> None:
        while cast("LatticetopApp", pilot.app).view is None:
            await pilot.pause()
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    return press


@pytest.mark.parametrize("size", [SMALLEST, (100, 30), *SIZES, LARGEST], ids=["60x20", "100x30", *NAMES, "300x90"])
def test_main_screen(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(build(incident()), terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_heat_map(snap_compare: Compare, size: tuple[int, int]) -> None:
    nodes = cluster()
    shown = account([*incident().subnets.values(), nodes], [endpoint("vpce-00000000000000001", subnets=[A])])
    app = build(structs.replace(shown, problems=(PROBLEM,)))
    assert snap_compare(app, run_before=pressing("tab", "end", "enter", "down", "right"), terminal_size=size)


@pytest.mark.parametrize("size", SIZES[:2], ids=NAMES[:2])
@pytest.mark.parametrize(
    "keys",
    [["enter"], ["tab", "enter", "enter"], ["question_mark"]],
    ids=["endpoint", "block", "help"],
)
def test_further_screens(snap_compare: Compare, keys: list[str], size: tuple[int, int]) -> None:
    assert snap_compare(build(incident()), run_before=pressing(*keys), terminal_size=size)


@pytest.mark.parametrize("size", SIZES[:2], ids=NAMES[:2])
def test_what_changed(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def happen(pilot: Pilot[int]) -> None:
        app = cast("LatticetopApp", pilot.app)
        assert isinstance(app.source, FakeSource)
        while app.view is None:
            await pilot.pause()
        for snapshot, seconds in ((with_state(incident(), "Pending"), 15), (incident(), 30)):
            app.source.send(update(at(snapshot, seconds)))
            await pilot.pause()
        await pilot.press("w")

    assert snap_compare(build(incident(before=True)), run_before=happen, terminal_size=size)


@pytest.mark.parametrize("size", SIZES[:2], ids=NAMES[:2])
def test_problems(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = build(structs.replace(incident(), problems=(PROBLEM, THROTTLED)))
    assert snap_compare(app, run_before=pressing("exclamation_mark"), terminal_size=size)


@pytest.mark.parametrize("size", SIZES[:2], ids=NAMES[:2])
def test_over_time(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def happen(pilot: Pilot[int]) -> None:
        app = cast("LatticetopApp", pilot.app)
        assert isinstance(app.source, FakeSource)
        while app.view is None:
            await pilot.pause()
        for read in range(1, READS):
            app.scopes[0].apply(update(over_time(read)), TAKEN)
        app.source.send(update(over_time(READS)))
        await pilot.pause()
        await pilot.press("t", "home")

    assert snap_compare(build(over_time(0)), run_before=happen, terminal_size=size)


def test_an_old_picture_says_so(snap_compare: Compare) -> None:
    old = {part: TAKEN - timedelta(minutes=4) for part in incident().read_at}
    app = build(structs.replace(incident(), problems=(PROBLEM, THROTTLED), read_at=old))
    assert snap_compare(app, terminal_size=(80, 24))


def test_an_empty_account(snap_compare: Compare) -> None:
    assert snap_compare(build(account()), terminal_size=(80, 24))


def test_without_credentials(snap_compare: Compare) -> None:
    expired = Problem(
        ProblemKind.EXPIRED, "sts:GetCallerIdentity", "The SSO session has expired.", "Run aws sso login."
    )
    assert snap_compare(build(update(None, Phase.NEEDS_CREDENTIALS, problem=expired)), terminal_size=(80, 24))


def every_state() -> Snapshot:
    """The incident, and a subnet with blocks of most states."""
    return account([*incident().subnets.values(), cluster()], incident().endpoints.values())


@pytest.mark.parametrize("theme", [name for name in THEMES if name != "dark"])
def test_a_theme(snap_compare: Compare, theme: str) -> None:
    assert snap_compare(build(every_state(), theme=theme), run_before=pressing("tab", "end"), terminal_size=USUAL)


@pytest.mark.parametrize("ascii_only", [False, True], ids=["no-colours", "no-colours-ascii"])
def test_without_colours(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, ascii_only: bool) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = build(every_state(), ascii_only=ascii_only)
    assert snap_compare(app, run_before=pressing("tab", "end"), terminal_size=USUAL)


def test_in_ascii(snap_compare: Compare) -> None:
    assert snap_compare(build(incident(), ascii_only=True), run_before=pressing("enter"), terminal_size=USUAL)


def test_all_well(snap_compare: Compare) -> None:
    app = build(account([cluster()], [endpoint("vpce-00000000000000001", subnets=[cluster().subnet.subnet_id])]))
    assert snap_compare(app, terminal_size=USUAL)


def test_denied_and_incomplete(snap_compare: Compare) -> None:
    """Some interfaces are not visible, and the reservations may not be read."""
    readings = [structs.replace(reading, unaccounted=12) for reading in incident().subnets.values()]
    app = build(account(readings, incident().endpoints.values(), problems=(PROBLEM,)))
    assert snap_compare(app, terminal_size=USUAL)


@pytest.mark.parametrize("size", SIZES[:2], ids=NAMES[:2])
def test_replay(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    recording = Recording(write_recording(tmp_path / "incident.rec", incident_snapshots()))
    replayer = Replayer(recording)
    app = ReplayApp(replayer, title=recording.path.name, now=replayer.now)
    assert snap_compare(app, run_before=pressing("greater_than_sign", "full_stop"), terminal_size=size)
    recording.close()
