"""The story of an endpoint on screen, from a simulated account over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from latticetop.aws import Settings, connect
from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.endpoint.explain_screen import ExplainScreen
from latticetop.dashboard.endpoint.screen import EndpointScreen
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.follow.loop import Follower
from latticetop.follow.reader import Reader
from latticetop.model.blocks.blocks import BlockState
from latticetop.model.incident.investigation import Investigation
from latticetop.simulator import ManualClock, Server
from tests.dashboard.accounts import incident
from tests.dashboard.stage import FakeSource, Stage, playing, update
from tests.follow.fakes import FakeClock

NAME = "vpce-0e3b1bfc42d162c4a-snra-0c4e6759c5c90deda.rcfg-0b39a245f47c880f8.4232ccc.vpc-lattice-rsc.us-east-1.on.aws"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    clock = ManualClock()
    async with Server("incident", clock=clock) as server:
        clock.finish()
        clock.advance(3600)
        yield server


@pytest.fixture
async def stage(server: Server) -> AsyncIterator[Stage]:
    clock = FakeClock()

    async def open_reader() -> Reader:
        return await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))

    async def resolve(name: str) -> tuple[str, ...]:
        return tuple(server.account.resolve_dns_name(name))

    follower = Follower(open_reader, clock=clock, random=lambda: 0.5, resolve=resolve)
    async with playing(follower, size=(120, 90), now=clock.now, monotonic=clock.monotonic) as stage:
        await stage.until(lambda: "Failed" in stage.text and "RLfR" in stage.text)
        yield stage


async def explained(stage: Stage) -> str:
    await stage.press("e")
    await stage.until(lambda: "What to do" in stage.text and "Reading CloudTrail" not in stage.text)
    return stage.pane_words("#explanation-pane")


async def test_e_tells_what_happened_and_what_to_do(stage: Stage) -> None:
    text = await explained(stage)
    assert "eni-0f99…89de created with 10.10.10.7 and 10.10.10.16/28" in text
    assert "failed 5 times in 65 s (retried after 12, 15, 17, 21 s): Client.InvalidParameterValue" in text
    assert "eni-0735…264c deleted" in text
    assert "AWS calls 3 of 3 associations accessible (the state of the resource configurations, not probed)" in text
    assert "none today: the service network has no services (inferred)" in text
    assert "1.3 terminate or replace i-0ae4b4d9c4e67eef0" in text
    assert "names of the associations were not resolved" in text


async def test_n_resolves_the_names_and_lights_up_their_block(stage: Stage, server: Server) -> None:
    await explained(stage)
    await stage.press("R")
    await stage.until(lambda: "10.10.10.31 in 10.10.10.16/28" in stage.text)
    assert "10.10.10.31 in 10.10.10.16/28 of eni-0f995ce7b1b9589de" in stage.text
    await stage.press("escape")
    app = stage.app
    assert isinstance(app, LatticetopApp)
    investigation = app.screen_data.investigations["vpce-0e3b1bfc42d162c4a"]
    assert NAME in {name.name for name in investigation.names}
    await stage.until(lambda: "· L ·" in stage.text)
    assert stage.app.screen.query_one(BlockGrid).cursor == "RLfR".index(BlockState.FRAGMENTED)


async def test_y_copies_the_story_as_markdown(stage: Stage) -> None:
    await explained(stage)
    await stage.press("y")
    await stage.until(lambda: stage.app.clipboard.startswith("# vpce-0e3b1bfc42d162c4a: failed but accessible"))


async def test_denied_cloudtrail_is_named(stage: Stage, server: Server) -> None:
    server.account.faults.set(["deny:cloudtrail:LookupEvents"])
    text = await explained(stage)
    assert "cloudtrail:LookupEvents" in text
    assert "What happened" not in text
    assert "terminate or replace i-0ae4b4d9c4e67eef0" in text


async def test_while_cloudtrail_delivers_the_story_is_told_anew_with_each_read() -> None:
    account, clock = ManualClock(), FakeClock()
    async with Server("incident", clock=account) as server:

        async def open_reader() -> Reader:
            return await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))

        async def resolve(name: str) -> tuple[str, ...]:
            return tuple(server.account.resolve_dns_name(name))

        def looked() -> int:
            return [call.operation for call in server.calls].count("LookupEvents")

        account.finish()
        follower = Follower(open_reader, clock=clock, random=lambda: 0.5, resolve=resolve)
        async with playing(follower, size=(120, 90), now=clock.now, monotonic=clock.monotonic) as stage:
            await stage.until(lambda: "Failed" in stage.text and "RLfR" in stage.text)
            await explained(stage)
            assert "failed 5 times" not in stage.text and "updated with each read" in stage.text
            account.advance(60)
            clock.advance(15)
            await stage.until(lambda: "failed 5 times" in stage.text)
            await stage.press("R")
            await stage.until(lambda: "10.10.10.31 in 10.10.10.16/28" in stage.text)
            server.account.faults.set(["deny:cloudtrail:LookupEvents"])
            before = looked()
            clock.advance(15)
            await stage.until(lambda: looked() > before)
            assert "failed 5 times" in stage.text, "what is known stays"
            server.account.faults.set([])
            account.advance(3600)
            clock.advance(15)
            await stage.until(lambda: "updated with" not in stage.text)
            assert "failed 5 times" in stage.text and "10.10.10.31 in 10.10.10.16/28" in stage.text
            before = looked()
            clock.advance(15)
            await stage.until(lambda: stage.app.view is not None and stage.app.view.snapshot.taken_at == clock.now())
            assert looked() == before, "it is whole"


async def test_what_is_known_is_shown_while_cloudtrail_is_read() -> None:
    answered = asyncio.Event()

    class SlowSource(FakeSource):
        async def investigate(self, *arguments: Any, **options: Any) -> Investigation:
            await answered.wait()
            return await super().investigate(*arguments, **options)

    async with playing(SlowSource(update(incident())), size=(120, 60)) as stage:
        await stage.until(lambda: "Failed" in stage.text)
        await stage.press("e")
        text = stage.pane_words("#explanation-pane")
        assert "Reading CloudTrail…" in text and "AWS calls 3 of 3 associations accessible" in text
        assert "10.10.10.32/28" in text and "What to do" in text
        assert stage.app.screen.explanation is None  # type: ignore[attr-defined]
        answered.set()
        await stage.until(lambda: "Reading CloudTrail…" not in stage.text)
        assert "What to do" in stage.text


async def test_the_endpoint_screen_leads_to_it_and_back(stage: Stage) -> None:
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.app.screen, EndpointScreen))
    await stage.until(lambda: "test-resource-1" in stage.text)
    assert "3 resources · 0 services · 0 VPCs" in stage.text
    await explained(stage)
    assert isinstance(stage.app.screen, ExplainScreen)
    await stage.press("escape")
    assert isinstance(stage.app.screen, EndpointScreen)
