"""Which account and Region records belong to."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

import pytest

from latticetop.aws.answers.answer import read_answers
from latticetop.aws.answers.scope_answers import ScopeAnswers, group

ONE, TWO, SHARER = "123456789012", "111122223333", "210987654321"


def subnet(number: int, zone: str = "us-east-1a", owner: str = ONE) -> dict[str, Any]:
    raw = {"SubnetId": f"subnet-{number}", "VpcId": f"vpc-{number}", "CidrBlock": "10.0.0.0/24", "OwnerId": owner}
    return {**raw, "AvailabilityZone": zone}


def identity(account: str) -> dict[str, str]:
    return {"Account": account, "Arn": f"arn:aws:iam::{account}:user/x", "UserId": "x"}


def scopes(files: dict[str, Any]) -> dict[tuple[str, str], ScopeAnswers]:
    read = [
        read_answers(
            PurePath(name), (content if isinstance(content, str) else json.dumps(content)).encode(), lambda: None
        )
        for name, content in files.items()
    ]
    grouped = group([each for one in read for each in one.answers], [each for one in read for each in one.missing])
    return {(scope.place.account_id, scope.place.region): scope for scope in grouped}


def test_by_the_identity_in_the_file_the_folder_or_above() -> None:
    found = scopes(
        {
            "a/who.json": identity(ONE),
            "a/us/subnets.json": {"Subnets": [subnet(1, owner=SHARER)]},
            "b/all.txt": f"{json.dumps(identity(TWO))}\n{json.dumps({'Subnets': [subnet(2, owner=SHARER)]})}",
        }
    )
    assert {place: set(scope.subnets) for place, scope in found.items()} == {
        (ONE, "us-east-1"): {"subnet-1"},
        (TWO, "us-east-1"): {"subnet-2"},
    }


def test_without_an_identity_by_the_owner_of_endpoints_before_that_of_subnets() -> None:
    endpoint = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "State": "available", "VpcId": "vpc-1"}
    shared = {"subnets.json": {"Subnets": [subnet(1, owner=SHARER)]}}
    assert list(scopes(shared)) == [(SHARER, "us-east-1")]
    own = {**shared, "endpoints.json": {"VpcEndpoints": [{**endpoint, "OwnerId": ONE}]}}
    assert list(scopes(own)) == [(ONE, "us-east-1")]


def test_answers_about_different_vpcs_may_be_of_different_accounts() -> None:
    files = {"a.json": {"Subnets": [subnet(1)]}, "b.json": {"Subnets": [subnet(2, owner=TWO)]}}
    assert sorted(scopes(files)) == [(TWO, "us-east-1"), (ONE, "us-east-1")]


def test_regions_by_zones_and_arns_and_the_rest_by_what_it_names() -> None:
    arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-1"
    endpoint = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "ServiceNetwork",
        "State": "Available",
        "VpcId": "vpc-2",
        "SubnetIds": [],
    }
    found = scopes(
        {
            "all.json": {
                "Subnets": [subnet(1), subnet(2, "eu-west-1-lhr-1a"), subnet(3, "us-gov-west-1b")],
                "Vpcs": [{"VpcId": "vpc-2", "CidrBlock": "10.0.0.0/16"}],
                "VpcEndpoints": [{**endpoint, "ServiceNetworkArn": arn}],
                "SubnetCidrReservations": [
                    {"SubnetCidrReservationId": "scr-1", "SubnetId": "subnet-3", "Cidr": "10.0.0.0/28"}
                ],
            }
        }
    )
    assert sorted(region for _, region in found) == ["eu-west-1", "us-east-1", "us-gov-west-1"]
    there = found[ONE, "eu-west-1"]
    assert (set(there.subnets), set(there.vpcs), set(there.endpoints)) == ({"subnet-2"}, {"vpc-2"}, {"vpce-1"})
    assert set(found[ONE, "us-gov-west-1"].reservations) == {"subnet-3"}


def test_only_what_content_does_not_tell_is_told_by_folders() -> None:
    bare = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}
    assert list(scopes({f"{TWO}/eu-west-1/x.json": {"Subnets": [bare]}})) == [(TWO, "eu-west-1")]
    assert list(scopes({f"{TWO}/eu-west-1/x.json": {"Subnets": [subnet(1)]}})) == [(ONE, "us-east-1")]


def test_an_empty_list_goes_where_its_command_or_its_folder_says() -> None:
    lists = {"a/s.json": {"Subnets": [subnet(1)]}, "b/s.json": {"Subnets": [subnet(2, "eu-west-1a")]}}
    empty: dict[str, Any] = {"VpcEndpoints": []}
    for files in (
        {**lists, "b/e.json": empty},
        {**lists, "e.txt": f"$ aws ec2 describe-vpc-endpoints --region eu-west-1\n{json.dumps(empty)}"},
    ):
        having = [region for (_, region), scope in scopes(files).items() if "ec2:DescribeVpcEndpoints" in scope.kinds]
        assert having == ["eu-west-1"]
    ambiguous = scopes({**lists, "e.json": empty})
    assert [scope for scope in ambiguous.values() if "ec2:DescribeVpcEndpoints" in scope.kinds] == []


DENIED = "An error occurred (UnauthorizedOperation) when calling the DescribeSubnets operation: No."


@pytest.mark.parametrize(
    ("failed", "place"),
    [
        ({"b/s.txt": f"$ aws ec2 describe-subnets --region us-east-1\n\n{DENIED}"}, ("", "us-east-1")),
        ({"b/s.txt": f"$ aws ec2 describe-subnets --region eu-west-1\n\n{DENIED}"}, ("", "eu-west-1")),
        ({"a/t.txt": f"$ aws ec2 describe-subnets --region eu-west-1\n\n{DENIED}"}, (ONE, "eu-west-1")),
        (
            {
                "b/i.txt": json.dumps(identity(TWO)),
                "b/s.txt": "$ aws ec2 describe-subnets --region us-east-1\nCould not connect to the endpoint URL\n",
            },
            (TWO, "us-east-1"),
        ),
        ({"b/s.txt": '$ aws ec2 describe-subnets --region us-east-1\n{\n    "Subnets": [\n'}, ("", "us-east-1")),
    ],
)
def test_where_nothing_was_answered_an_account_or_region_is_missing(
    failed: dict[str, str], place: tuple[str, str]
) -> None:
    found = scopes({"a/s.json": {"Subnets": [subnet(1)]}, **failed})
    assert set(found) == {(ONE, "us-east-1"), place}
    assert found[ONE, "us-east-1"].missing == {}
    assert "ec2:DescribeSubnets" in found[place].missing
