"""`latticetop plan`: whether it fits, before it is created."""

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
@click.option("--subnet-ids", multiple=True, metavar="SUBNET …", help="The subnets, an endpoint's one per zone.")
@click.option("--endpoints", type=click.IntRange(0, 9_999), help="How many endpoints; 1, or 0 with --prefixes.")
@click.option("--resources", type=click.IntRange(0, 9_999), default=1, help="Resource configurations of each; 1.")
@click.option("--prefixes", type=click.IntRange(0, 9_999), default=0, help="Bare /28 prefixes a subnet, for EKS nodes.")
@click.option("--behaviour", type=click.Choice(["today", "2024"]), default="today", help="How AWS builds endpoints.")
@click.option("--without", "gone", multiple=True, metavar="THING …", help="As if an address, range or ENI were gone.")
@click.option("--json", "as_json", is_flag=True, help="Print the document latticetop.plan/1 instead of text.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document and read nothing.")
@click.argument("more", nargs=-1, metavar="")
@click.pass_context
def plan(context: click.Context, /, **flags: Any) -> None:
    """Say before you create whether it fits: exit 0 (for certain), 1 (not, or only maybe) or 3 (it cannot be told).

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
    subnet_ids = [*flags["subnet_ids"], *(each for each in flags["more"] if each.startswith("subnet-"))]
    gone = [*flags["gone"], *(each for each in flags["more"] if not each.startswith("subnet-"))]
    if not subnet_ids or (gone and not flags["gone"]):
        usage(
            f"{gone[0]} is no subnet." if gone else "Name the subnets: latticetop plan --subnet-ids subnet-… subnet-…"
        )
    count = flags["endpoints"] if flags["endpoints"] is not None else int(not flags["prefixes"])
    demand = Demand(count, flags["resources"], Behaviour(flags["behaviour"]), flags["prefixes"])
    connection = {name: flags[name] for name in ("profiles", "regions", "endpoint_url", "max_calls", "log")}
    if (then := recorded(flags, *connection)) is not None:
        snapshot = then[0]
    else:
        snapshot = run(_read(merge(context, connection), tuple(dict.fromkeys(subnet_ids))))
    try:
        made = make_plan(snapshot, subnet_ids, demand, gone)
    except ValueError as error:
        usage(f"{str(error)[:1].upper()}{str(error)[1:]}.")
    if flags["as_json"]:
        emit_document(report.render_json(snapshot, made))
    else:
        from latticetop.reports.plan_text import render_text

        emit(render_text(snapshot, made, terminal_width()))
    context.exit(report.exit_code(made))


async def _read(config: Config, subnet_ids: tuple[str, ...]) -> Snapshot:
    from latticetop.aws import Shared
    from latticetop.follow.status import Selection
    from latticetop.runtime.build import read_snapshot
    from latticetop.runtime.find_target import target_of_subnets
    from latticetop.runtime.targets import targets_of

    shared = Shared(config.max_calls)
    place = await target_of_subnets(targets_of(config), shared, subnet_ids)
    return await read_snapshot(place.settings, Selection(subnet_ids=subnet_ids), shared)
