"""The command line: wires the parts, and imports each only when it is used."""

from __future__ import annotations

import sys
from pkgutil import resolve_name
from typing import Any, NoReturn

import click

from latticetop import __version__
from latticetop.cli.options import CONNECTION, LOOK_OF_GROUP, SELECTION, look_of, merge, options, selection_of
from latticetop.cli.output import (
    INTERRUPTED,
    UNREADABLE,
    check_interval,
    interval_from_environment,
    need_terminal,
    usage,
)
from latticetop.cli.recording_options import RECORDING, recorder
from latticetop.config.settings import FLOOR, Notify

COMMANDS = {
    name: f"latticetop.cli.commands.{name}:{name}"
    for name in (
        "check",
        "explain",
        "plan",
        "watch",
        "demo",
        "replay",
        "simulate",
        "serve",
        "info",
        "completion",
        "man",
    )
} | {"config": "latticetop.cli.commands.config:config_command"}


class LazyGroup(click.Group):
    """Commands that are imported when they are asked for: the dashboard need not wait for them."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Their names."""
        return sorted(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """The command of a name."""
        return resolve_name(COMMANDS[name]) if name in COMMANDS else None


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@options(*CONNECTION, *SELECTION)
@click.option(
    "--interval",
    type=float,
    callback=check_interval,
    help=f"Seconds between reads, at least {FLOOR:g}; 0 reads on a key only.",
)
@click.option(
    "--notify",
    type=click.Choice(list(Notify), case_sensitive=False),
    help="When the verdict on an endpoint changes: ring the bell, or ask the terminal for a desktop notice.",
)
@click.option("--plain", is_flag=True, help="Print what changes as lines, for a screen reader: latticetop watch.")
@options(*LOOK_OF_GROUP, *RECORDING)
@click.version_option(__version__, prog_name="latticetop")
@click.pass_context
def cli(context: click.Context, /, **flags: Any) -> None:
    """Show, live, which /28 blocks subnets have left and which VPC Lattice endpoints failed for want of one.

    Without a command it opens the dashboard on your account. It only ever reads.

    \b
    Examples:
      latticetop                              the live dashboard
      latticetop --profile prod --region eu-west-1 --region us-east-1
      latticetop --region all                 every Region that has VPC Lattice
      latticetop --record incident.rec        record what is seen
      latticetop replay incident.rec          and play it back
      latticetop demo                         an incident, simulated here
      latticetop watch                        what changes, as lines of text
      latticetop check --json                 one read as JSON, with an exit code
      latticetop explain vpce-…               why an endpoint failed
      latticetop plan --subnet-ids subnet-…   whether another fits
      latticetop config --example             every setting and its default
      latticetop info                         versions, paths, who it reads as
    """
    context.obj = flags
    if context.invoked_subcommand is None:
        from latticetop.runtime.build import live
        from latticetop.runtime.targets import targets_of

        config = merge(context, {})
        if flags["plain"]:
            from latticetop.cli.commands.watch import watch_account

            recorded = {name: flags[name] for name in ("record", "redact")}
            context.exit(watch_account(config, flags["interval"], **recorded))
        interval = interval_from_environment(config.interval) if flags["interval"] is None else flags["interval"]
        need_terminal()
        places = targets_of(config)
        chosen: list[str] = []
        code = live(
            places,
            interval,
            selection_of(config),
            max_calls=config.max_calls,
            notify=config.notify,
            look=look_of(context),
            config=config,
            recorder=recorder(places, flags["record"], flags["redact"]),
            play=chosen.append,
        )
        if chosen:
            from latticetop.cli.commands.demo import demo

            context.invoke(demo, scenario=chosen[0])
        context.exit(code)
    if flags["record"] or flags["redact"]:
        usage(
            "--record and --redact go with the dashboard: latticetop --record FILE, or latticetop demo --record FILE."
        )


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
        import traceback

        traceback.print_exc()
        sys.exit(UNREADABLE)
    sys.exit(code if isinstance(code, int) else 0)
