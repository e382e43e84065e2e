"""Selection by tags: different keys must all match, and of one key any of its values, as in the filters of EC2."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.records.resources import Tags


def matches_tags(tags: Tags, filters: Iterable[str]) -> bool:
    """Return whether tags match filters, each `KEY=VALUE` or, for any value, `KEY`; letters count as AWS has them."""
    present = {text for tag in tags for text in (tag.key, f"{tag.key}={tag.value}")}
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for text in filters:
        by_key[text.partition("=")[0]].append(text)
    return all(not present.isdisjoint(texts) for texts in by_key.values())


def tag_texts(tags: Tags) -> set[str]:
    """Return every filter with a value that tags match."""
    return {f"{tag.key}={tag.value}" for tag in tags}
