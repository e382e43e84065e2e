"""The investigation of one endpoint: what happened, why, what works, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import structs
from rich.console import Group
from rich.text import Text
from textual import work
from textual.binding import BindingType
from textual.widgets import Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.endpoint.explanation import render_explanation
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import EndpointInvestigated
from latticetop.dashboard.widgets.backdrop import ScrollArea
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.incident.explanation import Explanation, explain
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.text import shorten_ids

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.worker import Worker

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.reports.copy_items import CopyItems

DEFAULT_WIDTH = 80
"""Columns of the text before it is laid out."""


class ExplainScreen(DetailScreen):
    """Investigates one endpoint; repeats this with each read while CloudTrail may still deliver events."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.EXPLAIN)
    AUTO_FOCUS = ".scroll"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__()
        self.endpoint_id = endpoint_id
        self.explanation: Explanation | None = None
        """None until the first investigation has ended."""
        self._known: Explanation | None = None
        """The explanation without CloudTrail, shown until then."""
        self._investigation: Investigation | None = None
        self._worker: Worker[None] | None = None
        self._investigated_at: datetime | None = None
        """The time of the snapshot after which the last investigation began."""
        self._palette: Palette | None = None

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The endpoint, explained."""
        return (shorten_ids(self.endpoint_id), "explained")

    def compose(self) -> ComposeResult:
        """One scrolling pane."""
        yield StatusLine()
        text = ScrollArea(Static(id="explanation"), classes="scroll")
        yield Pane(text, id="explanation-pane", title=self.endpoint_id)
        yield KeyLine()

    def opened(self) -> None:
        """Begin to investigate."""
        self._start(resolve=False)

    def refresh_from(self, view: SnapshotView) -> None:
        """Draw in another theme; investigate again if there may be more events."""
        if self._palette is not self.host.palette:
            self._draw()
        running = self._worker is not None and not self._worker.is_finished
        if self._may_grow and not running and self._investigated_at != view.snapshot.taken_at:
            self._start(resolve=False)

    @property
    def _may_grow(self) -> bool:
        """Whether CloudTrail may still deliver events."""
        timeline = self._investigation.timeline if self._investigation else None
        exists = self.host.view is not None and self.endpoint_id in self.host.view.snapshot.endpoints
        return exists and timeline is not None and not timeline.complete

    def on_resize(self) -> None:
        """Draw the explanation for another width."""
        self.call_after_refresh(self._draw)

    def action_resolve(self) -> None:
        """Resolve the endpoint's DNS names."""
        self._start(resolve=True)

    def copy_items(self) -> CopyItems:
        """The explanation, and what can be copied of the endpoint."""
        from latticetop.reports import copy_items, explain, explain_json

        view, explanation = self.host.view, self.explanation
        endpoint = view.snapshot.endpoints.get(self.endpoint_id) if view else None
        of_endpoint = copy_items.of_endpoint(view.snapshot, endpoint, self.host.criteria) if view and endpoint else ()
        if explanation is None:
            return of_endpoint
        markdown = copy_items.CopyItem("explanation as Markdown", explain.render_markdown(explanation))
        return markdown, copy_items.CopyItem("explanation as JSON", explain_json.render_json(explanation)), *of_endpoint

    def exportable_view(self) -> ExportableView | None:
        """The explanation."""
        from latticetop.dashboard.export import views

        return views.explanation(self.explanation) if self.explanation else None

    def _start(self, resolve: bool) -> None:
        self._investigated_at = self.host.view.snapshot.taken_at if self.host.view else None
        self._worker = self._investigate(resolve)

    @work(exclusive=True, description="investigate the endpoint")
    async def _investigate(self, resolve: bool) -> None:
        pane, is_first = self.query_one("#explanation-pane", Pane), self._investigation is None
        if is_first:
            self._show_known()
        is_update = not is_first and not resolve
        try:
            investigation = await self.host.source.investigate(
                self.endpoint_id,
                lambda progress: None if is_update else pane.set_title(self.endpoint_id, progress),
                resolve=resolve,
            )
        except KeyError:
            pane.show_message("AWS no longer lists this endpoint.")
            return
        # An update without events failed: what is shown is better.
        if not is_update or investigation.timeline is not None:
            self._show(investigation, resolve)

    def _show(self, investigation: Investigation, resolved: bool) -> None:
        before = self.host.screen_data.investigations.get(self.endpoint_id)
        if before and not resolved:
            investigation = structs.replace(investigation, names=before.names)
        self._investigation = investigation
        self.post_message(EndpointInvestigated(self.endpoint_id, investigation))
        self.explanation = explain(investigation)
        updates = " · updated with each read" if self._may_grow else ""
        pane = self.query_one("#explanation-pane", Pane)
        pane.set_title(self.endpoint_id, f"as of {investigation.at:%H:%M:%S} UTC{updates}")
        self._draw()

    def _show_known(self) -> None:
        """Show what follows from the last snapshot while CloudTrail is read."""
        snapshot = self.host.view.snapshot if self.host.view else None
        endpoint = snapshot.endpoints.get(self.endpoint_id) if snapshot else None
        if snapshot is not None and endpoint is not None:
            self._known = explain(Investigation(snapshot, endpoint, snapshot.taken_at))
        self._draw()

    def _draw(self) -> None:
        text, palette = self.query_one("#explanation", Static), self.host.palette
        self._palette, width = palette, text.size.width or DEFAULT_WIDTH
        if self.explanation is not None:
            text.update(render_explanation(self.explanation, palette, width))
            return
        reading = Text("Reading CloudTrail…", palette["advice"])
        text.update(Group(reading, Text(), render_explanation(self._known, palette, width)) if self._known else reading)
