"""Queries as typed into a filter, and what they match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.model.query import Query, SearchFields, Term, matches, parse_query
from latticetop.model.records.address import parse_address, parse_cidr

KEYS = ("id", "name", "state", "az", "tag", "owner", "free", "fits", "vpc", "eni", "interface")


def parsed(text: str) -> tuple[Term, ...]:
    query = parse_query(text, KEYS)
    assert not query.problem
    return query.terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("  \t ", ()),
        ("Shop", (Term("", "Shop"),)),
        ("az:a free:0", (Term("az", "a"), Term("free", "0"))),
        ("AZ:a", (Term("az", "a"),)),
        ("-state:failed !old", (Term("state", "failed", True), Term("", "old", True))),
        ('"eks: blue" name:"two words"', (Term("", "eks: blue"), Term("name", "two words"))),
        ('tag:Name="a b', (Term("tag", "Name=a b"),)),
        ("free:<=3", (Term("free", "<=3"),)),
        ("state: az:", ()),
        ("free:<", ()),
        ("- !", ()),
        ("-- !! -!", ()),
        ("-a Xray", (Term("", "a", True), Term("", "Xray"))),
        ("free:< az:a", (Term("az", "a"),)),
        ("2001:db8::1", (Term("", "2001:db8::1"),)),
    ],
)
def test_a_query_is_parsed_into_terms(text: str, terms: tuple[Term, ...]) -> None:
    assert parsed(text) == terms


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("stat:failed", "Unknown key stat: did you mean state:?"),
        ("-onwer:eks", "Unknown key onwer: did you mean owner:?"),
        ("st:failed", "Unknown key st: did you mean state:?"),
        ("free:many", "free: takes a number, as in free:0 or free:<3."),
    ],
)
def test_what_cannot_be_parsed_is_a_problem(text: str, problem: str) -> None:
    assert parse_query(text, KEYS) == Query(text, problem=problem)


def test_a_key_similar_to_none_is_answered_with_all_keys() -> None:
    assert parse_query("zzz:1", ("id", "az")).problem == "Unknown key zzz: use id:, az:."


@given(st.text())
def test_anything_can_be_typed(text: str) -> None:
    query = parse_query(text, KEYS)
    assert query.text == text
    assert isinstance(matches(query, SearchFields("shop", letter="f", ranges=(parse_cidr("10.0.0.0/8"),))), bool)
    assert query.address is None or query.address >= 0


SHOP = SearchFields(
    text="subnet-0a1 shop-private 10.10.10.0/26",
    fields={"name": "shop-private", "az": "a\nus-east-1a\nuse1-az4", "tag": "team=shop-payments\nenv=prod\nu=a b?c=d"},
    numbers={"free": lambda: 2, "fits": lambda: None},
    ranges=(parse_cidr("10.10.10.0/26"),),
    interfaces=lambda: "eni-0c2b8e61f7a4d9035 nightly batch",
    owners=lambda: "eks node i-0abc\nvpc lattice endpoint vpce-0e3",
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SHOP",
        "shop 10.10",
        "az:a",
        "az:US-EAST-1A",
        "az:use1",
        "free:2",
        "free:<3 free:>=2",
        "-free:0",
        "tag:Team=shop",
        "tag:payments",
        "tag:env=pro",
        'tag:"u=a b?c=d"',
        "-tag:staging",
        "-tag:env=staging",
        "10.10.10.36",
        "10.10.10.32/28",
        "10.10.10.36/28",
        "10.0.0.0/8",
        "10.10.1",
        "eni-0c2b8e",
        "nightly",
        "owner:eks",
        "vpce-0e3",
        "!lambda",
        "free:>1 free:<=2",
        "free:=2",
        "free:<=3",
        "free:>=1",
        "-free:<=1",
        "eni:0C2B8E",
        "interface:nightly",
    ],
)
def test_what_matches_a_subnet(text: str) -> None:
    assert matches(parse_query(text, KEYS), SHOP)


@pytest.mark.parametrize(
    "text",
    [
        "shop lambda",
        "az:us",
        "az:b",
        "free:0",
        "free:<2",
        "free:>2",
        "fits:0",
        "-shop",
        "tag:eam=shop",
        "tag:team=pay",
        "tag:staging",
        "tag:b?c=d",
        "fits:<3",
        "fits:>=0",
        "10.10.10.64",
        "10.10.11.",
        "999.1.1.1",
        "owner:nightly",
        "-owner:eks",
        "free:<=1",
        "free:>=3",
        "eni:eks",
        "0.0.0.0/0",
        "10.10.10.0/33",
        "1.5GB",
    ],
)
def test_what_does_not_match_it(text: str) -> None:
    assert not matches(parse_query(text, KEYS), SHOP)


def test_the_letter_of_a_block_is_case_sensitive() -> None:
    fragmented = SearchFields(text="fragmented", fields={"state": "fragmented"}, letter="f")
    assert matches(parse_query("f", KEYS), fragmented) and matches(parse_query("state:f", KEYS), fragmented)
    assert not matches(parse_query("F", KEYS), fragmented)
    assert matches(parse_query("state:Frag", KEYS), fragmented)
    assert not matches(parse_query("r", KEYS), fragmented) and not matches(parse_query("state:r", KEYS), fragmented)


def test_an_owner_may_be_a_field_and_a_number_that_something_has_not_does_not_match() -> None:
    endpoint = SearchFields("vpce-1", fields={"owner": "acme"})
    assert matches(parse_query("owner:Acme", KEYS), endpoint)
    assert not matches(parse_query("owner:vpce", KEYS), endpoint)
    assert not matches(parse_query("nodes:3", ("nodes",)), endpoint)


def test_interfaces_are_only_searched_for_terms_that_may_match_them() -> None:
    def never() -> str:
        raise AssertionError

    without_interfaces = SearchFields("10.10.10.0/26", interfaces=never, owners=never)
    for text in ("10.10.99.1", "10.99.", "ab", "az:a", "10.10.10."):
        query = parse_query(text, KEYS)
        matches(query, without_interfaces)
        assert not query.searches_interfaces
    assert parse_query("eni", KEYS).searches_interfaces and parse_query("owner:x", KEYS).searches_interfaces


def test_the_address_of_a_query() -> None:
    assert parse_query("az:a 10.10.10.36", KEYS).address == parse_address("10.10.10.36")
    assert parse_query("10.10.10.36/28", KEYS).address == parse_address("10.10.10.32")
    assert parse_query("10.10", KEYS).address is None
    assert parse_query("9.8.7.6", KEYS).address == parse_address("9.8.7.6")
    assert Term("", "9.8.").range == parse_cidr("9.8.0.0/16")
    assert parse_query("-10.10.10.36", KEYS).address is None


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("owner:a", True),
        ("eni:a", True),
        ("interface:a", True),
        ("name:eni-0c2b8e61", False),
        ("web", True),
        ("we", False),
        ("10.10.10.7", False),
        ("az:a we shop", True),
        ("az:a we", False),
    ],
)
def test_interfaces_are_searched_for_what_may_be_one_or_its_owner(text: str, searched: bool) -> None:
    assert parse_query(text, KEYS).searches_interfaces is searched


def test_what_has_no_interfaces_is_not_found_by_any() -> None:
    bare = SearchFields("shop")
    assert not any(matches(parse_query(text, KEYS), bare) for text in ("owner:x", "eni:x", "interface:x", "xxx"))
