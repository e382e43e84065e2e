"""The view at hand as text in several forms, and the file it is written to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from latticetop.model.records.text import resource_name
from latticetop.reports import columns, rows, table_text
from latticetop.reports.changes import change_row, render_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.dashboard.state.problems import Met
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.history.events import Entry
    from latticetop.model.incident.explanation import Explanation
    from latticetop.model.records.lattice import ServiceNetwork
    from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
    from latticetop.reports.rows import Row

JSON, LINES, CSV, MARKDOWN, SVG = "JSON", "JSON lines", "CSV", "Markdown", "SVG"
MEANING = {
    JSON: "every row with all that is known of it",
    LINES: "one object a change, the oldest first",
    CSV: "for a spreadsheet",
    MARKDOWN: "for a ticket",
    SVG: "a picture of the screen",
}
ENDINGS = {JSON: ".json", LINES: ".jsonl", CSV: ".csv", MARKDOWN: ".md", SVG: ".svg"}


@dataclass(frozen=True)
class Sheet:
    """A view to be written: the stem of its file's name, and its text in each form for a time of writing."""

    stem: str
    forms: Mapping[str, Callable[[datetime], str]]

    def file_stem(self) -> str:
        """The stem with nothing in it that a file's name may not have."""
        return "latticetop-" + re.sub(r"[^A-Za-z0-9.]+", "-", self.stem).strip("-")


def table(view: str, of: str, shown: Sequence[str], found: Callable[[], Iterable[Row]]) -> Sheet:
    """A sheet of rows: whole in JSON, these columns of them in CSV and Markdown; `of` is what they are of."""
    title = f"{view.capitalize()} of {of}" if of else view.capitalize()
    return Sheet(
        f"{view} {of}",
        {
            JSON: lambda at: table_text.rows_as_json(view, at, found()),
            CSV: lambda _: table_text.rows_as_csv(shown, found()),
            MARKDOWN: lambda at: table_text.rows_as_markdown(f"{title}, {at:%Y-%m-%d %H:%M:%S} UTC", shown, found()),
        },
    )


def subnets(snapshot: Snapshot, ids: Sequence[str]) -> Sheet:
    """These subnets of a scope."""
    return table(
        "subnets",
        snapshot.scope.region,
        columns.SUBNET,
        lambda: (rows.subnet_row(snapshot, snapshot.subnets[each]) for each in ids if each in snapshot.subnets),
    )


def endpoints(snapshot: Snapshot, ids: Sequence[str]) -> Sheet:
    """These endpoints of a scope."""
    return table(
        "endpoints",
        snapshot.scope.region,
        columns.ENDPOINT,
        lambda: (rows.endpoint_row(snapshot, snapshot.endpoints[each]) for each in ids if each in snapshot.endpoints),
    )


def endpoint(snapshot: Snapshot, endpoint_id: str) -> Sheet:
    """One endpoint, in JSON with its associations and interfaces."""
    found = [snapshot.endpoints[endpoint_id]] if endpoint_id in snapshot.endpoints else []
    return table(
        "endpoint", endpoint_id, columns.ENDPOINT, lambda: (rows.endpoint_row(snapshot, each) for each in found)
    )


def interfaces(snapshot: Snapshot, endpoint_id: str, ids: Sequence[str]) -> Sheet:
    """These interfaces of an endpoint."""
    found = [interface for each in ids if (interface := snapshot.interface(each))]
    return table(
        "interfaces", endpoint_id, columns.INTERFACE, lambda: (rows.interface_row(snapshot, each) for each in found)
    )


def associations(snapshot: Snapshot, endpoint_id: str, ids: Sequence[str]) -> Sheet:
    """These associations of an endpoint."""
    found = [snapshot.associations[each] for each in ids if each in snapshot.associations]
    return table(
        "associations",
        endpoint_id,
        columns.ASSOCIATION,
        lambda: (rows.association_row(snapshot, each) for each in found),
    )


def network(service_network: ServiceNetwork) -> Sheet:
    """What hangs on a service network."""
    return table(
        "service network",
        resource_name(service_network.arn),
        ("kind", "association_id", "status", *columns.NETWORK),
        lambda: rows.network_rows(service_network),
    )


def blocks(reading: SubnetReading) -> Sheet:
    """Every block of a subnet, with its state, why it is so and who holds it."""
    found = reading.blocks
    return table(
        "blocks",
        reading.subnet.subnet_id,
        columns.BLOCK,
        lambda: (rows.block_row(reading, found.block(index)) for index in range(len(found))),
    )


def addresses(reading: SubnetReading, index: int) -> Sheet:
    """The addresses of a block."""
    block = reading.blocks.block(index)
    return table("addresses", str(block.cidr), columns.ADDRESS, lambda: rows.address_rows(reading, block))


def facts(title: str, told: Mapping[str, Any]) -> Sheet:
    """AWS's own members of a thing."""
    return table("facts", title, ("name", "value"), lambda: ({"name": key, "value": told[key]} for key in told))


def estate(found: Sequence[tuple[Snapshot, str]]) -> Sheet:
    """Subnets of several scopes, by snapshot and id."""
    return table(
        "subnets",
        _region(snapshot.scope for snapshot, _ in found),
        (*rows.PLACE, *columns.SUBNET),
        lambda: (rows.subnet_row(snapshot, snapshot.subnets[each]) for snapshot, each in found),
    )


def changes(found: Sequence[tuple[Scope, Entry]]) -> Sheet:
    """Changes, the oldest first; in JSON a line each."""
    listed = table("changes", "", columns.CHANGE, lambda: (change_row(scope, entry) for scope, entry in found))
    forms = {name: form for name, form in listed.forms.items() if name != JSON}
    return Sheet(listed.stem, {LINES: lambda _: render_changes(found).decode(), **forms})


def problems(found: Sequence[Met]) -> Sheet:
    """Problems of all scopes since the start."""
    return table("problems", "", (*rows.PLACE, *columns.PROBLEM), lambda: map(_problem, found))


def scopes(watched: Sequence[Watched]) -> Sheet:
    """Every scope and how it fares."""
    return table("scopes", "", (*rows.PLACE, *columns.SCOPE), lambda: map(scope_row, watched))


def scope_row(watched: Watched) -> Row:
    """How a scope fares."""
    view, status = watched.view, watched.latest.status if watched.latest else None
    place = rows.scope_row(view.snapshot.scope) if view else dict.fromkeys(rows.PLACE, "") | {"region": watched.region}
    return place | {
        "profile": place["profile"] or watched.title,
        "in_trouble": sum(n for verdict, n in view.verdicts.items() if verdict.wrong) if view else None,
        "subnets": len(view.snapshot.subnets) if view else None,
        "without_block": len(view.blockless) if view else None,
        "reading": status.phase.value if status else "",
        "problem": status.problem.message if status and status.problem else "",
    }


def explanation(story: Explanation) -> Sheet:
    """The story of an endpoint, as `latticetop explain` tells it."""
    from latticetop.reports.explain import render_markdown
    from latticetop.reports.explain_json import render_json

    forms = {JSON: lambda _: render_json(story), MARKDOWN: lambda _: render_markdown(story)}
    return Sheet(f"explain {story.assessment.vpc_endpoint_id}", forms)


def plan(snapshot: Snapshot, planned: Plan, vpc_id: str) -> Sheet:
    """A plan, as `latticetop plan` tells it; in CSV a line a subnet."""
    from latticetop.reports.plan import document, render_json
    from latticetop.reports.plan_text import render_text

    def lines() -> Iterator[Row]:
        return (msgspec.to_builtins(item) for item in document(snapshot, planned).subnets)

    return Sheet(
        f"plan {vpc_id}",
        {
            JSON: lambda _: render_json(snapshot, planned),
            CSV: lambda _: table_text.rows_as_csv(columns.PLAN, lines()),
            MARKDOWN: lambda at: (
                f"# Plan for {vpc_id}, {at:%Y-%m-%d %H:%M:%S} UTC\n\n```text\n{render_text(snapshot, planned)}```\n"
            ),
        },
    )


def _problem(met: Met) -> Row:
    noted, view = met.noted, met.watched.view
    return rows.problem_row(view.snapshot.scope if view else None, noted.problem) | {
        "now": "holds" if noted.holds else "over",
        "times": noted.times,
        "first": f"{noted.first:%Y-%m-%dT%H:%M:%SZ}",
        "last": f"{noted.last:%Y-%m-%dT%H:%M:%SZ}",
    }


def _region(found: Iterable[Scope]) -> str:
    """The Region of all, if they have one in common."""
    regions = {scope.region for scope in found}
    return next(iter(regions)) if len(regions) == 1 else ""
