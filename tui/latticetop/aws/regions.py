"""Which Regions an account can use VPC Lattice in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.aws.connect import connect
from latticetop.model.records.problem import ReadError

if TYPE_CHECKING:
    from latticetop.aws.settings import Settings
    from latticetop.aws.session_cache import Shared

SERVICE = "vpc-lattice"


async def offered(settings: Settings, shared: Shared | None = None) -> tuple[str, ...]:
    """The Region that `all` begins with, then all others that are enabled in the account and have VPC Lattice.

    Where DescribeRegions may not be called, those that boto3 knows of. Raises ReadError.
    """
    reader = await connect(settings, shared=shared)
    try:
        enabled = await reader.regions()
    except ReadError as error:
        if error.problem.kind.needs_new_credentials:
            raise
        enabled = None
    finally:
        await reader.close()
    return (reader.region, *(name for name in reader.regions_with(SERVICE, enabled) if name != reader.region))
