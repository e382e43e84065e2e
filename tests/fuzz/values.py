"""Values that break parsers: numbers, texts and times in place of what a document has."""

from __future__ import annotations

import re
from random import Random

from tests.hostile import EVIL

DIGITS = "9" * 30
NUMBERS = (
    *("0", "-1", "-0", "1.5", "1e999", "-1e999", "1e-999", "NaN", "Infinity", "4294967296", "18446744073709551616"),
    *(DIGITS, f"-{DIGITS}", "9" * 5_000, "0x10", "1_000", "\u0663", " 7 ", "+7", "007", "true", "null", ""),
)
"""Texts of numbers, and of what is not one."""
TIMES = (
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2024-02-30T00:00:00Z"),
    *("2024-12-19T08:18:49.123456789Z", "1e999", "-62135596800", "253402300800", DIGITS, "yesterday", "20241219"),
    *(
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +9999",
        "Thu, 19 Dec 2024 08:18:49 XYZ",
        "2024-W51-4",
    ),
)
RANGES = (
    *("0.0.0.0/0", "10.0.0.0/8", "10.10.10.0/12", "10.10.10.1/26", "10.10.10.0/33", "10.10.10.0/-1", "::/0", "/28"),
    *("010.10.10.0/26", "10.10.10.16/255.255.255.240", "10.10.10.16/28/28", "255.255.255.255", "\uff11.1.1.1/28"),
)
IDS = ("subnet-0a84d8f4554925b16", "vpce-0e3b1bfc42d162c4a", "eni-0f995ce7b1b9589de", "eni-", "vpce-" + "f" * 300)
TEXTS = (*NUMBERS, *TIMES, *RANGES, *IDS, *EVIL, "x" * 100_000, "\u00e4" * 70_000)

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT.*|\w{3}, .* GMT")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+(?:/\d+)?")


def any_text(random: Random) -> str:
    """Any text; JSON can contain all, XML those without control characters and surrogates."""
    if random.random() < 0.8:
        return random.choice(TEXTS)
    return "".join(
        chr(random.choice((random.randrange(0x80), random.randrange(0xD800)))) for _ in range(random.randrange(20))
    )


def alike(random: Random, text: str) -> str:
    """A value that is no good in place of a text: often of its own kind (number, time, address)."""
    kinds = ((_NUMBER, NUMBERS), (_TIME, TIMES), (_ADDRESS, RANGES))
    values = next((values for pattern, values in kinds if pattern.fullmatch(text)), TEXTS)
    return random.choice(values) if random.random() < 0.7 else any_text(random)


REPETITIONS = (2, 3, 50, 2_000, 100_000)
"""Copies of an element; as many as the largest document allows."""
DEPTHS = (1, 2, 60, 101, 257, 600, 3_000)
"""Levels around an element; limits are 100 of JSON and 256 of XML."""


def repeatable(wanted: int, size: int, room: int) -> int:
    """The number of copies of `size` bytes that fit into `room`, at least one, at most as many as wanted."""
    return max(1, min(wanted, room // max(1, size)))
