"""Waiting until an app has handled and drawn everything, in place of Textual's wait for an idle process.

Textual's pilot waits after each key until the process used less than a millisecond of CPU time within 20. That is long
on a quiet machine, and ends too early on a busy one, where a process that has work to do is not given the CPU.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual._context import active_app
from textual.app import App


def settle_at_once(patch: pytest.MonkeyPatch) -> None:
    """Have Textual's pilot wait by `settled`."""
    patch.setattr(textual.pilot, "wait_for_idle", _wait_for_idle)
    patch.setattr(textual.app, "wait_for_idle", _wait_for_idle)


async def settled(app: App[Any]) -> None:
    """Return when no task can run, no animation runs and the screen is drawn; timers and threads are not waited for."""
    while True:
        await _tasks_have_run()
        screen = app._screen_stack[-1] if app._screen_stack else None
        if app._resize_timer is not None:
            app._check_resize()
        elif app.animator._animations or app.animator._scheduled:
            await app.animator.wait_until_complete()
        elif screen is None or not screen.is_current or app._batch_count:
            return
        elif (
            screen._layout_required
            or screen._scroll_required
            or screen._repaint_required
            or screen._recompose_required
            or screen._dirty_widgets
            or screen._callbacks
        ):
            screen._on_timer_update()
        else:
            return


async def _tasks_have_run() -> None:
    """Return when nothing is left to run in the event loop, twice in a row: in between it looks for input."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    rounds_without_work = 0
    while rounds_without_work < 2:
        await asyncio.sleep(0)
        rounds_without_work = 0 if ready else rounds_without_work + 1


async def _wait_for_idle(*_: float) -> None:
    await settled(active_app.get())
