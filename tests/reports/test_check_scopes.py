"""`latticetop check` of several scopes: the worst of them decides, and one that fails fails alone."""

from __future__ import annotations

import json

import msgspec
import pytest
from msgspec import structs

from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot
from latticetop.reports.check import document
from latticetop.reports.check_scopes import (
    ScopeRead,
    ScopesDocument,
    render_scopes_json,
    render_scopes_text,
    scopes_exit_code,
    scopes_json_schema,
    worst,
)
from latticetop.reports.check_text import render_text
from tests.model.builders import endpoint, incident, reading, snapshot

CALM = snapshot(reading("subnet-1", "10.0.0.0/24"))
OPEN = snapshot(reading("subnet-1", "10.0.0.0/24"), endpoints=(endpoint("Available", "subnet-1"),), unread=("subnets",))
DENIED = Problem(ProblemKind.NO_CREDENTIALS, "sts:AssumeRole", "AssumeRole was refused.", "Trust it.")


def read(found: Snapshot | Problem, name: str = "prod") -> ScopeRead:
    return ScopeRead(name, "eu-west-1", found)


@pytest.mark.parametrize(
    ("scopes", "code", "head"),
    [
        ((CALM, CALM), 0, "2 scopes: nothing is wrong."),
        ((CALM, incident()), 1, "2 scopes: something is wrong in 1."),
        ((CALM, DENIED), 3, "2 scopes: 1 cannot be told."),
        ((CALM, OPEN), 3, "2 scopes: 1 cannot be told."),
        ((DENIED, incident(), incident()), 1, "3 scopes: something is wrong in 2, 1 cannot be told."),
    ],
)
def test_the_first_line_says_what_the_exit_code_says(
    scopes: tuple[Snapshot | Problem, ...], code: int, head: str
) -> None:
    found = [read(each) for each in scopes]
    assert scopes_exit_code(found) == code
    assert render_scopes_text(found).splitlines()[0] == head


@pytest.mark.parametrize(("codes", "code"), [((), 0), ((0, 0), 0), ((3, 0), 3), ((3, 1, 0), 1)])
def test_what_is_wrong_for_certain_weighs_more_than_what_cannot_be_told(codes: tuple[int, ...], code: int) -> None:
    assert worst(codes) == code


def test_each_scope_is_told_as_check_tells_one_beneath_a_line() -> None:
    text = render_scopes_text([read(incident()), read(DENIED)], 100)
    head, first, second = text.split("\n" + "=" * 80 + "\n")
    assert head == "2 scopes: something is wrong in 1, 1 cannot be told.\n"
    assert first == render_text(incident(), 100)
    assert second == "prod  eu-west-1\nAssumeRole was refused. Trust it.\n"


def test_a_line_is_no_wider_than_the_terminal() -> None:
    assert "\n" + "=" * 60 + "\n" in render_scopes_text([read(CALM), read(CALM)], 60)


def test_a_scope_without_a_name_is_told_by_its_region_and_a_name_acts_on_no_terminal() -> None:
    text = render_scopes_text([read(DENIED, ""), read(DENIED, "pr\x1b[2Jod")])
    assert "\neu-west-1\nAssumeRole" in text
    assert "\npr[2Jod  eu-west-1\nAssumeRole" in text


def test_the_document_has_either_a_check_or_the_reason_why_there_is_none() -> None:
    found = msgspec.json.decode(render_scopes_json([read(incident()), read(DENIED)]), type=ScopesDocument, strict=True)
    assert found.schema == "latticetop.check-scopes/1"
    wrong, unread = found.scopes
    assert (wrong.name, wrong.region, wrong.exit_code, wrong.problem) == ("prod", "us-east-1", 1, None)
    assert wrong.check == document(incident())
    assert (unread.name, unread.region, unread.exit_code, unread.check) == ("prod", "eu-west-1", 3, None)
    assert unread.problem is not None
    assert structs.astuple(unread.problem) == (
        "no-credentials",
        "sts:AssumeRole",
        "AssumeRole was refused.",
        "Trust it.",
    )


def test_the_document_holds_nothing_that_a_terminal_would_act_upon() -> None:
    name = "pr\x9b2Jod\u202e"
    hostile = structs.replace(CALM, scope=Scope("123456789012", "us-east-1\u202e"))
    text = render_scopes_json([read(hostile, name), read(structs.replace(DENIED, message=name), name)])
    assert all(line.isprintable() for line in text.splitlines())
    assert [scope["name"] for scope in json.loads(text)["scopes"]] == [name, name]


def test_the_schema_describes_all_of_it() -> None:
    schema = scopes_json_schema()["$defs"]
    (found, _) = json.loads(render_scopes_json([read(incident()), read(DENIED)]))["scopes"]
    assert set(schema["ScopeItem"]["required"]) == set(found)
    assert set(schema["CheckDocument"]["required"]) == set(found["check"])
