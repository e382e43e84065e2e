"""Rows as JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from latticetop.reports.table_text import cell, rows_as_csv, rows_as_json, rows_as_markdown

AT = datetime(2024, 12, 19, 8, 20, 15, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"name": "=cmd|'/C calc'!A0", "n": -5, "in": {"deep": ["a", "b"]}, "none": None, "yes": True},
    {"name": 'a "quoted", | piped\nline\x1b[2J', "n": 1.5, "in": {"deep": []}},
]
COLUMNS = ("name", "n", "in.deep", "none", "yes")


def test_csv_is_read_back_and_holds_no_formula() -> None:
    text = rows_as_csv(COLUMNS, ROWS)
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        list(COLUMNS),
        ["'=cmd|'/C calc'!A0", "-5", "a b", "", "true"],
        ['a "quoted", | pipedline[2J', "1.5", "", "", ""],
    ]
    assert text.count("\r\n") == 3


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "＝", "＠"])
def test_no_cell_begins_a_formula(start: str) -> None:
    line = rows_as_csv(("name",), [{"name": f"{start}1+1"}]).splitlines()[1]
    assert line.startswith("'")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x;=1+1", "x;'=1+1"),
        ('x; "=1+1";-2', "x;' \"=1+1\";'-2"),
        ("x;y;＝1", "x;y;'＝1"),
        (";;@a", ";;'@a"),
        ("a;b=1", "a;b=1"),
    ],
)
def test_no_cell_begins_a_formula_where_semicolons_separate(name: str, kept: str) -> None:
    text = rows_as_csv(("n", "name", "m"), [{"n": 1, "name": name, "m": 2}])
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == ["1", kept, "2"]
    for part in text.splitlines()[1].split(";")[1:]:
        assert not part.strip("\"' ").startswith(("=", "+", "-", "@", "＝")) or part.startswith("'")


def test_markdown_shows_it_as_it_is() -> None:
    lines = rows_as_markdown("All <subnets>", ("name", "n"), ROWS).splitlines()
    assert lines[:2] == ["# All \\<subnets\\>", ""]
    assert lines[2:4] == ["| name | n |", "|---|---|"]
    assert lines[5] == '| a "quoted", \\| pipedline\\[2J | 1.5 |'
    assert len(lines) == 6


def test_json_has_the_rows_whole_and_nothing_a_terminal_acts_upon() -> None:
    text = rows_as_json("subnets", AT, ROWS)
    assert json.loads(text) == {
        "schema": "latticetop.view/1",
        "view": "subnets",
        "at": "2024-12-19T08:20:15Z",
        "rows": ROWS,
    }
    assert "\x1b" not in text


def test_a_missing_column_is_empty() -> None:
    assert cell({"a": "text"}, "a.b") == ""
