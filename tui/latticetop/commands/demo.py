"""`latticetop demo`: the dashboard on a simulated account."""

from __future__ import annotations

import asyncio

import click

from latticetop.config import LONGEST, Notify, Theme
from latticetop.console import SPEED, Number, need_terminal, usage
from latticetop.flags import LOOK, look_of, options
from latticetop.to_file import RECORDING, recorder

REGION = "us-east-1"


@click.command()
@click.option("--scenario", default="incident", show_default=True, help="What to play; see simulate --list.")
@click.option("--speed", type=SPEED, help="How much faster than the clock.")
@click.option("--interval", type=Number(0.2, LONGEST), default=1.0, show_default=True, help="Seconds between reads.")
@options(*LOOK, *RECORDING)
@click.pass_context
def demo(
    context: click.Context,
    /,
    scenario: str,
    speed: float | None,
    interval: float,
    record: str | None,
    redact: bool,
    theme: Theme | None,
    ascii: bool | None,  # noqa: A002
) -> None:
    """Play an incident on a simulated account and open the dashboard on it; needs no AWS account and no network."""
    from latticetop.aws import Settings
    from latticetop.follow.status import Selection
    from latticetop.scopes import Place
    from latticetop.simulator import ServerThread
    from latticetop.wiring import live

    look = look_of(context, theme, ascii)
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
        code = live(
            places,
            interval,
            Selection(),
            floor=interval,
            resolve=resolve,
            notify=notify,
            recorder=recording,
            look=look,
        )
    finally:
        server.stop()
    raise SystemExit(code)
