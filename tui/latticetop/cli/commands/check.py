"""`latticetop check`: read once, say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.options import CONNECTION, SELECTION, merge, options, selection_of
from latticetop.cli.output import UNREADABLE, USAGE, emit, emit_document, emit_schema, end, run, terminal_width
from latticetop.cli.recording_options import RECORDED, recorded

if TYPE_CHECKING:
    from latticetop.config.settings import Config
    from latticetop.model.records.problem import Problem
    from latticetop.model.snapshot import Snapshot
    from latticetop.runtime.targets import Target

_LIVE = (
    "profiles",
    "regions",
    "endpoint_url",
    "max_calls",
    "log",
    "all_endpoints",
    "all_subnets",
    "vpc_ids",
    "subnet_ids",
)


@click.command()
@options(*CONNECTION, *SELECTION, *RECORDED)
@click.option("--json", "as_json", is_flag=True, help="Print the document latticetop.check/1 instead of text.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document and read nothing.")
@click.pass_context
def check(context: click.Context, /, as_json: bool, schema: bool, **flags: Any) -> None:
    """Read once, say what is wrong, and exit with 0 (nothing), 1 (something is wrong) or 3 (it cannot be told).

    \b
    Examples:
      latticetop check --json
      latticetop check --region us-east-1 --region eu-west-1
      latticetop check --profile prod --profile dev --region all
      latticetop check --from incident.rec --at 08:20:30
    """
    found_there = recorded(flags, *_LIVE)
    config = merge(context, flags)
    if schema:
        emit_schema(_schema(config))
        return
    if found_there is not None:
        context.exit(_show_one(found_there[0], as_json))
    found = _read(config)
    if len(found) == 1:
        context.exit(_show_one(found[0][1], as_json))
    context.exit(_show_all(found, as_json))


def _schema(config: Config) -> dict[str, Any]:
    from latticetop.config.settings import ALL
    from latticetop.reports.check import json_schema
    from latticetop.reports.check_scopes import scopes_json_schema
    from latticetop.runtime.targets import targets_of

    places = targets_of(config)
    several = len(places) > 1 or places[0].settings.region == ALL
    return scopes_json_schema() if several else json_schema()


def _read(config: Config) -> list[tuple[Target, Snapshot | Problem]]:
    """Every scope; a mistake in what was asked for ends the command."""
    from latticetop.model.records.problem import Problem, ProblemKind
    from latticetop.runtime.build import read_snapshots
    from latticetop.runtime.targets import targets_of

    found = run(read_snapshots(targets_of(config), selection_of(config), config.max_calls))
    problems = [each for _, each in found if isinstance(each, Problem)]
    mistaken = [each for each in problems if each.kind is ProblemKind.USAGE]
    if mistaken or len(found) == len(problems) == 1:
        end(str((mistaken or problems)[0]), USAGE if mistaken else UNREADABLE)
    return found


def _show_one(snapshot: Snapshot | Problem, as_json: bool) -> int:
    from latticetop.model.records.problem import Problem
    from latticetop.reports import check as report

    assert not isinstance(snapshot, Problem)
    if as_json:
        emit_document(report.render_json(snapshot))
    else:
        from latticetop.reports.check_text import render_text

        emit(render_text(snapshot, terminal_width()))
    return report.exit_code(snapshot)


def _show_all(found: list[tuple[Target, Snapshot | Problem]], as_json: bool) -> int:
    from latticetop.reports.check_scopes import ScopeRead, render_scopes_json, render_scopes_text, scopes_exit_code

    scopes = [ScopeRead(p.title or p.settings.profile, p.settings.region, snapshot) for p, snapshot in found]
    if as_json:
        emit_document(render_scopes_json(scopes))
    else:
        emit(render_scopes_text(scopes, terminal_width()))
    return scopes_exit_code(scopes)
