"""The endpoints of all accounts and Regions, the worst verdict first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from latticetop.dashboard.find.searchable import ENDPOINT_KEYS
from latticetop.dashboard.table.endpoint_cells import (
    EndpointRecord,
    endpoint_cells,
    endpoint_record,
    endpoint_sort_values,
)
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.dashboard.table.rows import RowCache
    from latticetop.dashboard.theme.palette import Palette

MIN_WIDTH_FOR_WHOLE_IDS = 76
"""A table of fewer columns shows ids shortened."""


class ScopedEndpoint(NamedTuple):
    """An endpoint and its scope."""

    scope_index: int
    scope: FollowedScope
    vpc_endpoint_id: str


class AllEndpointsTable(KeyedTable):
    """A row for each endpoint; its record is a `ScopedEndpoint`."""

    SETTINGS_NAME = "all-endpoints"
    ROW_NOUN = "endpoint"
    SAVES_FILTER = True
    QUERY_KEYS = ENDPOINT_KEYS
    COLUMNS = (
        Column("id", "endpoint", gap=0, flexible=True),
        Column("state", "AWS says"),
        Column("accessible", "accessible", short="acc.", below=90),
        Column("account", "account", of_scopes=True),
        Column("region", "Region", 70, of_scopes=True),
        Column("type", "type", 110),
        Column("network", "service network", 96, flexible=True, short="network", below=120),
        Column("created", "created", 140, descending=True),
    )
    DEFAULT_SORT = "state"

    @property
    def has_whole_ids(self) -> bool:
        """Whether there is room for whole ids."""
        return self.size.width >= MIN_WIDTH_FOR_WHOLE_IDS

    @property
    def current_endpoint(self) -> ScopedEndpoint | None:
        """The endpoint under the cursor."""
        record = self.current_row.record if self.current_row else None
        return record if isinstance(record, ScopedEndpoint) else None

    @property
    def shown_endpoints(self) -> list[ScopedEndpoint]:
        """The endpoints in the order shown."""
        return [row.record for row in self.shown_rows if isinstance(row.record, ScopedEndpoint)]


def all_endpoints_rows(
    scopes: Sequence[FollowedScope], palette: Palette, whole_ids: bool, row_cache: RowCache
) -> list[Row]:
    """The rows of the table, the worst verdict first, then by scope; what is the same as before gives the same row."""
    ranked = []
    for index, scope in enumerate(scopes):
        if (view := scope.view) is None:
            continue
        account, region = scope.account_name, scope.region_name
        for endpoint in view.endpoints:
            record = endpoint_record(view, endpoint)
            scoped = ScopedEndpoint(index, scope, endpoint.vpc_endpoint_id)
            arguments = (scoped, record, account, region, palette, whole_ids)
            ranked.append((record.assessment.verdict.rank, f"{index} {endpoint.vpc_endpoint_id}", arguments))
    ranked.sort(key=lambda each: each[0])
    return row_cache.rows(((key, arguments) for _, key, arguments in ranked), _row)


def _row(
    scoped: ScopedEndpoint, record: EndpointRecord, account: str, region: str, palette: Palette, whole_ids: bool
) -> Row:
    endpoint_id = clean(scoped.vpc_endpoint_id)
    cells = {
        **endpoint_cells(record, palette, endpoint_id if whole_ids else shorten_ids(endpoint_id)),
        "account": Text(clean(account), palette["text"]),
        "region": Text(clean(region), palette["dim"]),
    }
    key = f"{scoped.scope_index} {scoped.vpc_endpoint_id}"
    return Row(key, cells, endpoint_sort_values(record), record=scoped)
