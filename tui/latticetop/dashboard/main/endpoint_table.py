"""The endpoints: what AWS says of each, and how many of its associations AWS calls accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.find.searchable import ENDPOINT_KEYS
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row, RowCache
from latticetop.dashboard.text.summaries import Extent
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.records.resources import Endpoint

STATE_TONES = {
    Verdict.FAILED_BUT_ACCESSIBLE: "bad",
    Verdict.FAILED: "bad",
    Verdict.DEGRADED: "text",
    Verdict.PENDING: "advice",
    Verdict.UNKNOWN: "warn",
    Verdict.HEALTHY: "text",
    Verdict.GONE: "dim",
}


ROOMY = 37
"""From so many columns on there is room for `vpce-` and for whole headings."""


class EndpointTable(KeyedTable):
    """One row an endpoint; the key is its id."""

    SETTINGS_NAME = "endpoints"
    ROW_NOUN = "endpoint"
    EXTENT = Extent.SCOPE
    QUERY_KEYS = ENDPOINT_KEYS
    COLUMNS = (
        Column("id", "endpoint", gap=0, flexible=True),
        Column("state", "AWS says"),
        Column("accessible", "accessible", short="acc.", below=ROOMY),
        Column("type", "type", 86),
        Column("network", "service network", 54, flexible=True, short="network", below=56),
        Column("created", "created", 116, descending=True),
    )
    DEFAULT_SORT = "state"

    @property
    def brief(self) -> bool:
        """Whether ids are to do without their `vpce-`."""
        return self.size.width < ROOMY


def endpoint_rows(
    view: SnapshotView,
    endpoints: Iterable[Endpoint],
    palette: Palette,
    brief: bool = False,
    row_cache: RowCache | None = None,
) -> list[Row]:
    """The rows of the table, in the order of the endpoints; those `made` before of the same are the same."""
    wanted = (
        (e.vpc_endpoint_id, (e, view.assessments[e.vpc_endpoint_id], view.network_name(e), palette, brief))
        for e in endpoints
    )
    return (row_cache or RowCache()).rows(wanted, _row)


def accessible_text(assessment: Assessment, palette: Palette) -> Text:
    """`3 of 3`, green when all are accessible."""
    if not assessment.associations:
        return Text("-", palette["dim"])
    tone = "good" if assessment.accessible == assessment.associations else "warn" if assessment.accessible else "bad"
    return Text(f"{assessment.accessible} of {assessment.associations}", palette[tone])


def _row(endpoint: Endpoint, assessment: Assessment, network: str, palette: Palette, brief: bool) -> Row:
    wrong = assessment.verdict in (Verdict.FAILED, Verdict.FAILED_BUT_ACCESSIBLE)
    whole, created = clean(endpoint.vpc_endpoint_id), endpoint.creation_timestamp
    name = whole.removeprefix("vpce-") if brief else shorten_ids(whole)
    cells = {
        "id": Text(name, palette["strong" if wrong else "text"]),
        "state": Text(clean(endpoint.state) or "-", palette[STATE_TONES[assessment.verdict]]),
        "accessible": accessible_text(assessment, palette),
        "type": Text(clean(endpoint.vpc_endpoint_type), palette["dim"]),
        "network": Text(shorten_ids(clean(network)), palette["text" if wrong else "dim"]),
        "created": Text(f"{created:%Y-%m-%d %H:%M}" if created else "-", palette["dim"]),
    }
    ranks = {
        "id": endpoint.vpc_endpoint_id,
        "state": assessment.verdict.rank,
        "accessible": assessment.accessible / assessment.associations if assessment.associations else None,
        "created": created.timestamp() if created else None,
    }
    return Row(endpoint.vpc_endpoint_id, cells, ranks)
