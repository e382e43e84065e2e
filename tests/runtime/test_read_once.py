"""One read of several scopes, through `latticetop check`."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from latticetop.aws import Settings
from latticetop.config.settings import load_config
from latticetop.follow import progress_report
from latticetop.follow.subnet_selection import Selection
from latticetop.reports import copy_items
from latticetop.runtime.read_once import _ReadReport, read_snapshot
from latticetop.runtime.targets import Target, targets_of
from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.command import KEYS, PATIENCE, Ended, run
from tests.json_schema import printed_schema, schema_errors
from tests.runtime.estate import HOME, MEMBER, command, ids_of

ACCOUNTS = 200
"""With less than about a hundred, time-outs of an event loop that reads all at once would hide. It takes seconds, since
each account has a session and clients of its own."""
FIRST_ID = 210_000_000_000


REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "ap-northeast-1", "sa-east-1")


def scopes(ended: Ended) -> list[dict[str, Any]]:
    document = json.loads(ended.out)
    assert document["schema"] == "latticetop.check-scopes/1"
    items: list[dict[str, Any]] = document["scopes"]
    return items


def test_several_regions_are_read_and_printed_in_order(estate: ServerThread) -> None:
    regions = ("ap-northeast-1", "us-east-1")
    flags = [flag for region in regions for flag in ("--region", region)]
    results = scopes(command(estate, "check", "--json", "--all-subnets", *flags))
    assert [scope["region"] for scope in results] == list(regions)
    for scope in results:
        assert scope["check"]["account_id"] == HOME
        assert {subnet["subnet_id"] for subnet in scope["check"]["subnets"]} == ids_of(
            estate, HOME, scope["region"], "subnets"
        )
    text = command(estate, "check", *flags).out
    assert text.startswith("2 accounts and Regions: ")
    assert text.index("ap-northeast-1") < text.index("us-east-1")


def test_all_regions_are_those_of_the_account(estate: ServerThread) -> None:
    results = scopes(command(estate, "check", "--json", "--region", "all", AWS_DEFAULT_REGION="eu-west-1"))
    regions = [scope["region"] for scope in results]
    assert regions[0] == "eu-west-1"
    assert len(regions) == len(set(regions)) == 17
    assert regions[1:] == sorted(regions[1:])
    assert {scope["region"] for scope in results if scope["check"]["subnets"]} == {"us-east-1", "ap-northeast-1"}


def test_a_role_leads_into_a_member_account(estate: ServerThread, role_file: Path) -> None:
    flags = ("--region", "us-east-1")
    ended = command(estate, "check", "--json", *flags, LATTICETOP_CONFIG=str(role_file))
    document = json.loads(ended.out)
    assert document["account_id"] == MEMBER
    assert {endpoint["vpc_endpoint_id"] for endpoint in document["endpoints"]} == ids_of(
        estate, MEMBER, "us-east-1", "endpoints"
    )


def test_all_regions_of_a_role_are_read_once_each(estate: ServerThread, role_file: Path) -> None:
    role_file.write_text(f'regions = ["all"]\nendpoint_url = "{estate.url}"\n{role_file.read_text()}')
    results = scopes(command(estate, "check", "--json", LATTICETOP_CONFIG=str(role_file)))
    regions = [scope["region"] for scope in results]
    assert [scope["problem"] for scope in results] == [None] * 17
    assert (regions[0], len(set(regions))) == ("us-east-1", 17)
    assert {scope["check"]["account_id"] for scope in results} == {MEMBER}


async def test_a_command_taken_from_a_role_reads_its_account(
    estate: ServerThread, role_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**KEYS, "LATTICETOP_CONFIG": str(role_file)}.items():
        monkeypatch.setenv(name, value)
    config = structs.replace(load_config(), endpoint_url=estate.url, regions=("us-east-1",))
    (target,) = targets_of(config)
    snapshot = await read_snapshot(target.settings, Selection())
    words = shlex.split(dict(copy_items.of_scope(snapshot.scope, {}))["latticetop"])
    ended = run(*words[words.index("latticetop") + 1 :], "check", "--json", LATTICETOP_CONFIG=str(role_file), **KEYS)
    assert json.loads(ended.out)["account_id"] == snapshot.scope.account_id == MEMBER


@pytest.mark.parametrize(
    ("count", "clause"), [(10, "prod us-east-1: reading"), (11, "3 of 11 accounts and Regions read")]
)
async def test_many_scopes_report_their_number_alone(monkeypatch: pytest.MonkeyPatch, count: int, clause: str) -> None:
    """Ten lines every few seconds can be read; hundreds can not."""
    monkeypatch.setattr(progress_report, "FIRST_AFTER", 0.0)
    clauses, reported = list[str](), asyncio.Event()

    def progress(text: str) -> None:
        clauses.append(text)
        reported.set()

    report = _ReadReport(progress)
    on_clause = [report.begin(Target(Settings(region="us-east-1"), "prod")) for _ in range(count)]
    for _ in range(3):
        report.end()
    on_clause[0]("reading")
    task = asyncio.create_task(report.run())
    async with asyncio.timeout(PATIENCE):
        await reported.wait()
    task.cancel()
    assert clauses == [clause]


def test_a_scope_that_fails_fails_alone(estate: ServerThread, role_file: Path) -> None:
    role_file.write_text(
        role_file.read_text() + '[[roles]]\narn = "arn:aws:iam::210987654321:role/latticetop"\nname = "other"\n'
    )
    flags = ("--region", "us-east-1")
    ended = command(estate, "check", "--json", *flags, LATTICETOP_CONFIG=str(role_file))
    member, other = scopes(ended)
    assert (member["name"], member["check"]["account_id"], member["problem"]) == ("member", MEMBER, None)
    assert (other["name"], other["check"], other["exit_code"]) == ("other", None, 3)
    assert (other["problem"]["kind"], other["problem"]["operation"]) == ("access-denied", "sts:AssumeRole")
    assert (other["account_id"], member["account_id"]) == ("210987654321", MEMBER)
    assert "AssumeRole was refused" in other["problem"]["message"]
    text = command(estate, "check", *flags, LATTICETOP_CONFIG=str(role_file))
    assert "1 unknown" in text.out
    assert "AssumeRole was refused" in text.out
    assert text.code == ended.code == max(1, member["exit_code"])


def test_an_unknown_profile_among_others_is_a_mistake(estate: ServerThread) -> None:
    ended = command(estate, "check", "--region", "us-east-1", "--profile", "nobody", "--profile", "nowhere")
    assert (ended.code, ended.out) == (2, "")
    assert "There is no AWS profile 'nobody'." in ended.err


def test_a_mistake_in_the_file_ends_with_2(estate: ServerThread, role_file: Path) -> None:
    role_file.write_text("intervall = 5\n")
    ended = command(estate, "check", LATTICETOP_CONFIG=str(role_file))
    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean 'interval'?" in ended.err


def test_the_document_of_several_scopes_is_valid_by_the_printed_schema(estate: ServerThread) -> None:
    regions = ("--region", "us-east-1", "--region", "us-west-2")
    document = json.loads(command(estate, "check", "--json", *regions).out)
    assert schema_errors(document, printed_schema("check", *regions)) == []


def test_regions_are_read_so_many_at_a_time(tmp_path: Path) -> None:
    config = tmp_path / "latticetop.toml"
    config.write_text("at_once = 1\n")
    flags = [flag for region in REGIONS for flag in ("--region", region)]
    with ServerThread("empty", clock=ManualClock()) as server:
        command(server, "check", *flags, LATTICETOP_CONFIG=str(config))
        assert [region for region, _ in groupby(call.region for call in server.calls)] == list(REGIONS)


def add_accounts(home: SimulatedAccount) -> None:
    for number in range(ACCOUNTS):
        region = home.add_member_account(str(FIRST_ID + number)).region()
        add_subnet(region, add_vpc(region, "10.0.0.0/16").id, "10.0.0.0/24")


@pytest.fixture(scope="module")
def organization() -> Iterator[ServerThread]:
    with ServerThread("empty", clock=ManualClock()) as server:
        server.call(add_accounts)
        yield server


@pytest.fixture
def two_hundred_roles(tmp_path: Path) -> Path:
    path = tmp_path / "latticetop.toml"
    arns = (f"arn:aws:iam::{FIRST_ID + number}:role/latticetop" for number in range(ACCOUNTS))
    path.write_text("".join(f'[[roles]]\narn = "{arn}"\n' for arn in arns))
    return path


def test_two_hundred_accounts_are_all_read_whole(organization: ServerThread, two_hundred_roles: Path) -> None:
    ended = command(organization, "check", "--json", "--region", "us-east-1", LATTICETOP_CONFIG=str(two_hundred_roles))
    results = scopes(ended)
    assert [scope["check"]["account_id"] for scope in results] == [str(FIRST_ID + n) for n in range(ACCOUNTS)]
    assert [scope["check"]["problems"] for scope in results] == [[]] * ACCOUNTS
    assert Counter(len(scope["check"]["subnets"]) for scope in results) == {1: ACCOUNTS}
