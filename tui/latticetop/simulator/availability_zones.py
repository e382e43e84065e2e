"""Names and ids of Regions and Availability Zones."""

from __future__ import annotations

REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
    "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip
"""The Regions that an account has by default (docs.aws.amazon.com/global-infrastructure/latest/regions)."""
OPT_IN_REGIONS = (
    "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1",
    "me-central-1", "me-south-1", "mx-central-1",
)  # fmt: skip
"""The Regions that an account has to enable; here a request for one of them does so."""

_DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "central": "c",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
}  # fmt: skip


def zone_names(region: str) -> tuple[str, ...]:
    """The Availability Zones of a Region: six in us-east-1, three elsewhere."""
    return tuple(region + letter for letter in ("abcdef" if region == "us-east-1" else "abc"))


def zone_id(zone: str) -> str:
    """The zone id, such as ``use1-az1`` for us-east-1a; AWS maps names to ids differently in each account."""
    region, letter = zone[:-1], zone[-1]
    area, direction, number = region.split("-")
    return f"{area}{_DIRECTIONS[direction]}{number}-az{ord(letter) - ord('a') + 1}"


def data_plane_cell(zone: str) -> str:
    """The cell name in the client token of a resource ENI; those of us-east-1a and us-east-1b were observed."""
    return {"us-east-1a": "IAD7", "us-east-1b": "IAD1"}.get(zone, zone_id(zone).replace("-az", "").upper())
