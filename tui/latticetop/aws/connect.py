"""The entry point of the package: from settings to a reader."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from latticetop.aws.daemon_threads import use_daemon_threads
from latticetop.aws.limits import PageSizes
from latticetop.aws.sdk_import import import_with_sdk
from latticetop.aws.session_cache import SessionCache
from latticetop.model.records.aws_actions import GET_CALLER_IDENTITY

if TYPE_CHECKING:
    from latticetop.aws.reader import AwsReader
    from latticetop.aws.sdk import Session
    from latticetop.aws.settings import Settings


class Connector:
    """Open readers of one account and Region, one after another. Each reader after the first has new credentials.

    Connectors with the same `sessions` share the session of a profile or role. `cache_decoded` keeps decoded ENIs for
    the reader's next read (see `decode_cache`); switch it off for a reader that reads once. With `scope_first`, AWS is
    asked for the account while EC2's model is loaded: for readers of which `scope` is called first.
    """

    def __init__(
        self,
        settings: Settings,
        sessions: SessionCache | None = None,
        page_sizes: PageSizes | None = None,
        *,
        cache_decoded: bool = True,
        scope_first: bool = False,
    ) -> None:
        self._cache_decoded = cache_decoded
        self._scope_first = scope_first
        self._settings = settings
        self._sessions = sessions or SessionCache()
        self._page_sizes = page_sizes or PageSizes()
        self._last_session: Session | None = None

    async def __call__(self) -> AwsReader:
        """Open a reader. Raises ReadError when the profile, the Region or the credentials are missing.

        Sends no request to AWS, unless `scope` is to be called first. Importing the SDK and loading its service models
        takes long and runs in a thread, so that the event loop stays free.
        """
        use_daemon_threads()
        await import_with_sdk("latticetop.aws.reader")
        from latticetop.aws import session
        from latticetop.aws.reader import AwsReader
        from latticetop.aws.services import ServiceClients

        self._last_session = await self._sessions.session(self._settings, self._last_session)
        prepared = await session.prepare_in_thread(self._settings, self._last_session)
        await session.check_credentials(prepared)
        rate_limiter = partial(self._sessions.rate_limiter, self._settings)
        services = ServiceClients(prepared, rate_limiter())
        identity = None
        try:
            if self._scope_first:
                identity = asyncio.create_task((await services.open("sts")).call(GET_CALLER_IDENTITY))
                # A reader may be closed before it is asked for its scope.
                identity.add_done_callback(lambda task: task.cancelled() or task.exception())
            ec2, sts = await services.open("ec2"), await services.open("sts")
        except BaseException:
            if identity:
                identity.cancel()
            await services.close()
            raise
        return AwsReader(
            ec2, sts, services, self._page_sizes, rate_limiter, cache_decoded=self._cache_decoded, identity=identity
        )


async def connect(
    settings: Settings,
    page_sizes: PageSizes | None = None,
    sessions: SessionCache | None = None,
    *,
    cache_decoded: bool = True,
) -> AwsReader:
    """Open one reader, as a Connector does. Raises ReadError."""
    return await Connector(settings, sessions, page_sizes, cache_decoded=cache_decoded)()
