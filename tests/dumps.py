"""The script of `latticetop dump`, printed and run with the stand-in for the AWS CLI; an account with many pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.cloudtrail import user_caller
from latticetop.simulator.ec2_resources import SimulatedReservation
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.aws_cli import AwsCli
from tests.command import Ended, finished, lookups_without_a_limit, run


def script_of(folder: Path, server: ServerThread | None, *flags: str, region: str = "us-east-1") -> Path:
    """The printed script as a file; it makes `dump` in the folder."""
    where = ("--endpoint-url", server.url) if server else ()
    where = (*where, "--region", region) if region else where
    ended = run("dump", *where, "--output-dir", str(folder / "dump"), *flags)
    assert (ended.code, ended.err) == (0, "")
    path = folder / "dump.sh"
    path.write_text(ended.out, encoding="utf-8")
    return path


def executed(script: Path, cli: AwsCli, shell: str = "sh", cwd: str | None = None, **environment: str) -> Ended:
    """Run a script with the stand-in in front of everything else."""
    words = (shell, "sh") if shell == "busybox" else (shell,)
    path = f"{cli.folder}{os.pathsep}{os.environ['PATH']}"
    return finished(*words, str(script), cwd=cwd, PATH=path, **environment)


@contextmanager
def account_of_many_pages() -> Iterator[tuple[ServerThread, str]]:
    """An account, and the id of a subnet: it has 1,001 reservations, its endpoint has 101 associations.

    In the minutes of its creation there are more than 200 write events: latticetop reads only those of some names then.
    """

    def build(account: SimulatedAccount) -> str:
        region = account.region()
        vpc = add_vpc(region, "10.0.0.0/16")
        subnet = add_subnet(region, vpc.id, "10.0.0.0/17", availability_zone="us-east-1a")
        network = add_service_network(region, "network", resources=[f"resource-{number}" for number in range(101)])
        create_endpoint_as_user(region, network, [subnet])
        for _ in range(210):
            region.event_history.record("CreateTags", user_caller(region.world), None, None)
        return subnet.id

    def reserve(account: SimulatedAccount, subnet_id: str) -> None:
        region = account.region()
        for block in range(1000, 2001):
            # `add_reservation` compares each one with all others.
            cidr = f"10.0.{block // 16}.{block % 16 * 16}/28"
            reservation = SimulatedReservation(
                id=f"scr-{block:017x}",
                subnet_id=subnet_id,
                cidr=cidr,
                reservation_type="explicit",
                owner_id=region.subnets[subnet_id].owner_id,
            )
            region.put_reservation(reservation)

    clock = ManualClock()
    with lookups_without_a_limit(), ServerThread("empty", clock=clock) as server:
        subnet_id = server.call(build)
        clock.finish()
        # The endpoint would take long to find its blocks among them.
        server.call(lambda account: reserve(account, subnet_id))
        clock.advance(3600)
        yield server, subnet_id
