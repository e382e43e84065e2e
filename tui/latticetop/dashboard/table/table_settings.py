"""What a table is told when it is made: the user's settings, and what was saved of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence


class TableSettings(Struct, frozen=True):
    """The settings of one table."""

    columns: Sequence[str] | None = None
    """The columns to show at any width; None for those that there is room for."""
    filter_text: str = ""
    """The saved filter."""
    sort_order: str = ""
    """The saved sort order."""
    click_opens: bool = False
    """Whether a click opens a row at once, not only where the cursor already is."""
    clear_filter_key: str = ""
    """The key that removes the filter, as the screen shows it."""
