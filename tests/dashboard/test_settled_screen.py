"""The first frame of each screen that is painted is the final one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from textual import events
from textual._compositor import Compositor, LayoutUpdate, ReflowResult
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.export.menu_screen import MenuScreen
from latticetop.dashboard.keys.command_palette import CommandPalette
from latticetop.dashboard.navigator import Navigator
from latticetop.dashboard.settled_screen import SettledScreen
from latticetop.follow.status import Publish
from tests.command import PATIENCE
from tests.dashboard.accounts import ENDPOINT, A, incident
from tests.dashboard.stage import FakeSource, Stage, playing, showing

SIZES = [(60, 20), (80, 24), (120, 36)]


def _without_scrollbars(text: str) -> str:
    """The text of a frame; the steps of a plan are computed in a thread, and may need a scrollbar."""
    return text.translate(dict.fromkeys(map(ord, "▁▂▃▄▅▆▇█"), " "))


@contextmanager
def frames(stage: Stage) -> Iterator[list[tuple[str, str]]]:
    """Every frame that is sent to the terminal meanwhile: the name of its screen, and its text."""
    painted: list[tuple[str, str]] = []

    def record(app: LatticetopApp, screen: Any, renderable: object) -> None:
        if renderable is not None and not app._batch_count:
            painted.append((type(screen).__name__, stage.text))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LatticetopApp, "_display", record)
        yield painted


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("open_by", ["plan", "endpoint", "estate", "changes", "trend", "problems"])
async def test_a_screen_is_painted_once_it_has_its_final_form(size: tuple[int, int], open_by: str) -> None:
    async with showing(incident(), size=size) as stage:
        main, navigator = stage.app.main_screen, stage.app.navigator
        assert isinstance(navigator, Navigator)
        openers = {
            "plan": main.action_plan,
            "endpoint": main._open_endpoint,
            "estate": navigator.open_all_subnets,
            "changes": navigator.open_changes,
            "trend": navigator.open_trend,
            "problems": navigator.open_problems,
        }
        with frames(stage) as painted:
            openers[open_by]()
            await stage.pilot.pause()
        first = next(text for name, text in painted if name == stage.screen_name)
        assert _without_scrollbars(first) == _without_scrollbars(stage.text)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_first_data_is_painted_in_its_final_form(size: tuple[int, int]) -> None:
    async with showing(None, size=size) as stage:
        with frames(stage) as painted:
            await stage.show(incident())
        first = next(text for _, text in painted if "vpce-0e3b" in text)
        assert first.splitlines() == stage.lines


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_whole_screen_is_painted_once_and_before_anything_is_read(size: tuple[int, int]) -> None:
    painted: list[object] = []
    painted_before_reading: list[object] = []

    class ObservedSource(FakeSource):
        async def run(self, publish: Publish) -> None:
            painted_before_reading.extend(painted)
            await super().run(publish)

    def record(app: LatticetopApp, screen: object, renderable: object) -> None:
        if isinstance(renderable, LayoutUpdate):
            painted.append(screen)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LatticetopApp, "_display", record)
        async with playing(ObservedSource(), size) as stage:
            await stage.pilot.pause()
            assert painted == painted_before_reading == [stage.app.main_screen]


@pytest.mark.parametrize("key, character", [("question_mark", "?"), ("colon", ":"), ("w", "w")])
async def test_a_key_typed_ahead_does_not_keep_the_account_from_being_read(key: str, character: str) -> None:
    reading = asyncio.Event()

    class ObservedSource(FakeSource):
        async def run(self, publish: Publish) -> None:
            reading.set()
            await super().run(publish)

    class TypedAhead(LatticetopApp):
        def on_mount(self) -> None:
            self.post_message(events.Key(key, character))

    async with playing(ObservedSource(), make=TypedAhead) as stage, asyncio.timeout(PATIENCE):
        await reading.wait()
        await stage.pilot.pause()
        assert stage.screen_name != "MainScreen"


@pytest.mark.parametrize("happens", ["the app is resumed", "the terminal tells its size again"])
async def test_the_whole_screen_is_painted_again(happens: str, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[object] = []
    monkeypatch.setattr(LatticetopApp, "_display", lambda app, screen, renderable: painted.append(renderable))
    async with showing(incident()) as stage:
        painted.clear()
        if happens == "the app is resumed":
            stage.app._resume_signal()
        else:
            stage.app.post_message(events.Resize(stage.app.size, stage.app.size))
        await stage.pilot.pause()
        assert any(isinstance(each, LayoutUpdate) for each in painted)


async def test_until_the_first_frame_the_screen_is_laid_out_for_its_size_and_for_its_contents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layouts: list[Size] = []
    reflow = Compositor.reflow

    def record(self: Compositor, parent: Widget, size: Size) -> ReflowResult:
        layouts.append(size)
        return reflow(self, parent, size)

    monkeypatch.setattr(Compositor, "reflow", record)
    async with showing(None, size=(80, 24)):
        assert layouts == [Size(80, 24)] * 2


async def test_the_header_has_its_width_in_the_first_frame() -> None:
    async with showing(incident(), size=(80, 24)) as stage:
        with frames(stage) as painted:
            stage.app.navigator.open_changes()
            await stage.pilot.pause()
        assert all("prod-network" in text.splitlines()[0] and "just now" in text.splitlines()[0] for _, text in painted)


async def test_the_work_of_a_screen_ends_before_its_widgets_go() -> None:
    class Leaving(Static):
        def on_unmount(self) -> None:
            gone.set()

    class Working(SettledScreen):
        def compose(self) -> ComposeResult:
            yield Leaving()

        async def work(self) -> None:
            await gone.wait()
            self.query_one(Leaving).update("done")

    gone = asyncio.Event()
    async with App[None]().run_test() as pilot:
        screen = Working()
        await pilot.app.push_screen(screen)
        screen.run_worker(screen.work())
        await pilot.pause()
        await pilot.app.pop_screen()
        await pilot.pause()
        assert gone.is_set()


async def test_a_widget_is_told_of_its_size_though_somebody_asked_where_it_is() -> None:
    class Sized(Static):
        def on_resize(self, event: events.Resize) -> None:
            heights.append(event.size.height)

    class Shown(SettledScreen):
        def compose(self) -> ComposeResult:
            yield Sized()
            yield Static(id="hidden")

    heights: list[int] = []
    async with App[None]().run_test(size=(80, 24)) as pilot:
        screen = Shown()
        await pilot.app.push_screen(screen)
        screen.query_one("#hidden").display = False
        await pilot.pause()
        sized = screen.query_one(Sized)
        sized.styles.height = 7
        sized._check_refresh()
        screen._compositor.update_widgets({screen.query_one("#hidden")})
        assert sized.region.height == 7
        await pilot.pause()
        assert heights[-1] == 7


OPENED: dict[str, Callable[[LatticetopApp], object]] = {
    "all subnets": lambda app: app.navigator.open_all_subnets(),
    "changes": lambda app: app.navigator.open_changes(),
    "command palette": lambda app: app.push_screen(CommandPalette(app.screen)),
    "endpoint": lambda app: app.navigator.open_endpoint(0, ENDPOINT),
    "explanation": lambda app: app.main_screen.action_explain(),
    "help": lambda app: app.action_help(),
    "ENI": lambda app: app.navigator.open_interface(0, "eni-00000000000000000"),
    "menu": lambda app: app.push_screen(MenuScreen("Menu", [("a", "b")])),
    "owners": lambda app: app.navigator.open_owners(0, A),
    "plan": lambda app: app.main_screen.action_plan(),
    "trend": lambda app: app.navigator.open_trend(),
    "trouble": lambda app: app.navigator.open_problems(),
}


@pytest.mark.parametrize("opened", OPENED)
async def test_a_screen_may_be_closed_as_soon_as_it_is_opened(opened: str) -> None:
    async with showing(incident()) as stage:
        for rounds in range(4):
            OPENED[opened](stage.app)
            for _ in range(rounds):
                await asyncio.sleep(0)
            stage.app.navigator.back_to_main()
            await stage.pilot.pause()
            assert stage.screen_name == "MainScreen" and stage.app.crash is None
