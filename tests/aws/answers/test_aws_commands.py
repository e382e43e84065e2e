"""Commands of the AWS CLI above an answer."""

from __future__ import annotations

import pytest

from latticetop.aws.answers.aws_commands import command_before


@pytest.mark.parametrize(
    ("text", "action", "options"),
    [
        ("$ aws ec2 describe-subnets\n", "ec2:DescribeSubnets", {}),
        ("```bash\naws ec2 describe-vpcs --region us-east-1\n```\n", "ec2:DescribeVpcs", {"region": ("us-east-1",)}),
        (
            "> aws ec2 create-network-interface \\\n    --subnet-id subnet-1 \\\n    --groups sg-1 sg-2\n",
            "ec2:CreateNetworkInterface",
            {"subnet-id": ("subnet-1",), "groups": ("sg-1", "sg-2")},
        ),
        (
            "PS> aws ec2 describe-vpc-endpoints `\n  --vpc-endpoint-ids vpce-1 | Out-File x\n",
            "ec2:DescribeVpcEndpoints",
            {"vpc-endpoint-ids": ("vpce-1",)},
        ),
        ("aws --profile prod ec2 describe-subnets > subnets.json", "ec2:DescribeSubnets", {"profile": ("prod",)}),
        ("aws ec2 describe-vpcs\nthen aws sts get-caller-identity:\n", "sts:GetCallerIdentity", {}),
        (
            "$ aws ec2 describe-vpcs --region us-east-1  # 2026-11-30T13:46:03Z\n",
            "ec2:DescribeVpcs",
            {"region": ("us-east-1",)},
        ),
        (
            "aws ec2 describe-network-interfaces \u2014region us-east-1\n  \u2013filters Name=subnet-id,Values=a\n",
            "ec2:DescribeNetworkInterfaces",
            {"region": ("us-east-1",), "filters": ("Name=subnet-id,Values=a",)},
        ),
        ("aws ec2 describe-vpcs --output=json --query \"Vpcs[?A=='b']", "ec2:DescribeVpcs", None),
    ],
)
def test_the_last_command_and_its_options(text: str, action: str, options: dict[str, tuple[str, ...]] | None) -> None:
    command = command_before(text)
    assert command.action == action
    if options is not None:
        assert command.options == options


@pytest.mark.parametrize("text", ["", "we ran aws", "The AWS console shows", "awk ec2 describe-subnets"])
def test_text_without_a_command(text: str) -> None:
    assert command_before(text).operation == ""


@pytest.mark.parametrize(
    ("options", "all_of_them"),
    [
        ("", True),
        ("--page-size 1000 --include-managed-resources --region us-east-1 --output json", True),
        ("--max-results 100", True),
        ("--filters Name=vpc-id,Values=vpc-1", False),
        ("--network-interface-ids eni-1", False),
        ("--max-items 100", False),
        ("--query 'NetworkInterfaces[]'", False),
    ],
)
def test_whether_it_asks_for_all(options: str, all_of_them: bool) -> None:
    assert command_before(f"aws ec2 describe-network-interfaces {options}").asks_for_all is all_of_them


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("--max-items 5 --starting-token t --region us-east-1", set()),
        ("--filters Name=vpc-id,Values=vpc-1 Name=state,Values=available", {"vpc-id", "state"}),
        ('--filters \'[{"Name": "x"}]\'', {"filters"}),
        ("--filters file://filters.json", {"filters"}),
        ("--subnet-ids subnet-1 --query 'Subnets[0]'", {"subnet-ids", "query"}),
    ],
)
def test_what_narrows_a_command(options: str, names: set[str]) -> None:
    assert command_before(f"aws ec2 describe-subnets {options}").narrowed_by == names


def test_a_filter_and_a_token() -> None:
    command = command_before(
        "aws ec2 describe-x --filters Name=subnet-id,Values=subnet-1,subnet-2 Name=vpc-id,Values=vpc-1"
    )
    assert command.filtered("subnet-id") == ("subnet-1", "subnet-2")
    assert command.filtered("vpc-id") == ("vpc-1",)
    assert command.filtered("tag:Name") == ()
    assert command_before("aws ec2 describe-x --next-token eyJ0==").token == "eyJ0=="
    assert command_before("aws ec2 describe-x --starting-token 't t'").token == "t t"
    assert command.token == ""
