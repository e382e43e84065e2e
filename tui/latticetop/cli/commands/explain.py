"""`latticetop explain`: investigate one endpoint, for a ticket."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.options import CONNECTION, merge, options, with_members
from latticetop.cli.output import (
    emit,
    emit_document,
    emit_schema,
    message,
    run,
    stdout_is_terminal,
    text_width,
    usage,
    write_file,
)
from latticetop.cli.recording_options import CONNECTION_FLAGS, RECORDED, FromCommand, RecordedMoment, recorded
from latticetop.config.settings import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.config.settings import Config
    from latticetop.model.incident.investigation import Investigation
    from latticetop.model.records.problem import Problem

_LIVE_FLAGS = (*CONNECTION_FLAGS, "resolve_names", "probe")


@click.command(cls=FromCommand)
@click.argument("vpc_endpoint_id", required=False)
@options(*CONNECTION, *RECORDED)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the JSON document latticetop.explain/1 instead of Markdown."
)
@click.option("--resolve", "resolve_names", is_flag=True, help="Resolve the DNS names of the endpoint.")
@click.option(
    "--probe", type=click.IntRange(1, 65535), metavar="PORT", help="Also try a TCP connection to each address."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document, and read nothing.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Write to this file instead of stdout."
)
@click.pass_context
def explain(context: click.Context, /, vpc_endpoint_id: str | None, **flags: Any) -> None:
    """Investigate one endpoint: what happened, why, what works and what to do.

    Its CloudTrail events in order, the map of each subnet when it was refused and now, what serves it, what to do. On a
    terminal it is plain text; in a pipe or a file it is Markdown for a ticket.

    \b
    Examples:
      latticetop explain vpce-0e3b1bfc42d162c4a > ticket.md
      latticetop explain vpce-0e3b1bfc42d162c4a --resolve --probe 443
      latticetop explain vpce-0e3b1bfc42d162c4a --region all       any Region
      latticetop explain vpce-0e3b1bfc42d162c4a --from incident.rec --at +90s
    """
    from latticetop.model.incident.explanation import explain as explanation_of

    if flags["schema"]:
        from latticetop.reports.explain_json import json_schema

        emit_schema(json_schema())
        return
    if vpc_endpoint_id is None:
        usage("Name the endpoint: latticetop explain vpce-…; latticetop check lists them.")
    source = recorded(flags, *_LIVE_FLAGS, vpc_endpoint_id=vpc_endpoint_id)
    write: Callable[[str], object] = emit_document if flags["as_json"] else emit
    if flags["output"] is not None:
        write = partial(write_file, flags["output"])
    report_unread = partial(_write_unread, vpc_endpoint_id, write) if flags["as_json"] else None
    if isinstance(source, RecordedMoment):
        investigation = _investigate_recorded(source, vpc_endpoint_id)
    elif source is not None:
        from latticetop.runtime.read_answers import investigate_in_files

        investigation = run(investigate_in_files(source.files, vpc_endpoint_id, source.at), report_unread)
    else:
        config = with_members(merge(context, flags), report_unread)
        investigating = _investigate(config, vpc_endpoint_id, flags["resolve_names"], flags["probe"])
        investigation = run(investigating, report_unread)
    explanation = explanation_of(investigation)
    if flags["as_json"]:
        from latticetop.reports.explain_json import render_json

        text = render_json(explanation)
    elif flags["output"] is None and stdout_is_terminal():
        from latticetop.reports.explain_text import render_text

        text = render_text(explanation, text_width())
    else:
        from latticetop.reports.explain import render_markdown

        text = render_markdown(explanation)
    write(text)


def _write_unread(vpc_endpoint_id: str, write: Callable[[str], object], problem: Problem) -> None:
    from latticetop.reports.explain_json import unread_document
    from latticetop.reports.json_text import to_json

    write(to_json(unread_document(vpc_endpoint_id, problem)))


def _investigate_recorded(moment: RecordedMoment, vpc_endpoint_id: str) -> Investigation:
    from latticetop.follow.recording.replayer import investigation_of
    from latticetop.follow.recording.time_argument import format_utc

    if vpc_endpoint_id not in moment.snapshot.endpoints:
        at = format_utc(moment.at)
        usage(f"There is no endpoint {vpc_endpoint_id} in the recording at {at} UTC; check --from lists them.")
    return investigation_of(moment.snapshot, vpc_endpoint_id, moment.at, moment.found)


async def _investigate(
    config: Config, vpc_endpoint_id: str, resolve_names: bool, probe_port: int | None
) -> Investigation:
    from latticetop.aws import SessionCache
    from latticetop.runtime.find_target import target_of_endpoint
    from latticetop.runtime.read_once import investigate_endpoint
    from latticetop.runtime.targets import targets_of

    sessions = SessionCache(config.max_calls, reads_once=True)
    target = await target_of_endpoint(targets_of(config), sessions, config.at_once or AT_ONCE, vpc_endpoint_id)
    return await investigate_endpoint(
        target.settings,
        vpc_endpoint_id,
        sessions,
        resolve_names=resolve_names,
        probe_port=probe_port,
        progress=message if sys.stderr and sys.stderr.isatty() else lambda _: None,
    )
