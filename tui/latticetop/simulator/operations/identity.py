"""Who one is, and roles that lead into other accounts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from latticetop.simulator.account import Account
    from latticetop.simulator.operations.call import Context, Document, Params

_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]+)")
_ROLE_KEY = re.compile(r"ASIA(\d{12})ROLE")
_LASTS = timedelta(hours=1)


def acting_account(account: Account, access_key: str) -> Account:
    """The account that an access key belongs to: the member that a role led into, else the account itself."""
    found = _ROLE_KEY.fullmatch(access_key)
    return account.members.get(found[1], account) if found else account


def get_caller_identity(context: Context, params: Params) -> Document:
    """STS: the account and the caller."""
    account = context.account
    return {"UserId": account.caller_id, "Account": account.id, "Arn": account.caller_arn}


def assume_role(context: Context, params: Params) -> Document:
    """STS: credentials of a role of this account or a member; AccessDenied for a role in any other.

    They end an hour from now by the clock on the wall, with which clients compare.
    """
    arn, session = params["RoleArn"], params["RoleSessionName"]
    found = _ROLE_ARN.fullmatch(arn)
    if found is None:
        raise ApiError("ValidationError", f"{arn} is invalid")
    account_id, name = found.groups()
    if account_id not in (context.account.id, *context.account.members):
        caller = context.account.caller_arn
        message = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise ApiError("AccessDenied", message, 403)
    role_id = "AROAEXAMPLEMEMBER0001"
    return {
        "Credentials": {
            "AccessKeyId": f"ASIA{account_id}ROLE",
            "SecretAccessKey": "simulated",
            "SessionToken": "simulated",
            "Expiration": datetime.now(UTC) + _LASTS,
        },
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role_id}:{session}",
            "Arn": f"arn:aws:sts::{account_id}:assumed-role/{name}/{session}",
        },
    }
