"""All subnets of all scopes, each with a strip of its map as wide as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from latticetop.dashboard.find.searchable import SUBNET_KEYS
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.table.subnet_cells import free_blocks, map_strip, subnet_ranks
from latticetop.dashboard.text.format import age
from latticetop.dashboard.text.summaries import Extent
from latticetop.model.records.address import NOWHERE
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.snapshot import SubnetReading

OTHERS = 58
"""Columns that the others take at the most; the strip has the rest."""


class Place(NamedTuple):
    """A subnet and the scope it is in."""

    scope: int
    watched: Watched
    reading: SubnetReading

    @property
    def key(self) -> str:
        """What tells it from the same subnet seen from another account."""
        return f"{self.scope} {self.reading.subnet.subnet_id}"

    @property
    def read_at(self) -> datetime | None:
        """When its ENIs were last read."""
        view = self.watched.view
        return view.snapshot.read_at.get(self.reading.subnet.subnet_id) if view else None


class EstateTable(KeyedTable):
    """One row a subnet; the key is a `Place.key`."""

    NAME = "estate"
    NOUN = "subnet"
    EXTENT = Extent.ALL
    KEYS = SUBNET_KEYS
    COLUMNS = (
        Column("name", "subnet", gap=0, flexible=True),
        Column("account", "account", 80, of_scopes=True),
        Column("region", "Region", 80, of_scopes=True),
        Column("vpc", "VPC", 110),
        Column("zone", "az", 50),
        Column("cidr", "CIDR", gap=1),
        Column("addresses", "free", 60, right=True),
        Column("blocks", "/28", right=True),
        Column("age", "age", 70, right=True, falling=True),
        Column("map", "map", 54, value=False),
    )
    OWN = "blocks"

    def readings(self) -> Iterable[SubnetReading]:
        """The subnets of all scopes."""
        return (place.reading for place in places(self.lattice.watched))

    @property
    def strip_width(self) -> int:
        """How many letters of a map there is room for."""
        scopes = 24 if self._several and self.size.width >= 80 else 0
        vpc = 16 if self.size.width >= 110 else 0
        return max(4, min(64, self.size.width - OTHERS - scopes - vpc))


def places(watched: Sequence[Watched]) -> list[Place]:
    """Every subnet of every scope that has been read."""
    return [
        Place(number, each, reading)
        for number, each in enumerate(watched)
        if each.view is not None
        for reading in each.view.snapshot.subnets.values()
    ]


def place_of(key: str, watched: Sequence[Watched]) -> tuple[Watched, str]:
    """The scope and the subnet that a key stands for."""
    scope, _, subnet_id = key.partition(" ")
    return watched[int(scope)], subnet_id


def tightest_first(found: Iterable[Place]) -> list[Place]:
    """The fewest free blocks first, those without IPv4 last."""
    return sorted(
        found,
        key=lambda place: (
            not place.reading.blocks.letters,
            place.reading.blocks.free,
            place.reading.subnet.cidr_block or NOWHERE,
            place.key,
        ),
    )


def estate_rows(found: Sequence[Place], now: datetime, palette: Palette, width: int) -> list[Row]:
    """The rows of the table in the order of the places."""
    return [_row(place, now, palette, width) for place in found]


def _row(place: Place, now: datetime, palette: Palette, width: int) -> Row:
    subnet, view = place.reading.subnet, place.watched.view
    assert view is not None
    scope, read_at = view.snapshot.scope, place.read_at
    cells = {
        "name": Text(clean(subnet.name) or subnet.subnet_id, palette["text"]),
        "account": Text(clean(place.watched.title or scope.profile or scope.account_id), palette["dim"]),
        "region": Text(clean(scope.region), palette["dim"]),
        "vpc": Text(shorten_ids(clean(subnet.vpc_id)), palette["dim"]),
        "zone": Text(clean(subnet.zone_letter), palette["dim"]),
        "cidr": Text(subnet.range_text, palette["text" if subnet.cidr_block else "dim"]),
        "addresses": Text(f"{subnet.available_ip_address_count:,}" if subnet.cidr_block else "-", palette["text"]),
        "blocks": free_blocks(place.reading, palette) if read_at else Text("?", palette["dim"]),
        "age": Text(age((now - read_at).total_seconds()) if read_at else "-", palette["dim"]),
        "map": map_strip(place.reading.blocks.letters, width, palette) if read_at else Text(),
    }
    ranks = subnet_ranks(place.reading, read_at is not None) | {"age": -read_at.timestamp() if read_at else None}
    return Row(place.key, cells, ranks)
