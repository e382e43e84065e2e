"""The block under the cursor in detail: CIDR, state, owners, sixteen addresses, what frees it; and the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from latticetop.dashboard.text.format import cut_end, short_ids
from latticetop.model.blocks.blocks import BlockState
from latticetop.model.blocks.reasons import describe_owner, reason_for
from latticetop.model.capacity.defragment import defragment, free_block
from latticetop.model.records.address import BLOCK_SIZE, format_address
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.style import Style

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.blocks.blocks import Block, BlockMap

LEGEND_ORDER = (
    BlockState.FREE,
    BlockState.LATTICE,
    BlockState.ALLOCATED,
    BlockState.FRAGMENTED,
    BlockState.FULL,
    BlockState.RESERVED,
    BlockState.PREFIX_RESERVED,
    BlockState.EXPLICIT,
)
MAX_OWNERS = 3
MAX_INTERFACES = 5_000
"""In a subnet with more ENIs it is not worked out while the cursor moves what frees a block: it takes too long."""
LINES_FOR_OWNERS, LINES_FOR_SPACING = 5, 8
"""From so many lines on there are owners, and a blank line below the title."""


def describe_block(
    blocks: BlockMap,
    block: Block,
    palette: Palette,
    lines: int,
    width: int,
    failed_endpoints: Collection[str] | None = (),
) -> RenderableType:
    """Describe a block in at most so many lines; what does not fit is left out from the bottom, the legend first.

    `failed_endpoints` may be deleted to free it; None if data is missing, so that nothing can be said of that.
    """
    legend_lines = legend(palette, blocks, width)
    parts: list[Text] = [_title(block, palette, width)]
    if lines >= 2 + len(legend_lines):
        parts += [*([Text()] if lines >= LINES_FOR_SPACING else []), _addresses(block, palette)]
    if lines >= LINES_FOR_OWNERS:
        parts += _owners(block, palette, width)
        if failed_endpoints is not None and (hint := freeing_hint(blocks, block, failed_endpoints)):
            parts += [Text(), Text(hint, palette["advice"])]
    if len(parts) + 1 + len(legend_lines) <= lines:
        parts.append(Text())
    if len(parts) + len(legend_lines) <= lines:
        parts += legend_lines
    return Group(*parts[: max(1, lines)])


def legend(palette: Palette, blocks: BlockMap, width: int) -> list[Text]:
    """The letters in a map with their meaning, in lines of a width."""
    lines = [Text()]
    for state in LEGEND_ORDER:
        if not blocks.counts[state]:
            continue
        item = Text.assemble((state.value, palette.block(state.value)), (f" {state.label}", palette["dim"]))
        if lines[-1] and lines[-1].cell_len + 2 + item.cell_len > width:
            lines.append(Text())
        lines[-1].append("  " if lines[-1] else "").append_text(item)
    return lines


def _title(block: Block, palette: Palette, width: int) -> Text:
    label, reason = block.state.label, clean(reason_for(block))
    if block.state is BlockState.FRAGMENTED:
        reason = f"{len(block.uses)} of 16 addresses in use"
    text = reason if label in reason else f"{label}: {reason}"
    return _line(str(block.cidr), text, palette.ink(block.state.value), palette, width)


def _line(subject: str, text: str, style: Style, palette: Palette, width: int) -> Text:
    """A subject and a text on one line, the ids in it whole where there is room."""
    room = width - len(subject) - 2
    return Text.assemble((subject, palette["strong"]), "  ", (cut_end(short_ids(text, room), room), style))


def _addresses(block: Block, palette: Palette) -> Text:
    """A character for each address: `.32 . . . . # . .  .47`."""
    used = {use.address for use in block.uses}
    text = Text(f".{block.cidr.first & 255} ", palette["dim"], no_wrap=True, overflow="crop")
    for address in range(block.cidr.first, block.cidr.first + BLOCK_SIZE):
        if address in block.reserved_addresses:
            character = Text("R", palette.block("R"))
        elif address in used:
            character = Text("#", palette.block("f"))
        elif any(use.prefix.contains(address) for use in block.prefixes):
            character = Text(block.state.value, palette.block(block.state.value))
        else:
            character = Text(".", palette["dim"])
        text.append(" ").append_text(character)
    return text.append(f"  .{block.cidr.last & 255}", palette["dim"])


def _owners(block: Block, palette: Palette, width: int) -> list[Text]:
    uses = [(str(use.prefix), use.interface) for use in block.prefixes]
    uses += [(format_address(use.address), use.interface) for use in block.uses]
    lines = [
        _line(address, clean(describe_owner(interface)), palette["dim"], palette, width)
        for address, interface in uses[:MAX_OWNERS]
    ]
    if len(uses) > MAX_OWNERS:
        lines.append(Text(f"and {len(uses) - MAX_OWNERS} more: enter shows them", palette["dim"]))
    return lines or [Text("No interface uses an address of this block.", palette["dim"])]


def freeing_hint(blocks: BlockMap, block: Block, failed_endpoints: Collection[str]) -> str:
    """What frees the block, and whether it is the easiest one to free; empty if it is free or never can be."""
    index = blocks.index_of(block.cidr.first)
    if index is None or len(blocks.interfaces) > MAX_INTERFACES:
        return ""
    freeing = free_block(blocks, index, failed_endpoints)
    if freeing is None:
        return ""
    easiest = block.cidr in defragment(blocks, 1, failed_endpoints).freed_blocks
    return clean(f"{'Easiest to free here' if easiest else 'To free it'}: {freeing.sentence}.")
