"""Waits between two reads, and the system clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from latticetop.follow.timing import SystemClock


async def test_the_system_clock_waits_for_the_event_or_the_time() -> None:

    clock, event = SystemClock(), asyncio.Event()
    assert clock.now().utcoffset() == timedelta(0)
    assert await clock.wait(event, 0) is False
    event.set()
    assert await clock.wait(event, None) is True
