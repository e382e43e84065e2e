"""The options that make a command read the scope it was copied from."""

from __future__ import annotations

from latticetop.model.capacity.counting_subnets import Criteria
from latticetop.model.snapshot import Scope
from latticetop.reports import copy_items
from latticetop.reports.cli_options import selection_options

ACCOUNT = "123456789012"


def test_commands_go_where_the_scope_was_read_and_as_whom() -> None:
    def commands_of(profile: str = "", role: str = "", endpoint_url: str = "") -> tuple[str, str]:
        scope = Scope(ACCOUNT, "eu-west-1", profile=profile, role=role, endpoint_url=endpoint_url)
        items = dict(copy_items.of_scope(scope, {}))
        return next(text for label, text in items.items() if label.startswith("AWS CLI")), items["latticetop"]

    assert commands_of() == ("aws sts get-caller-identity --region eu-west-1", "latticetop --region eu-west-1")
    url = "https://vpce-0123456789abcdef0.ec2.eu-west-1.vpce.amazonaws.com"
    assert commands_of(profile="dev", endpoint_url=url) == (
        f"aws sts get-caller-identity --profile dev --region eu-west-1 --endpoint-url {url}",
        f"latticetop --profile dev --region eu-west-1 --endpoint-url {url}",
    )
    assert commands_of(profile="hub", role="payments") == (
        "aws sts get-caller-identity --region eu-west-1",
        "latticetop --profile payments --region eu-west-1",
    ), "the AWS CLI knows no role of latticetop.toml, and the profile is of another account"
    assert "AWS CLI as the role" in dict(copy_items.of_scope(Scope(ACCOUNT, "eu-west-1", "hub", "payments"), {}))
    assert all(text.startswith("AWS_ACCESS_KEY_ID=") for text in commands_of(endpoint_url="http://localhost:5000"))
    assert not any("KEY" in text for text in commands_of(endpoint_url="http://[broken"))


def test_the_options_that_make_the_same_subnets_count() -> None:
    assert selection_options(Criteria()) == []
    assert selection_options(Criteria(all_subnets=True)) == ["--all-subnets"]
    criteria = Criteria(3, ("subnet-1",), ("vpc-1", "vpc-2"), tags=("env=a b",), clusters=("shop",))
    assert selection_options(criteria) == [
        "--subnet-id subnet-1",
        "--vpc-id vpc-1",
        "--vpc-id vpc-2",
        "--cluster shop",
        "--tag 'env=a b'",
        "--min-free-blocks 3",
    ]
