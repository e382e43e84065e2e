"""A dump of an account answers as the account itself: check, plan and explain, in every scenario of the simulator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from latticetop.simulator import SCENARIOS, ServerThread
from latticetop.simulator.region import SimulatedRegion
from tests.aws_cli import AwsCli, aws_cli
from tests.command import KEYS, at_rest, run
from tests.dumps import account_of_many_pages, executed, script_of

TIMES = {
    "taken_at": "the time of the read; that of a dump is in its files",
    "reservations_read_at": "likewise; and a dump has the reservations of every subnet",
}
"""The members that may differ, and why."""
TEXTS = {
    re.compile(r"AWS_ACCESS_KEY_ID=simulated AWS_SECRET_ACCESS_KEY=simulated "): "who reads files has no credentials",
    re.compile(r"( \\\n  | )--endpoint-url http://127\.0\.0\.1:\d+"): "the URL of the account is not in its answers",
    re.compile(
        r" is denied(?=\.)| was denied when the files were made(?=\.)"
    ): "it was denied to somebody else, earlier",
    re.compile(r"(?<=[a-z]) in the IAM policy of this identity(?=\.)"): "likewise",
}
"""What printed commands and problems may have on one side alone, and why."""
OPTIONS = {"estate": "estate:interfaces=1000"}
CODES = {"shared": 3}
"""The exit code of the script, where it is not 0: the reservations of a shared subnet are for its owner alone."""
MOST_ENDPOINTS = 1
"""Endpoints of a scenario that are explained, failed ones first."""


class Account(NamedTuple):
    """What to ask of an account."""

    subnet_ids: list[str]
    endpoint_ids: list[str]


@pytest.fixture(scope="module")
def cli() -> Iterator[AwsCli]:
    with aws_cli() as opened:
        yield opened


def account_of(region: SimulatedRegion) -> Account:
    """Two subnets of a VPC in different zones, of an endpoint if there is one; and endpoints, failed ones first."""
    endpoints = sorted(
        (endpoint for endpoint in region.endpoints.values() if endpoint.endpoint_type == "ServiceNetwork"),
        key=lambda endpoint: (endpoint.state != "Failed", endpoint.id),
    )
    subnets = [subnet for subnet in region.subnets.values() if subnet.cidr]
    if not subnets:
        return Account([], [])
    first = region.subnets[endpoints[0].subnet_ids[0]] if endpoints else subnets[0]
    others = (s for s in subnets if s.vpc_id == first.vpc_id and s.availability_zone != first.availability_zone)
    return Account([first.id, *(s.id for s in islice(others, 1))], [e.id for e in endpoints[:MOST_ENDPOINTS]])


def dumped(server: ServerThread, cli: AwsCli, folder: Path, *flags: str, code: int = 0) -> str:
    """Run the script of `dump`; the directory that it makes."""
    ended = executed(script_of(folder, server, *flags), cli)
    assert ended.code == code, ended.err
    return str(folder / "dump")


def document(*arguments: str) -> tuple[int, Any]:
    ended = run(*arguments, "--json", **KEYS)
    assert ended.out, ended.err
    return ended.code, plain(json.loads(ended.out))


def plain(value: Any, key: str = "") -> Any:
    """A document without what may differ."""
    if key in TIMES:
        return key
    if isinstance(value, dict):
        return {key: plain(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, str):
        for pattern in TEXTS:
            value = pattern.sub("", value)
    return value


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_answers_as_the_account_does(scenario: str, cli: AwsCli, tmp_path: Path) -> None:
    with at_rest(OPTIONS.get(scenario, scenario)) as server:
        account = server.call(lambda account: account_of(account.region()))
        explained = [word for endpoint_id in account.endpoint_ids for word in ("--endpoint", endpoint_id)]
        files = dumped(server, cli, tmp_path, *explained, code=CODES.get(scenario, 0))
        live = ("--endpoint-url", server.url, "--region", "us-east-1")
        plan = ("plan", "--resources", "3", "--subnet-ids", *account.subnet_ids)
        explain = [("explain", endpoint_id) for endpoint_id in account.endpoint_ids]
        commands: list[tuple[str, ...]] = [("check",), *([plan] if account.subnet_ids else []), *explain]
        for command in commands:
            assert document(*command, "--from", files) == document(*command, *live), command


def test_what_was_denied_is_unknown_alike(cli: AwsCli, tmp_path: Path) -> None:
    actions = ("DescribeVpcs", "GetSubnetCidrReservations", "DescribeVpcEndpointAssociations")
    denied = [*(f"deny:ec2:{action}" for action in actions), "deny:vpc-lattice:*", "deny:cloudtrail:*"]
    with at_rest("incident") as server:
        endpoint_id = server.call(lambda account: next(iter(account.region().endpoints)))
        server.call(lambda account: account.faults.set(denied))
        files = dumped(server, cli, tmp_path, "--endpoint", endpoint_id, code=3)
        for command in (("check",), ("explain", endpoint_id)):
            code, live = document(*command, "--endpoint-url", server.url, "--region", "us-east-1")
            assert document(*command, "--from", files) == (code, live), command
            assert {problem["kind"] for problem in live["problems"]} == {"access-denied"}


def test_more_pages_than_the_cli_reads_make_no_difference(cli: AwsCli, tmp_path: Path) -> None:
    with account_of_many_pages() as (server, subnet_id):
        endpoint_id = server.call(lambda account: next(iter(account.region().endpoints)))
        files = dumped(server, cli, tmp_path, "--endpoint", endpoint_id)
        for command in (("check",), ("plan", "--subnet-ids", subnet_id), ("explain", endpoint_id)):
            code, live = document(*command, "--endpoint-url", server.url, "--region", "us-east-1")
            assert document(*command, "--from", files) == (code, live), command
            # Without the second pages there would be 100 associations and 1,000 reserved blocks.
            assert command[0] != "check" or live["endpoints"][0]["associations"]["total"] == 101


def test_several_regions_are_several_scopes(cli: AwsCli, tmp_path: Path) -> None:
    regions = ("--region", "us-east-1", "--region", "eu-west-1")
    with at_rest("estate:interfaces=300,regions=2") as server:
        files = dumped(server, cli, tmp_path, *regions[2:])
        live = document("check", "--endpoint-url", server.url, *regions)
        assert document("check", "--from", files) == live
    assert [scope["region"] for scope in live[1]["scopes"]] == ["us-east-1", "eu-west-1"]
