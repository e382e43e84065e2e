"""`latticetop plan`: whether new endpoints fit, before they are created."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.options import CONNECTION, merge, options
from latticetop.cli.output import emit, emit_document, emit_schema, run, terminal_width, usage
from latticetop.cli.recording_options import RECORDED, recorded

if TYPE_CHECKING:
    from latticetop.config.settings import Config
    from latticetop.model.snapshot import Snapshot


@click.command()
@options(*CONNECTION, *RECORDED)
@click.option(
    "--subnet-ids", multiple=True, metavar="SUBNET …", help="Subnets of the endpoint, one per Availability Zone."
)
@click.option(
    "--endpoints", type=click.IntRange(0, 9_999), help="Number of endpoints (default: 1, or 0 with --prefixes)."
)
@click.option(
    "--resources",
    type=click.IntRange(0, 9_999),
    default=1,
    show_default=True,
    help="Resource configurations per endpoint.",
)
@click.option(
    "--prefixes", type=click.IntRange(0, 9_999), default=0, help="Bare /28 prefixes per subnet, for EKS nodes."
)
@click.option(
    "--behaviour",
    type=click.Choice(["today", "2024"]),
    default="today",
    show_default=True,
    help="How AWS builds endpoints.",
)
@click.option(
    "--without", "removed", multiple=True, metavar="RESOURCE …", help="Simulate freeing an address, CIDR or ENI."
)
@click.option("--json", "as_json", is_flag=True, help="Print the JSON document latticetop.plan/1 instead of text.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document, and read nothing.")
@click.argument("more", nargs=-1, metavar="")
@click.pass_context
def plan(context: click.Context, /, **flags: Any) -> None:
    """Check whether new endpoints fit before you create them. Exit code: 0 they fit, 1 no or maybe, 3 unknown.

    \b
    Examples:
      latticetop plan --subnet-ids subnet-0a84… subnet-0f6a… --resources 3
      latticetop plan --subnet-ids subnet-0a84… --without 10.10.10.36
      latticetop plan --subnet-ids subnet-0a84… --prefixes 4      for EKS nodes
    """
    from latticetop.model.capacity.demand import Behaviour, Demand
    from latticetop.model.capacity.plan import make_plan
    from latticetop.reports import plan as report

    if flags["schema"]:
        emit_schema(report.json_schema())
        return
    more = flags["more"]
    subnet_ids = [*flags["subnet_ids"], *(word for word in more if word.startswith("subnet-"))]
    removed = [*flags["removed"], *(word for word in more if not word.startswith("subnet-"))]
    if removed and not flags["removed"]:
        usage(f"{removed[0]} is not a subnet id.")
    if not subnet_ids:
        usage("Name the subnets: latticetop plan --subnet-ids subnet-… subnet-…")
    endpoints = flags["endpoints"] if flags["endpoints"] is not None else int(not flags["prefixes"])
    demand = Demand(endpoints, flags["resources"], Behaviour(flags["behaviour"]), flags["prefixes"])
    connection = {name: flags[name] for name in ("profiles", "regions", "endpoint_url", "max_calls", "log")}
    if (from_recording := recorded(flags, *connection)) is not None:
        snapshot = from_recording[0]
    else:
        snapshot = run(_read(merge(context, connection), tuple(dict.fromkeys(subnet_ids))))
    try:
        result = make_plan(snapshot, subnet_ids, demand, removed)
    except ValueError as error:
        usage(f"{str(error)[:1].upper()}{str(error)[1:]}.")
    if flags["as_json"]:
        emit_document(report.render_json(snapshot, result))
    else:
        from latticetop.reports.plan_text import render_text

        emit(render_text(snapshot, result, terminal_width()))
    context.exit(report.exit_code(result))


async def _read(config: Config, subnet_ids: tuple[str, ...]) -> Snapshot:
    from latticetop.aws import SessionCache
    from latticetop.follow.subnet_selection import Selection
    from latticetop.runtime.find_target import target_of_subnets
    from latticetop.runtime.read_once import read_snapshot
    from latticetop.runtime.targets import targets_of

    sessions = SessionCache(config.max_calls)
    target = await target_of_subnets(targets_of(config), sessions, subnet_ids)
    return await read_snapshot(target.settings, Selection(subnet_ids=subnet_ids), sessions)
