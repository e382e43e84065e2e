"""The accounts of a simulated organization, followed by a role: through the command, and as they come and go."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from latticetop.aws.member_accounts import MemberAccount
from latticetop.aws.organizations import Membership
from latticetop.config.organization import Organization
from latticetop.config.settings import Config, Role
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import Problem
from latticetop.reports.watch_events import WatchEvent, WatchProblem, WatchStarted
from latticetop.runtime import organization
from latticetop.runtime.build import FollowOptions
from latticetop.runtime.headless import watch_live
from latticetop.runtime.targets import asks_for_single_scope, override_scopes, targets_of
from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount
from tests.command import KEYS, PATIENCE, Ended, launched, line_with, run

HUB, MEMBERS = "123456789012", [str(210_000_000_001 + number) for number in range(5)]
NEW = "444455556666"
ROLE = "arn:aws:iam::{}:role/latticetop"
PAYMENTS, LEDGER = MemberAccount("111122223333", "payments"), MemberAccount("444455556666", "ledger")


@pytest.fixture(scope="module")
def server() -> Iterator[ServerThread]:
    """The hub and five members, of which the last but one refuses the role and the last one is suspended."""
    with ServerThread("organization:accounts=5", clock=ManualClock()) as server:
        yield server


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    path = tmp_path / "latticetop.toml"
    path.write_text('regions = ["us-east-1"]\n[organization]\nrole = "latticetop"\n')
    return path


def command(server: ServerThread, settings_file: Path, *arguments: str) -> Ended:
    return run(*arguments, "--endpoint-url", server.url, LATTICETOP_CONFIG=str(settings_file), **KEYS)


def scopes(ended: Ended) -> dict[str, dict[str, Any]]:
    return {scope["account_id"]: scope for scope in json.loads(ended.out)["scopes"]}


def test_check_reads_every_active_account_and_tells_a_refused_role_as_such(
    server: ServerThread, settings_file: Path
) -> None:
    ended = command(server, settings_file, "check", "--json")
    read = scopes(ended)
    assert list(read) == [HUB, *MEMBERS[:-1]]
    assert [scope["name"] for scope in read.values()] == ["management", "payments", "ledger", "search", "checkout"]
    refused = read.pop(MEMBERS[-2])["problem"]
    assert (refused["kind"], refused["operation"]) == ("access-denied", "sts:AssumeRole")
    assert {account_id: scope["check"]["account_id"] for account_id, scope in read.items()} == {i: i for i in read}
    assert [scope["exit_code"] for scope in read.values()] == [0, 0, 1, 0]
    assert ended.code == 1


@pytest.mark.parametrize("name", ["payments", MEMBERS[0], f"payments {MEMBERS[0]}"])
def test_an_account_is_selected_by_name_or_number(server: ServerThread, settings_file: Path, name: str) -> None:
    document = json.loads(command(server, settings_file, "check", "--json", "--profile", name).out)
    assert (document["schema"], document["account_id"]) == ("latticetop.check/1", MEMBERS[0])


def test_a_name_that_nobody_has_is_a_mistake(server: ServerThread, settings_file: Path) -> None:
    ended = command(server, settings_file, "check", "--profile", "nobody")
    assert (ended.code, ended.out) == (2, "")
    assert "no active account 'nobody' in the organization" in ended.err


def test_a_file_of_accounts_beside_the_settings_takes_the_place_of_asking(
    server: ServerThread, settings_file: Path
) -> None:
    accounts = [{"Id": MEMBERS[2], "Name": "search", "State": "ACTIVE"}, {"Id": MEMBERS[0], "State": "CLOSED"}]
    settings_file.write_text(settings_file.read_text() + 'accounts = "accounts.json"\n')
    (settings_file.parent / "accounts.json").write_text(json.dumps({"Accounts": accounts}))
    calls = len(server.calls)
    assert list(scopes(command(server, settings_file, "check", "--json"))) == [MEMBERS[2]]
    assert "organizations" not in {call.service for call in server.calls[calls:]}
    (settings_file.parent / "accounts.json").unlink()
    ended = command(server, settings_file, "check")
    assert ended.code == 2
    assert "accounts.json, the accounts of [organization], cannot be read: No such file" in ended.err


def test_info_and_the_plan_know_the_members(server: ServerThread, settings_file: Path) -> None:
    assert ROLE.format(MEMBERS[0]) in command(server, settings_file, "info").out
    (subnet_id, *_) = server.call(lambda home: list(home.member_accounts[MEMBERS[0]].region().subnets))
    document = json.loads(command(server, settings_file, "plan", "--subnet-ids", subnet_id, "--json").out)
    assert document["account_id"] == MEMBERS[0]


def test_info_tells_who_may_not_list_the_accounts(settings_file: Path) -> None:
    with ServerThread("organization:accounts=2", clock=ManualClock()) as server:
        server.call(lambda account: account.faults.set(["deny:organizations:ListAccounts"]))
        ended = command(server, settings_file, "info", "--json")
        arn = server.call(lambda account: account.world.caller_arn)
    (scope,) = json.loads(ended.out)["scopes"]
    assert (ended.code, ended.err) == (3, "")
    assert (scope["name"], scope["account_id"], scope["arn"]) == ("organization", HUB, arn)
    assert scope["problem"]["operation"] == "organizations:ListAccounts"


def test_a_name_that_excludes_nothing_is_told(server: ServerThread, settings_file: Path) -> None:
    settings_file.write_text(settings_file.read_text() + f'exclude = ["leger", "search", "{MEMBERS[-1]}"]\n')
    ended = command(server, settings_file, "check", "--json")
    assert list(scopes(ended)) == [HUB, MEMBERS[0], MEMBERS[1], MEMBERS[3]]
    assert [line.partition(", and no active")[0] for line in ended.err.splitlines()] == [
        f"latticetop: exclude of [organization] names '{name}'" for name in ("leger", MEMBERS[-1])
    ]


def test_with_a_damaged_aws_configuration_a_name_is_that_of_an_account(
    server: ServerThread, settings_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[profile\n")
    where = ("--endpoint-url", server.url, "--profile", "payments")
    variables = {**KEYS, "AWS_CONFIG_FILE": str(tmp_path / "config"), "LATTICETOP_CONFIG": str(settings_file)}
    ended = run("check", *where, **variables)
    assert ended.code == 2
    assert ended.err == "latticetop: The AWS configuration file cannot be read. Check ~/.aws/config.\n"


def test_export_has_a_scope_for_each_active_account(server: ServerThread, settings_file: Path) -> None:
    export = ("export", "--listen", "127.0.0.1:0", "--endpoint-url", server.url)
    with launched(*export, LATTICETOP_CONFIG=str(settings_file), **KEYS) as child:
        url = line_with(child, "/metrics").strip()
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            text = response.read().decode()
    assert set(re.findall(r'^latticetop_scope_up\{account_id="(\d+)"', text, re.MULTILINE)) >= {*MEMBERS[:-1]}


def roles(config: Config, *accounts: MemberAccount, own: str = "") -> list[tuple[str, str]]:
    membership = Membership(accounts or (PAYMENTS, LEDGER), own)
    return [(role.title, role.arn) for role in organization._roles(config, membership)]


def of(**changes: Any) -> Config:
    return Config(organization=Organization("latticetop", **changes))


def test_each_account_is_a_role_by_its_name_in_its_partition() -> None:
    china = MemberAccount("555566667777", "", "aws-cn")
    assert roles(of(), PAYMENTS, china) == [
        ("payments", ROLE.format(PAYMENTS.account_id)),
        ("555566667777", "arn:aws-cn:iam::555566667777:role/latticetop"),
    ]
    assert roles(of(exclude=("payments",))) == roles(of(exclude=(PAYMENTS.account_id,))) == roles(of(), LEDGER)
    assert roles(of(include=("ledger",))) == roles(of(include=(LEDGER.account_id,))) == roles(of(), LEDGER)


def test_the_account_of_the_credentials_is_read_with_them() -> None:
    (role,) = organization._roles(of(profile="hub"), Membership((PAYMENTS,), PAYMENTS.account_id))
    (target,) = targets_of(Config(roles=(role,)))
    assert (target.name, target.settings.role_arn, target.settings.profile) == ("payments", "", "hub")


def test_an_account_with_a_role_of_its_own_is_not_followed_twice() -> None:
    own_role = Role(ROLE.format(LEDGER.account_id).replace("latticetop", "other"), name="mine")
    config = Config(roles=(own_role,), organization=Organization("latticetop"))
    assert roles(config) == [("payments", ROLE.format(PAYMENTS.account_id))]


def test_accounts_that_share_a_name_have_their_number_too() -> None:
    twin = MemberAccount("777788889999", "payments")
    assert [title for title, _ in roles(of(), PAYMENTS, twin)] == ["payments 111122223333", "payments 777788889999"]
    chosen = roles(of(include=("payments 777788889999",)), PAYMENTS, twin)
    assert chosen == [("payments 777788889999", ROLE.format(twin.account_id))]


def test_profiles_are_chosen_before_accounts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile dev]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    dev = override_scopes(of(), ("dev",), ("us-east-1",))
    assert (dev.profiles, dev.organization.is_followed) == (("dev",), False)
    both = override_scopes(of(), ("dev", "payments"), ("us-east-1",))
    assert (both.profiles, both.organization.include) == (("dev",), ("payments",))
    payments = override_scopes(of(regions=("eu-west-1", "us-west-2")), ("payments",), ("us-east-1",))
    assert (payments.profiles, payments.organization.regions) == ((), ())
    assert [asks_for_single_scope(config) for config in (of(), dev, both, payments)] == [False, True, False, True]


async def test_while_it_watches_accounts_appear_and_suspended_ones_go(
    server: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(organization, "LIST_INTERVAL", 0.1)
    monkeypatch.setattr(organization, "LIST_RETRY", 0.1)
    config = Config(
        regions=("us-east-1",), endpoint_url=server.url, organization=Organization("latticetop", exclude=(MEMBERS[3],))
    )
    started, problems = list[str](), list[bool]()

    def change(home: SimulatedAccount) -> None:
        home.add_member_account(NEW, "new")
        assert home.organization is not None
        home.organization.members[MEMBERS[0]].state = "SUSPENDED"

    def report(event: WatchEvent) -> bool:
        if isinstance(event, WatchStarted):
            started.append(event.scope.account_id)
            if len(started) == 4:
                server.call(change)
        elif isinstance(event, WatchProblem) and event.problem.operation == "organizations:ListAccounts":
            problems.append(event.over)
            if not event.over:
                server.call(lambda home: home.faults.set([]))
        if NEW in started and not problems:
            server.call(lambda home: home.faults.set(["deny:organizations:*"]))
        return True not in problems

    from latticetop.aws import SessionCache

    targets = targets_of(await organization.with_members(config, SessionCache()))
    options = FollowOptions(targets=targets, selection=Selection(), interval=5.0, at_once=8, listing=config)
    result = await watch_live(options, report)
    assert not isinstance(result, Problem)
    assert sorted(started[:4]) == sorted([HUB, *MEMBERS[:3]])
    assert started[4:] == [NEW]
    assert problems == [False, True]
