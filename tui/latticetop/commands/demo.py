"""`latticetop demo`: the dashboard on a simulated account."""

from __future__ import annotations

import click

from latticetop.commands.watch import Printer, watch_places
from latticetop.completing import scenarios
from latticetop.config import LONGEST, Notify
from latticetop.console import SPEED, Number, need_terminal, usage
from latticetop.flags import options
from latticetop.to_file import RECORDING, recorder

REGION = "us-east-1"


@click.command()
@click.option(
    "--scenario",
    shell_complete=scenarios,
    default="incident",
    show_default=True,
    help="What to play; see simulate --list.",
)
@click.option("--speed", type=SPEED, help="How much faster than the clock.")
@click.option("--interval", type=Number(0.2, LONGEST), default=1.0, show_default=True, help="Seconds between reads.")
@click.option("--plain", is_flag=True, help="Print what happens as lines, as latticetop watch does.")
@options(*RECORDING)
@click.pass_context
def demo(
    context: click.Context,
    /,
    scenario: str,
    speed: float | None,
    interval: float,
    plain: bool,
    record: str | None,
    redact: bool,
) -> None:
    """Play an incident on a simulated account and open the dashboard on it; needs no AWS account and no network.

    \b
    Examples:
      latticetop demo
      latticetop demo --plain                 the incident as lines of text
      latticetop demo --scenario eks --speed 30
    """
    import asyncio

    from latticetop.aws import Settings
    from latticetop.follow.status import Selection
    from latticetop.scopes import Place
    from latticetop.simulator import ServerThread
    from latticetop.wiring import live

    plain = plain or context.find_root().obj["plain"]
    if not plain:
        need_terminal()
    notify = context.find_root().obj["notify"] or Notify.OFF
    try:
        server = ServerThread(scenario, speed=speed).start()
    except ValueError as error:
        usage(str(error))
    try:
        regions = sorted(server.call(lambda account: list(account.regions)), key=lambda name: name != REGION)
        places = [Place(Settings(region=name, endpoint_url=server.url, sandbox=True), "demo") for name in regions]

        async def resolve(name: str) -> tuple[str, ...]:
            return tuple(await asyncio.to_thread(server.call, lambda account: account.resolve(name)))

        recording = recorder(places, record, redact)
        if plain:
            printer = Printer(as_json=False, several=len(places) > 1)
            code = watch_places(
                places, interval, printer, selection=Selection(), floor=interval, resolve=resolve, recorder=recording
            )
        else:
            code = live(
                places, interval, Selection(), floor=interval, resolve=resolve, notify=notify, recorder=recording
            )
    finally:
        server.stop()
    raise SystemExit(code)
