"""The investigation of one endpoint: what happened, why, what works, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import structs
from rich.text import Text
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from latticetop.config.actions import Place
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.endpoint.explanation import tell
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.incident.explanation import Explanation, explain
from latticetop.model.records.text import shorten_ids

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.worker import Worker

    from latticetop.dashboard.export.views import Sheet
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.incident.investigation import Investigation
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
        self._told: Investigation | None = None
        """What it is made of."""
        self._asking: Worker[None] | None = None
        self._asked_after: datetime | None = None
        """The read after which CloudTrail was last asked."""
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
        """The story is told as of when it was asked for, and anew with each read while CloudTrail may still deliver."""
        if self._palette is not self.lattice.palette:
            self._draw()
        asking = self._asking is not None and not self._asking.is_finished
        if self._unfinished and not asking and self._asked_after != view.snapshot.taken_at:
            self._investigate(resolve=False)

    @property
    def _unfinished(self) -> bool:
        """Whether CloudTrail may tell more of it by itself."""
        timeline = self._told.timeline if self._told else None
        listed = self.lattice.view is not None and self.endpoint_id in self.lattice.view.snapshot.endpoints
        return listed and timeline is not None and not timeline.complete

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
        from latticetop.dashboard.export import views as sheets

        return sheets.explanation(self.explanation) if self.explanation else None

    def _investigate(self, resolve: bool) -> None:
        self._asked_after = self.lattice.view.snapshot.taken_at if self.lattice.view else None
        self._asking = self.run_worker(self._ask(resolve), exclusive=True)

    async def _ask(self, resolve: bool) -> None:
        pane, before = self.query_one("#story-pane", Pane), self._told
        if before is None:
            self.query_one("#story", Static).update(Text("Looking into CloudTrail…", self.lattice.palette["dim"]))
        following = before is not None and not resolve
        try:
            found = await self.lattice.source.investigate(
                self.endpoint_id,
                lambda words: None if following else pane.set_title(self.endpoint_id, words),
                resolve=resolve,
            )
        except KeyError:
            pane.say("AWS no longer lists this endpoint.")
            return
        if not following or found.timeline is not None:
            self._take_over(found, resolve)

    def _take_over(self, found: Investigation, resolve: bool) -> None:
        known = self.lattice.investigations.get(self.endpoint_id)
        if known and not resolve:
            found = structs.replace(found, names=known.names)
        self.lattice.investigations[self.endpoint_id] = self._told = found
        self.explanation = explain(found)
        followed = " · told anew with each read" if self._unfinished else ""
        self.query_one("#story-pane", Pane).set_title(self.endpoint_id, f"as of {found.at:%H:%M:%S} UTC{followed}")
        self._draw()

    def _draw(self) -> None:
        if self.explanation is not None:
            text = self.query_one("#story", Static)
            self._palette = self.lattice.palette
            text.update(tell(self.explanation, self._palette, text.size.width or 80))
