"""The block under the cursor, spelt out: CIDR, state, owner, sixteen addresses, what would free it; and the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.blocks.reasons import describe_holder, reason_for
from latticetop.model.records.address import BLOCK_SIZE, format_address
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.blocks.blocks import Block, BlockMap

WORDS = {
    BlockState.FREE: "free",
    BlockState.LATTICE: "lattice",
    BlockState.ALLOCATED: "other",
    BlockState.FRAGMENTED: "broken",
    BlockState.FULL: "full",
    BlockState.RESERVED: "kept",
    BlockState.PREFIX_RESERVED: "held",
    BlockState.EXPLICIT: "explicit",
}
MOST_HOLDERS = 3


def describe(blocks: BlockMap, block: Block, palette: Palette, lines: int, width: int) -> RenderableType:
    """The block in as many lines as there are; the legend comes last, what does not fit is left out from the bottom."""
    key = legend(palette, blocks, width)
    parts: list[Text] = [_title(block, palette)]
    if lines >= 2 + len(key):
        parts += [*([Text()] if lines >= 8 else []), _addresses(block, palette)]
    if lines >= 5:
        parts += _holders(block, palette)
        if hint := _hint(blocks, block):
            parts += [Text(), Text(hint, palette["advice"])]
    if len(parts) + 1 + len(key) <= lines:
        parts.append(Text())
    if len(parts) + len(key) <= lines:
        parts += key
    return Group(*parts[: max(1, lines)])


def legend(palette: Palette, blocks: BlockMap, width: int) -> list[Text]:
    """The letters that the map has, each on its colour with its word, in lines of a width."""
    lines = [Text()]
    for state, word in WORDS.items():
        if not blocks.counts[state]:
            continue
        item = Text.assemble((state.value, palette.block(state.value)), (f" {word}", palette["dim"]))
        if lines[-1] and lines[-1].cell_len + 2 + item.cell_len > width:
            lines.append(Text())
        lines[-1].append("  " if lines[-1] else "").append_text(item)
    return lines


def _title(block: Block, palette: Palette) -> Text:
    state = WORDS[block.state] if block.state is not BlockState.FRAGMENTED else "fragmented"
    reason = shorten_ids(clean(reason_for(block)))
    if block.state is BlockState.FRAGMENTED:
        reason = f"{len(block.uses)} of 16 addresses in use"
    text = reason if reason.startswith(state) else f"{state}: {reason}"
    title = Text.assemble((str(block.cidr), palette["strong"]), "  ", (text, palette.ink(block.state.value)))
    title.no_wrap, title.overflow = True, "ellipsis"
    return title


def _addresses(block: Block, palette: Palette) -> Text:
    """`.32 . . . . # . .  .47`: one sign an address."""
    used = {use.address for use in block.uses}
    text = Text(f".{block.cidr.first & 255} ", palette["dim"], no_wrap=True, overflow="crop")
    for address in range(block.cidr.first, block.cidr.first + BLOCK_SIZE):
        if address in block.kept:
            sign = Text("R", palette.block("R"))
        elif address in used:
            sign = Text("#", palette.block("f"))
        elif any(use.prefix.holds(address) for use in block.prefixes):
            sign = Text(block.state.value, palette.block(block.state.value))
        else:
            sign = Text(".", palette["dim"])
        text.append(" ").append_text(sign)
    return text.append(f"  .{block.cidr.last & 255}", palette["dim"])


def _holders(block: Block, palette: Palette) -> list[Text]:
    held = [(str(use.prefix), use.interface) for use in block.prefixes]
    held += [(format_address(use.address), use.interface) for use in block.uses]
    lines = [
        Text.assemble(
            (what, palette["strong"]),
            "  ",
            (shorten_ids(clean(describe_holder(interface))), palette["dim"]),
            no_wrap=True,
            overflow="ellipsis",
        )
        for what, interface in held[:MOST_HOLDERS]
    ]
    if len(held) > MOST_HOLDERS:
        lines.append(Text(f"and {len(held) - MOST_HOLDERS} more: enter shows them", palette["dim"]))
    return lines or [Text("No interface holds anything in it.", palette["dim"])]


def _hint(blocks: BlockMap, block: Block) -> str:
    if block.state is not BlockState.FRAGMENTED or len(block.uses) > 1:
        return ""
    if blocks.free:
        return "Moving it would free one more block."
    alone = blocks.counts[BlockState.FRAGMENTED] == 1
    return "Moving it would free the only block to be had here." if alone else "Moving it would free a block."
