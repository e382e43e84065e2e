"""Pagination: the range of MaxResults, and the tokens for the next pages."""

from __future__ import annotations

import itertools
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TOKENS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """The range of MaxResults of an EC2 operation, and the page size without it (None: all items in one page).

    With ``clamp`` a larger MaxResults means the maximum, as in DescribeVpcEndpoints. ``exclusive_with`` is a
    parameter that cannot be used with MaxResults. The ranges are those of EC2's API reference.
    """

    minimum: int = 1
    maximum: int = 1000
    default: int | None = None
    clamp: bool = False
    exclusive_with: str | None = None

    def page_size(self, params: dict[str, Any]) -> int | None:
        """The page size of a request; ``InvalidParameterValue`` if MaxResults is out of range."""
        max_results = params.get("MaxResults")
        if max_results is None:
            return self.default
        if self.exclusive_with and params.get(self.exclusive_with):
            raise ApiError(
                "InvalidParameterCombination",
                f"The parameter {self.exclusive_with} cannot be used with the parameter MaxResults",
            )
        if max_results > self.maximum and self.clamp:
            return self.maximum
        if not self.minimum <= max_results <= self.maximum:
            raise invalid(
                f"Value ( {max_results} ) for parameter maxResults is invalid. "
                f"Expecting a value between {self.minimum} and {self.maximum}."
            )
        return int(max_results)


class PageStore:
    """The items of lists that were read in part, by token. A token can be used again, until newer ones displace it."""

    def __init__(self) -> None:
        self._lists: OrderedDict[str, tuple[str, Sequence[Any], int]] = OrderedDict()
        self._numbers = itertools.count(1)

    def resume(self, list_key: str, token: str, error_code: str = "InvalidNextToken") -> tuple[Sequence[Any], int]:
        """The items and the start of the page for a token; an error if the token is of another list."""
        entry = self._lists.get(token)
        if entry is None or entry[0] != list_key:
            raise ApiError(error_code, f"The token '{token[:64]}' is invalid")
        return entry[1], entry[2]

    def page(
        self, list_key: str, items: Sequence[Any], start: int, size: int | None
    ) -> tuple[Sequence[Any], str | None]:
        """The page that begins at ``start``, and the token of the next page."""
        if size is None:
            return items[start:] if start else items, None
        end = start + size
        if end >= len(items):
            return items[start:], None
        token = f"{next(self._numbers):08x}{secrets.token_hex(20)}"
        self._lists[token] = (list_key, items, end)
        if len(self._lists) > MAX_TOKENS:
            self._lists.popitem(last=False)
        return items[start:end], token
