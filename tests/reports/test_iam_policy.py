"""The template of the role in a member account: what it allows, and that CloudFormation can read it."""

from __future__ import annotations

import json
from typing import Any

import yaml

from latticetop.aws import OPERATIONS
from latticetop.reports.iam_policy import HUB_ACTIONS, OPTIONAL_ACTIONS, REQUIRED_ACTIONS, member_role_template
from tests.command import run

NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}
"""docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: "No permissions are required"."""
FUNCTIONS = {"Ref", "Fn::If", "Fn::Not", "Fn::Equals"}


def role() -> dict[str, Any]:
    template = json.loads(member_role_template())
    (resource,) = template["Resources"].values()
    assert resource["Type"] == "AWS::IAM::Role"
    properties: dict[str, Any] = resource["Properties"]
    return properties


def test_it_allows_what_is_called_and_nothing_else() -> None:
    (policy,) = role()["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
    assert sorted(statement["Action"]) == sorted(OPERATIONS - NEEDS_NO_PERMISSION - {*HUB_ACTIONS})


def test_every_action_that_is_called_is_required_or_optional_or_for_the_hub() -> None:
    listed = [*REQUIRED_ACTIONS, *OPTIONAL_ACTIONS, *HUB_ACTIONS]
    assert sorted(listed) == sorted(OPERATIONS - NEEDS_NO_PERMISSION)
    assert {action.partition(":")[0] for action in HUB_ACTIONS} == {"organizations"}


def test_only_the_trusted_identity_may_assume_it_with_the_external_id_if_there_is_one() -> None:
    (statement,) = role()["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Principal"] == {"AWS": {"Ref": "TrustedArn"}}
    condition, then, otherwise = statement["Condition"]["Fn::If"]
    assert (condition, otherwise) == ("HasExternalId", {"Ref": "AWS::NoValue"})
    assert then == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}


def test_every_reference_is_to_a_parameter_and_every_function_is_cloudformations() -> None:
    template = json.loads(member_role_template())
    names = {*template["Parameters"], "AWS::NoValue"}

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            if "Ref" in value:
                assert value["Ref"] in names
            assert {key for key in value if key.startswith("Fn::")} <= FUNCTIONS
            list(map(visit, value.values()))
        elif isinstance(value, list):
            list(map(visit, value))

    visit(template)
    assert {*template} == {"AWSTemplateFormatVersion", "Description", "Parameters", "Conditions", "Resources"}


def test_the_command_prints_it_as_json_which_is_yaml_too() -> None:
    ended = run("info", "--member-role")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == yaml.safe_load(ended.out) == json.loads(member_role_template())
