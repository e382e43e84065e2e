"""The public door: settings in, a reader out."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from latticetop.aws.settings import PageSizes, Settings
from latticetop.aws.session_cache import Shared

if TYPE_CHECKING:
    from latticetop.aws.reader import AwsReader
    from latticetop.aws.sdk import Session


class Connector:
    """Opens readers of one account and Region, one after the other: each after the first gets new credentials.

    Connectors of the same profile or role, given the same `shared`, use one session. `again` is whether a reader is to
    read the same more than once.
    """

    def __init__(
        self,
        settings: Settings,
        shared: Shared | None = None,
        page_sizes: PageSizes | None = None,
        *,
        again: bool = True,
    ) -> None:
        self._again = again
        self._settings = settings
        self._shared = shared or Shared()
        self._page_sizes = page_sizes or PageSizes()
        self._used: Session | None = None

    async def __call__(self) -> AwsReader:
        """Open a reader; ReadError when profile, Region or credentials are missing.

        Asks nothing of AWS yet. What takes long (importing the SDK, its service models) runs in a thread, so that a
        screen goes on meanwhile.
        """
        await asyncio.to_thread(_load)
        from latticetop.aws import session
        from latticetop.aws.reader import AwsReader
        from latticetop.aws.services import Services

        self._used = await self._shared.session(self._settings, self._used)
        prepared = await session.settle(self._settings, self._used)
        await session.check_credentials(prepared)
        budget = partial(self._shared.budget, self._settings)
        services = Services(prepared, budget())
        try:
            ec2, sts = await services.open("ec2"), await services.open("sts")
        except BaseException:
            await services.close()
            raise
        return AwsReader(ec2, sts, services, self._page_sizes, budget, again=self._again)


def _load() -> None:
    from latticetop.aws.malloc_tuning import give_back_pages

    give_back_pages()
    import_module("latticetop.aws.reader")


async def connect(
    settings: Settings,
    page_sizes: PageSizes | None = None,
    shared: Shared | None = None,
    *,
    again: bool = True,
) -> AwsReader:
    """Open one reader, as a Connector does."""
    return await Connector(settings, shared, page_sizes, again=again)()
