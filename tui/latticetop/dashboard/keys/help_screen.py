"""The help: what the keys, the letters, the colours and the verdicts mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.widgets import Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.glossary import bound_terms
from latticetop.dashboard.keys.scrolling import scroll_text
from latticetop.dashboard.widgets.backdrop import ScrollArea
from latticetop.dashboard.widgets.beside import side_by_side
from latticetop.dashboard.widgets.dialog import Dialog
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.blocks.blocks import BlockState
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from latticetop.dashboard.keys.glossary import GlossaryTerm
    from latticetop.dashboard.theme.palette import Palette

BLOCK_STATES = {
    BlockState.FREE: "AWS can assign it as a prefix",
    BlockState.PREFIX_RESERVED: "free and inside one; AWS assigns it first",
    BlockState.LATTICE: "held by an interface of a VPC Lattice endpoint or resource gateway",
    BlockState.ALLOCATED: "held by another interface, for example of an EKS node",
    BlockState.FRAGMENTED: "one to fifteen individual addresses are in use",
    BlockState.FULL: "all sixteen individual addresses are in use",
    BlockState.RESERVED: "the first four addresses and the last; never a prefix",
    BlockState.EXPLICIT: "AWS does not assign it automatically",
}
COLOURS = (
    ("good", "3 of 3", "no problem, or certain"),
    ("warn", "0-1", "few, or not certain"),
    ("bad", "Failed", "wrong, or none left"),
    ("advice", "Fix", "advice, and what is available"),
    ("strong", "10.10.10.36", "the subject"),
    ("dim", "us-east-1", "details; a pane shows its age when it was not read lately"),
    ("focus", "enter", "a key, and the pane with the focus"),
)
"""Each tone of the palette with an example and its meaning, which a word, a letter or a number says too."""
VERDICTS = {
    Verdict.FAILED_BUT_ACCESSIBLE: "AWS says Failed, yet calls at least one association accessible",
    Verdict.FAILED: "Failed, and AWS calls no association accessible; Rejected; Expired",
    Verdict.DEGRADED: "Partial; or Available with an association that is not accessible",
    Verdict.WAITING_FOR_ACCEPTANCE: "PendingAcceptance: the owner of the service has to accept it; wrong after a day",
    Verdict.PENDING: "AWS is still creating it",
    Verdict.HEALTHY: "Available, and every association is accessible, or the type has none",
    Verdict.GONE: "being deleted or deleted",
    Verdict.UNKNOWN: "another state, shown as AWS spells it; or data that was not read",
}
BLOCK_NOTE = "Each letter is a /28 block: sixteen addresses, the first of them a multiple of sixteen."
VERDICT_NOTE = "Accessible is what AWS says of the resource configuration, not a probe."


class HelpScreen(Dialog[None]):
    """One page. `here` and `everywhere` are the keys of the screen below and of the app, each with what it does.

    `columns` and `marks` are those of the screen below.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.HELP)
    AUTO_FOCUS = ".scroll"

    def __init__(
        self,
        here: Sequence[tuple[str, str]],
        everywhere: Sequence[tuple[str, str]],
        columns: list[GlossaryTerm],
        marks: list[GlossaryTerm],
    ) -> None:
        super().__init__()
        self._content = (here, everywhere, columns, marks)

    def compose(self) -> ComposeResult:
        """A scrolling page in a pane."""
        yield Pane(ScrollArea(Static(id="help-text"), classes="scroll"), id="help", title="Help")

    def on_mount(self) -> None:
        """Show the page, and again in the colours of another theme."""
        self._show_page()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show_page())

    def action_scroll_text(self, motion: str) -> None:
        """Scroll the page."""
        scroll_text(self, motion)

    def _show_page(self) -> None:
        self.query_one("#help-text", Static).update(_page(host_of(self).palette, *self._content))


def _page(
    palette: Palette,
    here: Sequence[tuple[str, str]],
    everywhere: Sequence[tuple[str, str]],
    columns: list[GlossaryTerm],
    marks: list[GlossaryTerm],
) -> RenderableType:
    text = palette["text"]
    states = [
        (Text(state.value, palette.block(state.value)), Text(f"{state.label}: {line}", text))
        for state, line in BLOCK_STATES.items()
    ]
    colours = [(Text(example, palette[tone]), Text(line, text)) for tone, example, line in COLOURS]
    verdicts = [(Text(verdict.words, palette["strong"]), Text(line, text)) for verdict, line in VERDICTS.items()]
    sections = (
        ("Keys here", "", _key_terms(here, palette)),
        ("Columns here", "", _example_terms(columns, palette)),
        ("Marks here", "", _example_terms(marks, palette)),
        ("Numbers", "", _example_terms(bound_terms(columns), palette)),
        ("Blocks", BLOCK_NOTE, states),
        ("Keys everywhere", "", _key_terms(everywhere, palette)),
        ("Colours", "", colours),
        ("Verdicts", VERDICT_NOTE, verdicts),
    )
    parts: list[RenderableType] = []
    for title, note, terms in sections:
        if not terms:
            continue
        parts.append(Text(title, palette["title"]))
        if note:
            parts.append(Text(note, palette["dim"]))
        parts += [side_by_side(terms, gap=2), Text()]
    return Group(*parts)


def _key_terms(keys: Sequence[tuple[str, str]], palette: Palette) -> list[tuple[Text, Text]]:
    return [(Text(key, palette["focus"]), Text(does, palette["text"])) for key, does in keys]


def _example_terms(terms: list[GlossaryTerm], palette: Palette) -> list[tuple[Text, Text]]:
    lines = []
    for term in terms:
        meaning = Text(term.meaning, palette["text"])
        if term.example:
            meaning.append(f". Here: {clean(term.example)}", palette["dim"])
        lines.append((Text(clean(term.term), palette["strong"]), meaning))
    return lines
