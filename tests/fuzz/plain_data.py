"""Mutations of plain data, which JSON and MessagePack describe: dictionaries, lists, and scalars in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from math import inf, nan
from random import Random
from typing import Any

from tests.fuzz.values import DEPTHS, NUMBERS, REPETITIONS, alike, any_text, repeatable

Place = tuple[Any, Any]
"""A dictionary or list, and a key or index in it."""
ValuesLike = Callable[[Random, Any], Any]
"""Hostile values in place of one."""
_INTEGERS = (0, -1, 2**31, 2**32, 2**63, 2**64 - 1, -(2**63))
_LITERAL = re.compile(r'"@literal (.*?)@"')
_LITERALS = (
    *(number for number in NUMBERS if number and number[0] in "-0123456789NIt" and number.isascii()),
    *(r'"\ud800"', r'"\u0000\u001b[2J"', r'"\ud800\udfff"', '{"a": 1, "a": 2}', "tru", "", "'x'", "[1,]", "/* x */"),
)
"""Text of JSON values that `json.dumps` does not write, well-formed or not."""
_SCALARS: tuple[Any, ...] = (None, True, False, *_INTEGERS, 1e308, inf, -inf, nan, [], {}, [0, 40], [[]], [{}], [None])
"""Values of any type that JSON and MessagePack share."""
_PACKED: tuple[Any, ...] = (
    *(b"", b"\xff" * 20, 127, 255, -33),
    *(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
)
"""Values that MessagePack has and JSON has not."""


def json_like(random: Random, value: Any) -> Any:
    """A value in place of one in JSON."""
    literal = f"@literal {random.choice(_LITERALS)}@"
    if random.random() < 0.1:
        depth, pair = random.choice(DEPTHS), random.choice((("[", "]"), ('{"a":', "}")))
        literal = f"@literal {pair[0] * depth}1{pair[1] * depth}@"
    text = alike(random, value) if isinstance(value, str) else any_text(random)
    return random.choice((literal, literal, text, deepcopy(random.choice(_SCALARS))))


def packed_like(random: Random, value: Any) -> Any:
    """A value in place of one in MessagePack."""
    if isinstance(value, int) and random.random() < 0.5:
        return random.choice(_INTEGERS)
    text = alike(random, value) if isinstance(value, str) else any_text(random)
    return random.choice((text.encode("utf-8", "replace").decode(), deepcopy(random.choice(_SCALARS + _PACKED))))


def places(value: Any) -> list[Place]:
    """Every value within a value, the outer ones first."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def _replace(random: Random, place: Place, others: list[Place], like: ValuesLike, room: int) -> None:
    container, key = place
    container[key] = like(random, container[key])


def _remove(random: Random, place: Place, others: list[Place], like: ValuesLike, room: int) -> None:
    container, key = place
    del container[key]


def _duplicate(random: Random, place: Place, others: list[Place], like: ValuesLike, room: int) -> None:
    container, key = place
    size = len(repr(container[key]))
    if isinstance(container, list):
        container[key:key] = [container[key]] * repeatable(random.choice(REPETITIONS), size, room)
    else:
        container[f"{key}{random.choice(['2', ' ', 'Set', chr(0)])}"] = deepcopy(container[key])


def _nest(random: Random, place: Place, others: list[Place], like: ValuesLike, room: int) -> None:
    container, key = place
    for _ in range(random.randint(1, 40)):
        is_object: bool = random.random() < 0.5
        container[key] = {str(key): container[key]} if is_object else [container[key]]


def _exchange(random: Random, place: Place, others: list[Place], like: ValuesLike, room: int) -> None:
    container, key = place
    other, other_key = random.choice(others)
    container[key] = deepcopy(other[other_key])


def _reorder(random: Random, place: Place, others: list[Place], like: ValuesLike, room: int) -> None:
    container, _ = place
    if isinstance(container, list):
        container.reverse()
    else:
        items = list(container.items())[::-1]
        container.clear()
        container.update(items)


_Mutation = Callable[[Random, Place, list[Place], ValuesLike, int], None]
_MUTATIONS: tuple[_Mutation, ...] = (_replace, _replace, _replace, _remove, _duplicate, _nest, _exchange, _reorder)


def mutate_value(random: Random, value: Any, like: ValuesLike, room: int, times: int) -> None:
    """Change values within a value so many times, in place. `room` is the bytes that may be added.

    A duplication is the last: copies of copies would fill the memory.
    """
    for _ in range(times):
        if not (found := places(value)):
            return
        mutation = random.choice(_MUTATIONS)
        mutation(random, random.choice(found), found, like, room)
        if mutation is _duplicate:
            return


def mutate_json(random: Random, text: bytes, room: int, text_member: str = "") -> bytes:
    """Return a JSON document with some values changed.

    With `text_member`, a text in a member of this name is JSON too, and may be what is changed.
    """
    document = json.loads(text)
    for container, key in [place for place in places(document) if text_member and place[1] == text_member]:
        if random.random() < 0.3:
            body = json.loads(container[key])
            mutate_value(random, body, json_like, room, random.randint(1, 3))
            container[key] = dump_json(body).decode("utf-8", "surrogatepass")
    mutate_value(random, document, json_like, room, random.randint(0 if text_member else 1, 6))
    return dump_json(document)


def dump_json(document: Any) -> bytes:
    """Write a document; values of `literals` as they are."""
    return _LITERAL.sub(_literal, json.dumps(document)).encode()


def _literal(match: re.Match[str]) -> str:
    literal: str = json.loads(f'"{match[1]}"')
    return literal
