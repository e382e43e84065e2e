"""Token bucket rate limiters: one per EC2 operation within AWS's limits, one per account within the user's budget."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from latticetop.aws.limits import EC2_BURST, EC2_REQUESTS_PER_SECOND


class RateLimiter:
    """Allow `burst` requests at once and `per_second` requests a second after that, in the order of the calls.

    The algorithm is the token bucket that EC2 uses
    (docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html).
    """

    def __init__(
        self,
        burst: int = EC2_BURST,
        per_second: float = EC2_REQUESTS_PER_SECOND,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._interval = 1 / per_second
        self._tolerance = (burst - 1) * self._interval
        self._clock = clock
        self._sleep = sleep
        self._full_at = clock()

    async def acquire(self) -> None:
        """Wait until the next request may be sent."""
        now = self._clock()
        wait = self._full_at - self._tolerance - now
        self._full_at = max(self._full_at, now) + self._interval
        if wait > 0:
            await self._sleep(wait)


def account_rate_limiter(calls_per_minute: int) -> RateLimiter:
    """Limit the requests in any 60 seconds to `calls_per_minute`, at least 2.

    Half of them may be sent at once; the other half is spread over the minute.
    """
    burst = calls_per_minute // 2
    return RateLimiter(burst, (calls_per_minute - burst) / 60)
