"""What a screen shows as text in several formats, to be written to a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from latticetop.follow.freshness import freshness_of
from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria
from latticetop.model.records.text import resource_name
from latticetop.reports import export_columns, rows, table_text
from latticetop.reports.changes import change_row, render_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.dashboard.state.problems import ScopeProblem
    from latticetop.dashboard.state.trouble import ScopedTrouble
    from latticetop.model.capacity.owner_ranking import RankedOwner
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.history.change_events import ChangeEvent
    from latticetop.model.incident.explanation import Explanation
    from latticetop.model.records.lattice import ServiceNetwork
    from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
    from latticetop.reports.rows import Row

JSON, JSON_LINES, CSV, MARKDOWN, SVG = "JSON", "JSON lines", "CSV", "Markdown", "SVG"
FORMAT_USES = {
    JSON: "every row with all that is known of it",
    JSON_LINES: "one object a change, the oldest first",
    CSV: "for a spreadsheet",
    MARKDOWN: "for a ticket",
    SVG: "a picture of the screen",
}
MAX_STEM = 120
"""Characters of a file name that come from names and ids: with prefix, time and number it is shorter than 255."""
FILE_EXTENSIONS = {JSON: ".json", JSON_LINES: ".jsonl", CSV: ".csv", MARKDOWN: ".md", SVG: ".svg"}


@dataclass(frozen=True)
class ExportableView:
    """A view that can be written to a file."""

    stem: str
    """What the file is named after."""
    formats: Mapping[str, Callable[[datetime], str]]
    """By the name of a format, what makes the text for a time of writing."""

    def file_stem(self) -> str:
        """The stem without characters that a file name cannot have, cut to `MAX_STEM` characters."""
        return "latticetop-" + re.sub(r"[^A-Za-z0-9.]+", "-", self.stem).strip("-")[:MAX_STEM]


def _table(kind: str, owner: str, column_keys: Sequence[str], make_rows: Callable[[], Iterable[Row]]) -> ExportableView:
    """A view of rows: whole in JSON, these columns of them in CSV and Markdown; `owner` is what they are of."""
    title = f"{kind.capitalize()} of {owner}" if owner else kind.capitalize()
    return ExportableView(
        f"{kind} {owner}",
        {
            JSON: lambda at: table_text.rows_as_json(kind, at, make_rows()),
            CSV: lambda _: table_text.rows_as_csv(column_keys, make_rows()),
            MARKDOWN: lambda at: table_text.rows_as_markdown(
                f"{title}, {at:%Y-%m-%d %H:%M:%S} UTC", column_keys, make_rows()
            ),
        },
    )


def subnets(snapshot: Snapshot, ids: Sequence[str], criteria: Criteria = DEFAULT_CRITERIA) -> ExportableView:
    """Some subnets of a scope."""
    readings = [snapshot.subnets[subnet_id] for subnet_id in ids if subnet_id in snapshot.subnets]
    return _table(
        "subnets",
        snapshot.scope.region,
        export_columns.SUBNET,
        lambda: (rows.subnet_row(snapshot, reading, criteria) for reading in readings),
    )


def endpoints(snapshot: Snapshot, ids: Sequence[str], criteria: Criteria = DEFAULT_CRITERIA) -> ExportableView:
    """Some endpoints of a scope."""
    listed = [snapshot.endpoints[endpoint_id] for endpoint_id in ids if endpoint_id in snapshot.endpoints]
    return _table(
        "endpoints",
        snapshot.scope.region,
        export_columns.ENDPOINT,
        lambda: (rows.endpoint_row(snapshot, endpoint, criteria) for endpoint in listed),
    )


def endpoint(snapshot: Snapshot, endpoint_id: str, criteria: Criteria = DEFAULT_CRITERIA) -> ExportableView:
    """One endpoint; in JSON with its associations and interfaces."""
    one = snapshot.endpoints.get(endpoint_id)
    return _table(
        "endpoint",
        endpoint_id,
        export_columns.ENDPOINT,
        lambda: [rows.endpoint_row(snapshot, one, criteria)] if one else [],
    )


def interfaces(snapshot: Snapshot, endpoint_id: str, ids: Sequence[str]) -> ExportableView:
    """Some interfaces of an endpoint."""
    listed = [interface for interface_id in ids if (interface := snapshot.interface(interface_id))]
    return _table(
        "interfaces",
        endpoint_id,
        export_columns.INTERFACE,
        lambda: (rows.interface_row(snapshot, interface) for interface in listed),
    )


def associations(snapshot: Snapshot, endpoint_id: str, ids: Sequence[str]) -> ExportableView:
    """Some associations of an endpoint."""
    listed = [snapshot.associations[key] for key in ids if key in snapshot.associations]
    return _table(
        "associations",
        endpoint_id,
        export_columns.ASSOCIATION,
        lambda: (rows.association_row(snapshot, association) for association in listed),
    )


def network(service_network: ServiceNetwork) -> ExportableView:
    """The associations and endpoints of a service network."""
    return _table(
        "service network",
        resource_name(service_network.arn),
        ("kind", "association_id", "status", *export_columns.NETWORK),
        lambda: rows.network_rows(service_network),
    )


def blocks(reading: SubnetReading) -> ExportableView:
    """Every block of a subnet, with its state, the reason and the owner."""
    block_map = reading.blocks
    return _table(
        "blocks",
        reading.subnet.subnet_id,
        export_columns.BLOCK,
        lambda: (rows.block_row(reading, block_map.block(index)) for index in range(len(block_map))),
    )


def addresses(reading: SubnetReading, index: int) -> ExportableView:
    """The addresses of a block."""
    block = reading.blocks.block(index)
    return _table("addresses", str(block.cidr), export_columns.ADDRESS, lambda: rows.address_rows(reading, block))


def owners(snapshot: Snapshot, reading: SubnetReading, listed: Sequence[RankedOwner]) -> ExportableView:
    """The owners of a subnet's addresses, in their order."""
    return _table(
        "owners",
        reading.subnet.subnet_id,
        export_columns.OWNER,
        lambda: (rows.owner_row(snapshot, reading, owner) for owner in listed),
    )


def attributes(title: str, values: Mapping[str, Any]) -> ExportableView:
    """The attributes of a resource, under AWS's names."""
    return _table(
        "attributes", title, ("name", "value"), lambda: ({"name": key, "value": values[key]} for key in values)
    )


def all_subnets(subnet_ids: Sequence[tuple[Snapshot, str]], criteria: Criteria = DEFAULT_CRITERIA) -> ExportableView:
    """Subnets of several scopes, by snapshot and id."""
    return _table(
        "subnets",
        _common_region(snapshot.scope for snapshot, _ in subnet_ids),
        (*rows.SCOPE_KEYS, *export_columns.SUBNET),
        lambda: (
            rows.subnet_row(snapshot, snapshot.subnets[subnet_id], criteria) for snapshot, subnet_id in subnet_ids
        ),
    )


def all_endpoints(
    endpoint_ids: Sequence[tuple[Snapshot, str]], criteria: Criteria = DEFAULT_CRITERIA
) -> ExportableView:
    """Endpoints of several scopes, by snapshot and id."""
    listed = [(snapshot, snapshot.endpoints[key]) for snapshot, key in endpoint_ids if key in snapshot.endpoints]
    return _table(
        "endpoints",
        _common_region(snapshot.scope for snapshot, _ in listed),
        (*rows.SCOPE_KEYS, *export_columns.ENDPOINT),
        lambda: (rows.endpoint_row(snapshot, endpoint, criteria) for snapshot, endpoint in listed),
    )


def trouble(scoped_trouble: Sequence[ScopedTrouble]) -> ExportableView:
    """What is wrong or not known in several scopes."""
    return _table("trouble", "", (*rows.SCOPE_KEYS, *export_columns.TROUBLE), lambda: map(_trouble_row, scoped_trouble))


def changes(scoped_events: Sequence[tuple[Scope, ChangeEvent]]) -> ExportableView:
    """Changes, the oldest first; a line of JSON each."""
    table = _table(
        "changes", "", export_columns.CHANGE, lambda: (change_row(scope, event) for scope, event in scoped_events)
    )
    formats = {name: render for name, render in table.formats.items() if name != JSON}
    return ExportableView(table.stem, {JSON_LINES: lambda _: render_changes(scoped_events).decode(), **formats})


def problems(scope_problems: Sequence[ScopeProblem]) -> ExportableView:
    """Some problems of all scopes."""
    return _table(
        "problems", "", (*rows.SCOPE_KEYS, *export_columns.PROBLEM), lambda: map(_problem_row, scope_problems)
    )


def scopes(followed_scopes: Sequence[tuple[FollowedScope, datetime]]) -> ExportableView:
    """Some scopes with their state, each with the time from which the age of its data is counted."""
    return _table(
        "scopes",
        "",
        (*rows.SCOPE_KEYS, *export_columns.SCOPE),
        lambda: (scope_row(*scope) for scope in followed_scopes),
    )


def scope_row(scope: FollowedScope, at: datetime) -> Row:
    """A scope with its state at a time."""
    view, status = scope.view, scope.update.status if scope.update else None
    freshness = freshness_of(status, at) if status else None
    keys = rows.scope_row(view.snapshot.scope) if view else _unread_scope_row(scope)
    return keys | {
        "profile": keys["profile"] or scope.title,
        "in_trouble": view.endpoints_in_trouble if view else None,
        "subnets": len(view.snapshot.subnets) if view else None,
        "without_block": len(view.blockless) if view else None,
        "reading": status.phase.value if status else "",
        "state": freshness.state.value if freshness else "",
        "read_seconds_ago": round(freshness.age) if freshness and freshness.age is not None else None,
        "problem": status.problem.message if status and status.problem else "",
    }


def explanation(explained: Explanation) -> ExportableView:
    """The explanation of an endpoint, as `latticetop explain` prints it."""
    from latticetop.reports.explain import render_markdown
    from latticetop.reports.explain_json import render_json

    formats = {JSON: lambda _: render_json(explained), MARKDOWN: lambda _: render_markdown(explained)}
    return ExportableView(f"explain {explained.assessment.vpc_endpoint_id}", formats)


def plan(snapshot: Snapshot, planned: Plan, vpc_id: str) -> ExportableView:
    """A plan, as `latticetop plan` prints it; in CSV a line for each subnet."""
    from latticetop.reports.plan import document, render_json
    from latticetop.reports.plan_text import render_text

    def lines() -> Iterator[Row]:
        return (msgspec.to_builtins(item) for item in document(snapshot, planned).subnets)

    return ExportableView(
        f"plan {vpc_id}",
        {
            JSON: lambda _: render_json(snapshot, planned),
            CSV: lambda _: table_text.rows_as_csv(export_columns.PLAN, lines()),
            MARKDOWN: lambda at: (
                f"# Plan for {vpc_id}, {at:%Y-%m-%d %H:%M:%S} UTC\n\n```text\n{render_text(snapshot, planned)}```\n"
            ),
        },
    )


def _trouble_row(scoped: ScopedTrouble) -> Row:
    scope, trouble = scoped.scope, scoped.trouble
    keys = rows.scope_row(scope.view.snapshot.scope) if scope.view else _unread_scope_row(scope)
    return keys | {
        "profile": keys["profile"] or scope.title,
        "trouble": trouble.kind.value,
        "state": trouble.state,
        "id": trouble.resource_id,
        "why": trouble.why,
        "next_step": trouble.advice,
    }


def _unread_scope_row(scope: FollowedScope) -> Row:
    return dict.fromkeys(rows.SCOPE_KEYS, "") | {"region": scope.region}


def _problem_row(problem: ScopeProblem) -> Row:
    noted, view = problem.noted, problem.scope.view
    return rows.problem_row(view.snapshot.scope if view else None, noted.problem) | {
        "now": "holds" if noted.ongoing else "over",
        "times": noted.count,
        "first": f"{noted.first:%Y-%m-%dT%H:%M:%SZ}",
        "last": f"{noted.last:%Y-%m-%dT%H:%M:%SZ}",
    }


def _common_region(scopes: Iterable[Scope]) -> str:
    """The Region of scopes that have the same; else empty."""
    regions = {scope.region for scope in scopes}
    return next(iter(regions)) if len(regions) == 1 else ""
