"""The table of endpoints: the state that AWS says of each, and how many of its associations are accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.find.searchable import ENDPOINT_KEYS
from latticetop.dashboard.table.endpoint_cells import accessible_text, created_text, endpoint_sort_values, state_text
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row, RowCache
from latticetop.model.endpoints.endpoint_types import has_associations
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.records.resources import Endpoint

MIN_WIDTH_FOR_PREFIXES, MIN_WIDTH_FOR_WHOLE_IDS = 37, 72
"""A table of fewer columns shows ids without their `vpce-` and short headings, or ids shortened."""


class EndpointTable(KeyedTable):
    """A row for each endpoint; the key is its id."""

    SETTINGS_NAME = "endpoints"
    ROW_NOUN = "endpoint"
    SAVES_FILTER = True
    QUERY_KEYS = ENDPOINT_KEYS
    COLUMNS = (
        Column("id", "endpoint", gap=0, flexible=True),
        Column("state", "AWS says"),
        Column("accessible", "accessible", short="acc.", below=MIN_WIDTH_FOR_PREFIXES),
        Column("type", "type", 86),
        Column("network", "service network", 54, flexible=True, short="network", below=56),
        Column("created", "created", 116, descending=True),
    )
    DEFAULT_SORT = "state"

    @property
    def shortens_ids(self) -> bool:
        """Whether ids are shown without their `vpce-`."""
        return self.size.width < MIN_WIDTH_FOR_PREFIXES

    @property
    def has_whole_ids(self) -> bool:
        """Whether there is room for whole ids."""
        return self.size.width >= MIN_WIDTH_FOR_WHOLE_IDS


def endpoint_rows(
    view: SnapshotView,
    endpoints: Iterable[Endpoint],
    palette: Palette,
    shortens_ids: bool = False,
    row_cache: RowCache | None = None,
    whole_ids: bool = False,
) -> list[Row]:
    """The rows of the table, in the order of the endpoints; a cached row is reused if its endpoint is the same."""
    arguments, are_unread = {}, "associations" not in view.snapshot.read_at
    for endpoint in endpoints:
        assessment = view.assessments[endpoint.vpc_endpoint_id]
        network = view.network_name(endpoint)
        lacks_associations = are_unread and not assessment.associations and has_associations(endpoint)
        arguments[endpoint.vpc_endpoint_id] = (
            endpoint,
            assessment,
            network,
            palette,
            shortens_ids,
            whole_ids,
            lacks_associations,
        )
    return (row_cache or RowCache()).rows(arguments.items(), _row)


def _row(
    endpoint: Endpoint,
    assessment: Assessment,
    network: str,
    palette: Palette,
    shortens_ids: bool,
    whole_ids: bool,
    lacks_associations: bool,
) -> Row:
    failed = assessment.verdict in (Verdict.FAILED, Verdict.FAILED_BUT_ACCESSIBLE)
    whole_id = clean(endpoint.vpc_endpoint_id)
    shown_id = whole_id.removeprefix("vpce-") if shortens_ids else whole_id if whole_ids else shorten_ids(whole_id)
    cells = {
        "id": Text(shown_id, palette["strong" if failed else "text"]),
        "state": state_text(endpoint, assessment.verdict, palette),
        "accessible": Text("?", palette["warn"]) if lacks_associations else accessible_text(assessment, palette),
        "type": Text(clean(endpoint.vpc_endpoint_type), palette["dim"]),
        "network": Text(shorten_ids(clean(network)), palette["text" if failed else "dim"]),
        "created": created_text(endpoint, palette),
    }
    return Row(endpoint.vpc_endpoint_id, cells, endpoint_sort_values(endpoint, assessment))
