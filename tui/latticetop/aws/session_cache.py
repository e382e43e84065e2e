"""What the scopes of one run share: sessions, so that credentials are got once, and each account's budget of calls."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from latticetop.aws.rate_limiter import call_budget

if TYPE_CHECKING:
    from latticetop.aws.rate_limiter import Bucket
    from latticetop.aws.sdk import Session
    from latticetop.aws.settings import Settings

Login = tuple[str, str, bool]


class Shared:
    """Sessions by profile and role, budgets by account; `max_calls` a minute, 0 for no budget."""

    def __init__(self, max_calls: int = 0) -> None:
        self._max_calls = max_calls
        self._sessions: dict[Login, Session] = {}
        self._opening: defaultdict[Login, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._budgets: dict[str, Bucket] = {}

    async def session(self, settings: Settings, stale: Session | None = None) -> Session:
        """The session of a profile or role, made anew when the one there is has proved stale; raises ReadError."""
        login = (settings.profile, settings.role_arn, settings.sandbox)
        async with self._opening[login]:
            known = self._sessions.get(login)
            if known is None or known is stale:
                from latticetop.aws.session import open_session

                self._sessions[login] = known = await open_session(settings)
            return known

    def budget(self, settings: Settings, account_id: str = "") -> Bucket | None:
        """The budget of a profile or role, and once its account is known the one of that account, whoever calls it."""
        if not self._max_calls:
            return None
        login = f"{settings.profile} {settings.role_arn}"
        if login not in self._budgets:
            self._budgets[login] = call_budget(self._max_calls)
        if account_id:
            self._budgets[login] = self._budgets.setdefault(account_id, self._budgets[login])
        return self._budgets[login]
