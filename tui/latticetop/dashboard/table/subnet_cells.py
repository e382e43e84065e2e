""""""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.model.blocks.blocks import strip
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.decide import Fits
    from latticetop.model.snapshot import SubnetReading


def map_strip(letters: str, width: int, palette: Palette) -> Text:
    """A map on one line, each letter on its colour."""
    return Text.assemble(*((letter, palette.block(letter)) for letter in strip(letters, width)))


def free_blocks(reading: SubnetReading, palette: Palette) -> Text:
    """How many blocks are free: red 0, amber few, `≤ 3` when some ENIs are not visible to us, `-` without IPv4."""
    if not reading.blocks.letters:
        return Text("-", palette["dim"])
    bound = "≤ " if reading.unaccounted and reading.blocks.free else ""
    return Text(f"{bound}{reading.blocks.free:,}", palette.blocks_left(reading.blocks.free))


def fits_text(count: Fits, palette: Palette) -> Text:
    """How many more endpoints fit: `2` for certain, `1–2` with luck, red 0."""
    return Text(str(count), palette.fits_left(count.certain, count.possible))


def subnet_name(reading: SubnetReading, brief: bool) -> str:
    """Its Name tag, or else its id cut in the middle, without `subnet-` where there is little room."""
    short = shorten_ids(clean(reading.subnet.subnet_id))
    return clean(reading.subnet.name) or (short.removeprefix("subnet-") if brief else short)


def subnet_ranks(reading: SubnetReading, known: bool) -> dict[str, object]:
    """What the columns about a subnet sort by; `known` is whether its ENIs were read."""
    subnet = reading.subnet
    return {
        "cidr": subnet.cidr_block,
        "zone": subnet.availability_zone,
        "addresses": subnet.available_ip_address_count if subnet.cidr_block else None,
        "blocks": reading.blocks.free if known and reading.blocks.letters else None,
        "vpc": subnet.vpc_id,
    }
