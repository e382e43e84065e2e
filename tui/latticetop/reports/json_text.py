"""Documents as the JSON that the commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from latticetop.model.records.text import escape_unseen

if TYPE_CHECKING:
    from msgspec import Struct


def to_json(document: Struct | dict[str, Any]) -> str:
    """Indented JSON with a newline at its end; whatever AWS said is in it, and nothing a terminal would act upon."""
    return escape_unseen(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"
