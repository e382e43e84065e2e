"""Names and ids of a column, cut so that what tells them apart stays."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from latticetop.dashboard.text.distinct_cuts import cut_id, distinct_cuts

ESTATE = [f"estate-{account:02}-endpoints-{zone}" for account in range(12) for zone in range(3)]


def test_names_that_begin_alike_are_shown_without_their_beginning() -> None:
    names = ["production-endpoints-a", "production-public-a", "production-eks-a", "data-a"]
    assert distinct_cuts(names, 12) == {
        "production-endpoints-a": "…endpoints-a",
        "production-public-a": "…public-a",
        "production-eks-a": "…eks-a",
    }


def test_as_much_of_the_beginning_stays_as_there_is_room_for() -> None:
    pair = ["estate-00-endpoints-0", "estate-00-endpoints-1"]
    assert list(distinct_cuts(pair, 13).values()) == ["…endpoints-0", "…endpoints-1"]
    assert list(distinct_cuts(pair, 16).values()) == ["…00-endpoints-0", "…00-endpoints-1"]


def test_two_beginnings_stay_apart() -> None:
    names = ["production-public-a", "staging-public-a", "production-public-b", "staging-public-b"]
    cuts = distinct_cuts(names, 14)
    assert cuts["production-public-a"] == "pro…public-a"
    assert cuts["staging-public-a"] == "sta…public-a"


@pytest.mark.parametrize("width", range(10, 21))
def test_names_that_differ_are_never_alike(width: int) -> None:
    cuts = distinct_cuts(ESTATE, width)
    assert len({cuts[name] for name in ESTATE}) == len(ESTATE)


@pytest.mark.parametrize(
    ("width", "shown"),
    [(22, "vpce-0e3b1bfc42d162c4a"), (21, "vpce-0e3b…2c4a"), (14, "vpce-0e3b…2c4a"), (13, "0e3b…2c4a")],
)
def test_an_id_is_whole_or_cut_as_everywhere(width: int, shown: str) -> None:
    assert cut_id("vpce-0e3b1bfc42d162c4a", width) == shown


def test_ids_that_begin_and_end_alike_show_where_they_differ() -> None:
    one, other = "vpce-0e3b1bfc42d162c4a", "vpce-0e3b1bfc52d162c4a"
    cuts = distinct_cuts([one, other, "vpce-0777aaaaaaaa291aa"], 14)
    assert "4" in cuts[one].split("…")[1] and "5" in cuts[other].split("…")[1]
    assert cuts["vpce-0777aaaaaaaa291aa"] == "vpce-0777…91aa"


@given(st.lists(st.text("ab-.…東é0", max_size=40), max_size=12), st.integers(1, 30))
def test_no_cut_is_too_wide_and_none_has_two_ellipses_in_a_row(texts: list[str], width: int) -> None:
    cuts = distinct_cuts(texts, width)
    assert cuts.keys() == {text for text in texts if cell_len(text) > width}
    assert all(cell_len(cut) <= width for cut in cuts.values())
    assert not any("……" in cut for text, cut in cuts.items() if "……" not in text)


def test_thousands_of_names_have_thousands_of_cuts() -> None:
    names = [f"estate-{n // 100:03}-{random.choice(('eks', 'public'))}-{n % 100:02}" for n in range(5_000)]
    assert len(set(distinct_cuts(names, 14).values())) == len(names)
