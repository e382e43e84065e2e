"""Mutations of configuration files by their lines: a key, a value or a whole line, in TOML and in INI files."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz.values import DEPTHS, DIGITS, NUMBERS, REPETITIONS, TIMES, any_text, repeatable

_VALUES = ("[]", "{}", "[1, 'a']", "{a = 1}", "inf", "nan", "1979-05-27T07:32:00Z", "07:32:00", '"\\ud800"')
_KEYS = ("", "a.b", '""', "'a b'", "interval", "keys", "[keys]", "[[roles]]", "a." * 3_000 + "a", DIGITS)


def _any_value(random: Random) -> str:
    depth, text = random.choice(DEPTHS), any_text(random)
    return random.choice(
        (
            random.choice((*NUMBERS, *TIMES)),
            f'"{random.choice((*NUMBERS, *TIMES))}"',
            "'" + text.replace("'", "") + "'",
            text,
            random.choice(_VALUES),
            "[" * depth + "]" * depth,
            "{a=" * depth + "1" + "}" * depth,
            '"' + "ctrl+" * random.choice(REPETITIONS) + '"',
        )
    )


def _value(random: Random, lines: list[str], index: int, room: int) -> None:
    key, equals, _ = lines[index].partition("=")
    lines[index] = f"{key}{equals or '='} {_any_value(random)}"


def _key(random: Random, lines: list[str], index: int, room: int) -> None:
    _, equals, value = lines[index].partition("=")
    lines[index] = f"{random.choice((*_KEYS, any_text(random)))} {equals}{value}"


def _remove(random: Random, lines: list[str], index: int, room: int) -> None:
    del lines[index]


def _duplicate(random: Random, lines: list[str], index: int, room: int) -> None:
    copies = repeatable(random.choice(REPETITIONS), len(lines[index]), room)
    lines[index:index] = [lines[index]] * copies


def _move(random: Random, lines: list[str], index: int, room: int) -> None:
    lines.insert(random.randint(0, len(lines) - 1), lines.pop(index))


_Mutation = Callable[[Random, list[str], int, int], None]
_MUTATIONS: tuple[_Mutation, ...] = (_value, _value, _value, _key, _remove, _duplicate, _move)


def mutate_lines(random: Random, text: str, room: int) -> bytes:
    """Return a text with one to four lines changed. `room` is the bytes that may be added."""
    lines = text.splitlines()
    for _ in range(random.randint(1, 4)):
        if lines:
            random.choice(_MUTATIONS)(random, lines, random.randint(0, len(lines) - 1), room)
    return "\n".join(lines).encode("utf-8", "surrogatepass")
