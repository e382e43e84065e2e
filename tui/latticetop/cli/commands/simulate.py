"""`latticetop simulate`: a simulated AWS account for any client."""

from __future__ import annotations

import click

from latticetop.cli.completion import scenarios
from latticetop.cli.output import SPEED, emit, message, run, two_columns, usage

_SETTINGS = """\
    regions = ["us-east-1"]
    [organization]
    role = "latticetop"
"""
"""The settings that follow all accounts of a simulated organization."""


@click.command()
@click.option(
    "--scenario",
    shell_complete=scenarios,
    default="incident",
    show_default=True,
    help="Scenario to simulate; see --list.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1 (0: any free port).")
@click.option("--speed", type=SPEED, help="Speed multiplier (default: the scenario's).")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT",
    help="Fault to inject, such as throttle:0.3; see --list. Repeatable.",
)
@click.option("--list", "listing", is_flag=True, help="List the scenarios, faults, settings and options, and exit.")
def simulate(scenario: str, port: int, speed: float | None, faults: tuple[str, ...], listing: bool) -> None:
    """Serve a simulated AWS account on 127.0.0.1 and print its URL. Any AWS client can read and change it.

    It obeys EC2's rules, with any credentials. /_simulator/account shows its settings, and changes them while it runs:

    \b
      curl -X PUT URL/_simulator/account --data 'set behaviour today'

    \b
    Examples:
      latticetop simulate --port 5000
      latticetop simulate --scenario eks --speed 30
      latticetop simulate --scenario incident:behaviour=today
      latticetop simulate --scenario estate:interfaces=2000,regions=2
      latticetop simulate --fault throttle:0.3
      latticetop simulate --list
    """
    import asyncio

    from latticetop.simulator import SCENARIOS, Server

    if listing:
        from latticetop.simulator.faults import FAULT_KINDS
        from latticetop.simulator.settings import SETTINGS

        descriptions = {name: scenario.description for name, scenario in SCENARIOS.items()}
        emit(two_columns(descriptions) + "\nfaults (KIND[:SERVICE:ACTION][:AMOUNT]):\n" + two_columns(FAULT_KINDS))
        emit("\nsettings (SCENARIO:SETTING=VALUE,…):\n" + two_columns(SETTINGS))
        options = {
            f"{name}:{option.name}": f"{option.values}: {option.description} (default {option.default:,})"
            for name, scenario in SCENARIOS.items()
            for option in scenario.options
        }
        emit("\noptions (SCENARIO:OPTION=VALUE,…):\n" + two_columns(options))
        return

    async def serve() -> None:
        async with Server(scenario, port=port, speed=speed, faults=faults) as server:
            emit(server.url + "\n")
            message(f"try: aws --endpoint-url {server.url} --region us-east-1 ec2 describe-subnets")
            if server.account.member_accounts:
                message(f"or, for latticetop, in a latticetop.toml that LATTICETOP_CONFIG names:\n{_SETTINGS}")
            message("(any credentials are accepted; ctrl-c stops it)")
            await asyncio.Event().wait()

    try:
        run(serve())
    except ValueError as error:
        usage(str(error))
    except OSError as error:
        usage(f"Cannot listen on port {port}: {error.strerror or error}.")
