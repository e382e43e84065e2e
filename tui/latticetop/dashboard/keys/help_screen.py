"""What the keys, the letters and the verdicts mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.blocks.blocks import BlockState
from latticetop.model.endpoints.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from latticetop.dashboard.theme.palette import Palette

LETTERS = {
    BlockState.FREE: "free: AWS can hand it out as a prefix",
    BlockState.PREFIX_RESERVED: "free, inside a prefix reservation: handed out first",
    BlockState.LATTICE: "held by an interface of a VPC Lattice endpoint or resource gateway",
    BlockState.ALLOCATED: "held by another interface, an EKS node for one",
    BlockState.FRAGMENTED: "broken: one to fifteen single addresses are in use",
    BlockState.FULL: "all sixteen addresses are in use one by one",
    BlockState.RESERVED: "holds an address AWS keeps (the first four, the last): never a prefix",
    BlockState.EXPLICIT: "inside an explicit reservation: AWS does not hand it out",
}

COLOURS = (
    ("good", "3 of 3", "all is well, or certain"),
    ("warn", "0–1", "few, or only with luck; or something AWS did not say for certain"),
    ("bad", "Failed", "wrong, or none left"),
    ("advice", "To mend", "advice, and what there is to be had"),
    ("strong", "10.10.10.36", "what it is about"),
    ("dim", "us-east-1", "what is only said for completeness; a pane says how old it is when it was not read lately"),
    ("focus", "enter", "a key, and where you are"),
)
"""Per tone: what it looks like, and what it says. Each is also told by a word, a letter or a number."""

VERDICTS = {
    Verdict.FAILED_BUT_ACCESSIBLE: "AWS says Failed, yet calls at least one association accessible",
    Verdict.FAILED: "AWS says Failed, and calls no association accessible",
    Verdict.DEGRADED: "Available or Partial, but an association is not accessible",
    Verdict.PENDING: "AWS is still building it, or waits for its acceptance",
    Verdict.HEALTHY: "Available, and every association is accessible",
    Verdict.GONE: "being deleted, deleted, rejected or expired",
    Verdict.UNKNOWN: "a state latticetop does not know; it is shown as AWS spells it",
}


class HelpScreen(ModalScreen[None]):
    """One page; any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.HELP)
    AUTO_FOCUS = ".scroll"

    def __init__(self, here: Sequence[tuple[str, str]], everywhere: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = (here, everywhere)

    def compose(self) -> ComposeResult:
        """A scrolling page in a pane."""
        yield Pane(VerticalScroll(Static(id="help-text"), classes="scroll"), id="help", title="Help")

    def on_mount(self) -> None:
        """Write the page, and again in the colours of another theme."""
        self._write()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._write())

    def _write(self) -> None:
        self.query_one("#help-text", Static).update(_page(host_of(self).palette, *self._keys))


def _page(palette: Palette, here: Sequence[tuple[str, str]], everywhere: Sequence[tuple[str, str]]) -> RenderableType:
    letters = _listing(
        [(Text(s.value, palette.block(s.value)), Text(what, palette["text"])) for s, what in LETTERS.items()]
    )
    verdicts = _listing(
        [
            (Text(v.value.replace("-", " "), palette["strong"]), Text(what, palette["text"]))
            for v, what in VERDICTS.items()
        ]
    )
    block = "Each letter is a block, a /28: sixteen addresses from a multiple of sixteen on."
    claim = "Accessible is what AWS says of the resource configuration; nothing was probed."
    parts: list[RenderableType] = []
    sections = (
        ("Here", "", _keys(here, palette)),
        ("Everywhere", "", _keys(everywhere, palette)),
        ("Blocks", block, letters),
        ("Colours", "", _colours(palette)),
        ("Verdicts", claim, verdicts),
    )
    for title, note, listing in sections:
        parts += [Text(title, palette["title"]), *([Text(note, palette["dim"])] if note else []), listing, Text()]
    return Group(*parts, Text("* marks a block that changed within the last few reads.", palette["dim"]))


def _colours(palette: Palette) -> Table:
    return _listing([(Text(example, palette[tone]), Text(what, palette["text"])) for tone, example, what in COLOURS])


def _keys(lines: Sequence[tuple[str, str]], palette: Palette) -> Table:
    return _listing([(Text(key, palette["focus"]), Text(what, palette["text"])) for key, what in lines])


def _listing(rows: list[tuple[Text, Text]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for term, meaning in rows:
        term.no_wrap = True
        grid.add_row(term, meaning)
    return grid
