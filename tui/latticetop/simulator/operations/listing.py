"""Describe calls in general: named ids or everything, filters, then one page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from latticetop.simulator.operations.filters import apply_filters
from latticetop.simulator.operations.paging import PageRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from latticetop.simulator.operations.call import Context, Document, Params

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """One Describe call: where its items come from and how they are filtered, written and paged."""

    result: str
    items: Callable[[Context, Params], Iterable[T]]
    document: Callable[[Context, T], Any]
    fields: Mapping[str, Callable[[T], Iterable[str | None]]]
    tags: Callable[[T], Mapping[str, str]]
    rule: PageRule = field(default_factory=PageRule)

    def serve(self, context: Context, params: Params) -> Document:
        """The page a request asks for."""
        size, token = self.rule.size(params), params.get("NextToken")
        place = f"{context.region.name}/{self.result}"
        if token:
            items, start = context.pages.resume(place, token)
        else:
            found = self.items(context, params)
            items = apply_filters(found, params.get("Filters") or [], self.fields, self.tags)
            start = 0
        page, following = context.pages.cut(place, items, start, size)
        return {self.result: [self.document(context, item) for item in page], "NextToken": following}


def by_ids(params: Params, key: str, everything: Mapping[str, T], find: Callable[[str], T]) -> Iterable[T]:
    """The items of the ids named, in their order, or all; NotFound for an id that is not there."""
    named = params.get(key)
    return [find(item) for item in dict.fromkeys(named)] if named else everything.values()
