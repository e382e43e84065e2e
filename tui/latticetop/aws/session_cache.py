"""Sessions and rate limiters of one run. Credentials are resolved once per profile; each account has one limiter."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from msgspec import structs

from latticetop.aws.limits import ROLE_RETRY
from latticetop.aws.rate_limiter import account_rate_limiter

if TYPE_CHECKING:
    from latticetop.aws.rate_limiter import RateLimiter
    from latticetop.aws.sdk import Session
    from latticetop.aws.settings import Settings

SessionKey = tuple[str, str, bool]
"""Profile, role ARN, and whether the session is a sandbox's."""


class SessionCache:
    """Keep one session per profile and role, and one rate limiter per account.

    `max_calls` is the maximum number of API calls per minute per account; 0 is unlimited. `has_terminal` is whether a
    `credential_process` may use the terminal, which it may not while a dashboard has it. `reads_once` is set for a
    command that ends after one read: a role that cannot be assumed is then asked for once.
    """

    def __init__(self, max_calls: int = 0, *, has_terminal: bool = True, reads_once: bool = False) -> None:
        self._max_calls = max_calls
        self._role_retry = math.inf if reads_once else ROLE_RETRY
        self._has_terminal = has_terminal
        self._sessions: dict[SessionKey, Session] = {}
        self._sources: dict[SessionKey, Session] = {}
        """The session of the profile that each session of a role was opened with."""
        self._locks: defaultdict[SessionKey, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._limiters: dict[str, RateLimiter] = {}

    async def session(self, settings: Settings, stale: Session | None = None) -> Session:
        """Return the session of a profile and role, a new one if there is none yet or if it is `stale`.

        Raises ReadError when the session cannot be opened.
        """
        key = (settings.profile, settings.role_arn, settings.sandbox)
        async with self._locks[key]:
            session = self._sessions.get(key)
            if session is None or session is stale:
                self._sessions[key] = session = await self._open(settings, key)
            return session

    async def _open(self, settings: Settings, key: SessionKey) -> Session:
        from latticetop.aws.session import open_session

        open_with = partial(open_session, settings, has_terminal=self._has_terminal, role_retry=self._role_retry)
        if not settings.role_arn:
            return await open_with()
        of_profile = structs.replace(settings, role_arn="", role="", external_id="")
        source = self._sources[key] = await self.session(of_profile, self._sources.get(key))
        # The first role resolves the credentials; botocore would let each that comes meanwhile resolve them too.
        async with self._locks[settings.profile, "", settings.sandbox]:
            return await open_with(source)

    def rate_limiter(self, settings: Settings, account_id: str = "") -> RateLimiter | None:
        """Return the rate limiter of a profile and role, None without a maximum.

        With `account_id` it is the account's from now on, shared by every profile and role of that account.
        """
        if not self._max_calls:
            return None
        key = f"{settings.profile} {settings.role_arn}"
        if key not in self._limiters:
            self._limiters[key] = account_rate_limiter(self._max_calls)
        if account_id:
            self._limiters[key] = self._limiters.setdefault(account_id, self._limiters[key])
        return self._limiters[key]
