"""The screen of counts over time: live, between subnets and VPCs, and on a recording."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path

from msgspec import structs

from latticetop.dashboard.replay.app import ReplayApp
from latticetop.dashboard.replay.bar import ReplayBar
from latticetop.follow.recording.reader import Recording
from latticetop.follow.recording.replayer import Replayer
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.records.resources import NetworkInterface, Vpc
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import TAKEN, VPC, A, B, incident, subnet
from tests.dashboard.stage import Stage, playing, showing, update
from tests.follow.fakes import FakeClock
from tests.recordings import write_recording

NODES = "subnet-0123456789abcdef0"
BLOCKS = 62
"""Of the 64 of a /22 all but the first and the last can be handed out."""
EVERY = timedelta(minutes=6)
READS = 30
BEGUN = TAKEN - EVERY * READS


def nodes(count: int) -> SubnetReading:
    """A /22 in which nodes hold so many blocks."""
    first = parse_cidr("10.20.0.0/22").first
    held = [
        NetworkInterface(f"eni-{n:017x}", NODES, VPC, prefixes=(parse_cidr(f"10.20.{n // 16}.{n % 16 * 16}/28"),))
        for n in range(1, count + 1)
    ]
    assert parse_cidr("10.20.0.16/28").first == first + 16
    return SubnetReading(subnet(NODES, "10.20.0.0/22", 900, name="production-eks-a"), tuple(held))


def shown(read: int) -> Snapshot:
    """The incident, which begins half-way, beside nodes that take a block with every read from eight on."""
    snapshot = incident(before=read < READS // 2)
    at = BEGUN + EVERY * read
    vpcs = {VPC: Vpc(VPC, "production", (parse_cidr("10.0.0.0/8"),))}
    read_at = dict.fromkeys((*snapshot.read_at, NODES, reservations_part(NODES)), at)
    return structs.replace(
        snapshot, taken_at=at, subnets=snapshot.subnets | {NODES: nodes(8 + read)}, vpcs=vpcs, read_at=read_at
    )


def watch(stage: Stage) -> None:
    """All reads but the last, as if they had been on screen."""
    for read in range(1, READS):
        stage.app.scopes[0].apply(update(shown(read)), TAKEN)


def row(stage: Stage, name: str) -> str:
    return next(" ".join(line.split()) for line in stage.pane("#trend-pane").splitlines() if name in line)


async def gathered(stage: Stage) -> None:
    """Until the whole recording has been read."""
    if reading := [worker for worker in stage.app.workers if worker.group == "trend"]:
        await stage.app.workers.wait_for_complete(reading)
    await stage.pilot.pause()


async def test_live() -> None:
    async with showing(shown(0)) as stage:
        await stage.press("t")
        assert f"{BLOCKS - 8} {BLOCKS - 8} too little data" in row(stage, "production-eks-a")
        watch(stage)
        await stage.show(shown(READS))
        # Of 62 blocks 24 are left and ten go an hour, which makes 2.4 hours.
        match = re.search(r" 24 24 -([\d.]+) to -([\d.]+) in (\d+) to (\d+) h", row(stage, "production-eks-a"))
        assert match is not None, stage.text
        gentlest, steepest, soonest, latest = map(float, match.groups())
        assert gentlest <= 10 <= steepest and soonest <= 2.4 <= latest
        await stage.press("home", "k", "k")
        assert "production-eks-a 10.20.0.0/22: free /28 blocks" in stage.text
        assert f"now {BLOCKS - 8 - READS} runs out in" in stage.pane_words("#trend-plot-pane")
        assert "░" in stage.pane("#trend-plot")
        assert "none left" in row(stage, "subnet-0a84") and "too few changes" in row(stage, "subnet-0f6a")
        assert [stage.table("#trend-table").current] == [NODES], "what runs out first is first"

        await stage.press("v")
        assert "VPCs over time" in stage.text and "one subnet in each zone" in stage.text
        # The endpoint of this account was built with two blocks in each zone; zone b has one left.
        assert "now 0 none left" in stage.pane_words("#trend-plot-pane")
        await stage.press("v", "t")
        assert stage.screen_name == "TrendScreen" and len(stage.app.screen_stack) == 2
        stage.table("#trend-table").go_to(B)
        await stage.press("enter")
        assert stage.screen_name == "MainScreen" and stage.source.focused == B
        await stage.press("t")
        assert stage.table("#trend-table").current == B, "it opens on the subnet at hand"


async def test_before_anything_was_read_it_says_so() -> None:
    async with showing(None, size=(80, 24)) as stage:
        await stage.press("t")
        assert stage.screen_name == "TrendScreen"
        await stage.press("v", "enter")
        await stage.show(incident())
        assert "free /28 blocks" in stage.text


async def test_on_a_recording_the_whole_of_it_with_the_moment_marked(tmp_path: Path) -> None:
    recording = Recording(write_recording(tmp_path / "nodes.rec", [shown(read) for read in range(READS + 1)]))
    replayer = Replayer(recording, clock=FakeClock())
    replayer.pause()
    make = partial(ReplayApp, replayer)
    async with playing(replayer, make=make, title="nodes.rec", now=replayer.now) as stage:
        await stage.until(lambda: bool(stage.app.view) and bool(stage.app.screen.query(ReplayBar)))
        await stage.press("t")
        await gathered(stage)
        assert stage.app.screen_data.trend.end == TAKEN.timestamp() and stage.app.screen_data.trend_note == ""
        table = stage.table("#trend-table")
        table.go_to(A)
        await stage.pilot.pause()
        assert "0" in row(stage, "subnet-0a84"), "the lowest of the recording"
        assert "at 05:20:30 1 too little data lowest 0 at 06:50" in stage.pane_words("#trend-plot-pane")
        table.go_to(NODES)
        replayer.seek(READS - 6)
        await stage.until(
            lambda: f"at 07:44:30 {BLOCKS - 8 - READS + 6} runs out in" in stage.pane_words("#trend-plot-pane")
        )
        assert "│" in stage.pane("#trend-plot")[1:] and "░" not in stage.pane("#trend-plot")
    recording.close()


async def test_a_recording_that_went_is_told_of(tmp_path: Path) -> None:
    recording = Recording(write_recording(tmp_path / "nodes.rec", [shown(read) for read in range(3)]))
    replayer = Replayer(recording, clock=FakeClock())
    replayer.pause()
    async with playing(replayer, make=partial(ReplayApp, replayer), now=replayer.now) as stage:
        await stage.until(lambda: bool(stage.app.view))
        recording.path.unlink()
        await stage.press("t")
        await gathered(stage)
        assert "cannot be read" in stage.app.screen_data.trend_note
        assert "free /28 blocks" in stage.text, "what was played is still shown"
    recording.close()


async def test_while_no_count_has_changed_the_table_has_the_room() -> None:
    """A plot that took it would be one line; it does not come and go with the cursor, as the table is below it."""
    async with showing(shown(0)) as stage:
        await stage.press("t")
        plot, table = stage.app.screen.query_one("#trend-plot"), stage.table("#trend-table")
        assert plot.size.height == 3 and table.size.height > 20
        assert "━" in stage.pane("#trend-plot") or "0000" in stage.pane("#trend-plot")
        await stage.show(shown(1))
        await stage.until(lambda: plot.size.height > 10)
        await stage.press("down")
        assert plot.size.height > 10
