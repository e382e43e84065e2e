"""The accounts of an organization, asked of AWS Organizations by its management account or a delegated administrator.

Source: docs.aws.amazon.com/organizations/latest/APIReference. ListAccountsForParent lists the accounts of a unit and
not of the units below it; those count too, as for a StackSet that is deployed to a unit
(docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-associate-stackset-with-org.html).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from latticetop.aws.member_accounts import MemberAccount, active_accounts
from latticetop.aws.operations import RESPONSE_MEMBERS
from latticetop.aws.paging import pages
from latticetop.aws.sdk_import import import_with_sdk
from latticetop.model.records.aws_actions import (
    GET_CALLER_IDENTITY,
    LIST_ACCOUNTS,
    LIST_ACCOUNTS_FOR_PARENT,
    LIST_UNITS_FOR_PARENT,
)
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

if TYPE_CHECKING:
    from latticetop.aws.sdk import Client
    from latticetop.aws.services import ServiceClients
    from latticetop.aws.session_cache import SessionCache
    from latticetop.aws.settings import Settings

_NEXT_STEP = (
    "List them with the management account or a delegated administrator (profile of [organization]), or once with "
    "aws organizations list-accounts > accounts.json, and set accounts to that file."
)
_NO_ORGANIZATION, _NO_PARENT = "AWSOrganizationsNotInUseException", "ParentNotFoundException"


class Membership(NamedTuple):
    """The active accounts of an organization, and the account that the credentials belong to."""

    accounts: tuple[MemberAccount, ...]
    own_account_id: str


async def list_membership(
    settings: Settings,
    sessions: SessionCache,
    units: Sequence[str] = (),
    accounts: tuple[MemberAccount, ...] | None = None,
) -> Membership:
    """List the active accounts in these units and below, or all, and tell the account of the credentials.

    With `accounts` only the latter is asked for. Raises ReadError when one of the two cannot be told: an own account
    that is taken for a member would be read by a role that it does not have.
    """
    await import_with_sdk("latticetop.aws.session")
    from latticetop.aws import session
    from latticetop.aws.services import ServiceClients

    services: ServiceClients | None = None
    try:
        prepared = await session.prepare_in_thread(settings, await sessions.session(settings))
        await session.check_credentials(prepared)
        services = ServiceClients(prepared, sessions.rate_limiter(settings))
        if accounts is None:
            accounts = await _accounts(await services.open("organizations"), units)
        identity = await (await services.open("sts")).call(GET_CALLER_IDENTITY)
        return Membership(accounts, str(identity["Account"]))
    finally:
        if services is not None:
            await services.close()


async def _accounts(client: Client, units: Sequence[str]) -> tuple[MemberAccount, ...]:
    if not units:
        return active_accounts(await _records(client, LIST_ACCOUNTS))
    pending, known = list(dict.fromkeys(units)), set(units)
    accounts: dict[str, MemberAccount] = {}
    while pending:
        parent_id = pending.pop(0)
        records = await _records(client, LIST_ACCOUNTS_FOR_PARENT, ParentId=parent_id)
        accounts |= {account.account_id: account for account in active_accounts(records)}
        below = await _records(client, LIST_UNITS_FOR_PARENT, ParentId=parent_id)
        ids = [str(unit.get("Id") or "") for unit in below if isinstance(unit, Mapping)]
        pending += [unit_id for unit_id in ids if unit_id and unit_id not in known]
        known.update(ids)
    return tuple(accounts.values())


async def _records(client: Client, action: str, **params: Any) -> list[Any]:
    records: list[Any] = []
    try:
        async for page in pages(partial(_page, client, action), action, **params):
            records += page
    except ReadError as error:
        raise ReadError(_problem(error, params.get("ParentId", ""))) from error
    return records


async def _page(client: Client, action: str, **params: Any) -> tuple[list[Any], str]:
    response = await client.call(action, **params)
    return list(response.get(RESPONSE_MEMBERS[action]) or ()), str(response.get("NextToken") or "")


def _problem(error: ReadError, parent_id: str) -> Problem:
    """The problem with what to do about it: the list is for some accounts only, and a file can take its place."""
    problem = error.problem
    code = getattr(error.__cause__, "response", {}).get("Error", {}).get("Code")
    kind, message = problem.kind, ""
    if kind is ProblemKind.ACCESS_DENIED:
        message = f"The accounts of the organization cannot be listed: access to {problem.operation} is denied."
    elif code == _NO_ORGANIZATION:
        kind, message = ProblemKind.USAGE, "The account of these credentials belongs to no organization."
    elif code == _NO_PARENT:
        kind, message = ProblemKind.USAGE, f"There is no unit {parent_id} in the organization."
        return Problem(kind, problem.operation, message, "Check units of [organization].")
    return Problem(kind, problem.operation, message, _NEXT_STEP) if message else problem
