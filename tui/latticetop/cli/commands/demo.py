"""`latticetop demo`: the dashboard on a simulated account."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from latticetop.cli.commands.watch import Printer, watch_places
from latticetop.cli.completion import scenarios
from latticetop.cli.options import LOOK, look_of, options, settings
from latticetop.cli.output import SPEED, Number, need_terminal, usage
from latticetop.cli.recording_options import RECORDING, recorder
from latticetop.config.actions import GUIDED
from latticetop.config.settings import LONGEST, Appearance, Config, Notify, Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.follow.reader import Resolve
    from latticetop.runtime.targets import Target
    from latticetop.simulator import ServerThread

REGION = "us-east-1"


@click.command()
@click.option(
    "--scenario",
    shell_complete=scenarios,
    default=GUIDED,
    show_default=True,
    help="What to play; see simulate --list.",
)
@click.option("--speed", type=SPEED, help="How much faster than the clock.")
@click.option("--interval", type=Number(0.2, LONGEST), default=1.0, show_default=True, help="Seconds between reads.")
@click.option("--no-tour", is_flag=True, help="Begin without the guided tour; T begins it.")
@click.option("--plain", is_flag=True, help="Print what happens as lines, as latticetop watch does.")
@options(*LOOK, *RECORDING)
@click.pass_context
def demo(
    context: click.Context,
    /,
    scenario: str,
    speed: float | None,
    interval: float,
    plain: bool,
    no_tour: bool,
    record: str | None,
    redact: bool,
    theme: Theme | None,
    ascii: bool | None,  # noqa: A002
) -> None:
    """Play an incident on a simulated account and open the dashboard on it; needs no AWS account and no network.

    \b
    Examples:
      latticetop demo
      latticetop demo --plain                 the incident as lines of text
      latticetop demo --scenario eks --speed 30
    """
    if plain or context.find_root().obj["plain"]:
        raise SystemExit(_tell(scenario, speed, interval, record, redact))
    look = look_of(context, theme, ascii)
    need_terminal()
    config = settings()
    notify = context.find_root().obj["notify"] or Notify.OFF
    chosen = [scenario]
    while chosen:
        code = _play(chosen, speed, interval, notify, record, redact, config, look, not no_tour)
    raise SystemExit(code)


@contextmanager
def _served(scenario: str, speed: float | None) -> Iterator[tuple[ServerThread, list[Target], Resolve]]:
    """A simulated account, its Regions as scopes, and its resolver."""
    import asyncio

    from latticetop.aws import Settings
    from latticetop.runtime.targets import Target
    from latticetop.simulator import ServerThread

    try:
        server = ServerThread(scenario, speed=speed).start()
    except ValueError as error:
        usage(str(error))

    async def resolve(name: str) -> tuple[str, ...]:
        return tuple(await asyncio.to_thread(server.call, lambda account: account.resolve(name)))

    try:
        regions = sorted(server.call(lambda account: list(account.regions)), key=lambda name: name != REGION)
        places = [Target(Settings(region=name, endpoint_url=server.url, sandbox=True), "demo") for name in regions]
        yield server, places, resolve
    finally:
        server.stop()


def _tell(scenario: str, speed: float | None, interval: float, record: str | None, redact: bool) -> int:
    """Print what happens as lines; the exit code."""
    from latticetop.follow.status import Selection

    with _served(scenario, speed) as (_, places, resolve):
        return watch_places(
            places,
            interval,
            Printer(as_json=False, several=len(places) > 1),
            selection=Selection(),
            floor=interval,
            resolve=resolve,
            recorder=recorder(places, record, redact),
        )


def _play(
    chosen: list[str],
    speed: float | None,
    interval: float,
    notify: Notify,
    record: str | None,
    redact: bool,
    config: Config,
    look: Appearance,
    touring: bool,
) -> int:
    """Play what is chosen, which is taken from the list; what is chosen next is added to it. The exit code."""
    from latticetop.follow.status import Selection
    from latticetop.runtime.build import live
    from latticetop.simulator import SCENARIOS

    with _served(chosen.pop(), speed) as (server, places, resolve):
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
            touring=touring if server.scenario.name == GUIDED else None,
            config=config,
            look=look,
        )
