"""EC2's filters: an item must match every filter, and any of a filter's values; ``*`` and ``?`` are wildcards.

Source: docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")
MAX_FILTER_VALUES = 200
_PATTERN_PARTS = re.compile(r"\\.|[*?]|[^\\*?]+|\\")


def apply_filters(
    items: Iterable[T],
    filters: list[dict[str, Any]],
    fields: Mapping[str, Callable[[T], Iterable[str | None]]],
    tags: Callable[[T], Mapping[str, str]],
) -> list[T]:
    """The items that match every filter; ``InvalidParameterValue`` for an unknown filter name."""
    result = list(items)
    for entry in filters:
        name, matches = entry.get("Name", ""), _matcher(entry.get("Values") or [])
        values_of = _value_reader(name, fields, tags)
        result = [item for item in result if any(value is not None and matches(value) for value in values_of(item))]
    return result


def exact_values(filters: list[dict[str, Any]], name: str) -> list[str] | None:
    """The values of a filter if it is present without wildcards, so that an index can be used; else None."""
    for entry in filters:
        values = entry.get("Values") or []
        if entry.get("Name") == name and values and not any(_has_wildcard(value) for value in values):
            return list(dict.fromkeys(values))
    return None


def boolean_text(value: bool | None) -> str:
    """A boolean as a filter value."""
    return "true" if value else "false"


def _value_reader(
    name: str,
    fields: Mapping[str, Callable[[T], Iterable[str | None]]],
    tags: Callable[[T], Mapping[str, str]],
) -> Callable[[T], Iterable[str | None]]:
    if name in fields:
        return fields[name]
    if name == "tag-key":
        return lambda item: tags(item).keys()
    if name.startswith("tag:"):
        return lambda item: (tags(item).get(name[4:]),)
    raise invalid(f"The filter '{name}' is invalid")


def _matcher(values: list[str]) -> Callable[[str], bool]:
    if not values:
        raise ApiError("InvalidParameterValue", "The filter must have at least one value")
    if len(values) > MAX_FILTER_VALUES:
        raise ApiError("FilterLimitExceeded", f"The maximum number of filter values is {MAX_FILTER_VALUES}")
    exact = {value for value in values if not _has_wildcard(value)}
    patterns = [_pattern(value) for value in values if value not in exact]
    return lambda text: text in exact or any(pattern.fullmatch(text) for pattern in patterns)


def _has_wildcard(value: str) -> bool:
    return any(character in value for character in "*?\\")


def _pattern(value: str) -> re.Pattern[str]:
    parts = []
    for part in _PATTERN_PARTS.findall(value):
        if part == "*":
            parts.append(".*")
        elif part == "?":
            parts.append(".")
        else:
            parts.append(re.escape(part[1:] if part[0] == "\\" and len(part) > 1 else part))
    return re.compile("".join(parts), re.DOTALL)
