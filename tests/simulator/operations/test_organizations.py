"""AWS Organizations: the lists, their pages, and who may read them."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from latticetop.simulator import ManualClock, ServerThread, SimulatedAccount
from tests.simulator.clients import CONFIG, Clients, error_of, pages

MANAGEMENT, MEMBERS = "123456789012", [str(210_000_000_001 + number) for number in range(30)]
ROLE = f"arn:aws:iam::{MEMBERS[0]}:role/latticetop"


@pytest.fixture(scope="module")
def organization() -> Iterator[Clients]:
    clients = Clients(ServerThread("organization:accounts=30", clock=ManualClock()).start())
    yield clients
    clients.close()


def test_every_account_is_listed_in_pages_of_at_most_twenty(organization: Clients) -> None:
    client = organization.client("organizations")
    listed = list(pages(client.list_accounts, "Accounts", 20))
    assert [len(page) for page in listed] == [20, 11]
    accounts = [account for page in listed for account in page]
    assert [account["Id"] for account in accounts] == [MANAGEMENT, *MEMBERS]
    assert {account["State"] for account in accounts} == {"ACTIVE", "SUSPENDED"}
    assert accounts[1]["Arn"] == f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorgid/{MEMBERS[0]}"
    assert error_of(client.list_accounts, NextToken="x")[0] == "InvalidInputException"


def test_a_parent_has_the_accounts_and_units_directly_below_it(organization: Clients) -> None:
    client = organization.client("organizations")
    units = {unit["Name"]: unit["Id"] for unit in client.list_organizational_units_for_parent(ParentId="r-exam")
             ["OrganizationalUnits"]}  # fmt: skip
    assert sorted(units) == ["Sandbox", "Workloads"]
    (nested,) = client.list_organizational_units_for_parent(ParentId=units["Workloads"])["OrganizationalUnits"]
    assert nested["Name"] == "Production"
    for unit_id, first in ((nested["Id"], 0), (units["Workloads"], 1), (units["Sandbox"], 2)):
        accounts = client.list_accounts_for_parent(ParentId=unit_id)["Accounts"]
        assert [account["Id"] for account in accounts] == MEMBERS[first::3]
    (management,) = client.list_accounts_for_parent(ParentId="r-exam")["Accounts"]
    assert management["Id"] == MANAGEMENT
    unknown = error_of(client.list_accounts_for_parent, ParentId="ou-exam-99999999")
    assert unknown[0] == "ParentNotFoundException"


def test_only_an_administrator_may_list(organization: Clients, empty: Clients) -> None:
    keys = organization.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="test")["Credentials"]
    member = boto3.client(
        "organizations",
        region_name="us-east-1",
        endpoint_url=organization.server.url,
        config=CONFIG,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert error_of(member.list_accounts)[0] == "AccessDeniedException"
    assert error_of(empty.client("organizations").list_accounts)[0] == "AWSOrganizationsNotInUseException"


@pytest.mark.parametrize("account_id", MEMBERS[-2:])
def test_no_role_of_an_account_that_refuses_or_is_suspended_can_be_assumed(
    organization: Clients, account_id: str
) -> None:
    role = ROLE.replace(MEMBERS[0], account_id)
    code, message = error_of(organization.client("sts").assume_role, RoleArn=role, RoleSessionName="test")
    assert code == "AccessDenied"
    assert message.endswith(f"is not authorized to perform: sts:AssumeRole on resource: {role}")


def require(home: SimulatedAccount, external_id: str | None) -> None:
    home.manage_organization().members[MEMBERS[0]].external_id = external_id


def test_a_trust_policy_may_require_an_external_id(organization: Clients) -> None:
    assume = organization.client("sts").assume_role
    organization.server.call(lambda home: require(home, "example"))
    assert error_of(assume, RoleArn=ROLE, RoleSessionName="test")[0] == "AccessDenied"
    assert error_of(assume, RoleArn=ROLE, RoleSessionName="test", ExternalId="other")[0] == "AccessDenied"
    assert assume(RoleArn=ROLE, RoleSessionName="test", ExternalId="example")["Credentials"]
    organization.server.call(lambda home: require(home, None))
