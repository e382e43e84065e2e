"""`latticetop check` of several scopes."""

from __future__ import annotations

import json

from msgspec import structs

from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot
from latticetop.reports.check import render_json
from latticetop.reports.check_scopes import (
    ScopeResult,
    render_scopes_json,
    scopes_json_schema,
)
from tests.json_schema import schema_errors
from tests.model.builders import incident, reading, snapshot

ACCOUNT = "123456789012"
CALM = snapshot(reading("subnet-1", "10.0.0.0/24"))
DENIED = Problem(ProblemKind.NO_CREDENTIALS, "sts:AssumeRole", "AssumeRole was refused.", "Trust it.")


def scope(result: Snapshot | Problem, name: str = "prod") -> ScopeResult:
    return ScopeResult(name, "eu-west-1", result)


def test_the_document_has_either_a_check_or_the_problem() -> None:
    document = json.loads(render_scopes_json([scope(incident()), scope(DENIED)]))
    assert schema_errors(document, scopes_json_schema()) == []
    assert document["scopes"][0].pop("check") == json.loads(render_json(incident()))
    assert document == {
        "schema": "latticetop.check-scopes/1",
        "scopes": [
            {"name": "prod", "account_id": ACCOUNT, "region": "us-east-1", "exit_code": 1, "problem": None},
            {
                "name": "prod",
                "account_id": "",
                "region": "eu-west-1",
                "exit_code": 3,
                "check": None,
                "problem": {
                    "kind": "no-credentials",
                    "operation": "sts:AssumeRole",
                    "message": "AssumeRole was refused.",
                    "next_step": "Trust it.",
                },
            },
        ],
    }


def test_a_scope_that_failed_has_the_account_of_its_role_and_a_read_one_its_own() -> None:
    asked_for = "444455556666"
    results = [ScopeResult("a", "eu-west-1", result, requested_account_id=asked_for) for result in (DENIED, CALM)]
    unnamed = structs.replace(CALM, scope=Scope("", "us-east-1"))
    results.append(ScopeResult("a", "eu-west-1", unnamed, requested_account_id=asked_for))
    document = json.loads(render_scopes_json(results))
    assert [item["account_id"] for item in document["scopes"]] == [asked_for, ACCOUNT, asked_for]


def test_the_document_holds_nothing_that_a_terminal_would_act_upon() -> None:
    name = "pr\x9b2Jod\u202e"
    hostile = structs.replace(CALM, scope=Scope("123456789012", "us-east-1\u202e"))
    text = render_scopes_json([scope(hostile, name), scope(structs.replace(DENIED, message=name), name)])
    assert all(line.isprintable() for line in text.splitlines())
    assert [scope["name"] for scope in json.loads(text)["scopes"]] == [name, name]
