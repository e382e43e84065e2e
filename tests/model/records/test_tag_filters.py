"""Filters by tag."""

from __future__ import annotations

import pytest

from latticetop.model.records.resources import Tag
from latticetop.model.records.tag_filters import matches_tags, tag_texts

TAGS = (Tag("env", "prod"), Tag("a=b", "c"), Tag("empty", ""))


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ((), True),
        (("env",), True),
        (("env=prod",), True),
        (("env=",), False),
        (("empty=",), True),
        (("env=dev", "env=prod"), True),
        (("env=dev", "env"), True),
        (("env=prod", "owner"), False),
        (("a=b=c",), True),
        (("a=b",), True),
        (("ENV=prod",), False),
        (("env=pro*",), False),
    ],
)
def test_each_key_has_to_match_with_one_of_its_values(filters: tuple[str, ...], matches: bool) -> None:
    """A key may have an equals sign in it, as AWS allows."""
    assert matches_tags(TAGS, filters) is matches


def test_every_tag_is_a_filter_that_matches_it() -> None:
    assert tag_texts(TAGS) == {"env=prod", "a=b=c", "empty="}
    assert all(matches_tags(TAGS, [text]) for text in tag_texts(TAGS))
