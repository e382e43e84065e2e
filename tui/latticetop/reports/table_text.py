"""Rows as JSON, CSV and Markdown. Text from AWS is escaped, so that it is neither a formula nor markup."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.records.text import clean
from latticetop.reports.explain import escape
from latticetop.reports.json_text import timestamp, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from latticetop.reports.rows import Row

SCHEMA = "latticetop.view/1"
FORMULA_PREFIXES = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Characters, also in full-width form, that make a spreadsheet read a cell as a formula.

Source: owasp.org/www-community/attacks/CSV_Injection. Its tab and line ends are removed with all control characters.
"""
_SEMICOLON_AND_FORMULA = re.compile(rf""";(?=[\s"']*[{re.escape("".join(FORMULA_PREFIXES))}])""")


class ViewDocument(Struct):
    """The rows that a view of the dashboard showed at `at`."""

    schema: str
    view: str
    at: str
    rows: list[dict[str, Any]]


def rows_as_json(view: str, at: datetime, rows: Iterable[Row]) -> str:
    """Render rows as the document `latticetop.view/1`."""
    return to_json(ViewDocument(SCHEMA, view, timestamp(at), list(rows)))


def row_as_json(row: Row) -> str:
    """Render a row as a JSON object."""
    return to_json(row)


def rows_as_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Render columns of rows as CSV (RFC 4180). A column `a.b` is the key `b` in `a`; a list is one cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_escape_formula(cell(row, column)) for column in columns] for row in rows)
    return out.getvalue()


def rows_as_markdown(title: str, columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Render columns of rows as a Markdown table under a heading."""
    lines = [
        f"# {escape(title)}",
        "",
        f"| {' | '.join(map(escape, columns))} |",
        "|---" * len(columns) + "|",
        *(f"| {' | '.join(escape(cell(row, column)) for column in columns)} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def cell(row: Row, column: str) -> str:
    """Return the text of a column of a row, without control characters; empty for null, items of a list joined."""
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, list | tuple):
        return " ".join(clean(item if isinstance(item, str) else msgspec.json.encode(item).decode()) for item in value)
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) else msgspec.json.encode(value).decode()


def _escape_formula(text: str) -> str:
    """Prefix a formula with an apostrophe; negative numbers are kept.

    Where spreadsheets separate cells by semicolons, a formula can begin after one, whether it is quoted or not.
    """
    text = _SEMICOLON_AND_FORMULA.sub(";'", text)
    number = text.removeprefix("-").replace(".", "", 1)
    return f"'{text}" if text.startswith(FORMULA_PREFIXES) and not (number.isascii() and number.isdigit()) else text
