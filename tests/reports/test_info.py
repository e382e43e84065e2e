"""What `latticetop info` prints of a document: every line that may stand there, and those that may not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.reports.info import FilePath, InfoDocument, ScopeInfo, exit_code, json_schema, render_json, render_text
from tests.json_schema import schema_errors

ARN = "arn:aws:sts::123456789012:assumed-role/reader/somebody"
REFUSED = Problem(ProblemKind.EXPIRED, "sts:GetCallerIdentity", "The credentials have expired.", "Sign in again.")


def scope(**more: Any) -> ScopeInfo:
    expected: dict[str, Any] = {
        "name": "", "profile": "prod", "profile_from": "--profile", "role_arn": "", "region": "us-east-1",
        "region_from": "AWS_REGION", "credentials_from": "sso", "account_id": "123456789012", "arn": ARN,
    }  # fmt: skip
    return ScopeInfo(**(expected | more))


def document(*scopes: ScopeInfo, **more: Any) -> InfoDocument:
    expected: dict[str, Any] = {
        "versions": {"latticetop": "1.0", "aiobotocore": "3.10.0"}, "platform": "Linux", "paths": {}, "max_calls": 0,
        "endpoint_url": "",
    }  # fmt: skip
    return InfoDocument(scopes=scopes, **(expected | more))


def rows(result: InfoDocument) -> dict[str, list[str]]:
    """What stands after each name, split where columns are."""
    lines = [line for line in render_text(result).splitlines() if line]
    cells = [[cell for cell in line.split("  ") if cell] for line in lines]
    return {name.strip(): [cell.strip() for cell in rest] for name, *rest in cells}


def test_of_a_scope_it_says_who_reads_it_and_where_that_comes_from() -> None:
    result = rows(document(scope()))
    assert result["profile"] == ["prod", "--profile"]
    assert result["Region"] == ["us-east-1", "AWS_REGION"]
    assert result["credentials"] == ["from sso"]
    assert (result["account"], result["identity"]) == (["123456789012"], [ARN])
    assert not {"name", "role", "looked for", "endpoint-url"} & result.keys()


def test_of_an_unknown_identity_it_says_why_and_names_no_account() -> None:
    result = rows(document(scope(problem=REFUSED, account_id="", arn="", credentials_from="")))
    assert result["identity"] == ["unknown: The credentials have expired."]
    assert result["next step"] == ["Sign in again."]
    assert not {"account", "credentials"} & result.keys()


def test_what_is_not_set_is_named_as_such() -> None:
    result = rows(document(scope(profile="", profile_from="default", region="", region_from="")))
    assert result["profile"] == ["none", "default"]
    assert result["Region"] == ["not set"]


def test_several_scopes_are_distinguished_with_their_roles() -> None:
    role = "arn:aws:iam::123456789013:role/latticetop"
    text = render_text(document(scope(name="home"), scope(name="member", role_arn=role)))
    home, member = text.split("\n\n")[-2:]
    assert home.startswith("name") and "home" in home and "role " not in home
    assert "member" in member and role in member


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (FilePath("/etc/aws/config", True), ["/etc/aws/config"]),
        (FilePath("/etc/aws/config", False), ["/etc/aws/config", "does not exist"]),
        (FilePath("", False), ["off"]),
    ],
)
def test_a_file_is_there_or_not_or_off(path: FilePath, expected: list[str]) -> None:
    assert rows(document(scope(), paths={"aws_config": path}))["AWS config"] == expected


@pytest.mark.parametrize(("max_calls", "expected"), [(0, "unlimited"), (60, "60 per minute")])
def test_how_often_aws_is_called(max_calls: int, expected: str) -> None:
    assert rows(document(scope(), max_calls=max_calls))["max-calls"] == [expected]


def test_an_endpoint_of_ones_own_is_named() -> None:
    url = "http://127.0.0.1:5000"
    assert rows(document(scope(), endpoint_url=url))["endpoint-url"] == [url]


def test_where_credentials_were_looked_for_stands_line_by_line_under_one_name() -> None:
    places = ("AWS_ACCESS_KEY_ID: not set", "/nonexistent/credentials: not there", "metadata service: off")
    text = render_text(document(scope(problem=REFUSED, looked_for=places)))
    assert text.count("looked for") == 1
    *_, first, second, third, last = text.splitlines()
    assert [line[first.index("AWS_") :] for line in (first, second, third)] == list(places)
    assert last.split(maxsplit=2) == ["next", "step", "Sign in again."]


def test_notes_stand_beneath_each_other_and_no_line_ends_in_blanks() -> None:
    lines = render_text(document(scope(region="ap-northeast-1"))).splitlines()
    profile, region = (next(line for line in lines if line.startswith(name)) for name in ("profile", "Region"))
    assert profile.index("--profile") == region.index("AWS_REGION")
    assert all(line == line.rstrip() for line in lines)


def test_names_of_others_act_on_no_terminal() -> None:
    text = render_text(document(scope(profile="pr\x1b[2Jod\u202e")))
    assert "pr[2Jod" in text
    assert all(line.isprintable() for line in text.splitlines())


def test_the_document_is_valid_by_its_schema() -> None:
    paths = {"aws_config": FilePath("/etc/aws/config", True)}
    unknown = scope(problem=REFUSED, looked_for=("AWS_ACCESS_KEY_ID: not set",), account_id="", arn="")
    result = json.loads(render_json(document(scope(), unknown, paths=paths)))
    assert schema_errors(result, json_schema()) == []
    known_identity, unknown_identity = result.pop("scopes")
    assert result == {
        "schema": "latticetop.info/1",
        "versions": {"latticetop": "1.0", "aiobotocore": "3.10.0"},
        "platform": "Linux",
        "paths": {"aws_config": {"path": "/etc/aws/config", "present": True}},
        "max_calls": 0,
        "endpoint_url": "",
    }
    assert known_identity == {
        "name": "",
        "profile": "prod",
        "profile_from": "--profile",
        "role_arn": "",
        "region": "us-east-1",
        "region_from": "AWS_REGION",
        "credentials_from": "sso",
        "account_id": "123456789012",
        "arn": ARN,
        "problem": None,
        "looked_for": [],
    }
    assert unknown_identity["problem"] == {
        "kind": "credentials-expired",
        "operation": "sts:GetCallerIdentity",
        "message": "The credentials have expired.",
        "next_step": "Sign in again.",
    }
    assert unknown_identity["looked_for"] == ["AWS_ACCESS_KEY_ID: not set"]


@pytest.mark.parametrize(
    ("problems", "code"),
    [
        ((None, None), 0),
        ((None, REFUSED), 3),
        ((REFUSED, Problem(ProblemKind.USAGE, "", "There is no AWS profile 'x'.")), 2),
    ],
)
def test_exit_codes(problems: tuple[Problem | None, ...], code: int) -> None:
    assert exit_code(document(*(scope(problem=problem) for problem in problems))) == code
