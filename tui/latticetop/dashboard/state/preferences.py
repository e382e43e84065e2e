"""The settings of the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Preferences(Struct, frozen=True):
    """What latticetop.toml says of the dashboard."""

    key_map: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The keys that replace the defaults, by action id."""
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The columns to show, by the name of the table."""
    click_opens: bool = False
    """Whether a click opens a row or block at once, not only where the cursor already is."""
    few_blocks: int = 0
    """A subnet with at most so many free blocks is shown as a warning."""
    few_fits: int = 0
    """A subnet with capacity for at most so many more endpoints is shown as a warning."""


DEFAULT_PREFERENCES = Preferences()
