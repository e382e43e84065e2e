"""STS operations: GetCallerIdentity, and AssumeRole into member accounts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.operations.context import Document, OperationContext, Params

ROLE_ID = "AROAEXAMPLEMEMBER0001"
SESSION_DURATION = timedelta(hours=1)
_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]+)")
_ROLE_ACCESS_KEY = re.compile(r"ASIA(\d{12})ROLE")


def account_of_access_key(account: SimulatedAccount, access_key: str) -> SimulatedAccount:
    """The member account of the credentials that AssumeRole returned, or else the account itself."""
    match = _ROLE_ACCESS_KEY.fullmatch(access_key)
    return account.member_accounts.get(match[1], account) if match else account


def get_caller_identity(context: OperationContext, params: Params) -> Document:
    """GetCallerIdentity: the account id and the caller."""
    world = context.account.world
    return {"UserId": world.caller_user_id, "Account": world.account_id, "Arn": world.caller_arn}


def assume_role(context: OperationContext, params: Params) -> Document:
    """AssumeRole: credentials for a role of this account or of a member; AccessDenied for any other account.

    A member may refuse: AWS says the same whether there is no such role or its trust policy does not allow it.

    The expiration follows the system clock, not the simulated one, because clients compare it with their own clock.
    """
    arn, session_name = params["RoleArn"], params["RoleSessionName"]
    match = _ROLE_ARN.fullmatch(arn)
    if match is None:
        raise ApiError("ValidationError", f"{arn} is invalid")
    account_id, role_name = match.groups()
    organization = context.account.organization
    member = organization.members.get(account_id) if organization else None
    is_refused = member is not None and not member.trusts(params.get("ExternalId"))
    if is_refused or account_id not in (context.account.id, *context.account.member_accounts):
        caller = context.account.world.caller_arn
        message = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise ApiError("AccessDenied", message, 403)
    return {
        "Credentials": {
            "AccessKeyId": f"ASIA{account_id}ROLE",
            "SecretAccessKey": "simulated",
            "SessionToken": "simulated",
            "Expiration": datetime.now(UTC) + SESSION_DURATION,
        },
        "AssumedRoleUser": {
            "AssumedRoleId": f"{ROLE_ID}:{session_name}",
            "Arn": f"arn:aws:sts::{account_id}:assumed-role/{role_name}/{session_name}",
        },
    }
