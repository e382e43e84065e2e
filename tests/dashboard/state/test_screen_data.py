"""Screens draw when there is other data, and only then."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.screen_data import ScreenData
from latticetop.follow.status import Phase
from tests.dashboard.accounts import elsewhere, incident
from tests.dashboard.stage import FakeSource, Stage, showing, update


class Draws:
    """The app with the data that its main screen drew."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.drawn: list[ScreenData] = []

    def draw(self, data: ScreenData) -> None:
        self.drawn.append(data)


@pytest.fixture
async def draws(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Draws]:
    other = FollowedScope(FakeSource(update(elsewhere())), "production", "eu-west-1")
    async with showing(incident(), others=[other]) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        draws = Draws(stage)
        stage.app.main_screen.watch(stage.app, "screen_data", draws.draw, init=False)
        yield draws


def test_screens_cannot_change_it(draws: Draws) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        draws.stage.app.screen_data.trend_note = "other"  # type: ignore[misc]


async def test_an_update_is_drawn_once_and_an_equal_one_not_again(draws: Draws) -> None:
    later = update(incident(), Phase.READING)
    await draws.stage.show(later)
    assert [data.update for data in draws.drawn] == [later]
    await draws.stage.show(structs.replace(later))
    draws.stage.app.redraw()
    assert len(draws.drawn) == 1


async def test_a_scope_that_is_not_on_screen_is_not_drawn(draws: Draws) -> None:
    other = draws.stage.app.scopes[1]
    assert isinstance(other.source, FakeSource)
    other.source.send(later := update(elsewhere(), Phase.READING))
    await draws.stage.until(lambda: other.update is later)
    assert draws.drawn == []


async def test_another_scope_and_another_theme_are_drawn(draws: Draws) -> None:
    app = draws.stage.app
    await draws.stage.press("]")
    assert [data.scope_title for data in draws.drawn] == ["production 2/2"]
    before = app.palette
    app.theme = next(name for name in app.available_themes if name != app.theme)
    await draws.stage.pilot.pause()
    assert draws.drawn[-1].palette is app.palette is not before
