"""Listing the accounts of a simulated organization over HTTP, and what is told when that is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from latticetop.aws import SessionCache, Settings
from latticetop.aws.member_accounts import MemberAccount
from latticetop.aws.organizations import Membership, list_membership
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.simulator import ManualClock, ServerThread

pytestmark = pytest.mark.usefixtures("keys")

MANAGEMENT, MEMBERS = "123456789012", [str(210_000_000_001 + number) for number in range(44)]
WORKLOADS, PRODUCTION, SANDBOX = (f"ou-exam-{number:08x}" for number in (1, 2, 3))


@pytest.fixture(scope="module")
def server() -> Iterator[ServerThread]:
    """Forty-four members, in three pages, in turn in Production, Workloads above it, and Sandbox."""
    with ServerThread("organization:accounts=44", clock=ManualClock()) as server:
        yield server


async def listed(server: ServerThread, *units: str, role_arn: str = "") -> Membership:
    settings = Settings(region="us-east-1", endpoint_url=server.url, role_arn=role_arn)
    return await list_membership(settings, SessionCache(), units)


def ids(membership: Membership) -> list[str]:
    return [account.account_id for account in membership.accounts]


async def problem_of(server: ServerThread, *units: str, role_arn: str = "") -> Problem:
    with pytest.raises(ReadError) as error:
        await listed(server, *units, role_arn=role_arn)
    return error.value.problem


async def test_all_active_accounts_are_listed_page_by_page_with_names(server: ServerThread) -> None:
    membership = await listed(server)
    assert ids(membership) == [MANAGEMENT, *MEMBERS[:-1]], "the last one is suspended"
    assert membership.own_account_id == MANAGEMENT
    assert membership.accounts[1] == MemberAccount(MEMBERS[0], "payments", "aws")


async def test_a_unit_has_the_accounts_of_the_units_below_it(server: ServerThread) -> None:
    assert ids(await listed(server, PRODUCTION)) == MEMBERS[0::3]
    assert sorted(ids(await listed(server, WORKLOADS, PRODUCTION))) == sorted([*MEMBERS[0::3], *MEMBERS[1:-1:3]])
    assert sorted(ids(await listed(server, "r-exam"))) == sorted([MANAGEMENT, *MEMBERS[:-1]])


async def test_accounts_of_a_file_need_no_permission_but_the_account_of_the_credentials_is_asked_for(
    server: ServerThread,
) -> None:
    accounts = (MemberAccount(MEMBERS[0]),)
    server.call(lambda account: account.faults.set(["deny:organizations:*"]))
    settings = Settings(region="us-east-1", endpoint_url=server.url)
    assert await list_membership(settings, SessionCache(), (), accounts) == (accounts, MANAGEMENT)
    server.call(lambda account: account.faults.set([]))


@pytest.mark.parametrize("accounts", [None, (MemberAccount(MANAGEMENT),)])
async def test_an_own_account_that_is_not_told_is_no_member(
    server: ServerThread, accounts: tuple[MemberAccount, ...] | None
) -> None:
    """The management account has no role, and would be denied until it is told again."""
    server.call(lambda account: account.faults.set(["deny:sts:GetCallerIdentity"]))
    settings = Settings(region="us-east-1", endpoint_url=server.url)
    with pytest.raises(ReadError, match="sts:GetCallerIdentity is denied"):
        await list_membership(settings, SessionCache(), (), accounts)
    server.call(lambda account: account.faults.set([]))


@pytest.mark.parametrize("action", ["ListAccounts", "ListAccountsForParent", "ListOrganizationalUnitsForParent"])
async def test_a_denied_list_is_one_sentence_with_the_alternative(server: ServerThread, action: str) -> None:
    server.call(lambda account: account.faults.set([f"deny:organizations:{action}"]))
    problem = await problem_of(server, *([] if action == "ListAccounts" else [WORKLOADS]))
    server.call(lambda account: account.faults.set([]))
    assert (problem.kind, problem.operation) == (ProblemKind.ACCESS_DENIED, f"organizations:{action}")
    assert "aws organizations list-accounts > accounts.json" in problem.next_step


async def test_a_member_may_not_list(server: ServerThread) -> None:
    problem = await problem_of(server, role_arn=f"arn:aws:iam::{MEMBERS[0]}:role/latticetop")
    assert problem.kind is ProblemKind.ACCESS_DENIED
    assert "the management account or a delegated administrator" in problem.next_step


async def test_an_unknown_unit_is_a_mistake(server: ServerThread) -> None:
    problem = await problem_of(server, "ou-exam-99999999")
    assert (problem.kind, problem.message) == (
        ProblemKind.USAGE,
        "There is no unit ou-exam-99999999 in the organization.",
    )


async def test_an_account_without_organization_is_a_mistake() -> None:
    with ServerThread("empty", clock=ManualClock()) as server:
        problem = await problem_of(server)
    assert problem.kind is ProblemKind.USAGE
    assert "belongs to no organization" in problem.message
