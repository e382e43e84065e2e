"""Accounts of an organization as AWS Organizations describes them, in its answers and in a file of the AWS CLI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from latticetop.aws.decode import replace_surrogates

ACTIVE = "ACTIVE"
"""The state of an account that can be used
(docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html)."""
_COMMAND = "aws organizations list-accounts --output json"
_ID_LENGTH = 12


class MemberAccount(Struct, frozen=True):
    """An account of an organization. `partition` is `aws`, `aws-cn` or `aws-us-gov`, from its ARN."""

    account_id: str
    name: str = ""
    partition: str = "aws"

    @property
    def title(self) -> str:
        """The name, else the account id."""
        return self.name or self.account_id


def active_accounts(records: Iterable[Any]) -> tuple[MemberAccount, ...]:
    """Decode the members of `Accounts` that are active; what is not an account is left out.

    `State` tells, and `Status` in answers from before September 2026, when AWS retired it.
    """
    accounts = (_account(record) for record in records if isinstance(record, Mapping))
    return tuple(account for account in accounts if account is not None)


def parse_accounts(text: bytes) -> tuple[MemberAccount, ...]:
    """Return the active accounts in the output of `aws organizations list-accounts`; ValueError with a sentence."""
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ValueError(f"it is not JSON ({error}). Write it with {_COMMAND}.") from None
    accounts = document.get("Accounts") if isinstance(document, dict) else document
    if not isinstance(accounts, list) or not all(isinstance(each, dict) and _id(each) for each in accounts):
        raise ValueError(f"it is not a list of accounts. Write it with {_COMMAND}, without --query.")
    if isinstance(document, dict) and document.get("NextToken"):
        raise ValueError(f"it has a NextToken: there are more accounts. Write it with {_COMMAND}, without --max-items.")
    if not all("State" in each or "Status" in each for each in accounts):
        raise ValueError(f"it does not say which accounts are active. Write it with {_COMMAND}, without --query.")
    return active_accounts(accounts)


def _account(record: Mapping[str, Any]) -> MemberAccount | None:
    account_id, arn, name = _id(record), record.get("Arn"), record.get("Name")
    if not account_id or (record.get("State") or record.get("Status")) != ACTIVE:
        return None
    partition = arn.split(":")[1] if isinstance(arn, str) and arn.count(":") >= 5 else ""
    return MemberAccount(account_id, replace_surrogates(name) if isinstance(name, str) else "", partition or "aws")


def _id(record: Mapping[str, Any]) -> str:
    value = record.get("Id")
    return value if isinstance(value, str) and len(value) == _ID_LENGTH and value.isascii() and value.isdigit() else ""
