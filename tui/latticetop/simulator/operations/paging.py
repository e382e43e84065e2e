"""Pages: MaxResults within its range, and opaque tokens for what comes next."""

from __future__ import annotations

import itertools
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

REMEMBERED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRule:
    """The least and greatest MaxResults, the page size without one (None: all), whether more is cut down."""

    least: int = 1
    most: int = 1000
    default: int | None = None
    cut: bool = False
    ids: str | None = None

    def size(self, params: dict[str, Any]) -> int | None:
        """The page size a request asks for, or its error."""
        asked = params.get("MaxResults")
        if asked is None:
            return self.default
        if self.ids and params.get(self.ids):
            raise ApiError(
                "InvalidParameterCombination",
                f"The parameter {self.ids} cannot be used with the parameter MaxResults",
            )
        if asked > self.most and self.cut:
            return self.most
        if not self.least <= asked <= self.most:
            raise invalid(
                f"Value ( {asked} ) for parameter maxResults is invalid. "
                f"Expecting a value between {self.least} and {self.most}."
            )
        return int(asked)


class Pages:
    """What is left of each listing, by token. A token may be used again; the oldest are forgotten."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[str, Sequence[Any], int]] = OrderedDict()
        self._numbers = itertools.count(1)

    def resume(self, listing: str, token: str, error: str = "InvalidNextToken") -> tuple[Sequence[Any], int]:
        """The items and the position a token stands for; the error if it is not of this listing."""
        known = self._left.get(token)
        if known is None or known[0] != listing:
            raise ApiError(error, f"The token '{token[:64]}' is invalid")
        return known[1], known[2]

    def cut(self, listing: str, items: Sequence[Any], start: int, size: int | None) -> tuple[Sequence[Any], str | None]:
        """One page from a position, and the token of the next."""
        if size is None:
            return items[start:] if start else items, None
        end = start + size
        if end >= len(items):
            return items[start:], None
        token = f"{next(self._numbers):08x}{secrets.token_hex(20)}"
        self._left[token] = (listing, items, end)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return items[start:end], token
