"""The dashboard on the real follower and the real client, against a simulated account over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from latticetop.aws import Settings, connect
from latticetop.follow.loop import Follower
from latticetop.follow.reader import Reader
from latticetop.simulator import ManualClock, Server
from tests.dashboard.accounts import ENDPOINT, RESOURCE_A, B
from tests.dashboard.stage import Stage, playing
from tests.follow.fakes import FakeClock


class Play:
    """The account's clock and the app that looks at it."""

    def __init__(self, account_clock: ManualClock, clock: FakeClock, stage: Stage) -> None:
        self.account_clock, self._clock, self.stage = account_clock, clock, stage

    async def after(self, seconds: float) -> None:
        """Let the account live so long, and read it at once."""
        self.account_clock.advance(seconds)
        await self.read()

    async def end(self) -> None:
        self.account_clock.finish()
        await self.read()

    async def read(self) -> None:
        await self.stage.press("r")
        await self._clock.rest()
        await self.stage.pilot.pause()


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    account_clock, clock = ManualClock(), FakeClock()
    async with Server("incident", clock=account_clock) as server:

        async def open_reader() -> Reader:
            return await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))

        follower = Follower(open_reader, clock=clock, random=lambda: 0.5)
        async with playing(follower, now=clock.now, monotonic=clock.monotonic) as stage:
            await stage.until(lambda: "No VPC Lattice endpoint" in stage.text)
            await clock.rest()
            await stage.pilot.pause()
            yield Play(account_clock, clock, stage)


async def test_pending_turns_to_failed_on_screen(play: Play) -> None:
    stage = play.stage
    await play.after(12)
    assert "Pending" in stage.line("vpce-0e3b…2c4a")
    assert "1 pending" in stage.pane("#endpoints")
    assert "none yet in us-east-1a" in stage.pane("#why")
    await play.after(40)
    await stage.pilot.resize_terminal(120, 48)
    await stage.pilot.pause()
    evidence = stage.pane("#why").splitlines()
    assert any(".16/28 L this endpoint's own prefix" in line for line in evidence)
    assert any("eni-0735a3b9f10ac264c b  10.10.10.80/28" in line for line in evidence)

    await play.end()
    row = stage.line("vpce-0e3b…2c4a")
    assert "Failed" in row and "3 of 3" in row and "Pending" not in row
    assert "1 failed but accessible" in stage.pane("#endpoints")

    why = " ".join(stage.pane("#why").replace("│", " ").split())
    assert "Failed, yet AWS calls 3 of 3 associations accessible (not probed)." in why
    assert "Resources served in both zones" in why
    assert "no ENI in us-east-1a: no /28 block is free there" in why
    assert ".32/28 f one address: 10.10.10.36 (i-0ae4…eef0)" in why
    assert "Fix 1 reserve 10.10.10.16/28 and 10.10.10.32/28 in" in why


async def test_the_subnets_of_the_incident_and_its_cards(play: Play) -> None:
    await play.end()
    stage = play.stage
    subnets = stage.pane("#subnets").splitlines()
    a = next(line for line in subnets if "0a84…5b16" in line)
    b = next(line for line in subnets if "0f6a…9793" in line)
    assert a.replace("│", " ").split()[-5:] == ["10.10.10.0/26", "40", "0", "0", "RLfR"]
    assert b.replace("│", " ").split()[-5:] == ["10.10.10.64/26", "42", "1", "0", "R.LR"]
    assert "1 of 2 have no free /28" in subnets[-1]

    blocks = stage.pane("#blocks")
    assert "10.10.10.0/26  subnet-0a84d8f4554925b16  us-east-1a" in blocks
    for card in (".0/28", ".16/28", ".32/28", ".48/28", "vpce-0e3b", "only .36", ".7 .13", ".63"):
        assert card in blocks
    assert "40 addresses free · 0 blocks free" in blocks


async def test_a_block_that_comes_and_goes_is_seen_and_marked(play: Play) -> None:
    """Subnet B's second prefix is there while the service interface is, and gone after the failure."""
    stage, maps, is_recent = play.stage, set[str](), []
    await play.after(9)
    for _ in range(40):
        await play.after(5)
        reading = stage.app.view.snapshot.subnets[B] if stage.app.view else None
        assert reading is not None
        maps.add(reading.blocks.letters)
        if reading.blocks.letters == "RLLR":
            is_recent.append(1 in stage.app.current_scope.recent_blocks.of(B))
            assert "RLLR" in stage.pane("#subnets")
    assert "RLLR" in maps
    assert is_recent[0] and not is_recent[-1]
    assert "R.LR" in stage.pane("#subnets")


async def test_from_the_endpoint_to_everything_aws_says_of_its_interface(play: Play) -> None:
    await play.end()
    stage = play.stage
    await stage.press("enter")
    assert stage.screen_name == "EndpointScreen"
    assert ENDPOINT in stage.text and RESOURCE_A in stage.text
    assert "10.10.10.16/28" in stage.line(RESOURCE_A)
    table = stage.table("#interface-table")
    assert table.go_to(RESOURCE_A)
    await stage.press("enter")
    await stage.until(lambda: "as AWS says now" in stage.text)
    assert "0e:95:2d:97:01:75" in stage.line("MacAddress")
    await stage.press("escape", "escape")
    assert stage.screen_name == "MainScreen"


async def test_the_log_tells_the_incident_as_it_happened(play: Play) -> None:
    """What the account did between two reads, by whom; nothing of the first read of a subnet."""
    stage = play.stage
    for _ in range(50):
        await play.after(5)
    entries = stage.app.current_scope.change_log.events
    changes = [(entry.kind.value, entry.ids, entry.message) for entry in entries]
    service = "eni-0735a3b9f10ac264c"
    owner = f"of {ENDPOINT}, for"
    assert ("block-taken", ("10.10.10.16/28",), f"10.10.10.16/28 taken by {RESOURCE_A} {owner} resources") in changes
    assert ("block-taken", ("10.10.10.80/28",), f"10.10.10.80/28 taken by {service} {owner} services") in changes
    assert ("block-freed", ("10.10.10.80/28",), f"10.10.10.80/28 freed by {service} {owner} services") in changes
    verdicts = [entry.message for entry in entries if entry.verdict_changed and entry.verdict_before]
    assert verdicts == ["Pending → Failed: failed but accessible"]
    await stage.press("w")
    assert "Pending → Failed: failed but accessible" in stage.line("vpce-0e3b…2c4a")
