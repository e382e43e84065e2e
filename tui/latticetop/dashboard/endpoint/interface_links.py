"""What the page of an ENI leads on to: its owner, its subnet, its blocks."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.records.resources import NetworkInterface
    from latticetop.model.snapshot import Snapshot


class LinkKind(Enum):
    """What a link opens."""

    ENDPOINT = "endpoint"
    OWNER = "owner"
    SUBNET = "subnet"
    BLOCK = "block"


class InterfaceLink(NamedTuple):
    """A link: what it opens, its id as it is shown, and of a block its first address as an integer."""

    kind: LinkKind
    id: str
    address: int | None = None


class LinkTable(KeyedTable):
    """A row for each link; the key is its index. Down from the last row goes to the text below."""

    ROW_NOUN = "link"
    COLUMNS = (Column("kind", "go to", gap=0, value=False), Column("id", "", flexible=True, value=False))
    DEFAULT_CSS = """
    LinkTable { height: auto; max-height: 7; margin-bottom: 1; }
    """

    def action_cursor_down(self) -> None:
        """Move to the next link, or to the text below."""
        if self.cursor_row >= self.row_count - 1:
            self.screen.focus_next()
        else:
            super().action_cursor_down()


def interface_links(snapshot: Snapshot, interface: NetworkInterface) -> list[InterfaceLink]:
    """The owner, the subnet and the blocks of an ENI, as far as they were read."""
    owner, reading = owner_of(interface), snapshot.subnets.get(interface.subnet_id)
    kind = LinkKind.ENDPOINT if owner.name in snapshot.endpoints else LinkKind.OWNER
    links = [InterfaceLink(kind, owner.name if kind is LinkKind.ENDPOINT else str(owner))]
    if reading is None:
        return links if kind is LinkKind.ENDPOINT else []
    links.append(InterfaceLink(LinkKind.SUBNET, interface.subnet_id))
    addresses = [*(prefix.first for prefix in interface.prefixes), *interface.addresses]
    indexes = dict.fromkeys(reading.blocks.index_of(address) for address in addresses)
    blocks = [reading.blocks.cidr_of(index) for index in indexes if index is not None]
    return links + [InterfaceLink(LinkKind.BLOCK, str(cidr), cidr.first) for cidr in blocks]


def link_rows(links: list[InterfaceLink], palette: Palette) -> list[Row]:
    """The rows of the table."""
    return [
        Row(str(index), {"kind": Text(link.kind.value, palette["dim"]), "id": Text(clean(link.id), palette["strong"])})
        for index, link in enumerate(links)
    ]
