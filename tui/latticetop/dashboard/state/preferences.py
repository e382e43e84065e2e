"""How somebody likes the dashboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Preferences:
    """What may be set: other keys for actions, by id; the columns of a table, by its name; whether a click opens.

    A subnet with at most `few_blocks` free blocks, or room for at most `few_fits` more endpoints, is warned of.
    """

    key_map: Mapping[str, Sequence[str]] = field(default_factory=dict)
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    click_opens: bool = False
    few_blocks: int = 0
    few_fits: int = 0


USUAL = Preferences()
