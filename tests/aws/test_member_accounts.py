"""Accounts in the answers of AWS Organizations and in the file that the AWS CLI writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from latticetop.aws.member_accounts import MemberAccount, active_accounts, parse_accounts

ACCOUNT = {
    "Id": "444455556666",
    "Arn": "arn:aws:organizations::111122223333:account/o-exampleorgid/444455556666",
    "Email": "payments@example.com",
    "Name": "payments",
    "Status": "ACTIVE",
    "JoinedMethod": "CREATED",
    "JoinedTimestamp": 1481156563.134,
}
"""An account as the API reference of ListAccounts has it."""


def test_a_list_of_the_command_line_has_its_active_accounts() -> None:
    suspended = {**ACCOUNT, "Id": "555566667777", "Status": "SUSPENDED"}
    text = json.dumps({"Accounts": [ACCOUNT, suspended]}).encode()
    assert parse_accounts(text) == (MemberAccount("444455556666", "payments", "aws"),)


@pytest.mark.parametrize(
    ("members", "is_active"),
    [
        ({"State": "ACTIVE"}, True),
        ({"State": "ACTIVE", "Status": "SUSPENDED"}, True),
        ({"State": "PENDING_ACTIVATION"}, False),
        ({"State": "CLOSED", "Status": "ACTIVE"}, False),
        ({"State": "", "Status": "ACTIVE"}, True),
    ],
)
def test_the_state_tells_and_the_status_where_there_is_none(members: dict[str, str], is_active: bool) -> None:
    record = {**{key: value for key, value in ACCOUNT.items() if key != "Status"}, **members}
    assert bool(active_accounts([record])) is is_active


def test_the_partition_is_that_of_the_arn() -> None:
    arn = ACCOUNT["Arn"].replace("arn:aws:", "arn:aws-cn:")  # type: ignore[attr-defined]
    (account,) = active_accounts([{**ACCOUNT, "Arn": arn}, "text", {"Id": "12", "State": "ACTIVE"}])
    assert account.partition == "aws-cn"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"123456789012\tpayments", "not JSON"),
        (b"[" * 10_000, "not JSON"),
        (b'{"Organization": {}}', "not a list of accounts"),
        (b'{"Accounts": ["123456789012"]}', "not a list of accounts"),
        (b'{"Accounts": [{"Id": "123456789012", "Name": "x"}]}', "which accounts are active"),
        (json.dumps({"Accounts": [ACCOUNT], "NextToken": "x"}).encode(), "there are more accounts"),
    ],
)
def test_any_other_file_is_refused_with_what_to_do(text: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as error:
        parse_accounts(text)
    assert "aws organizations list-accounts --output json" in str(error.value)


@pytest.mark.parametrize("value", [None, 5, "x", [1], {"Accounts": {}}, {"Accounts": [{"Id": 123456789012}]}])
def test_no_value_is_a_crash(value: Any) -> None:
    with pytest.raises(ValueError, match="not a list of accounts"):
        parse_accounts(json.dumps(value).encode())
