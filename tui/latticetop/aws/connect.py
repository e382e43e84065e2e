"""The public door: settings in, a reader out."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from .settings import PageSizes, Settings

if TYPE_CHECKING:
    from .buckets import Bucket
    from .reader import AwsReader


async def connect(settings: Settings, page_sizes: PageSizes | None = None, budget: Bucket | None = None) -> AwsReader:
    """Open a reader of one account and Region; ReadError when profile, Region or credentials are missing.

    Asks nothing of AWS yet. Readers of one account may share a budget. What takes long (importing the SDK, its service
    models) runs in a thread, so that a screen goes on meanwhile.
    """
    await asyncio.to_thread(import_module, "latticetop.aws.reader")
    from . import session
    from .reader import AwsReader
    from .services import Services

    prepared = await asyncio.to_thread(session.prepare, settings)
    await session.check_credentials(prepared)
    services = Services(prepared, budget)
    try:
        ec2, sts = await services.open("ec2"), await services.open("sts")
    except BaseException:
        await services.close()
        raise
    return AwsReader(ec2, sts, services, page_sizes or PageSizes())
