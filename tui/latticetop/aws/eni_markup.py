"""ENIs by their markup: XML is parsed once for all ENIs that differ only in the texts of their elements.

The markup of an ENI is its XML without these texts. 100,000 ENIs share a few markups, so that nearly all of them are
only cut into markup and texts, in half the time of parsing. Markup is parsed by lxml with other texts; a text of
printable characters without `<`, `>` and `&` is the text of its element in any XML, so that the ENI is as lxml would
have read it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from lxml import etree

from latticetop.aws.decode import to_utc
from latticetop.aws.eni_fields import LISTS, STRUCTURES, Members, decode_interface
from latticetop.aws.response_parser import require_few_records, step, xml_parser
from latticetop.model.records.resources import NetworkInterface

MAX_INTERFACE_CHARACTERS = 1 << 14
"""Characters of the longest ENI that is read by its markup, with about 60 addresses."""
MAX_MARKUP_CHARACTERS = 1 << 20
"""Characters of all markups that are kept, some 1,500 of nodes. They take 6 MB, of strange XML up to 15 MB."""
_START = re.compile(r"<item>[ \t\r\n]*<networkInterfaceId>")
_TEXT = re.compile(r">([^< \t\r\n][^<]*)</")
_CUT = "\0"
"""In place of a text in markup. XML cannot contain NUL."""
_MARK = "\ue000"
"""What a numbered text begins with where markup is parsed: a character for private use, which is not printable."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?Z", re.ASCII)
_NO_MEMBERS: Members = {}


class _Element(NamedTuple):
    """The members of an element: by name, the index of a text, or else the text itself or what is in the member."""

    indexes: tuple[tuple[str, int], ...]
    others: dict[str, Any]


class _ParsedMarkup(NamedTuple):
    interface: _Element
    text_count: int


class XmlMembers:
    """Reads the members of an ENI as they are in XML, for `decode_interface`, by the method `members` of a subclass.

    A malformed number or time is a ValueError.
    """

    def members(self, element: Any) -> Members:
        """The members of an element by name."""
        raise NotImplementedError

    def nested(self, members: Members, name: str) -> Members:
        """The members of a member; an empty dictionary when it is missing."""
        return self.members(members[name]) if name in members else _NO_MEMBERS

    def items(self, members: Members, name: str) -> Sequence[Members]:
        """The members of every item of a list. An item's element may have any name."""
        return [self.members(item) for item in members[name]] if name in members else ()

    def integer(self, members: Members, name: str) -> int | None:
        """A number; None when it is missing."""
        return int(members[name] or "") if name in members else None

    def time(self, members: Members, name: str) -> datetime | None:
        """A time in UTC; None when it is missing."""
        return _time(members[name] or "") if name in members else None


class _FilledMarkup(XmlMembers):
    """Puts texts into the markup of an ENI."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def members(self, element: _Element) -> Members:
        texts = self._texts
        members: Members = {name: texts[index] for name, index in element.indexes}
        members.update(element.others)
        return members


def decode_by_markup(xml: str) -> list[NetworkInterface] | None:
    """Decode the elements of ENIs, one after the other, each beginning with its id; None if they have to be parsed.

    There are no comments, CDATA sections and instructions in them. Raises ResponseLimitError, and ValueError for a
    malformed number or time.
    """
    before, *items = _START.split(xml)
    if "&" in xml or _MARK in xml or before.strip(" \t\r\n"):
        return None
    require_few_records(len(items))
    interfaces = []
    for item in items:
        step()
        if len(item) > MAX_INTERFACE_CHARACTERS:
            return None
        parts = _TEXT.split(f">{item}")
        texts = parts[1::2]
        all_texts = "".join(texts)
        if ">" in all_texts or not all_texts.isprintable():
            return None
        markup = _PARSED[f">{_CUT}</".join(parts[::2])]
        if markup is None or markup.text_count != len(texts):
            return None
        source = _FilledMarkup(texts)
        interface = decode_interface(source, source.members(markup.interface))
        if interface is not None:
            interfaces.append(interface)
    return interfaces


class _ParsedMarkups(dict[str, _ParsedMarkup | None]):
    """Markups parsed, from what follows `<networkInterfaceId`; None for an unusual one: lxml has to decide.

    All are forgotten when there are too many.
    """

    def __init__(self) -> None:
        super().__init__()
        self._characters = 0

    def __missing__(self, markup: str) -> _ParsedMarkup | None:
        self._characters += len(markup)
        if self._characters > MAX_MARKUP_CHARACTERS:
            self.clear()
            self._characters = len(markup)
        self[markup] = parsed = _parsed(markup)
        return parsed


_PARSED = _ParsedMarkups()


def _parsed(markup: str) -> _ParsedMarkup | None:
    numbers = count()
    numbered = re.sub(_CUT, lambda _: f"{_MARK}{next(numbers)}", markup)
    text_count = next(numbers)
    indexes = {f"{_MARK}{number}": number for number in range(text_count)}
    try:
        items = etree.fromstring(f"<items><item><networkInterfaceId{numbered}</items>".encode(), xml_parser())
        return _ParsedMarkup(_element(items[0], indexes), text_count) if len(items) == 1 else None
    except (etree.XMLSyntaxError, _UnusualMarkupError):
        return None


@lru_cache(maxsize=1024)
def _time(text: str) -> datetime:
    """The time in UTC. Raises ValueError for a text that is not in the form EC2 writes."""
    if not _TIME.fullmatch(text) or (value := to_utc(datetime.fromisoformat(text))) is None:
        raise ValueError(text)
    return value


class _UnusualMarkupError(Exception):
    """A name occurs twice among the members of an element, or a numbered text is only a part of a member's."""


def _element(element: Any, indexes: dict[str, int], outermost: bool = True) -> _Element:
    """The members of an element, of which only those of the ENI itself have members of their own."""
    texts: dict[str, int] = {}
    others: dict[str, Any] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        if outermost and name in STRUCTURES:
            others[name] = _element(child, indexes, outermost=False)
        elif outermost and name in LISTS:
            others[name] = [_element(item, indexes, outermost=False) for item in child]
        elif child.text in indexes:
            texts[name] = indexes[child.text]
        elif child.text and _MARK in child.text:
            raise _UnusualMarkupError
        else:
            others[name] = child.text
    if len(texts) + len(others) != len(element) or not texts.keys().isdisjoint(others):
        raise _UnusualMarkupError
    return _Element(tuple(texts.items()), others)
