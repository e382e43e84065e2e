"""`latticetop simulate`: a simulated account for any client."""

from __future__ import annotations

import click

from latticetop.cli.completion import scenarios
from latticetop.cli.output import SPEED, aligned, emit, run, usage


@click.command()
@click.option(
    "--scenario", shell_complete=scenarios, default="incident", show_default=True, help="What to play; see --list."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1; 0 takes a free one.")
@click.option("--speed", type=SPEED, help="How much faster than the clock.")
@click.option(
    "--fault", "faults", multiple=True, metavar="FAULT", help="A fault, such as throttle:0.3; may be repeated."
)
@click.option("--list", "listing", is_flag=True, help="List the scenarios and the faults, and end.")
def simulate(scenario: str, port: int, speed: float | None, faults: tuple[str, ...], listing: bool) -> None:
    """Serve a simulated AWS account on 127.0.0.1 and print its URL; any AWS client can read it and act on it.

    \b
    Examples:
      latticetop simulate --port 5000
      latticetop simulate --scenario eks --speed 30
      latticetop simulate --fault throttle:0.3    faults are told by --list
      latticetop simulate --list
    """
    import asyncio

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
