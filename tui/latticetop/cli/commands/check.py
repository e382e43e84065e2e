"""`latticetop check`: read once, report what is wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.options import (
    CONNECTION,
    MIN_FREE_BLOCKS,
    SELECTION,
    config_for_files,
    criteria_of,
    merge,
    options,
    selection_of,
    with_members,
)
from latticetop.cli.output import emit_schema, end, narrate, run, usage
from latticetop.cli.recording_options import (
    CONNECTION_FLAGS,
    RECORDED,
    RECORDING,
    SELECTION_FLAGS,
    FromCommand,
    RecordedMoment,
    read_answers,
    record_once,
    recorded,
)
from latticetop.cli.report_format import ReportFormat, ReportOutput, report_options, report_output
from latticetop.config.settings import AT_ONCE
from latticetop.reports.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.config.settings import Config
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.model.records.problem import Problem
    from latticetop.reports.check_scopes import ScopeResult
    from latticetop.runtime.read_once import TargetResult
    from latticetop.runtime.targets import Target

FORMATS = (ReportFormat.JSON, ReportFormat.METRICS, ReportFormat.JUNIT, ReportFormat.GITHUB)


@click.command(cls=FromCommand)
@options(
    *CONNECTION, *SELECTION, MIN_FREE_BLOCKS, *RECORDED, *RECORDING, *report_options("latticetop.check/1", *FORMATS)
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document, and read nothing.")
@click.pass_context
def check(context: click.Context, /, min_free_blocks: int | None, schema: bool, **flags: Any) -> None:
    """Read once and report what is wrong. Exit code: 0 nothing, 1 something is wrong, 3 unknown.

    It reads every VPC Lattice endpoint of the Region (service network, resource, tunnel) and the subnets of their VPCs;
    without any such endpoint, every subnet. What is outside the selected subnets decides nothing.

    A subnet counts where an endpoint needs blocks, an interface holds a prefix, or an EKS node is; where it is shared,
    so that these may be hidden; or if an option selects it: --subnet-id, --vpc-id, --cluster, --tag, --all-subnets.

    With several accounts or Regions, --json prints latticetop.check-scopes/1, which holds a latticetop.check/1 for
    each; with more than ten, text is a line for each that is wrong or unknown, then what is wrong. While reading takes
    more than 2 seconds, stderr says every 5 how far it is.

    \b
    Examples:
      latticetop check --json
      latticetop check --subnet-id subnet-0a84… --min-free-blocks 4
      latticetop check --region us-east-1 --region eu-west-1
      latticetop check --profile prod --profile dev --region all
      latticetop check --format junit --output check.xml
      latticetop check --from incident.rec --at 08:20:30
      latticetop check --from latticetop-dump     the JSON of aws ec2 describe-…
      latticetop check --from latticetop-dump --record ticket.rec --redact
    """
    output = report_output(flags)
    record, redact = flags.pop("record"), flags.pop("redact")
    source = recorded(flags, *CONNECTION_FLAGS, *SELECTION_FLAGS)
    config = merge(context, flags) if source is None else config_for_files(flags)
    if schema:
        emit_schema(_schema(config))
        return
    from latticetop.model.records.problem import Problem
    from latticetop.reports.check_scopes import ScopeResult, scopes_exit_code
    from latticetop.runtime.read_once import with_region

    criteria = criteria_of(config, min_free_blocks)
    if isinstance(source, RecordedMoment):
        if record or redact:
            usage("--record has no effect with --from and a recording: remove one of them.")
        scopes = [ScopeResult("", "", source.snapshot, criteria)]
    else:
        report_unread = partial(_write_unread, config=config, criteria=criteria, output=output)
        results = _read(config, report_unread) if source is None else read_answers(source, selection_of(config))
        scopes = [
            ScopeResult(target.name, target.settings.region, result, criteria, target.account_id)
            for target, result in results
        ]
        _end_if_nothing_is_selected(results, selection_of(config))
        record_once(results, source, record, redact)
        if len(results) > 1 or not _is_single(config):
            output.write(_render(scopes, output))
            context.exit(scopes_exit_code(scopes))
        target, result = results[0]
        if isinstance(result, Problem):
            report_unread(result, target if source else with_region(target))
            end(str(result), ExitCode.UNKNOWN)
    output.write(_render_single(scopes[0], output))
    context.exit(scopes_exit_code(scopes))


def _schema(config: Config) -> dict[str, Any]:
    from latticetop.reports.check import json_schema
    from latticetop.reports.check_scopes import scopes_json_schema

    return json_schema() if _is_single(config) else scopes_json_schema()


def _is_single(config: Config) -> bool:
    from latticetop.runtime.targets import asks_for_single_scope

    return asks_for_single_scope(config)


def _read(config: Config, report_unread: Callable[[Problem], None]) -> list[TargetResult]:
    """Read every scope; a mistake in what was asked for ends the process.

    `report_unread` is called if the accounts of an organization cannot be listed.
    """
    from latticetop.model.records.problem import Problem, ProblemKind
    from latticetop.runtime.read_once import read_snapshots
    from latticetop.runtime.targets import targets_of

    at_once, targets = config.at_once or AT_ONCE, targets_of(with_members(config, report_unread))
    results = run(read_snapshots(targets, selection_of(config), config.max_calls, at_once, narrate))
    problems = [result for _, result in results if isinstance(result, Problem)]
    if mistake := next((problem for problem in problems if problem.kind is ProblemKind.USAGE), None):
        end(str(mistake), ExitCode.USAGE)
    return results


def _end_if_nothing_is_selected(results: list[TargetResult], selection: Selection) -> None:
    from latticetop.follow.unknown_selection import nothing_selected_problem
    from latticetop.model.snapshot import Snapshot

    snapshots = [result if isinstance(result, Snapshot) else None for _, result in results]
    if problem := nothing_selected_problem(selection, snapshots):
        usage(str(problem))


def _write_unread(
    problem: Problem, target: Target | None = None, *, config: Config, criteria: Criteria, output: ReportOutput
) -> None:
    """Write into a file or for a program that nothing could be read of a target, or else of an organization."""
    from latticetop.aws import Settings
    from latticetop.reports.check_scopes import ScopeResult
    from latticetop.runtime.read_once import unread_snapshot
    from latticetop.runtime.targets import Target

    if not output.has_unread_report:
        return
    if output.is_text:
        output.write(f"{problem}\n")
        return
    target = target or Target(Settings())
    is_document = output.format is ReportFormat.JSON and _is_single(config)
    result = unread_snapshot(target.settings, problem) if is_document else problem
    scope = ScopeResult(target.name, target.settings.region, result, criteria, target.account_id)
    output.write(_render_single(scope, output))


def _render_single(scope: ScopeResult, output: ReportOutput) -> str:
    from latticetop.model.snapshot import Snapshot

    if isinstance(scope.result, Snapshot) and output.format is ReportFormat.JSON:
        from latticetop.reports.check import render_json

        return render_json(scope.result, scope.criteria)
    if isinstance(scope.result, Snapshot) and output.is_text:
        from latticetop.reports.check_text import render_text

        return render_text(scope.result, output.width, scope.criteria)
    return _render([scope], output)


def _render(scopes: list[ScopeResult], output: ReportOutput) -> str:
    match output.format:
        case ReportFormat.TEXT:
            from latticetop.reports.check_scopes_text import render_scopes_text

            return render_scopes_text(scopes, output.width)
        case ReportFormat.JSON:
            from latticetop.reports.check_scopes import render_scopes_json

            return render_scopes_json(scopes)
        case ReportFormat.METRICS:
            from latticetop.reports.check_metrics import render_check_metrics
            from latticetop.runtime.headless import is_complete

            return render_check_metrics(scopes, is_complete)
        case ReportFormat.JUNIT:
            from latticetop.reports.check_cases import check_cases
            from latticetop.reports.junit import render_junit

            return render_junit(list(map(check_cases, scopes)), "check")
        case ReportFormat.GITHUB:
            from latticetop.reports.check_cases import check_cases
            from latticetop.reports.github import render_github

            return render_github(list(map(check_cases, scopes)), "check")
