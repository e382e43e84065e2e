"""Plurals, ids cut short, and AWS text made safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.model.records.text import (
    amount,
    begin_lower,
    begin_upper,
    clean,
    clean_lines,
    counted,
    escape_invisible,
    plural,
    resource_name,
    shorten_apart,
    shorten_ids,
)
from tests.unseen import unseen


@pytest.mark.parametrize(
    ("count", "many", "text"),
    [(0, "", "0 blocks"), (1, "", "1 block"), (2000, "", "2,000 blocks"), (1, "x", "1 block"), (3, "blox", "3 blox")],
)
def test_a_noun_agrees_with_its_number(count: int, many: str, text: str) -> None:
    assert counted(count, "block", many) == text
    assert text.endswith(plural(count, "block", many))


def test_one_is_a_word_in_a_sentence() -> None:
    assert [amount(count, "block") for count in (0, 1, 2000)] == ["0 blocks", "one block", "2,000 blocks"]
    assert amount(1, "address", "addresses") == "one address" and amount(2, "address", "addresses") == "2 addresses"
    assert [amount(1), amount(2000)] == ["one", "2,000"]


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\x00b\x07c\x9bd", "abcd"),
        ("abc\u202edef", "abcdef"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("two\nlines\tand a tab", "twolinesand a tab"),
        ("日本語 é", "日本語 é"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("pass\u00adword", "password"),
        ("prod\U000e0001\U000e0064\U000e0065\U000e007f", "prod"),
        ("\u2764\ufe0f \U0001f468\u200d\U0001f469", "\u2764 \U0001f468\U0001f469"),
        ("a\u115f\u1160\u3164\uffa0\u034f\u180e\u2062\U000e0100b", "ab"),
        ("\u0000\u0085\u2028\u2029", ""),
        ("a\u3164b\ufe0f", "ab"),
        ("a\u00a0b\u3000c\u0301 \u0e01\u0e33", "a\u00a0b\u3000c\u0301 \u0e01\u0e33"),
    ],
)
def test_text_from_aws_is_made_fit_to_show(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


def test_line_ends_and_tabs_of_a_text_of_several_lines_stay() -> None:
    assert clean_lines("a\x1b[2J\n\tb\u202e\r\nc\x0b\x85\u2028d") == "a[2J\n\tb\ncd"
    assert clean_lines("one\u200b line") == "one line"


def test_a_sentence_begins_with_a_capital_letter_and_a_clause_does_not() -> None:
    assert [begin_upper(text) for text in ("", "a", "two /28 blocks", "EKS node")] == [
        "",
        "A",
        "Two /28 blocks",
        "EKS node",
    ]
    assert [begin_lower(text) for text in ("", "A", "No block")] == ["", "a", "no block"]


def test_ids_are_cut_in_the_middle() -> None:
    assert shorten_ids("vpce-0e3b1bfc42d162c4a and subnet-12345678") == "vpce-0e3b…2c4a and subnet-12345678"
    assert shorten_ids("vpce-rsc-asc-0123456789abcdef0.x") == "vpce-rsc-asc-0123…def0.x"
    assert resource_name("arn:aws:vpc-lattice:us-east-1:1:resourceconfiguration/rcfg-0f8b") == "rcfg-0f8b"
    assert resource_name("no-arn") == "no-arn"


def test_ids_that_would_be_alike_are_not_shortened() -> None:
    alike = ["node i-0aaa1111111112222", "node i-0aaa3333333332222"]
    assert shorten_apart([*alike, "i-0bbb1111111112222"]) == [*alike, "i-0bbb…2222"]
    assert shorten_apart([alike[0], alike[0]]) == ["node i-0aaa…2222"] * 2, "the same id twice"


@pytest.mark.parametrize(
    "kept",
    [
        "lat-2.large",
        "us-east-1a",
        "10.10.10.32/28",
        "vpce-rsc",
        "i-12345678",
        "2026-11-24",
        "i-123456789",
        "x1b-0123456789ab",
        "vpce-0123456789abcdefg",
        "vpce-0123456789abcdef01",
        "0a1b2c3d-4e5f-6789-a45b-426614174000",
    ],
)
def test_what_is_no_long_id_is_left_whole(kept: str) -> None:
    assert shorten_ids(kept) == kept


@given(st.text())
def test_whatever_the_name_it_moves_no_cursor_and_turns_no_text(name: str) -> None:
    shown = clean(name)
    assert unseen(shown) == []
    assert clean(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain\n", "plain\n"),
        ("日本語", "日本語"),
        ("a\u009bb", "a\\u009bb"),
        ("\U000e0001", "\\udb40\\udc01"),
        ("\ud800x", "\\ud800x"),
    ],
)
def test_what_is_removed_from_text_is_escaped_in_json(text: str, escaped: str) -> None:
    assert escape_invisible(text) == escaped
