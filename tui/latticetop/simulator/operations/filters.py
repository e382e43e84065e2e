"""EC2's filters: all of them must hold, any of a filter's values will do, ``*`` and ``?`` are wildcards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")
_SPECIAL = re.compile(r"\\.|[*?]|[^\\*?]+|\\")
MOST_VALUES = 200


def apply_filters(
    items: Iterable[T],
    filters: list[dict[str, Any]],
    fields: Mapping[str, Callable[[T], Iterable[str | None]]],
    tags: Callable[[T], Mapping[str, str]],
) -> list[T]:
    """The items for which every filter holds; ``InvalidParameterValue`` for a name that is not known."""
    kept = list(items)
    for entry in filters:
        name, matches = entry.get("Name", ""), _matcher(entry.get("Values") or [])
        read = _reader(name, fields, tags)
        kept = [item for item in kept if any(value is not None and matches(value) for value in read(item))]
    return kept


def exact_values(filters: list[dict[str, Any]], name: str) -> list[str] | None:
    """The values of a filter if it is there and none has a wildcard: an index can answer it."""
    for entry in filters:
        values = entry.get("Values") or []
        if entry.get("Name") == name and values and not any(_has_wildcard(value) for value in values):
            return list(dict.fromkeys(values))
    return None


def truth(value: bool | None) -> str:
    """A boolean as filters spell it."""
    return "true" if value else "false"


def _reader(
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
    if len(values) > MOST_VALUES:
        raise ApiError("FilterLimitExceeded", f"The maximum number of filter values is {MOST_VALUES}")
    exact = {value for value in values if not _has_wildcard(value)}
    patterns = [_pattern(value) for value in values if value not in exact]
    return lambda text: text in exact or any(pattern.fullmatch(text) for pattern in patterns)


def _has_wildcard(value: str) -> bool:
    return any(character in value for character in "*?\\")


def _pattern(value: str) -> re.Pattern[str]:
    parts = []
    for part in _SPECIAL.findall(value):
        if part == "*":
            parts.append(".*")
        elif part == "?":
            parts.append(".")
        else:
            parts.append(re.escape(part[1:] if part[0] == "\\" and len(part) > 1 else part))
    return re.compile("".join(parts), re.DOTALL)
