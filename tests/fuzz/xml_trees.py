"""Mutations of an XML document by its elements: members, lists, texts, namespaces and levels."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from lxml import etree

from tests.fuzz.values import DEPTHS, REPETITIONS, alike, any_text, repeatable

Element = Any
_ILLEGAL = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = ("item", "member", "nextToken", "networkInterfaceSet", "networkInterfaceId", "subnetId", "tagSet", "x" * 5_000)
_NAMESPACES = ("", "urn:other", "http://ec2.amazonaws.com/doc/2016-11-15/", "https://sts.amazonaws.com/doc/2011-06-15/")
_DECLARATIONS = (
    b"<!DOCTYPE x>",
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>',
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    b"<?x y?>",
    b"<!-- x -->",
    b'<?xml version="1.0" encoding="utf-16"?>',
    b'<?xml version="9.9"?>',
    b"\n",
)


def _text(random: Random, element: Element, elements: list[Element], room: int) -> None:
    leaf = random.choice([each for each in elements if not len(each)] or [element])
    leaf.text = _legal(alike(random, leaf.text or ""))


def _remove(random: Random, element: Element, elements: list[Element], room: int) -> None:
    element.getparent().remove(element)


def _duplicate(random: Random, element: Element, elements: list[Element], room: int) -> None:
    copies = repeatable(random.choice(REPETITIONS), len(etree.tostring(element)), room)
    parent, index = element.getparent(), element.getparent().index(element)
    parent[index:index] = [deepcopy(element) for _ in range(copies)]


def _nest(random: Random, element: Element, elements: list[Element], room: int) -> None:
    parent, index = element.getparent(), element.getparent().index(element)
    tag = random.choice([element.tag, parent.tag])
    inner = element
    for _ in range(repeatable(random.choice(DEPTHS), 2 * len(tag), room)):
        outer = etree.Element(tag)
        outer.append(inner)
        inner = outer
    parent.insert(index, inner)


def _rename(random: Random, element: Element, elements: list[Element], room: int) -> None:
    element.tag = random.choice((*_TAGS, *(each.tag for each in elements)))


def _renamespace(random: Random, element: Element, elements: list[Element], room: int) -> None:
    namespace = random.choice(_NAMESPACES)
    for each in element.iter(etree.Element) if (random.random() < 0.5) else [element]:
        name = etree.QName(each).localname
        each.tag = f"{{{namespace}}}{name}" if namespace else name


def _empty(random: Random, element: Element, elements: list[Element], room: int) -> None:
    element[:] = []
    element.text = None


def _reorder(random: Random, element: Element, elements: list[Element], room: int) -> None:
    element[:] = list(element)[::-1]


def _copy_into(random: Random, element: Element, elements: list[Element], room: int) -> None:
    element.insert(random.randint(0, len(element)), deepcopy(random.choice(elements)))


def _mix(random: Random, element: Element, elements: list[Element], room: int) -> None:
    kinds = (etree.Comment("x"), etree.ProcessingInstruction("x"), etree.Entity("amp"), etree.Entity("c"))
    element.insert(0, random.choice(kinds))
    element.tail = _legal(any_text(random))


_Mutation = Callable[[Random, Element, list[Element], int], None]
_OF_ANY: tuple[_Mutation, ...] = (_text, _rename, _renamespace, _empty, _reorder, _copy_into, _mix)
_OF_INNER: tuple[_Mutation, ...] = (_text, _text, _text, _remove, _remove, _duplicate, _nest)


def mutate_xml(random: Random, document: bytes, room: int) -> bytes:
    """Return a document with one to six elements changed. `room` is the bytes that may be added."""
    root = etree.fromstring(document)
    for _ in range(random.randint(1, 6)):
        elements = list(root.iter(etree.Element))
        inner = elements[1:]
        of_inner = inner and random.random() < 0.8
        mutation = random.choice(_OF_INNER if of_inner else _OF_ANY)
        mutation(random, random.choice(inner if of_inner else elements), elements, room)
        if mutation is _duplicate:
            break  # Copies of copies would fill the memory.
    head = random.choice(_DECLARATIONS) if random.random() < 0.3 else b""
    return head + bytes(etree.tostring(root, encoding="utf-8"))


def _legal(text: str) -> str:
    """The text without what XML cannot contain."""
    return _ILLEGAL.sub("", text)
