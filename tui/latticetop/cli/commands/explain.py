"""`latticetop explain`: investigate one endpoint, for a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.options import CONNECTION, merge, options
from latticetop.cli.output import emit, emit_document, emit_schema, run, usage, write
from latticetop.cli.recording_options import RECORDED, recorded

if TYPE_CHECKING:
    from datetime import datetime

    from latticetop.config.settings import Config
    from latticetop.model.incident.investigation import Investigation
    from latticetop.model.snapshot import Snapshot

_LIVE = ("profiles", "regions", "endpoint_url", "max_calls", "log", "resolving", "probe")


@click.command()
@click.argument("vpc_endpoint_id", required=False)
@options(*CONNECTION, *RECORDED)
@click.option("--json", "as_json", is_flag=True, help="Print the document latticetop.explain/1 instead of Markdown.")
@click.option("--resolve", "resolving", is_flag=True, help="Ask the resolver where the names lead.")
@click.option(
    "--probe", type=click.IntRange(1, 65535), metavar="PORT", help="Also try a TCP connection to each address."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document and read nothing.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Write to a file, not to stdout.")
@click.pass_context
def explain(context: click.Context, /, vpc_endpoint_id: str | None, **flags: Any) -> None:
    """Investigate one endpoint: what happened, why, what works, what to do; as Markdown for a ticket.

    \b
    Examples:
      latticetop explain vpce-0e3b1bfc42d162c4a > ticket.md
      latticetop explain vpce-0e3b1bfc42d162c4a --resolve --probe 443
      latticetop explain vpce-0e3b1bfc42d162c4a --region all       wherever it is
      latticetop explain vpce-0e3b1bfc42d162c4a --from incident.rec --at +90s
    """
    from latticetop.model.incident.explanation import explain as told

    if flags["schema"]:
        from latticetop.reports.explain_json import json_schema

        emit_schema(json_schema())
        return
    if vpc_endpoint_id is None:
        usage("Name the endpoint: latticetop explain vpce-…; latticetop check lists them.")
    if (then := recorded(flags, *_LIVE)) is not None:
        found = _told_by(*then, vpc_endpoint_id)
    else:
        found = run(_investigate(merge(context, flags), vpc_endpoint_id, flags["resolving"], flags["probe"]))
    if flags["as_json"]:
        from latticetop.reports.explain_json import render_json as render
    else:
        from latticetop.reports.explain import render_markdown as render
    text = render(told(found))
    if flags["output"] is not None:
        write(flags["output"], text)
    else:
        (emit_document if flags["as_json"] else emit)(text)


def _told_by(snapshot: Snapshot, at: datetime, vpc_endpoint_id: str) -> Investigation:
    from latticetop.follow.recording.replayer import investigate_recorded
    from latticetop.follow.recording.time_point import told

    if vpc_endpoint_id not in snapshot.endpoints:
        usage(f"There is no endpoint {vpc_endpoint_id} in the recording at {told(at)} UTC; check --from lists them.")
    return investigate_recorded(snapshot, vpc_endpoint_id, at)


async def _investigate(config: Config, vpc_endpoint_id: str, resolving: bool, port: int | None) -> Investigation:
    from latticetop.aws import Shared
    from latticetop.runtime.build import look_into
    from latticetop.runtime.find_target import target_of_endpoint
    from latticetop.runtime.targets import targets_of

    shared = Shared(config.max_calls)
    place = await target_of_endpoint(targets_of(config), shared, vpc_endpoint_id)
    return await look_into(place.settings, vpc_endpoint_id, resolving, port, shared)
