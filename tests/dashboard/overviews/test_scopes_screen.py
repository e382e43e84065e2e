"""The list of accounts: what it says of those that wait, and how often it is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from unittest.mock import patch

from latticetop.dashboard.navigator import MANY_SCOPES, Navigator
from latticetop.dashboard.overviews.scopes_screen import ScopesScreen
from latticetop.dashboard.state.followed_scope import FollowedScope, ScopeChange
from latticetop.follow.status import Phase
from tests.dashboard.accounts import incident
from tests.dashboard.stage import FakeSource, playing, showing, update


async def test_of_many_accounts_the_list_is_drawn_with_all_news_of_a_while() -> None:
    sources = [FakeSource(update(None, Phase.CONNECTING, queued=True)) for _ in range(MANY_SCOPES)]
    others = [FollowedScope(source, f"account-{number}") for number, source in enumerate(sources)]
    async with showing(incident(), others=others) as stage:
        await stage.press("c")
        await stage.until(lambda: stage.text.count("queued") == MANY_SCOPES)
        with (
            patch("latticetop.dashboard.navigator.OVERVIEW_SECONDS", 60.0),
            patch.object(Navigator, "_draw_overview", autospec=True, side_effect=Navigator._draw_overview) as draw,
        ):
            for source in sources:
                source.send(update(incident()))
                await stage.pilot.pause()
        assert draw.call_count <= 1


async def test_ages_are_drawn_each_second_but_not_right_after_an_update() -> None:
    times, drawn = [0.0], []
    other = FollowedScope(FakeSource(update(incident())), "account-2")
    async with showing(incident(), others=[other], monotonic=lambda: times[-1]) as stage:
        await stage.press("c")
        screen = stage.app.screen
        assert isinstance(screen, ScopesScreen)
        with patch.object(ScopesScreen, "show") as show:
            screen.show_data(stage.app.screen_data)
            for seconds in (0.4, 1.4, 2.39, 2.6, 3.4):
                times.append(seconds)
                show.reset_mock()
                screen.tick()
                drawn.append(show.call_count)
    assert drawn == [0, 1, 1, 0, 1]


async def test_a_region_that_is_found_after_its_account_has_left_is_not_followed() -> None:
    leaves, left, stays = asyncio.Event(), "210000000001", "210000000002"

    def scope(account_id: str, region: str) -> FollowedScope:
        source = FakeSource(update(None, Phase.CONNECTING))
        return FollowedScope(source, account_id, region, requested_account_id=account_id)

    async def more() -> AsyncIterator[FollowedScope]:
        await leaves.wait()
        for account_id in (left, stays):
            yield scope(account_id, "eu-west-1")

    async def changes() -> AsyncIterator[ScopeChange]:
        yield ScopeChange([scope(account_id, "us-east-1") for account_id in (left, stays)], more())
        await leaves.wait()
        yield ScopeChange(left_account_ids=[left])

    async with playing(FakeSource(update(incident())), changes=changes()) as stage:
        await stage.until(lambda: len(stage.app.scopes) == 3)
        await stage.pilot.pause()
        leaves.set()
        await stage.until(lambda: "eu-west-1" in {each.region for each in stage.app.scopes})
        await stage.pilot.pause()
        assert [(each.requested_account_id, each.region) for each in stage.app.scopes[1:]] == [
            (stays, "us-east-1"),
            (stays, "eu-west-1"),
        ]
