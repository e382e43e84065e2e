"""The group of all commands, which by itself opens the dashboard. Each part is imported when it is first used."""

from __future__ import annotations

import logging
from pkgutil import resolve_name
from typing import Any

import click

from latticetop import __version__
from latticetop.cli.options import (
    APPEARANCE_OF_GROUP,
    CONNECTION,
    SELECTION,
    appearance_of,
    merge,
    options,
    selection_of,
    with_members,
)
from latticetop.cli.output import check_interval, interval_from_environment, need_terminal, usage
from latticetop.cli.recording_options import RECORDING, complete, recorder
from latticetop.config.settings import AT_ONCE_IN_DASHBOARD, MIN_INTERVAL, Notify
from latticetop.reports.exit_codes import ExitCode

COMMANDS = {
    name: f"latticetop.cli.commands.{name}:{name}"
    for name in (
        "check",
        "explain",
        "plan",
        "watch",
        "export",
        "demo",
        "dump",
        "replay",
        "simulate",
        "serve",
        "info",
        "completion",
        "man",
    )
} | {"config": "latticetop.cli.commands.config:config_command"}
"""Where each command is, as `module:object`."""


class InterruptError(BaseException):
    """KeyboardInterrupt, for which click would print an empty line."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are first used, so that the dashboard starts without them."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """Import and return a command, None for an unknown name."""
        return resolve_name(COMMANDS[name]) if name in COMMANDS else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. A crash goes into the log with its traceback, since it ends as one sentence."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise InterruptError from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            # Without a log it would go to stderr.
            if (logger := logging.getLogger("latticetop")).handlers:
                logger.exception("crashed")
            raise


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@options(*CONNECTION, *SELECTION)
@click.option(
    "--interval",
    type=float,
    callback=check_interval,
    help=f"Seconds between reads (minimum {MIN_INTERVAL:g}; 0: only on demand).",
)
@click.option(
    "--notify",
    type=click.Choice(list(Notify), case_sensitive=False),
    help="When the verdict on an endpoint changes, ring the bell or ask the terminal for a desktop notification.",
)
@click.option("--plain", is_flag=True, help="Print changes as lines of text, as latticetop watch does.")
@options(*APPEARANCE_OF_GROUP, *RECORDING)
@click.version_option(__version__, prog_name="latticetop")
@click.pass_context
def cli(context: click.Context, /, **flags: Any) -> None:
    """Show, live, which /28 blocks are free, and which VPC Lattice endpoints failed because none was free.

    Without a command, latticetop opens the dashboard on your account. Read-only.

    \b
    Examples:
      latticetop                              open the dashboard
      latticetop --profile prod --region eu-west-1 --region us-east-1
      latticetop --region all                 all Regions with VPC Lattice
      latticetop --record incident.rec        record what is read
      latticetop replay incident.rec          play the recording back
      latticetop demo                         simulate an incident
      latticetop watch                        print changes as lines of text
      latticetop check --json                 one read as JSON, with an exit code
      latticetop explain vpce-…               why an endpoint failed
      latticetop plan --subnet-ids subnet-…   whether another endpoint fits
      latticetop dump > dump.sh               read an account with the AWS CLI
      latticetop config --example             all settings with their defaults
      latticetop info                         versions, paths, identity
    """
    context.obj = flags
    if context.invoked_subcommand is None:
        context.exit(_dashboard(context, flags))
    if flags["record"] or flags["redact"]:
        usage(
            "--record and --redact go with the dashboard: latticetop --record FILE, or latticetop demo --record FILE."
        )


def _dashboard(context: click.Context, flags: dict[str, Any]) -> ExitCode:
    """Open the dashboard, or print as `watch` does with `--plain`; return the exit code."""
    from latticetop.runtime.build import DashboardOptions, FollowOptions, live
    from latticetop.runtime.targets import targets_of

    config = merge(context, {})
    if flags["plain"]:
        from latticetop.cli.commands.watch import watch_account

        return watch_account(config, flags["interval"], record=flags["record"], redact=flags["redact"])
    interval = interval_from_environment(config.interval) if flags["interval"] is None else flags["interval"]
    need_terminal()
    targets = targets_of(with_members(config))
    scenarios: list[str] = []
    recording = recorder(targets, flags["record"], flags["redact"])
    code = live(
        FollowOptions(
            targets=targets,
            listing=config,
            selection=selection_of(config),
            interval=interval,
            max_calls=config.max_calls,
            at_once=config.at_once or AT_ONCE_IN_DASHBOARD,
            recorder=recording,
        ),
        DashboardOptions(
            config=config,
            appearance=appearance_of(context),
            notify=config.notify,
            on_scenario=scenarios.append,
        ),
    )
    if scenarios:
        from latticetop.cli.commands.demo import demo

        context.invoke(demo, scenario=scenarios[0])
    return complete(recording, code)
