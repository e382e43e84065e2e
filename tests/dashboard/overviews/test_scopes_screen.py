"""The list of accounts: what it says of those that wait, and how often it is drawn."""

from __future__ import annotations

from unittest.mock import patch

from latticetop.dashboard.navigator import MANY_SCOPES, Navigator
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.follow.status import Phase
from tests.dashboard.accounts import incident
from tests.dashboard.stage import FakeSource, showing, update


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
