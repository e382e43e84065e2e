"""From exec to the first endpoint row in a terminal, and one call of the AWS CLI from exec to exit, turn by turn."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import NamedTuple

from tests.benchmarks import REGION
from tests.benchmarks.first_frame import first_frame
from tests.benchmarks.processes import environment
from tests.benchmarks.table import heading, ms, ratio, row, title
from tests.benchmarks.terminal import dashboard

ROUNDS = 10
ENDPOINT = "vpce-"
"""What the row of an endpoint begins with."""
_SCRIPT = """
import sys, boto3
client = boto3.client("ec2", region_name=sys.argv[2], endpoint_url=sys.argv[1])
print(client.describe_vpc_endpoints()["VpcEndpoints"])
"""


class Call(NamedTuple):
    """What the dashboard is compared with, and its command."""

    name: str
    command: list[str]


def single_call(url: str) -> Call:
    """`aws ec2 describe-vpc-endpoints`; boto3's call where there is no AWS CLI, which takes less."""
    # First the scripts of this interpreter: a version manager's shim on the path takes its own time.
    path = os.pathsep.join((os.path.join(sys.base_prefix, "bin"), os.environ.get("PATH", "")))
    if aws := shutil.which("aws", path=path):
        return Call("AWS CLI", [aws, "--endpoint-url", url, "--region", REGION, "ec2", "describe-vpc-endpoints"])
    return Call("boto3, for want of the AWS CLI", [sys.executable, "-c", _SCRIPT, url, REGION])


def seconds_of(call: Call) -> float:
    """Seconds until the process of a call has ended."""
    began = time.perf_counter()
    subprocess.run(call.command, env=environment(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def table(url: str, latency: int) -> None:
    """The best of several turns, and the middle one."""
    call = single_call(url)
    pairs = [(seconds_of(call), first_frame(dashboard(url), ENDPOINT)) for _ in range(ROUNDS + 1)]
    calls, ours = (sorted(times) for times in zip(*pairs[1:], strict=True))
    title(f"Time to the first endpoint row, in a terminal, at {latency} ms a call")
    heading("of the turns", f"latticetop/{call.name}", "latticetop", call.name)
    for name, place in (("best", 0), ("middle", ROUNDS // 2)):
        row(name, ratio(ours[place], calls[place]), ms(ours[place], 0), ms(calls[place], 0))
