"""The investigation of one endpoint: what happened, why, what works, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import structs
from rich.text import Text
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from latticetop.actions import Place
from latticetop.dashboard.bindings import bindings_at
from latticetop.dashboard.screens.detail import DetailScreen
from latticetop.dashboard.widgets.key_line import KeyLine
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.dashboard.widgets.story import tell
from latticetop.model.explanation import Explanation, explain
from latticetop.model.text import shorten_ids

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.sheets import Sheet
    from latticetop.dashboard.theme import Palette
    from latticetop.dashboard.view import View
    from latticetop.reports.takeaway import Take


class ExplainScreen(DetailScreen):
    """Investigates one endpoint when opened; `n` resolves its names too, `y` copies the story as Markdown."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.EXPLAIN)
    AUTO_FOCUS = ".scroll"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__()
        self.endpoint_id = endpoint_id
        self.explanation: Explanation | None = None
        """The story, once it is known."""
        self._palette: Palette | None = None

    @property
    def crumbs(self) -> tuple[str, ...]:
        """The endpoint, explained."""
        return (shorten_ids(self.endpoint_id), "explained")

    def compose(self) -> ComposeResult:
        """One scrolling pane."""
        yield StatusLine()
        yield Pane(VerticalScroll(Static(id="story"), classes="scroll"), id="story-pane", title=self.endpoint_id)
        yield KeyLine()

    def opened(self) -> None:
        """Begin to investigate."""
        self._investigate(resolve=False)

    def refresh_from(self, view: View) -> None:
        """The story is told as of when it was asked for; only its colours may change."""
        if self._palette is not self.lattice.palette:
            self._draw()

    def on_resize(self) -> None:
        """The story follows the width."""
        self.call_after_refresh(self._draw)

    def action_resolve(self) -> None:
        """Ask the resolver for the addresses of the endpoint's names."""
        self._investigate(resolve=True)

    def take(self) -> Take:
        """The story, once it is known, and what can be taken of the endpoint."""
        from latticetop.reports import explain, explain_json, takeaway

        view, story = self.lattice.view, self.explanation
        endpoint = view.snapshot.endpoints.get(self.endpoint_id) if view else None
        own = takeaway.of_endpoint(view.snapshot, endpoint) if view and endpoint else ()
        if story is None:
            return own
        told = takeaway.Part("explanation as Markdown", explain.render_markdown(story))
        return told, takeaway.Part("explanation as JSON", explain_json.render_json(story)), *own

    def sheet(self) -> Sheet | None:
        """The story."""
        from latticetop.dashboard import sheets

        return sheets.explanation(self.explanation) if self.explanation else None

    def _investigate(self, resolve: bool) -> None:
        self.run_worker(self._ask(resolve), exclusive=True)

    async def _ask(self, resolve: bool) -> None:
        pane = self.query_one("#story-pane", Pane)
        if self.explanation is None:
            self.query_one("#story", Static).update(Text("Looking into CloudTrail…", self.lattice.palette["dim"]))
        try:
            investigation = await self.lattice.source.investigate(
                self.endpoint_id, lambda words: pane.set_title(self.endpoint_id, words), resolve=resolve
            )
        except KeyError:
            pane.say("AWS no longer lists this endpoint.")
            return
        before = self.lattice.investigations.get(self.endpoint_id)
        if before and not resolve:
            investigation = structs.replace(investigation, names=before.names)
        self.lattice.investigations[self.endpoint_id] = investigation
        self.explanation = explain(investigation)
        pane.set_title(self.endpoint_id, f"as of {investigation.at:%H:%M:%S} UTC")
        self._draw()

    def _draw(self) -> None:
        if self.explanation is not None:
            text = self.query_one("#story", Static)
            self._palette = self.lattice.palette
            text.update(tell(self.explanation, self._palette, text.size.width or 80))
