"""JSON values in any text: where they begin and end, what is no value, and how much it costs."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from msgspec import Raw

from latticetop.aws.answers import json_values as module
from latticetop.aws.answers.json_values import (
    BrokenValue,
    JsonValue,
    TooManyItemsError,
    expanded,
    json_values,
    text_of,
)


def found(text: str) -> list[Any]:
    """The values in a text; None for a broken one."""
    return [each.value if isinstance(each, JsonValue) else None for each in json_values(text.encode())]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('[{"a": 1}]\n', [[{"a": 1}]]),
        ('{\n    "a": {\n        "b": 1\n    }\n}\n{\n    "c": 2\n}\n', [{"a": {"b": 1}}, {"c": 2}]),
        ("$ aws ec2 describe-vpcs\n\n    {\n        \"Vpcs\": []\n    }\n$ ", [{"Vpcs": []}]),
        ('```json\n{"a": 1}\n```\nand\n```\n[2]\n```', [{"a": 1}, [2]]),
        ('{"a": 1} trailing words\n{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{ "a":\n1,\n"b": [\n] } and\n{"c": 3}', [{"a": 1, "b": []}, {"c": 3}]),
        ('{"a": "}\\n{"}\n', [{"a": "}\n{"}]),
        ("[link](https://example.com)\n[ec2-user@ip-10-0-0-1 ~]$ ls\n{{ template }}\n", []),
        ("{\"a\": 1}\r\n{\"b\": 2}\r\n", [{"a": 1}, {"b": 2}]),
        ("", []),
        ("no JSON at all", []),
    ],
)  # fmt: skip
def test_values_with_anything_around_them(text: str, values: list[Any]) -> None:
    assert found(text) == values


def test_the_text_before_a_value_and_its_line() -> None:
    first, second = json_values(b'# a\n{"a": 1}\n$ aws b\n{\n"b": 2\n}\n')
    assert (first.line, first.before) == (2, "# a\n")
    assert (second.line, second.before) == (4, "\n$ aws b\n")


def test_what_begins_like_a_value_and_is_cut_off_is_broken() -> None:
    whole = json.dumps({"Subnets": [{"SubnetId": f"subnet-{n}"} for n in range(50)]}, indent=4)
    assert found(whole[: len(whole) // 2]) == [None]
    assert found(f'{whole[: len(whole) // 2]}\n(omitted)\n{{"a": 1}}') == [None, {"a": 1}]
    (broken,) = json_values(b'\n\n{"a": 1,\n"b": ...\n}')
    assert isinstance(broken, BrokenValue)
    assert (broken.line, broken.member) == (3, "a")


def test_an_item_of_a_value_whose_beginning_is_not_there() -> None:
    text = '    {"a": 1},\n    {"b": 2}\n  ]\n}\n{"c": 3}\n{"d": 4}, he wrote\n[me@host]$ '
    values = [each for each in json_values(text.encode()) if isinstance(each, JsonValue)]
    assert [(list(each.value), each.is_item) for each in values] == [
        (["a"], True),
        (["b"], True),
        (["c"], False),
        (["d"], False),
    ]


def test_a_large_value_is_decoded_by_one_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE_SIZE", 40)
    looked: list[int] = []
    (value,) = json_values(json.dumps({"a": {"b": list(range(40))}, "c": 1}).encode())
    assert isinstance(value, JsonValue)
    assert isinstance(value.value["a"], Raw)
    inner = expanded(value.value["a"], lambda: looked.append(1))
    assert expanded(inner["b"], lambda: looked.append(1))[:2] == [Raw(b"0"), Raw(b"1")]
    assert len(looked) == 2


@pytest.mark.parametrize("before", ["", "x\n", "  "])
def test_a_value_of_any_size_is_found_by_its_indentation(before: str) -> None:
    """Without that only the first four megabytes are looked at."""
    large = {"a": [{"b": "x" * 1000}] * 5_000}
    indented = json.dumps(large, indent=2).replace("\n", f"\n{before}" if before.isspace() else "\n")
    (value,) = json_values(f"{before}{indented}".encode())
    assert isinstance(value, JsonValue)
    assert len(expanded(value.value["a"], lambda: None)) == 5_000


def test_too_many_items_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE_SIZE", 10)
    many = Raw(b"[" + b"1," * module.MAX_ITEMS + b"1]")
    with pytest.raises(TooManyItemsError):
        expanded(many, lambda: None)
    assert [type(value) for value in json_values(bytes(many))] == [BrokenValue]


@pytest.mark.parametrize("depth", [2_000, 100_000])
def test_any_number_of_levels_is_no_error(depth: int) -> None:
    text = '{"a": ' + "[" * depth + "]" * depth + "}\n" + '{"b": 2}'
    assert found(text)[-1] == {"b": 2}


@pytest.mark.parametrize("piece", ["{\n", '["a",\n', "[\n[1],\n", '{"a": [\n', '{"a":1,\n "b":{\n', "   {\n"])
def test_what_never_ends_takes_time_in_proportion(piece: str) -> None:
    """Four times the text may take a little more than four times the time, and not sixteen times."""

    def seconds(size: int) -> float:
        text, start = (piece * (size // len(piece))).encode(), time.process_time()
        list(json_values(text))
        return time.process_time() - start

    once = min(seconds(40_000) for _ in range(2))
    assert min(seconds(160_000) for _ in range(2)) < 10 * once + 0.05


def test_text_of_other_encodings_and_of_none() -> None:
    assert text_of("\ufeff{}".encode()) == b"{}"
    assert text_of('{"ö": 1}'.encode("utf-16")) == '{"ö": 1}'.encode()
    assert text_of(b"\xfe\xff" + "{}".encode("utf-16-be")) == b"{}"
    assert text_of(b'{"a": "\xe9\x81"}') == '{"a": "é\ufffd"}'.encode(), "as Windows-1252"
    for data in (b"\x89PNG\r\n\x1a\n\0\0\0", b"\xff\xd8\xff\xe0\0\x10JFIF"):
        with pytest.raises(UnicodeDecodeError):
            text_of(data)
