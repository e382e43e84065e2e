"""The table of endpoints: the state that AWS says of each, and how many of its associations are accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.dashboard.find.searchable import ENDPOINT_KEYS
from latticetop.dashboard.table.endpoint_cells import (
    EndpointRecord,
    endpoint_cells,
    endpoint_record,
    endpoint_sort_values,
)
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row, RowCache
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.records.resources import Endpoint

MIN_WIDTH_FOR_HEADINGS = 37
"""A table of fewer columns shows short headings."""


class EndpointTable(KeyedTable):
    """A row for each endpoint; the key is its id."""

    SETTINGS_NAME = "endpoints"
    ROW_NOUN = "endpoint"
    SAVES_FILTER = True
    QUERY_KEYS = ENDPOINT_KEYS
    COLUMNS = (
        Column("id", "endpoint", gap=0, flexible=True),
        Column("state", "AWS says"),
        Column("accessible", "accessible", short="acc.", below=MIN_WIDTH_FOR_HEADINGS),
        Column("type", "type", 86),
        Column("network", "service network", 54, flexible=True, short="network", below=56),
        Column("created", "created", 116, descending=True),
    )
    DEFAULT_SORT = "state"


def endpoint_rows(
    view: SnapshotView, endpoints: Iterable[Endpoint], palette: Palette, row_cache: RowCache | None = None
) -> list[Row]:
    """The rows of the table, in the order of the endpoints; a cached row is reused if its endpoint is the same."""
    arguments = {endpoint.vpc_endpoint_id: (endpoint_record(view, endpoint), palette) for endpoint in endpoints}
    return (row_cache or RowCache()).rows(arguments.items(), _row)


def _row(record: EndpointRecord, palette: Palette) -> Row:
    endpoint_id = record.endpoint.vpc_endpoint_id
    return Row(endpoint_id, endpoint_cells(record, palette, clean(endpoint_id)), endpoint_sort_values(record))
