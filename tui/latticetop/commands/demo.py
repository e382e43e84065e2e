"""`latticetop demo`: the dashboard on a simulated account."""

from __future__ import annotations

import asyncio

import click

from latticetop.config import LONGEST, Config, Notify, Theme
from latticetop.console import SPEED, Number, need_terminal, usage
from latticetop.flags import LOOK, Look, look_of, options, settings
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
    look = look_of(context, theme, ascii)
    need_terminal()
    config = settings()
    notify = context.find_root().obj["notify"] or Notify.OFF
    chosen = [scenario]
    while chosen:
        code = _play(chosen, speed, interval, notify, record, redact, config, look)
    raise SystemExit(code)


def _play(
    chosen: list[str],
    speed: float | None,
    interval: float,
    notify: Notify,
    record: str | None,
    redact: bool,
    config: Config,
    look: Look,
) -> int:
    """Play what is chosen, which is taken from the list; what is chosen next is added to it. The exit code."""
    from latticetop.aws import Settings
    from latticetop.follow.status import Selection
    from latticetop.scopes import Place
    from latticetop.simulator import SCENARIOS, ServerThread
    from latticetop.wiring import live

    scenario = chosen.pop()
    try:
        server = ServerThread(scenario, speed=speed).start()
    except ValueError as error:
        usage(str(error))
    try:
        regions = sorted(server.call(lambda account: list(account.regions)), key=lambda name: name != REGION)
        places = [Place(Settings(region=name, endpoint_url=server.url, sandbox=True), "demo") for name in regions]

        async def resolve(name: str) -> tuple[str, ...]:
            return tuple(await asyncio.to_thread(server.call, lambda account: account.resolve(name)))

        others = {name: each.description for name, each in SCENARIOS.items() if name != server.scenario.name}
        return live(
            places,
            interval,
            Selection(),
            floor=interval,
            resolve=resolve,
            notify=notify,
            recorder=recorder(places, record, redact),
            scenarios={} if record else others,
            play=chosen.append,
            config=config,
            look=look,
        )
    finally:
        server.stop()
