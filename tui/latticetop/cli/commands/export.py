"""`latticetop export`: metrics of accounts and Regions for Prometheus."""

from __future__ import annotations

import os
import re
import signal
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from latticetop.cli.commands.serve import NO_PASSWORD
from latticetop.cli.optional_packages import need_package
from latticetop.cli.options import CONNECTION, SELECTION, criteria_of, merge, options, selection_of, with_members
from latticetop.cli.output import emit, message, run, usage
from latticetop.config.settings import AT_ONCE, MAX_INTERVAL

if TYPE_CHECKING:
    from latticetop.runtime.export.exporter import Exporter

DEFAULT_INTERVAL, MIN_INTERVAL = 300.0, 60.0
"""Seconds: there may be hundreds of accounts, and nobody looks at the numbers as at a screen."""
PLATFORMS = ("docker", "kubernetes", "systemd")
_ADDRESS = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<host>[^:\[\]]*)):(?P<port>\d{1,5})")
_SHARD = re.compile(r"(\d+)/(\d+)")
_OTHERS = (
    f"latticetop: {NO_PASSWORD} Let only Prometheus connect to it: by a firewall, a NetworkPolicy or a reverse proxy."
)


class Address(NamedTuple):
    """Where to listen; an empty host is every address of the machine."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Whether only this machine can connect."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _address(context: click.Context, _: click.Parameter, text: str) -> Address | None:
    if context.resilient_parsing:
        return None
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        usage(f"{text!r} is no address to listen on: write HOST:PORT, such as 127.0.0.1:9748 or 0.0.0.0:9748.")
    return Address(match["v6"] or match["host"], int(match["port"]))


def _check_interval(context: click.Context, _: click.Parameter, seconds: float) -> float:
    if not context.resilient_parsing and not MIN_INTERVAL <= seconds <= MAX_INTERVAL:
        usage(f"The interval is {seconds:g} s; export needs at least {MIN_INTERVAL:g} and at most {MAX_INTERVAL:g}.")
    return seconds


def _check_shard(context: click.Context, _: click.Parameter, text: str | None) -> tuple[int, int] | None:
    if text is None or context.resilient_parsing:
        return None
    match = _SHARD.fullmatch(text)
    if match is None or int(match[1]) >= int(match[2]):
        usage(f"{text!r} is no shard: write I/N, from 0/N to N-1/N.")
    return int(match[1]), int(match[2])


@click.command()
@options(*CONNECTION, *SELECTION)
@click.option(
    "--listen",
    callback=_address,
    default="127.0.0.1:9748",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to serve (port 0: any free port).",
)
@click.option(
    "--interval",
    type=float,
    callback=_check_interval,
    default=DEFAULT_INTERVAL,
    show_default=True,
    help=f"Seconds between two reads of an account and Region (minimum {MIN_INTERVAL:g}).",
)
@click.option(
    "--at-once",
    type=click.IntRange(1),
    metavar="N",
    help=f"Accounts and Regions read at the same time. Default: at_once of latticetop.toml, else {AT_ONCE}.",
)
@click.option("--shard", callback=_check_shard, metavar="I/N", help="Follow only part I of N of all accounts, from 0.")
@click.option("--block-states", is_flag=True, help="Export the number of /28 blocks in each state, too.")
@click.option("--redact", is_flag=True, help="Replace account ids and names.")
@click.option("--rules", is_flag=True, help="Print alerting rules for Prometheus, and read nothing.")
@click.option("--dashboard", is_flag=True, help="Print a dashboard for Grafana as JSON, and read nothing.")
@click.option(
    "--manifests",
    type=click.Choice(PLATFORMS),
    help="Print what runs it in a container, on Kubernetes or as systemd units, and read nothing.",
)
@click.pass_context
def export(
    context: click.Context,
    /,
    listen: Address,
    interval: float,
    at_once: int | None,
    shard: tuple[int, int] | None,
    block_states: bool,
    redact: bool,
    rules: bool,
    dashboard: bool,
    manifests: str | None,
    **flags: Any,
) -> None:
    """Follow accounts and Regions, and serve what is known of them to Prometheus under /metrics.

    A scrape calls nothing of AWS. An account that cannot be read is down (latticetop_scope_up 0); its last numbers stay
    for three intervals, and 30 minutes at least, and are then left out. One in which nothing needs /28 blocks is read
    every 30 minutes. /-/healthy and /-/ready are for orchestrators. There is no password and no encryption, so it
    listens on 127.0.0.1 unless --listen says otherwise. SIGTERM ends it with 0; the exit code is 3 when no account
    could be read within 10 minutes. Requires prometheus-client, and says how to install it.

    \b
    Examples:
      latticetop export --profile prod --region eu-west-1
      latticetop export --listen 0.0.0.0:9748 --region all
      latticetop export --shard 0/5           the first fifth of all accounts
      latticetop export --rules > latticetop.rules.yml
      latticetop export --dashboard > latticetop.json
      latticetop export --manifests kubernetes > latticetop.yaml
    """
    if document := _document(rules, dashboard, manifests):
        emit(document, "utf-8")
        return
    need_package("prometheus-client", "export")
    from latticetop.model.redact import Redactor
    from latticetop.runtime.build import FollowOptions
    from latticetop.runtime.export.exported_scope import Rendering
    from latticetop.runtime.export.exporter import Exporter, Shard
    from latticetop.runtime.targets import targets_of

    config = merge(context, flags)
    follow = FollowOptions(
        targets=targets_of(with_members(config)),
        selection=selection_of(config),
        interval=interval,
        min_interval=MIN_INTERVAL,
        max_calls=config.max_calls,
        at_once=at_once or config.at_once or AT_ONCE,
        listing=config,
    )
    rendering = Rendering(
        criteria=criteria_of(config, None), block_states=block_states, redactor=Redactor() if redact else None
    )
    with _listening(listen) as listening:
        run(_export(Exporter(follow, rendering, Shard(*shard or ())), listening, listen))


def _document(rules: bool, dashboard: bool, manifests: str | None) -> str:
    """Return what is to be printed in place of exporting; empty if nothing is."""
    from latticetop.reports.manifests import manifests_for
    from latticetop.reports.monitoring import alerting_rules, grafana_dashboard

    if sum(map(bool, (rules, dashboard, manifests))) > 1:
        usage("Give one of --rules, --dashboard and --manifests: each prints a file of its own.")
    if manifests:
        return manifests_for(manifests)
    if rules:
        return alerting_rules()
    return grafana_dashboard() if dashboard else ""


def _listening(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
        usage(f"Cannot listen on {address}: {reason}.")


async def _export(exporter: Exporter, listening: socket.socket, address: Address) -> None:
    """Export until SIGTERM; raises ReadError if that is of no use."""
    import asyncio

    from latticetop.runtime.export.server import MetricsServer, serving

    exporting = asyncio.create_task(exporter.run())
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(exporting.cancel))
    async with serving(MetricsServer(exporter, only_local=address.is_local), listening):
        emit(f"http://{address._replace(port=listening.getsockname()[1])}/metrics\n")
        if not address.is_local:
            message(_OTHERS)
        try:
            await exporting
        except asyncio.CancelledError:
            this_task = asyncio.current_task()
            if this_task is None or this_task.cancelling():
                raise
