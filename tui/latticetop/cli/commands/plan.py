"""`latticetop plan`: whether new endpoints or nodes fit, before they are created."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import click

from latticetop.cli.options import BY_TAGS, CONNECTION, merge, options, with_members
from latticetop.cli.output import emit_schema, narrate, run, usage
from latticetop.cli.recording_options import CONNECTION_FLAGS, RECORDED, FromCommand, RecordedMoment, recorded
from latticetop.cli.report_format import ReportFormat, report_options, report_output
from latticetop.config.settings import AT_ONCE

if TYPE_CHECKING:
    from latticetop.cli.recording_options import AnswersInFiles
    from latticetop.cli.report_format import ReportOutput
    from latticetop.config.settings import Config
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.records.problem import Problem
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.cases import CaseGroup
    from latticetop.runtime.targets import Target

NUMBER, POSITIVE = click.IntRange(0, 9_999), click.IntRange(1, 9_999)
PREFIXES_PER_INTERFACE = 9
"""The default of the model, which is not imported before a command runs."""


@click.command(cls=FromCommand)
@options(*CONNECTION, *RECORDED)
@click.option(
    "--subnet-ids", multiple=True, metavar="SUBNET …", help="Subnets; of an endpoint one per Availability Zone."
)
@click.option("--vpc-id", metavar="VPC", help="With --any: the subnets of this VPC.")
@options(*BY_TAGS)
@click.option(
    "--any", "any_subnet", is_flag=True, help="One subnet with room is enough; for an endpoint, one of each zone."
)
@click.option("--endpoints", type=NUMBER, help="Number of endpoints (default: 1, or 0 with --prefixes or --nodes).")
@click.option("--resources", type=NUMBER, default=1, show_default=True, help="Resource configurations per endpoint.")
@click.option("--prefixes", type=NUMBER, default=0, help="Bare /28 prefixes per subnet.")
@click.option("--nodes", type=NUMBER, default=0, help="EKS nodes per subnet, with their interfaces' primary addresses.")
@click.option("--prefixes-per-node", type=POSITIVE, help="/28 prefixes that each node holds (default: 1).")
@click.option("--pods", type=NUMBER, help="In place of that: pods per node, 16 a prefix, and one prefix kept warm.")
@click.option(
    "--prefixes-per-interface",
    type=POSITIVE,
    default=PREFIXES_PER_INTERFACE,
    show_default=True,
    help="Prefixes that fit on one interface: the instance type's IPv4 addresses per interface minus 1 (m5.large: 9).",
)
@click.option("--interfaces-per-node", type=POSITIVE, help="Interfaces of each node, if more than its prefixes need.")
@click.option(
    "--ip-address-type",
    type=click.Choice(["ipv4", "dualstack", "ipv6"]),
    default="ipv4",
    show_default=True,
    help="Address type of the endpoints; ipv6 takes /80 prefixes and no /28.",
)
@click.option(
    "--behaviour",
    type=click.Choice(["auto", "today", "2024"]),
    default="auto",
    show_default=True,
    help="How AWS builds endpoints: auto is as documented today, and as the ENIs of the account show.",
)
@click.option(
    "--without",
    "removed",
    multiple=True,
    metavar="RESOURCE …",
    help="Simulate freeing an address, CIDR, eni-…, i-…, vpce-… or nat-….",
)
@options(*report_options("latticetop.plan/1", ReportFormat.JSON, ReportFormat.JUNIT, ReportFormat.GITHUB))
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document, and read nothing.")
@click.argument("more", nargs=-1, metavar="")
@click.pass_context
def plan(context: click.Context, /, **flags: Any) -> None:
    """Check whether new endpoints or EKS nodes fit before you create them. Exit code: 0 yes, 1 no or maybe, 3 unknown.

    Yes is whatever order AWS picks addresses and blocks in. Maybe: an endpoint's own single addresses can land in the
    only free block. Each answer has its proof: the bound, an order that works and one that fails, or the reason for
    every block. In a subnet that another account shares, AWS lets you create no endpoint: that is no.

    It prints the aws ec2 commands and, with --json, the Terraform block, and runs none of them. With --behaviour auto
    the worse answer counts; 2024 is as in December 2024, with a /28 for the resources too.

    \b
    Examples:
      latticetop plan --subnet-ids subnet-0a84… subnet-0f6a… --resources 3
      latticetop plan --subnet-ids subnet-0a84… --without 10.10.10.36
      latticetop plan --subnet-ids subnet-0a84… --prefixes 4
      latticetop plan --vpc-id vpc-0d54… --any --nodes 3 --pods 110
      latticetop plan --cluster production --tag tier=private --any --nodes 3
      latticetop plan --subnet-ids $SUBNETS --resources 3 && terraform apply
    """
    from latticetop.model.capacity.plan import make_plan, plan_by_behaviour
    from latticetop.reports import plan as report
    from latticetop.runtime.targets import targets_of

    output = report_output(flags)
    if flags["schema"]:
        emit_schema(report.json_schema())
        return
    subnet_ids, removed = _subnets_and_removals(flags)
    demand = _demand(flags)
    connection = {name: flags[name] for name in CONNECTION_FLAGS}
    source = recorded(flags, *connection)
    vpc_ids = (flags["vpc_id"],) if flags["vpc_id"] else ()
    by_tags = _by_tags(flags, vpc_ids)
    targets: list[Target] = []

    def report_unread(problem: Problem) -> None:
        if output.has_unread_report:
            output.write(_render_unread(targets, problem, demand, removed, flags["any_subnet"], output))

    if isinstance(source, RecordedMoment):
        snapshot = source.snapshot
    elif source is not None:
        snapshot, subnet_ids = run(_read_answers(source, subnet_ids, vpc_ids, by_tags), report_unread)
    else:
        config = with_members(merge(context, connection), report_unread)
        targets = targets_of(config)
        snapshot, subnet_ids = run(_read(config, targets, subnet_ids, vpc_ids, by_tags), report_unread)
    try:
        if isinstance(source, RecordedMoment) and by_tags:
            subnet_ids = _tagged(snapshot, by_tags)
        elif flags["vpc_id"] and not by_tags:
            subnet_ids = _subnets_of(snapshot, flags["vpc_id"])
        make = plan_by_behaviour if flags["behaviour"] == "auto" else make_plan
        result = make(snapshot, subnet_ids, demand, removed, any_subnet=flags["any_subnet"])
    except ValueError as error:
        _usage(error)
    output.write(_render(snapshot, result, output))
    context.exit(report.exit_code(result))


def _render(snapshot: Snapshot, plan: Plan, output: ReportOutput) -> str:
    if output.format is ReportFormat.JSON:
        from latticetop.reports.plan import render_json

        return render_json(snapshot, plan)
    if output.is_text:
        from latticetop.reports.plan_text import render_text

        return render_text(snapshot, plan, output.width)
    from latticetop.reports.plan_cases import plan_cases

    return _render_cases(plan_cases(snapshot, plan), output)


def _render_unread(
    targets: list[Target], problem: Problem, demand: Demand, removed: list[str], any_subnet: bool, output: ReportOutput
) -> str:
    """Render the report of the only target, of which nothing could be read; one without names for several or none."""
    from latticetop.aws import Settings
    from latticetop.runtime.read_once import unread_snapshot, with_region

    if output.is_text:
        return f"{problem}\n"
    settings = with_region(targets[0]).settings if len(targets) == 1 else Settings()
    snapshot = unread_snapshot(settings, problem)
    if output.format is ReportFormat.JSON:
        from latticetop.reports.json_text import to_json
        from latticetop.reports.plan import unread_document

        return to_json(unread_document(snapshot, demand, removed, any_subnet=any_subnet))
    from latticetop.reports.plan_cases import unread_cases

    return _render_cases(unread_cases(snapshot.scope, problem), output)


def _render_cases(group: CaseGroup, output: ReportOutput) -> str:
    if output.format is ReportFormat.JUNIT:
        from latticetop.reports.junit import render_junit

        return render_junit([group], "plan")
    from latticetop.reports.github import render_github

    return render_github([group], "plan")


def _subnets_and_removals(flags: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The subnets and what is simulated as freed; further words after an option are taken by their form."""
    more = flags["more"]
    subnet_ids = [*flags["subnet_ids"], *(word for word in more if word.startswith("subnet-"))]
    removed = [*flags["removed"], *(word for word in more if not word.startswith("subnet-"))]
    if removed and not flags["removed"]:
        usage(f"{removed[0]} is not a subnet id.")
    by_tags = flags["tags"] or flags["clusters"]
    if flags["vpc_id"] and not by_tags and not flags["any_subnet"]:
        usage("--vpc-id needs --any: latticetop plan --vpc-id vpc-… --any")
    if flags["vpc_id"] and subnet_ids:
        usage("Name the subnets or the VPC, not both.")
    if by_tags and subnet_ids:
        usage("Name the subnets or select them by --cluster and --tag, not both.")
    if not subnet_ids and not flags["vpc_id"] and not by_tags:
        usage("Name the subnets: latticetop plan --subnet-ids subnet-… subnet-…")
    return list(dict.fromkeys(subnet_ids)), removed


def _by_tags(flags: dict[str, Any], vpc_ids: tuple[str, ...]) -> Selection | None:
    """What tags and clusters select; None without either."""
    from latticetop.follow.subnet_selection import Selection

    if not flags["tags"] and not flags["clusters"]:
        return None
    return Selection(vpc_ids=vpc_ids, tags=flags["tags"], clusters=flags["clusters"])


def _demand(flags: dict[str, Any]) -> Demand:
    """The demand of the options; endpoints are none when only nodes or prefixes are asked for."""
    from latticetop.model.capacity.demand import Behaviour, Demand, IpAddressType, default_endpoints, prefixes_for_pods

    per_node = [name for name in ("prefixes_per_node", "pods", "interfaces_per_node") if flags[name] is not None]
    if per_node and not flags["nodes"]:
        usage(f"--{per_node[0].replace('_', '-')} needs --nodes.")
    if flags["pods"] is not None and flags["prefixes_per_node"] is not None:
        usage("Give --prefixes-per-node or --pods, not both.")
    prefixes_per_node = flags["prefixes_per_node"] or 1
    if flags["pods"] is not None:
        prefixes_per_node = prefixes_for_pods(flags["pods"])
    endpoints = flags["endpoints"]
    if endpoints is None:
        endpoints = default_endpoints(flags["nodes"], flags["prefixes"])
    behaviour = "today" if flags["behaviour"] == "auto" else flags["behaviour"]
    try:
        return Demand(
            endpoints,
            flags["resources"],
            Behaviour(behaviour),
            flags["prefixes"],
            flags["nodes"],
            prefixes_per_node,
            flags["prefixes_per_interface"],
            flags["interfaces_per_node"] or 1,
            IpAddressType(flags["ip_address_type"]),
        )
    except ValueError as error:
        _usage(error)


def _subnets_of(snapshot: Snapshot, vpc_id: str) -> list[str]:
    subnet_ids = [key for key, reading in snapshot.subnets.items() if reading.subnet.vpc_id == vpc_id]
    if not subnet_ids:
        raise ValueError(f"there is no subnet of {vpc_id} in {snapshot.scope.region}")
    return subnet_ids


def _tagged(snapshot: Snapshot, selection: Selection) -> list[str]:
    """The subnets of a recording that tags and clusters select."""
    from latticetop.follow.subnet_selection import selected_subnets
    from latticetop.follow.unknown_selection import unknown_selection_problem
    from latticetop.model.records.eks_cluster import is_in_cluster

    readings = snapshot.subnets.values()
    subnets = {reading.subnet.subnet_id: reading.subnet for reading in readings}
    clusters = {
        name: {r.subnet.subnet_id for r in readings if any(is_in_cluster(i, name) for i in r.interfaces)}
        for name in selection.clusters
    }
    if problem := unknown_selection_problem(selection, subnets, (), clusters):
        usage(str(problem))
    return sorted(selected_subnets(selection, subnets, (), clusters))


def _usage(error: ValueError) -> NoReturn:
    from latticetop.model.records.text import begin_upper

    usage(f"{begin_upper(str(error))}.")


async def _read_answers(
    answers: AnswersInFiles, subnet_ids: list[str], vpc_ids: tuple[str, ...], by_tags: Selection | None
) -> tuple[Snapshot, list[str]]:
    from latticetop.model.records.aws_actions import DESCRIBE_SUBNETS
    from latticetop.model.records.problem import ReadError
    from latticetop.runtime.read_answers import read_scope_with

    if by_tags:
        subnet_ids, vpc_ids = list((await read_scope_with(answers.files, vpc_ids, by_tags, answers.at)).subnets), ()
    selection = _selection(subnet_ids, vpc_ids)
    snapshot = await read_scope_with(answers.files, (*subnet_ids, *vpc_ids), selection, answers.at)
    if not snapshot.subnets.keys() >= set(subnet_ids):
        incomplete = [problem for problem in snapshot.problems if problem.operation == DESCRIBE_SUBNETS]
        if incomplete:
            raise ReadError(incomplete[0])
    return snapshot, subnet_ids


def _selection(subnet_ids: list[str], vpc_ids: tuple[str, ...]) -> Selection:
    from latticetop.follow.subnet_selection import Selection

    return Selection(subnet_ids=tuple(subnet_ids), vpc_ids=vpc_ids, newest_endpoint=True)


async def _read(
    config: Config, targets: list[Target], subnet_ids: list[str], vpc_ids: tuple[str, ...], by_tags: Selection | None
) -> tuple[Snapshot, list[str]]:
    """Read the subnets of the plan and the newest endpoint, which shows how AWS builds them; return their ids too."""
    from latticetop.aws import SessionCache
    from latticetop.runtime.find_target import select_by_tags, target_of_subnets
    from latticetop.runtime.read_once import read_snapshot

    sessions = SessionCache(config.max_calls, reads_once=True)
    at_once = config.at_once or AT_ONCE
    if by_tags:
        target, selected = await select_by_tags(targets, sessions, at_once, by_tags, narrate)
        subnet_ids, vpc_ids = list(selected), ()
    else:
        target = await target_of_subnets(targets, sessions, at_once, subnet_ids, vpc_ids)
    snapshot = await read_snapshot(target.settings, _selection(subnet_ids, vpc_ids), sessions, progress=narrate)
    return snapshot, subnet_ids
