"""The `[organization]` of latticetop.toml: what it says, and every fault in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from latticetop.config.organization import Organization, organization_problems
from latticetop.config.settings import examine, parse_config

WHOLE = b"""
    [organization]
    role = "teams/latticetop"
    profile = "hub"
    external_id = "example"
    units = ["ou-ab12-11111111", "r-ab12"]
    exclude = ["111122223333", "sandbox"]
    regions = ["us-east-1"]
    """


def test_a_file_names_the_role_and_the_accounts() -> None:
    organization = parse_config(WHOLE).organization
    assert organization == Organization(
        role="teams/latticetop",
        profile="hub",
        external_id="example",
        units=("ou-ab12-11111111", "r-ab12"),
        exclude=("111122223333", "sandbox"),
        regions=("us-east-1",),
    )
    assert organization.is_followed and not parse_config(b"").organization.is_followed


def test_every_fault_is_told_in_one_run() -> None:
    text = b"""
        interval = 1
        [organization]
        rolle = "x"
        role = "arn:aws:iam::111122223333:role/latticetop"
        units = ["sandbox", 5]
        accounts = "accounts.json"
        include = ["payments"]
        exclude = ["payments"]
        """
    problems = examine(text)[1]
    assert problems[:2] == [
        "there is no setting 'rolle'. Did you mean 'role'?",
        "expected `str`, got `int` - at `$.organization.units[1]`.",
    ]
    assert [problem.partition(":")[0] for problem in problems[2:]] == [
        "The interval is 1 s; it has to be at least 5 and at most 86400, or 0 to read only on demand.",
        "'arn",
        "'sandbox' is not the id of a unit",
        "organization has both units and accounts",
        "organization both includes and excludes 'payments'.",
    ]


@pytest.mark.parametrize("organization", [Organization(profile="hub"), Organization(accounts="accounts.json")])
def test_without_a_role_nothing_else_may_be_set(organization: Organization) -> None:
    (problem,) = organization_problems(organization)
    assert problem.startswith("organization has no role: name the role")


@pytest.mark.parametrize("role", ["/teams/latticetop", "teams//latticetop", "teams/", "latticetop*", "x" * 65])
def test_what_is_no_role_after_its_path_is_a_fault(role: str) -> None:
    """IAM's path begins with a slash, and the ARN of the role does not repeat it."""
    (problem,) = organization_problems(Organization(role=role))
    assert "is not the name of a role" in problem


def test_the_file_of_accounts_is_beside_the_settings(tmp_path: Path) -> None:
    settings = tmp_path / "latticetop.toml"
    assert Organization(accounts="accounts.json").accounts_path(settings) == tmp_path / "accounts.json"
    assert Organization(accounts="/etc/accounts.json").accounts_path(settings) == Path("/etc/accounts.json")
