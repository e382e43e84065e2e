"""Rows as JSON, CSV and Markdown. What AWS said is data there: no formula of a spreadsheet, no mark-up."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.records.text import clean
from latticetop.reports.explain import escape
from latticetop.reports.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from latticetop.reports.rows import Row

SCHEMA = "latticetop.view/1"
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Beginnings, also as East Asian full-width letters, that make a spreadsheet take a cell for a formula.

(owasp.org/www-community/attacks/CSV_Injection; its tab and line ends are dropped with all control characters.)
"""


class ViewDocument(Struct):
    """What one view of the dashboard showed."""

    schema: str
    view: str
    at: str
    rows: list[dict[str, Any]]


def rows_as_json(view: str, at: datetime, rows: Iterable[Row]) -> str:
    """The rows as the document `latticetop.view/1`."""
    return to_json(ViewDocument(SCHEMA, view, f"{at:%Y-%m-%dT%H:%M:%SZ}", list(rows)))


def row_as_json(row: Row) -> str:
    """One row as a JSON object."""
    return to_json(row)


def rows_as_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """The columns of the rows as CSV (RFC 4180); `a.b` is the `b` within `a`, the members of a list go in one cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_disarmed(cell(row, column)) for column in columns] for row in rows)
    return out.getvalue()


def rows_as_markdown(title: str, columns: Sequence[str], rows: Iterable[Row]) -> str:
    """The columns of the rows as a Markdown table under a heading."""
    lines = [
        f"# {escape(title)}",
        "",
        f"| {' | '.join(map(escape, columns))} |",
        "|---" * len(columns) + "|",
        *(f"| {' | '.join(escape(cell(row, column)) for column in columns)} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def cell(row: Row, column: str) -> str:
    """The text of a column: without control characters, empty for null, `true` or `false`."""
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, list | tuple):
        return " ".join(clean(each if isinstance(each, str) else msgspec.json.encode(each).decode()) for each in value)
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) else msgspec.json.encode(value).decode()


def _disarmed(text: str) -> str:
    number = text.removeprefix("-").replace(".", "", 1)
    return f"'{text}" if text.startswith(FORMULA) and not (number.isascii() and number.isdigit()) else text
