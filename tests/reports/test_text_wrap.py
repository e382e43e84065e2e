"""Text wrapped to columns."""

from __future__ import annotations

from textwrap import wrap

import pytest
from rich.cells import cell_len

from latticetop.reports.text_wrap import hang, unread_lines, wrap_text


@pytest.mark.parametrize("text", ["", " ", "a short one", "本番環境の" * 20, "mixed 本番 and " * 9, "subnet-" * 30])
def test_no_line_is_wider_than_the_width(text: str) -> None:
    lines = wrap_text(text, 20, indent="  ")
    assert all(cell_len(line) <= 20 and line.startswith("  ") for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_text_hangs_from_its_prefix() -> None:
    assert list(hang("  Why      ", "one two three four five six seven", 42)) == [
        "  Why      one two three four five six",
        "           seven",
    ]
    assert list(hang("  Why      ", "", 40)) == ["  Why      "]


def test_a_text_keeps_its_smallest_width_after_a_long_prefix() -> None:
    assert list(hang("x" * 30, "one two three four five", 30, min_body=13)) == [
        "x" * 30 + "one two three",
        " " * 17 + "four five",
    ]


@pytest.mark.parametrize("words", ["x" * 5_000, "a b" + "c" * 2_999 + " d", "ab-" * 1_700, "本" * 4_001, "x" * 2_000])
@pytest.mark.parametrize("break_on_hyphens", [False, True])
def test_a_very_long_word_is_wrapped_like_a_shorter_one(words: str, break_on_hyphens: bool) -> None:
    lines = wrap_text(words, 30, break_on_hyphens=break_on_hyphens)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    if words.isascii():
        assert lines == wrap(words, 30, break_on_hyphens=break_on_hyphens)
    else:
        assert {cell_len(line) for line in lines[:-1]} <= {28, 30}


def test_each_problem_is_listed_once() -> None:
    assert list(unread_lines(["You may not call ec2:DescribeVpcs."] * 2, 60)) == [
        "",
        "Some data could not be read:",
        "  - You may not call ec2:DescribeVpcs.",
    ]
    assert list(unread_lines([], 60)) == []
