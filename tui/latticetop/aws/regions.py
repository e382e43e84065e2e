"""The Regions of an account in which VPC Lattice is available: what the Region name `all` stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.aws.connect import connect
from latticetop.model.records.problem import ReadError

if TYPE_CHECKING:
    from latticetop.aws.session_cache import SessionCache
    from latticetop.aws.settings import Settings

_SERVICE = "vpc-lattice"


async def lattice_regions(settings: Settings, sessions: SessionCache | None = None) -> tuple[str, ...]:
    """Return the Region that `all` begins with, then the others that are enabled in the account and have VPC Lattice.

    When DescribeRegions fails or is denied, the others are those in botocore's endpoint table. Raises ReadError when no
    reader can be opened or the credentials are not valid.
    """
    reader = await connect(settings, sessions=sessions)
    try:
        enabled = await reader.regions()
    except ReadError as error:
        if error.problem.needs_new_credentials:
            raise
        enabled = None
    finally:
        await reader.close()
    return (reader.region, *(name for name in reader.regions_with(_SERVICE, enabled) if name != reader.region))
