"""The command line: wires the parts, and imports each only when it is used."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import click

from latticetop import __version__
from latticetop.config import FLOOR, LONGEST
from latticetop.console import (
    FASTEST,
    INTERRUPTED,
    UNREADABLE,
    USAGE,
    Number,
    aligned,
    check_interval,
    emit,
    emit_document,
    emit_schema,
    end,
    interval_from_environment,
    need_terminal,
    terminal_width,
    usage,
    write,
)
from latticetop.flags import CONNECTION, SELECTION, merge, options, selection_of, settings_of

T = TypeVar("T")
SPEED = Number(0, FASTEST, min_open=True)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@options(*CONNECTION, *SELECTION)
@click.option(
    "--interval",
    type=float,
    callback=check_interval,
    help=f"Seconds between reads, at least {FLOOR:g}; 0 reads on a key only.",
)
@click.version_option(__version__, prog_name="latticetop")
@click.pass_context
def cli(context: click.Context, /, **flags: Any) -> None:
    """Show, live, which /28 blocks subnets have left and which VPC Lattice endpoints failed for want of one.

    Without a command it opens the dashboard on your account. It only ever reads.

    \b
    Examples:
      latticetop                              the live dashboard
      latticetop --profile prod --region eu-west-1
      latticetop demo                         an incident, simulated on this machine
      latticetop check --json                 one read as JSON, with an exit code
      latticetop explain vpce-…               why an endpoint failed, for a ticket
      latticetop plan --subnet-ids subnet-…   whether another one fits
    """
    context.obj = flags
    if context.invoked_subcommand is None:
        from latticetop.wiring import live

        config = merge(context, {})
        interval = interval_from_environment(config.interval) if flags["interval"] is None else flags["interval"]
        need_terminal()
        context.exit(live(settings_of(config), interval, selection_of(config)))


@cli.command()
@options(*CONNECTION, *SELECTION)
@click.option("--json", "as_json", is_flag=True, help="Print the document latticetop.check/1 instead of text.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document and read nothing.")
@click.pass_context
def check(context: click.Context, /, as_json: bool, schema: bool, **flags: Any) -> None:
    """Read once, say what is wrong, and exit with 0 (nothing), 1 (something is wrong) or 3 (it cannot be told)."""
    from latticetop.reports import check as report

    if schema:
        emit_schema(report.json_schema())
        return
    from latticetop.wiring import read_snapshot

    config = merge(context, flags)
    snapshot = run(read_snapshot(settings_of(config), selection_of(config)))
    if as_json:
        emit_document(report.render_json(snapshot))
    else:
        from latticetop.reports.check_text import render_text

        emit(render_text(snapshot, terminal_width()))
    context.exit(report.exit_code(snapshot))


@cli.command()
@click.argument("vpc_endpoint_id", required=False)
@options(*CONNECTION)
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
    """
    from latticetop.model.explanation import explain as told
    from latticetop.wiring import look_into

    if flags["schema"]:
        from latticetop.reports.explain_json import json_schema

        emit_schema(json_schema())
        return
    if vpc_endpoint_id is None:
        usage("Name the endpoint: latticetop explain vpce-…; latticetop check lists them.")
    settings = settings_of(merge(context, flags))
    found = run(look_into(settings, vpc_endpoint_id, flags["resolving"], flags["probe"]))
    if flags["as_json"]:
        from latticetop.reports.explain_json import render_json as render
    else:
        from latticetop.reports.explain import render_markdown as render
    text = render(told(found))
    if flags["output"] is not None:
        write(flags["output"], text)
    else:
        (emit_document if flags["as_json"] else emit)(text)


@cli.command()
@options(*CONNECTION)
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
    from latticetop.model.demand import Behaviour, Demand
    from latticetop.model.plan import make_plan
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
    from latticetop.follow.status import Selection
    from latticetop.wiring import read_snapshot

    count = flags["endpoints"] if flags["endpoints"] is not None else int(not flags["prefixes"])
    demand = Demand(count, flags["resources"], Behaviour(flags["behaviour"]), flags["prefixes"])
    settings = settings_of(merge(context, {name: flags[name] for name in ("profile", "region", "endpoint_url")}))
    snapshot = run(read_snapshot(settings, Selection(subnet_ids=tuple(dict.fromkeys(subnet_ids)))))
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


@cli.command()
@click.option("--scenario", default="incident", show_default=True, help="What to play; see simulate --list.")
@click.option("--speed", type=SPEED, help="How much faster than the clock.")
@click.option("--interval", type=Number(0.2, LONGEST), default=1.0, show_default=True, help="Seconds between reads.")
def demo(scenario: str, speed: float | None, interval: float) -> None:
    """Play an incident on a simulated account and open the dashboard on it; needs no AWS account and no network."""
    from latticetop.aws import Settings
    from latticetop.follow.status import Selection
    from latticetop.simulator import ServerThread
    from latticetop.wiring import live

    need_terminal()
    try:
        server = ServerThread(scenario, speed=speed).start()
    except ValueError as error:
        usage(str(error))
    try:
        settings = Settings(region="us-east-1", endpoint_url=server.url, sandbox=True)

        async def resolve(name: str) -> tuple[str, ...]:
            return tuple(await asyncio.to_thread(server.call, lambda account: account.resolve(name)))

        code = live(settings, interval, Selection(), title="demo", floor=interval, resolve=resolve)
    finally:
        server.stop()
    raise SystemExit(code)


@cli.command()
@click.option("--scenario", default="incident", show_default=True, help="What to play; see --list.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1; 0 takes a free one.")
@click.option("--speed", type=SPEED, help="How much faster than the clock.")
@click.option(
    "--fault", "faults", multiple=True, metavar="FAULT", help="A fault, such as throttle:0.3; may be repeated."
)
@click.option("--list", "listing", is_flag=True, help="List the scenarios and the faults, and end.")
def simulate(scenario: str, port: int, speed: float | None, faults: tuple[str, ...], listing: bool) -> None:
    """Serve a simulated AWS account on 127.0.0.1 and print its URL; any AWS client can read it and act on it."""
    from latticetop.simulator import SCENARIOS, Server

    if listing:
        from latticetop.simulator.faults import KINDS

        told = {name: each.description for name, each in SCENARIOS.items()}
        emit(aligned(told) + "\nfaults (KIND, KIND:AMOUNT, KIND:SERVICE:ACTION or all of them):\n" + aligned(KINDS))
        return

    async def serve() -> None:
        async with Server(scenario, port=port, speed=speed, faults=faults) as server:
            emit(server.url + "\n")
            click.echo(f"try: aws --endpoint-url {server.url} --region us-east-1 ec2 describe-subnets", err=True)
            click.echo("(any credentials will do; ctrl-c ends it)", err=True)
            await asyncio.Event().wait()

    try:
        run(serve())
    except ValueError as error:
        usage(str(error))
    except OSError as error:
        usage(f"Port {port} cannot be had: {error.strerror or error}.")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; what AWS refuses becomes one sentence and an exit code."""
    from latticetop.model.problem import ProblemKind, ReadError

    try:
        return asyncio.run(work)
    except ReadError as error:
        end(str(error), USAGE if error.problem.kind is ProblemKind.USAGE else UNREADABLE)


def main() -> NoReturn:
    """The console script. A mistake of the program itself must not end with 1, which says something of the account."""
    try:
        code = cli.main(standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception:
        traceback.print_exc()
        sys.exit(UNREADABLE)
    sys.exit(code if isinstance(code, int) else 0)
