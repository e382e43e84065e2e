"""What happened in an account before its scenario starts."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from latticetop.simulator.clock import ManualClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.simulator.account import Account


@contextmanager
def before(account: Account, **ago: float) -> Iterator[ManualClock]:
    """Let what is done inside happen some ``timedelta`` ago, and come to its end at once."""
    present = account.clock
    past = ManualClock(present.present() - timedelta(**ago))
    account.clock = past
    try:
        yield past
        past.finish()
    finally:
        account.clock = present
