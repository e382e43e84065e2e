"""What the keys, the letters and the verdicts mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.blocks import BlockState
from latticetop.model.verdict import Verdict

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.theme import Palette

KEYS = (
    ("arrows, h j k l", "move over rows and blocks; page, home and end too"),
    ("tab, shift+tab", "to the next or the previous pane"),
    ("enter", "open an endpoint, an interface, a block; from a subnet into its grid"),
    ("esc", "back"),
    ("e", "explain the endpoint: what happened, why, what works, what to do"),
    ("p", "plan: what would fit into which subnets, and what if something were gone"),
    ("s", "sort the table at hand by its next column"),
    ("o", "every subnet in one list, the tightest first; enter goes there"),
    ("c", "every account and Region that is followed, and how each fares; enter goes there"),
    ("w", "what changed: blocks taken and freed, endpoints, subnets; enter goes there, x writes it to a file"),
    ("!", "every problem since the start, and what to do about it"),
    ("[ ]", "the scope before and the next, where several accounts or Regions are followed"),
    ("r", "read everything now"),
    ("space", "stop reading, or go on"),
    ("a", "every subnet and every type of endpoint of the Region, or again only what matters here"),
    ("q", "quit"),
)

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

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "back", id="back"),
    ]
    AUTO_FOCUS = ".scroll"

    def __init__(self, keys: tuple[tuple[str, str], ...] = KEYS) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """A scrolling page in a pane."""
        yield Pane(VerticalScroll(Static(id="help-text"), classes="scroll"), id="help", title="Help")

    def on_mount(self) -> None:
        """Write the page, and again in the colours of another theme."""
        self._write()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._write())

    def _write(self) -> None:
        self.query_one("#help-text", Static).update(_page(cast("LatticetopApp", self.app).palette, self._keys))


def _page(palette: Palette, told: tuple[tuple[str, str], ...]) -> RenderableType:
    keys = _listing([(Text(key, palette["focus"]), Text(what, palette["text"])) for key, what in told])
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
    for title, note, listing in (("Keys", "", keys), ("Blocks", block, letters), ("Verdicts", claim, verdicts)):
        parts += [Text(title, palette["title"]), *([Text(note, palette["dim"])] if note else []), listing, Text()]
    return Group(*parts, Text("* marks a block that changed within the last few reads.", palette["dim"]))


def _listing(rows: list[tuple[Text, Text]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for term, meaning in rows:
        term.no_wrap = True
        grid.add_row(term, meaning)
    return grid
