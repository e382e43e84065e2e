"""`latticetop demo`: the dashboard, or lines of text, on a simulated account."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from latticetop.cli.commands.watch import EventPrinter, print_events
from latticetop.cli.completion import scenarios
from latticetop.cli.options import APPEARANCE, appearance_of, options, settings
from latticetop.cli.output import SPEED, NumberRange, need_terminal, usage
from latticetop.cli.recording_options import RECORDING, complete, recorder
from latticetop.config.actions import TOUR_SCENARIO
from latticetop.config.settings import MAX_INTERVAL, Notify, Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.reports.exit_codes import ExitCode
    from latticetop.runtime.build import DashboardOptions, FollowOptions

_HOME_REGION = "us-east-1"
"""The Region that the dashboard opens on."""


class _DemoOptions(NamedTuple):
    """The flags of the demo that hold for every scenario it plays; `interval` is in seconds."""

    speed: float | None
    interval: float
    record: str | None
    redact: bool


@click.command()
@click.option(
    "--scenario",
    shell_complete=scenarios,
    default=TOUR_SCENARIO,
    show_default=True,
    help="Scenario to simulate; see latticetop simulate --list.",
)
@click.option("--speed", type=SPEED, help="Speed multiplier (default: the scenario's).")
@click.option(
    "--interval", type=NumberRange(0.2, MAX_INTERVAL), default=1.0, show_default=True, help="Seconds between reads."
)
@click.option("--no-tour", is_flag=True, help="Do not start the guided tour; the key T starts it.")
@click.option("--plain", is_flag=True, help="Print changes as lines of text, as latticetop watch does.")
@options(*APPEARANCE, *RECORDING)
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
    """Open the dashboard on a simulated account in which an incident happens. Needs no AWS account and no network.

    \b
    Examples:
      latticetop demo
      latticetop demo --plain                 the incident as lines of text
      latticetop demo --scenario eks --speed 30
    """
    demo_options = _DemoOptions(speed, interval, record, redact)
    if plain or context.find_root().obj["plain"]:
        raise SystemExit(_print(scenario, demo_options))
    appearance = appearance_of(context, theme, ascii)
    need_terminal()
    from latticetop.runtime.build import DashboardOptions

    next_scenarios = [scenario]
    dashboard = DashboardOptions(
        config=settings(),
        appearance=appearance,
        notify=context.find_root().obj["notify"] or Notify.OFF,
        on_scenario=next_scenarios.append,
    )
    while next_scenarios:
        code = _open_dashboard(next_scenarios.pop(), demo_options, dashboard, tour=not no_tour)
    raise SystemExit(code)


@contextmanager
def _simulation(scenario: str, demo_options: _DemoOptions) -> Iterator[tuple[str, FollowOptions]]:
    """Serve a simulated account; yields the name of its scenario, and how to follow its Regions.

    Simulated time starts after the first read, so that the viewer sees the scenario from its start.
    """
    import asyncio

    from latticetop.aws import Settings
    from latticetop.follow.subnet_selection import Selection
    from latticetop.runtime.build import FollowOptions
    from latticetop.runtime.targets import Target
    from latticetop.simulator import ServerThread

    try:
        server = ServerThread(scenario, speed=demo_options.speed, paused=True).start()
    except ValueError as error:
        usage(str(error))

    async def resolve(name: str) -> tuple[str, ...]:
        return tuple(await asyncio.to_thread(server.call, lambda account: account.resolve_dns_name(name)))

    try:
        regions = sorted(server.call(lambda account: list(account.regions)), key=lambda name: name != _HOME_REGION)
        targets = [Target(Settings(region=name, endpoint_url=server.url, sandbox=True), "demo") for name in regions]
        yield (
            server.scenario.name,
            FollowOptions(
                targets=targets,
                selection=Selection(),
                interval=demo_options.interval,
                min_interval=demo_options.interval,
                resolve=resolve,
                recorder=recorder(targets, demo_options.record, demo_options.redact),
                on_first_read=server.resume,
            ),
        )
    finally:
        server.stop()


def _print(scenario: str, demo_options: _DemoOptions) -> ExitCode:
    """Print the events of a scenario as lines; return the exit code."""
    with _simulation(scenario, demo_options) as (_, follow):
        code = print_events(follow, EventPrinter(as_json=False, several=len(follow.targets) > 1))
        return complete(follow.recorder, code)


def _open_dashboard(scenario: str, demo_options: _DemoOptions, dashboard: DashboardOptions, *, tour: bool) -> ExitCode:
    """Run the dashboard on a scenario; return the exit code. Other scenarios are offered unless it is recorded."""
    from msgspec import structs

    from latticetop.runtime.build import live
    from latticetop.simulator import SCENARIOS

    with _simulation(scenario, demo_options) as (name, follow):
        others = {} if demo_options.record else {key: s.description for key, s in SCENARIOS.items() if key != name}
        code = live(follow, structs.replace(dashboard, scenarios=others, tour=tour if name == TOUR_SCENARIO else None))
        return complete(follow.recorder, code)
