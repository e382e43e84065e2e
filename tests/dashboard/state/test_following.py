"""Accounts and Regions that come and go while the app follows others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from latticetop.dashboard.state.followed_scope import FollowedScope, ScopeChange
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import Problem, ProblemKind
from tests.dashboard.accounts import incident
from tests.dashboard.stage import FakeSource, playing, update

FIRST, SECOND, THIRD = "111111111111", "222222222222", "333333333333"
ALL = Selection(all_endpoints=True, all_subnets=True)


class Feed:
    """What an organization tells, one item after the other."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[ScopeChange | FollowedScope] = asyncio.Queue()

    def tell(self, item: ScopeChange | FollowedScope) -> None:
        self._items.put_nowait(item)

    async def __aiter__(self) -> AsyncIterator[ScopeChange | FollowedScope]:
        while True:
            yield await self._items.get()
            self._items.task_done()

    async def acted_upon(self) -> None:
        """Wait until the app has acted on all that was told."""
        await self._items.join()


def scope(account_id: str, region: str = "us-east-1") -> FollowedScope:
    return FollowedScope(FakeSource(None), account_id, region, requested_account_id=account_id)


def followed(app: object) -> list[str]:
    return [f"{each.requested_account_id} {each.region}" for each in app.scopes]  # type: ignore[attr-defined]


async def test_an_account_that_comes_is_read_as_the_others_are() -> None:
    feed, new = Feed(), scope(SECOND)
    async with playing(FakeSource(None), changes=feed, account_id=FIRST, region="us-east-1") as stage:
        await stage.press("a")
        feed.tell(ScopeChange(added=[new]))
        await feed.acted_upon()
        assert followed(stage.app) == [f"{FIRST} us-east-1", f"{SECOND} us-east-1"]
        assert new.source.requests == [ALL]  # type: ignore[attr-defined]
        await stage.press("a")
        assert new.source.requests == [ALL, Selection()]  # type: ignore[attr-defined]


async def test_a_region_is_not_followed_when_its_account_has_left_meanwhile() -> None:
    changes, more = Feed(), Feed()
    async with playing(
        FakeSource(None), others=[scope(SECOND)], changes=changes, more=more, account_id=FIRST, region="us-east-1"
    ) as stage:
        changes.tell(ScopeChange(left_account_ids=[SECOND]))
        await changes.acted_upon()
        more.tell(scope(SECOND, "eu-west-1"))
        more.tell(scope(FIRST, "eu-west-1"))
        await more.acted_upon()
        assert followed(stage.app) == [f"{FIRST} us-east-1", f"{FIRST} eu-west-1"]


async def test_one_scope_is_always_left() -> None:
    feed = Feed()
    async with playing(
        FakeSource(None), others=[scope(SECOND)], changes=feed, account_id=FIRST, region="us-east-1"
    ) as stage:
        feed.tell(ScopeChange(left_account_ids=[FIRST, SECOND]))
        await feed.acted_upon()
        assert len(stage.app.scopes) == 2


async def test_the_scope_on_screen_gives_way_to_another_when_its_account_leaves() -> None:
    feed = Feed()
    others = [scope(SECOND), scope(THIRD)]
    async with playing(FakeSource(None), others=others, changes=feed, account_id=FIRST, region="us-east-1") as stage:
        await stage.press("]", "o")
        assert stage.app.current_scope is others[0]
        feed.tell(ScopeChange(left_account_ids=[FIRST]))
        await feed.acted_upon()
        assert (stage.app.current_scope, stage.app.scope_index) == (others[0], 0)
        feed.tell(ScopeChange(left_account_ids=[SECOND]))
        await feed.acted_upon()
        await stage.pilot.pause()
        assert (stage.app.current_scope, stage.screen_name) == (others[1], "MainScreen")


async def test_why_an_organization_could_not_be_listed_is_a_notice() -> None:
    feed = Feed()
    problem = Problem(ProblemKind.ACCESS_DENIED, "organizations:ListAccounts", "Denied.", "Allow it.")
    async with playing(FakeSource(None), changes=feed, account_id=FIRST) as stage:
        feed.tell(ScopeChange(problem=problem))
        await feed.acted_upon()
        assert stage.notices == [str(problem)]


async def test_an_update_of_an_account_that_has_left_is_not_acted_on() -> None:
    feed, leaving = Feed(), scope(SECOND)
    async with playing(FakeSource(None), others=[leaving], changes=feed, account_id=FIRST) as stage:
        feed.tell(ScopeChange(left_account_ids=[SECOND]))
        await feed.acted_upon()
        leaving.source.send(update(incident()))  # type: ignore[attr-defined]
        await stage.pilot.pause()
        assert leaving.update is None
