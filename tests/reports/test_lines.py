"""Happenings as lines of text."""

from __future__ import annotations

from datetime import UTC, datetime

from latticetop.model.changes import Change, Entry
from latticetop.model.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot
from latticetop.reports.changes import render_happening
from latticetop.reports.happenings import Changed, Met
from latticetop.reports.lines import TextLines

EVENING, MORNING = datetime(2024, 12, 19, 23, 59, 50, tzinfo=UTC), datetime(2024, 12, 20, 0, 0, 5, tzinfo=UTC)
SCOPE = Scope("123456789012", "us-east-1", "prod\x1b[2J")
HOSTILE = "eni-1 of \x1b]0;x\x07\n\u202eother"


def changed(at: datetime, what: str) -> Changed:
    entry = Entry(at, None, Change.INTERFACES_CAME, what, "subnet-1")
    return Changed(at, SCOPE, Snapshot(SCOPE, at), entry)


def test_the_date_stands_where_it_is_another() -> None:
    render = TextLines()
    assert render(changed(EVENING, "a")) == "2024-12-19 23:59:50 UTC  subnet-1: a\n"
    assert render(changed(EVENING, "b → c")) == "23:59:50  subnet-1: b to c\n"
    assert render(changed(MORNING, "d")) == "2024-12-20 00:00:05 UTC  subnet-1: d\n"


def test_what_others_named_stays_on_its_line_and_acts_on_no_terminal() -> None:
    problem = Problem(ProblemKind.SERVICE_ERROR, "ec2:X", HOSTILE, "Try again.")
    for happening in (
        changed(EVENING, HOSTILE),
        Met(EVENING, SCOPE, problem, False),
        Met(EVENING, SCOPE, problem, True),
    ):
        text = TextLines(several=True)(happening)
        assert text.endswith("\n") and text[:-1].isprintable()
        assert "prod[2J us-east-1: " in text and "eni-1 of ]0;xother" in text
        line = render_happening(happening)
        assert line.endswith("\n") and line[:-1].isprintable()
