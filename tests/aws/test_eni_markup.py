"""ENIs by their markup: what lxml would have read, of any texts, and each markup is parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latticetop.aws import eni_markup, eni_xml
from latticetop.aws.eni_markup import decode_by_markup
from latticetop.aws.limits import PAGE_RECORDS
from latticetop.aws.response_errors import ResponseLimitError
from tests.aws.test_eni_fields import EVERY_FIELD
from tests.aws.test_eni_xml import (
    ID_MEMBER,
    NOISE,
    NOISE_AT_CUTS,
    anything,
    ec2_like,
    expected,
    outcome,
    pages_of,
    reference,
    through_hook,
    with_noise,
)

OWN_TEXT = re.compile(r"(?<=>)[^<>]+(?=</)")
ADDRESSES = "".join(
    f"<item><privateIpAddress>10.0.0.{number}</privateIpAddress><primary>false</primary></item>"
    for number in range(130)
)
DOUBTFUL = [
    text.encode().decode("latin-1") for text in ("\ue000", "\ue0000", "\x0b", "\x1f", "\r", "\u2028", "->", " ")
]
"""As `with_noise` takes it: a character for each byte."""


@pytest.fixture(autouse=True)
def nothing_parsed() -> Iterator[None]:
    eni_markup._PARSED.clear()
    yield
    eni_markup._PARSED.clear()


def elements(*items: str) -> str:
    return "".join(f"<item>{item}</item>" for item in items)


@given(ec2_like, st.lists(anything, min_size=1, max_size=12))
@settings(deadline=None)
def test_other_texts_in_known_markup_are_read_as_botocore_reads_them(item: str, texts: list[str]) -> None:
    turns = iter(texts * 1000)
    other = OWN_TEXT.sub(lambda _: escape(next(turns)), item)
    for items in ((item, other), (other, item)):
        body = pages_of(*items)
        assert outcome(through_hook, body) == expected(body)


@given(ec2_like, st.integers(0, 2**32))
@settings(deadline=None)
def test_noise_is_no_different_in_known_markup(item: str, seed: int) -> None:
    decode_by_markup(elements(item))
    for body in with_noise(pages_of(item), [*NOISE, *NOISE_AT_CUTS, *DOUBTFUL], seed):
        eni_markup._PARSED.clear()
        first, again = (outcome(eni_xml.decode_page, body) for _ in range(2))
        with patch.object(eni_xml, "decode_by_markup", lambda _: None):
            assert first == again == outcome(eni_xml.decode_page, body)


def test_every_field_is_read_by_markup_and_xml_is_parsed_once() -> None:
    second = EVERY_FIELD.replace("10.0.0.", "10.0.1.").replace("eni-1", "eni-2").replace("us-east-1a", "us-east-1b")
    body = pages_of(EVERY_FIELD.strip(), second.strip())
    decoded = decode_by_markup(elements(EVERY_FIELD, second))
    assert decoded is not None
    assert tuple(decoded) == reference(body).interfaces
    assert [interface.availability_zone for interface in decoded] == ["us-east-1a", "us-east-1b"]
    assert len(eni_markup._PARSED) == 1


@pytest.mark.parametrize(
    "item",
    [
        f"{ID_MEMBER}<description>R&amp;D</description>",
        f"{ID_MEMBER}<description>a\x0bb</description>",
        f"{ID_MEMBER}<description>a\nb</description>",
        f"{ID_MEMBER}<description>a-->b</description>",
        f"{ID_MEMBER}<description> a>b</description>",
        f"{ID_MEMBER}<description>a]]>b</description>",
        f"{ID_MEMBER}<description>\ue0000</description>",
        f"{ID_MEMBER}<status>a</status><status>b</status>",
        f"{ID_MEMBER}<status/><status>b</status>",
        f"{ID_MEMBER}<tagSet><item><key>a</key><key>b</key></item></tagSet>",
        f"{ID_MEMBER}<status>",
        f"{ID_MEMBER}</item><item><status>a</status>",
        f"{ID_MEMBER}<description>\ue0000<b/></description>",
        f"{ID_MEMBER}</item>text<item>{ID_MEMBER}</item>\x1f<item>{ID_MEMBER}",
    ],
    ids=range(14),
)
def test_what_is_not_certain_is_left_to_lxml(item: str) -> None:
    assert decode_by_markup(elements(item)) is None


@pytest.mark.parametrize(
    "xml",
    [
        f"\x1f<item>{ID_MEMBER}</item>",
        f"\u2003<item>{ID_MEMBER}</item>",
        f"text<item>{ID_MEMBER}</item>",
        f"<item>\x0b{ID_MEMBER}</item>",
        f"<item>{ID_MEMBER}<status/> \0</item>",
    ],
)
def test_what_is_between_elements_is_left_to_lxml_too(xml: str) -> None:
    assert decode_by_markup(xml) is None


def test_names_count_without_their_namespace() -> None:
    decoded = decode_by_markup(elements(f'{ID_MEMBER}<description xmlns="urn:b">d</description>'))
    assert decoded is not None
    assert decoded[0].description == "d"


@pytest.mark.parametrize(
    ("text", "read"),
    [(" a", " a"), ("a ", "a "), (" ", " "), ("a'\"b", "a'\"b"), ("ü 界", "ü 界"), (" > ", " > "), ("0", "0")],
)
def test_texts_that_need_no_entity_are_read_as_they_are(text: str, read: str) -> None:
    decoded = decode_by_markup(elements(f"{ID_MEMBER}<description>{text}</description>"))
    assert decoded is not None
    assert decoded[0].description == read


@pytest.mark.parametrize("text", ["one", ""])
def test_a_malformed_number_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        decode_by_markup(elements(f"{ID_MEMBER}<attachment><deviceIndex>{text}</deviceIndex></attachment>"))


def test_markups_are_kept_up_to_a_number_of_characters() -> None:
    item = f"{ID_MEMBER}<privateIpAddressesSet>{ADDRESSES}</privateIpAddressesSet>"
    most = []
    for number in range(200):
        assert decode_by_markup(elements(f"{item}<other{number}/>")) is not None
        most.append(sum(map(len, eni_markup._PARSED)))
    assert max(most) <= eni_markup.MAX_MARKUP_CHARACTERS < sum(most) < 200 * eni_markup.MAX_MARKUP_CHARACTERS
    assert 10 < len(eni_markup._PARSED) < 200


def test_an_interface_longer_than_any_is_left_to_lxml() -> None:
    assert (
        decode_by_markup(elements(f"{ID_MEMBER}<description>{'x' * eni_markup.MAX_INTERFACE_CHARACTERS}</description>"))
        is None
    )


def test_no_more_records_are_read_than_a_page_may_have() -> None:
    with pytest.raises(ResponseLimitError):
        decode_by_markup(elements(*["<networkInterfaceId></networkInterfaceId>"] * (PAGE_RECORDS + 1)))
