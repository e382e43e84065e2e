"""`latticetop check`: read once, report what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.options import (
    CONNECTION,
    MIN_FREE_BLOCKS,
    SELECTION,
    criteria_of,
    criteria_of_recording,
    merge,
    options,
    selection_of,
)
from latticetop.cli.output import emit, emit_document, emit_schema, end, narrate, run, text_width
from latticetop.cli.recording_options import CONNECTION_FLAGS, RECORDED, SELECTION_FLAGS, recorded
from latticetop.config.settings import AT_ONCE
from latticetop.reports.exit_codes import ExitCode

if TYPE_CHECKING:
    from latticetop.config.settings import Config
    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.model.records.problem import Problem
    from latticetop.model.snapshot import Snapshot
    from latticetop.runtime.targets import Target


@click.command()
@options(*CONNECTION, *SELECTION, MIN_FREE_BLOCKS, *RECORDED)
@click.option("--json", "as_json", is_flag=True, help="Print the JSON document latticetop.check/1 instead of text.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document, and read nothing.")
@click.pass_context
def check(context: click.Context, /, min_free_blocks: int | None, as_json: bool, schema: bool, **flags: Any) -> None:
    """Read once and report what is wrong. Exit code: 0 nothing, 1 something is wrong, 3 unknown.

    It reads every VPC Lattice endpoint of the Region (service network, resource, tunnel) and the subnets of their VPCs;
    without any such endpoint, every subnet. What is outside the selected subnets decides nothing.

    A subnet counts where an endpoint needs blocks, an interface holds a prefix, or an EKS node is; where it is shared,
    so that these may be hidden; or if selected by --subnet-id, --vpc-id or --all-subnets.

    With several accounts or Regions, --json prints latticetop.check-scopes/1, which holds a latticetop.check/1 for
    each. While reading takes more than 2 seconds, stderr says every 5 how far it is.

    \b
    Examples:
      latticetop check --json
      latticetop check --subnet-id subnet-0a84… --min-free-blocks 4
      latticetop check --region us-east-1 --region eu-west-1
      latticetop check --profile prod --profile dev --region all
      latticetop check --from incident.rec --at 08:20:30
    """
    from_recording = recorded(flags, *CONNECTION_FLAGS, *SELECTION_FLAGS)
    config = merge(context, flags)
    if schema:
        emit_schema(_schema(config))
        return
    if from_recording is not None:
        context.exit(_print_snapshot(from_recording[0], as_json, criteria_of_recording(min_free_blocks)))
    results, criteria = _read(config), criteria_of(config, min_free_blocks)
    if _is_single(config):
        context.exit(_print_result(*results[0], as_json, criteria))
    context.exit(_print_scopes(results, as_json, criteria))


def _schema(config: Config) -> dict[str, Any]:
    from latticetop.reports.check import json_schema
    from latticetop.reports.check_scopes import scopes_json_schema

    return json_schema() if _is_single(config) else scopes_json_schema()


def _is_single(config: Config) -> bool:
    from latticetop.runtime.targets import is_single_scope, targets_of

    return is_single_scope(targets_of(config))


def _read(config: Config) -> list[tuple[Target, Snapshot | Problem]]:
    """Read every scope; a mistake in what was asked for ends the process."""
    from latticetop.model.records.problem import Problem, ProblemKind
    from latticetop.runtime.read_once import read_snapshots
    from latticetop.runtime.targets import targets_of

    at_once = config.at_once or AT_ONCE
    results = run(read_snapshots(targets_of(config), selection_of(config), config.max_calls, at_once, narrate))
    problems = [result for _, result in results if isinstance(result, Problem)]
    if mistake := next((problem for problem in problems if problem.kind is ProblemKind.USAGE), None):
        end(str(mistake), ExitCode.USAGE)
    return results


def _print_result(target: Target, result: Snapshot | Problem, as_json: bool, criteria: Criteria) -> ExitCode:
    """Print the snapshot of the only scope; a problem is one sentence on stderr, and in JSON a document too."""
    from latticetop.model.records.problem import Problem
    from latticetop.runtime.read_once import unread_snapshot

    if isinstance(result, Problem):
        if as_json:
            _print_snapshot(unread_snapshot(target.settings, result), as_json, criteria)
        end(str(result), ExitCode.UNKNOWN)
    return _print_snapshot(result, as_json, criteria)


def _print_snapshot(snapshot: Snapshot, as_json: bool, criteria: Criteria) -> ExitCode:
    from latticetop.reports.check import render_json
    from latticetop.reports.check_reasons import exit_code

    if as_json:
        emit_document(render_json(snapshot, criteria))
    else:
        from latticetop.reports.check_text import render_text

        emit(render_text(snapshot, text_width(), criteria))
    return exit_code(snapshot, criteria)


def _print_scopes(results: list[tuple[Target, Snapshot | Problem]], as_json: bool, criteria: Criteria) -> ExitCode:
    from latticetop.reports.check_scopes import ScopeResult, render_scopes_json, render_scopes_text, scopes_exit_code

    scopes = [
        ScopeResult(target.name, target.settings.region, result, criteria, target.settings.account_id)
        for target, result in results
    ]
    if as_json:
        emit_document(render_scopes_json(scopes))
    else:
        emit(render_scopes_text(scopes, text_width()))
    return scopes_exit_code(scopes)
