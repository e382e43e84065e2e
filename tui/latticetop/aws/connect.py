"""The public door: settings in, a reader out."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from importlib import import_module
from typing import TYPE_CHECKING

from .settings import PageSizes, Settings

if TYPE_CHECKING:
    from .reader import AwsReader


async def connect(settings: Settings, page_sizes: PageSizes | None = None) -> AwsReader:
    """Open a reader of one account and Region; ReadError when profile, Region or credentials are missing.

    Asks nothing of AWS yet. What takes long (importing the SDK, its service models) runs in a thread, so that a screen
    goes on meanwhile.
    """
    await asyncio.to_thread(import_module, "latticetop.aws.reader")
    from . import sdk, session
    from .reader import AwsReader

    prepared = await asyncio.to_thread(session.prepare, settings)
    await session.check_credentials(prepared)
    async with AsyncExitStack() as stack:
        ec2, sts = [
            await sdk.open_client(
                stack,
                prepared.session,
                service,
                region=prepared.region,
                endpoint_url=prepared.endpoint_url,
                profile=prepared.profile,
            )
            for service in ("ec2", "sts")
        ]
        return AwsReader(
            ec2,
            sts,
            region=prepared.region,
            profile=prepared.profile,
            page_sizes=page_sizes or PageSizes(),
            stack=stack.pop_all(),
        )
