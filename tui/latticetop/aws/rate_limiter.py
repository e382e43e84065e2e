"""Token buckets: how fast AWS lets an API be called, and how often a person wants their account to be asked at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

CAPACITY, PER_SECOND = 90, 18.0
"""A tenth below EC2's own 100 and 20 for each Describe and Get call of an account and Region, which others use too
(docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html)."""


class Bucket:
    """Holds `capacity` tokens when full and gains `per_second` each second; whoever finds it empty waits their turn."""

    def __init__(
        self,
        capacity: int = CAPACITY,
        per_second: float = PER_SECOND,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._spacing = 1 / per_second
        self._slack = (capacity - 1) * self._spacing
        self._clock = clock
        self._sleep = sleep
        self._full_at = clock()

    async def take(self) -> None:
        """Take a token, first come first served."""
        now = self._clock()
        wait = self._full_at - self._slack - now
        self._full_at = max(self._full_at, now) + self._spacing
        if wait > 0:
            await self._sleep(wait)


def call_budget(per_minute: int) -> Bucket:
    """At most so many requests (2 or more) in any minute: half of them at once, the others as the minute goes by."""
    at_once = per_minute // 2
    return Bucket(at_once, (per_minute - at_once) / 60)
