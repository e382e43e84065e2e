"""`latticetop check` on files with the answers of an account, against the same account read without latency."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks import REGION, plain_boto3, processes
from tests.benchmarks.processes import best, measured
from tests.benchmarks.table import heading, mib, ratio, row, title

MEMBERS = {
    "endpoints": "VpcEndpoints",
    "associations": "VpcEndpointAssociations",
    "vpcs": "Vpcs",
    "subnets": "Subnets",
    "interfaces": "NetworkInterfaces",
}
"""The member of each answer that has the list."""


def table(url: str, interfaces: int, repeat: int) -> None:
    """Best of so many runs, side by side."""
    title(f"check of {interfaces:,} ENIs from files, against the live read without latency")
    heading("time, against live", "memory, against live", "live", "files", "CPU live", "CPU files", "MB", "memory")
    with TemporaryDirectory() as folder:
        measured("-m", __name__, url, folder)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        from_files = ("-m", "latticetop", "check", "--json", "--from", folder)
        runs = [(processes.check(url), measured(*from_files)) for _ in range(repeat)]
    live, files = (best(list(costs)) for costs in zip(*runs, strict=True))
    row(
        ratio(files.wall, live.wall),
        ratio(files.memory, live.memory),
        *(f"{seconds:.2f} s" for seconds in (live.wall, files.wall, live.cpu, files.cpu)),
        f"{size / 1e6:.0f}",
        mib(files.memory),
    )


def write(url: str, folder: Path) -> None:
    """Write the answers as the AWS CLI prints them, a file for each call."""
    read = plain_boto3.read(url, REGION)
    answers: dict[str, Any] = {name: {member: read[name]} for name, member in MEMBERS.items()}
    answers["identity"] = {"UserId": "x", "Account": read["account"], "Arn": f"arn:aws:iam::{read['account']}:user/x"}
    vpc_ids = {endpoint["VpcId"] for endpoint in read["endpoints"]}
    subnet_ids = [subnet["SubnetId"] for subnet in read["subnets"] if subnet["VpcId"] in vpc_ids]
    for subnet_id, reservations in zip(subnet_ids, read["reservations"], strict=True):
        reservations.pop("ResponseMetadata")
        answers[f"reservations-{subnet_id}"] = reservations
    for name, answer in answers.items():
        text = json.dumps(answer, indent=4, default=lambda at: at.isoformat())
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
