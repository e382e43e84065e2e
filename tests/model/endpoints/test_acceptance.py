"""Who accepts an endpoint, from when on it has waited too long, and what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from latticetop.model.endpoints.acceptance import accepting_owner, find_acceptance_fix, waits_too_long
from latticetop.model.endpoints.findings import FixStep
from latticetop.model.records.resources import Endpoint
from tests.model.builders import NOW, VPC, snapshot

ACCOUNT = snapshot()
CONFIGURATION = "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-1"
NETWORK = "arn:aws:vpc-lattice:us-east-1:210987654321:servicenetwork/sn-1"


def waiting(state: str = "PendingAcceptance", **fields: Any) -> Endpoint:
    return Endpoint("vpce-1", "Resource", VPC, state, **fields)


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({"service_name": "com.example.pay", "service_network_arn": NETWORK}, "the owner of com.example.pay"),
        ({"service_network_arn": NETWORK}, "the owner of the service network sn-1 (account 210987654321)"),
        (
            {"resource_configuration_arn": CONFIGURATION},
            "the owner of the resource configuration rcfg-1 (this account)",
        ),
        ({"service_network_arn": "sn-1"}, "the owner of the service network sn-1"),
        ({"service_network_arn": "arn:aws:vpc-lattice:us-east-1"}, "the owner of the service network us-east-1"),
        ({"service_network_arn": "arn:aws:vpc-lattice:us-east-1::x/sn-1"}, "the owner of the service network sn-1"),
        ({}, "the owner of the service"),
    ],
)
def test_the_owner_is_named_by_what_aws_gives(fields: dict[str, str], owner: str) -> None:
    assert accepting_owner(ACCOUNT, waiting(**fields)) == owner


@pytest.mark.parametrize(
    ("state", "age", "too_long"),
    [
        ("PendingAcceptance", timedelta(days=1), True),
        ("pendingAcceptance", timedelta(days=1, seconds=-1), False),
        ("Pending", timedelta(days=2), False),
        ("PendingAcceptance", None, False),
    ],
)
def test_a_day_is_too_long_to_wait(state: str, age: timedelta | None, too_long: bool) -> None:
    created = None if age is None else NOW - age
    assert waits_too_long(ACCOUNT, waiting(state, creation_timestamp=created)) is too_long


def test_the_fix_is_to_ask_or_else_to_delete() -> None:
    one = waiting(service_name="com.amazonaws.vpce.us-east-1.vpce-svc-1")
    command = "aws ec2 accept-vpc-endpoint-connections --service-id vpce-svc-1 --vpc-endpoint-ids vpce-1"
    asking = f"ask the owner of {one.service_name} to accept vpce-1 ({command})"
    assert find_acceptance_fix(ACCOUNT, one).steps == (FixStep(asking), FixStep("delete the endpoint", instead=True))
    rejected = find_acceptance_fix(ACCOUNT, structs.replace(one, state="Rejected"))
    assert [step.action for step in rejected.steps] == [
        f"ask the owner of {one.service_name} for the reason",
        "create the endpoint again, or delete it",
    ]
    expired = find_acceptance_fix(ACCOUNT, structs.replace(one, state="Expired"))
    assert expired.sentence == "delete the endpoint; then create it again if it is still needed."
