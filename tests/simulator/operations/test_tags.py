"""CreateTags."""

from __future__ import annotations

from tests.simulator.clients import Clients, error_of


def test_tags_are_added_to_all_resources_or_to_none(empty: Clients, subnet_id: str) -> None:
    tags = [{"Key": "Team", "Value": "net"}]
    assert error_of(empty.ec2.create_tags, Resources=[subnet_id, "eni-9"], Tags=tags)[0] == "InvalidID"
    filters = [{"Name": "tag-key", "Values": ["Team"]}]
    assert empty.ec2.describe_subnets(Filters=filters)["Subnets"] == []
    empty.ec2.create_tags(Resources=[subnet_id], Tags=tags)
    assert len(empty.ec2.describe_subnets(Filters=filters)["Subnets"]) == 1
