"""The accounts of an organization as roles of the configuration, and how they change while they are followed."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

from msgspec import structs

from latticetop.config.settings import ALL, Role, config_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from latticetop.aws.member_accounts import MemberAccount
    from latticetop.aws.organizations import Membership
    from latticetop.aws.session_cache import SessionCache
    from latticetop.config.settings import Config
    from latticetop.follow.timing import AsyncClock
    from latticetop.model.records.problem import Problem
    from latticetop.runtime.targets import Target

LIST_INTERVAL, LIST_RETRY = 3600.0, 300.0
"""Seconds before the accounts are listed anew, and after that failed."""


async def with_members(
    config: Config, sessions: SessionCache, report: Callable[[str], None] = lambda _: None
) -> Config:
    """Return a configuration in which each account of the organization is a role; unchanged without an organization.

    `report` is called with a sentence on a name that excludes nothing: an account that was closed is no mistake.
    Raises ReadError when the accounts cannot be listed, an account that was named does not exist, or none is left.
    """
    organization = config.organization
    if not organization.is_followed:
        return config
    membership = await _membership(config, sessions)
    roles = tuple(_roles(config, membership))
    names = {name for account in membership.accounts for name in _names(account)}
    for name in organization.include:
        if name not in names:
            _raise_usage(
                f"There is no AWS profile and no active account '{name}' in the organization.",
                "Check --profile, or include of [organization].",
            )
    for name in organization.exclude:
        if name not in names:
            report(f"exclude of [organization] names '{name}', and no active account has that name or number.")
    if not (roles or config.roles or config.profiles):
        _raise_usage("No active account of the organization is left.", "Check units and exclude of [organization].")
    return structs.replace(config, roles=(*config.roles, *roles))


async def relisted_targets(
    config: Config, clock: AsyncClock, *, has_terminal: bool = True
) -> AsyncIterator[list[Target] | Problem]:
    """Yield each hour all targets that are to be followed from then on, or why the accounts could not be listed.

    `config` is the configuration without members. Each time the credentials are resolved anew; `has_terminal` is
    whether a `credential_process` may use the terminal. Nothing without an organization.
    """
    from latticetop.aws import SessionCache
    from latticetop.model.records.problem import ReadError
    from latticetop.runtime.targets import targets_of

    never, wait = asyncio.Event(), LIST_INTERVAL
    while config.organization.is_followed:
        await clock.wait(never, wait)
        sessions = SessionCache(config.max_calls, has_terminal=has_terminal)
        try:
            targets = targets_of(await with_members(config, sessions))
        except ReadError as error:
            wait = LIST_RETRY
            yield error.problem
        else:
            wait = LIST_INTERVAL
            yield targets


async def _membership(config: Config, sessions: SessionCache) -> Membership:
    from latticetop.aws import Settings
    from latticetop.aws.organizations import list_membership

    organization = config.organization
    regions = [region for region in (*organization.regions, *config.regions) if region != ALL]
    settings = Settings(
        profile=organization.profile, region=regions[0] if regions else ALL, endpoint_url=config.endpoint_url
    )
    accounts = read_accounts(organization.accounts_path(config_path())) if organization.accounts else None
    return await list_membership(settings, sessions, organization.units, accounts)


def read_accounts(path: Path) -> tuple[MemberAccount, ...]:
    """Return the active accounts in a file; ReadError, with the kind USAGE, if it is wrong."""
    from latticetop.aws.member_accounts import parse_accounts

    try:
        return parse_accounts(path.read_bytes())
    except OSError as error:
        _raise_usage(f"{path}, the accounts of [organization], cannot be read: {error.strerror}.", "")
    except ValueError as error:
        _raise_usage(f"{path}, the accounts of [organization]: {error}", "")


def _roles(config: Config, membership: Membership) -> Iterator[Role]:
    """Yield a role for each account that is followed; the account of the credentials is read with these.

    A StackSet creates no role in the management account
    (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-associate-stackset-with-org.html). Accounts
    with a role of their own in the configuration are left out, and those that share a name have their number in the
    title.
    """
    organization = config.organization
    own_roles = {role.arn.split(":")[4] for role in config.roles}
    taken = Counter(account.title for account in membership.accounts)
    taken.update([*(role.title for role in config.roles), *config.profiles])
    for account in membership.accounts:
        account_id, names = account.account_id, _names(account)
        is_selected = not organization.include or names & {*organization.include}
        if account_id in own_roles or not is_selected or names & {*organization.exclude}:
            continue
        arn = f"arn:{account.partition}:iam::{account_id}:role/{organization.role}"
        yield Role(
            "" if account_id == membership.own_account_id else arn,
            account.title if taken[account.title] == 1 else _long_title(account),
            organization.profile,
            organization.external_id,
            organization.regions,
        )


def _names(account: MemberAccount) -> set[str]:
    """The names by which an account is selected: every title of it is one."""
    return {account.name, account.account_id, _long_title(account)}


def _long_title(account: MemberAccount) -> str:
    return f"{account.title} {account.account_id}"


def _raise_usage(message: str, next_step: str) -> NoReturn:
    from latticetop.model.records.problem import Problem, ProblemKind, ReadError

    raise ReadError(Problem(ProblemKind.USAGE, "", message, next_step))
