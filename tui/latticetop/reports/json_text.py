"""JSON text as the commands print it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from latticetop.model.records.text import escape_invisible

if TYPE_CHECKING:
    from datetime import datetime

    from msgspec import Struct


def to_json(document: Struct | dict[str, Any]) -> str:
    """Encode as JSON, indented by two blanks, with a newline at the end.

    Text from AWS is kept whole; characters that a terminal would act on are written as `\\u` escapes.
    """
    return escape_invisible(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"


def to_json_line(document: Struct) -> str:
    """Encode as JSON in one line, with a newline at the end; escapes as `to_json` does."""
    return escape_invisible(msgspec.json.encode(document).decode()) + "\n"


def timestamp(at: datetime) -> str:
    """Format a UTC time in whole seconds as RFC 3339, `2024-12-19T08:20:30Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
