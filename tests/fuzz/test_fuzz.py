"""Whatever AWS, a proxy or a file says: a value, or one sentence. Some mutations, and those that failed once.

`python -m tests.fuzz --for 3600` reads others for an hour, in processes with limits of time and memory.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from latticetop.model.records.aws_actions import (
    DESCRIBE_ENDPOINTS,
    DESCRIBE_INTERFACES,
    DESCRIBE_SUBNETS,
    LIST_RESOURCE_GATEWAYS,
    LOOKUP_EVENTS,
)
from tests.command import finished
from tests.fuzz import __main__ as fuzz_command
from tests.fuzz.answers import Bench
from tests.fuzz.example import SMALL, Answer, Example, Target
from tests.fuzz.files import file_targets
from tests.fuzz.targets import NAMES, examples
from tests.fuzz.worker import random_of

DIGITS = b"9" * 30
COUNTS = {"one-shot": 25, "follow": 20, "aws-config": 20, "answer-files": 20}
"""Examples of a target; COUNT of the others, which take less time."""
COUNT = 50


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench() as opened:
        yield opened


@pytest.fixture(scope="module")
def targets(bench: Bench) -> dict[str, Target]:
    return {**bench.targets(), **file_targets()}


def read(target: Target, example: Example) -> None:
    """Read an example; one that fails is written to a file."""
    try:
        target.run(example)
    except BaseException as error:
        path = Path(tempfile.gettempdir()) / f"latticetop-fuzz-{example.target}.example"
        example.write(path)
        error.add_note(f"Replay it: python -m tests.fuzz --replay {path}")
        raise


@pytest.mark.parametrize("name", NAMES)
def test_what_is_mutated_is_read_or_refused(name: str, targets: dict[str, Target]) -> None:
    target = targets[name]

    @settings(max_examples=COUNTS.get(name, COUNT))
    @given(examples(target, SMALL))
    def read_mutated(example: Example) -> None:
        read(target, example)

    read_mutated()


def altered(
    target: str, action: str, pattern: bytes = b"$", replacement: bytes = b"", **headers: str
) -> Callable[[dict[str, Answer]], Example]:
    """An example in which a pattern of the real answer to an action is replaced."""

    def example(real: dict[str, Answer]) -> Example:
        answer = real[action]
        body, count = re.subn(pattern, lambda _: replacement, answer.body)
        assert count, answer.body
        return Example(target, {action: Answer(200, answer.headers | headers, body)})

    return example


def deep_event(real: dict[str, Answer]) -> Example:
    """An event whose request has 600 levels: json.loads takes them, and botocore's limit is not asked."""
    body = '{"eventTime": "2024-12-19T08:18:51Z", "requestParameters": {"x": ' + '{"x": ' * 600 + "1" + "}" * 602
    document = {"Events": [{"EventId": "1", "CloudTrailEvent": body}]}
    answer = real[LOOKUP_EVENTS]
    return Example("cloudtrail", {LOOKUP_EVENTS: Answer(200, answer.headers, json.dumps(document).encode())})


FAILED_ONCE: dict[str, Callable[[dict[str, Answer]], Example]] = {
    "an offset of 99 hours": altered(
        "follow", DESCRIBE_ENDPOINTS, rb"(?<=<creationTimestamp>)[^<]*", b"Mon, 01 Jan 2024 00:00:00 +9999"
    ),
    "an event with 600 levels": deep_event,
    "a year of twenty digits in the header Date": altered(
        "cloudtrail", LOOKUP_EVENTS, Date="Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    ),
    "a time zone that is not known": altered(
        "ec2", DESCRIBE_ENDPOINTS, rb"(?<=<creationTimestamp>)[^<]*", b"Thu, 19 Dec 2024 08:18:49 XYZ"
    ),
    "a device index of 30 digits": altered("one-shot", DESCRIBE_INTERFACES, rb"(?<=<deviceIndex>)\d+", DIGITS),
    "a count of 30 digits": altered("one-shot", DESCRIBE_SUBNETS, rb"(?<=<availableIpAddressCount>)\d+", DIGITS),
    "30 digits in JSON": altered("vpc-lattice", LIST_RESOURCE_GATEWAYS, rb'(?<="ipv4AddressesPerEni": )\d+', DIGITS),
    "tables in 3,000 tables": lambda _: Example("settings", content=b"keys = " + b"{a=" * 3_000 + b"1" + b"}" * 3_000),
    "a line that continues a key without a value": lambda _: Example("aws-config", content=b"[default]\nregion\n  x\n"),
    "a number of 5,000 digits": lambda _: Example("settings", content=b"max_calls = " + b"9" * 5_000),
}
"""Examples that failed before a fault was fixed."""


@pytest.mark.parametrize("name", FAILED_ONCE)
def test_what_failed_once_is_read_or_refused(name: str, bench: Bench, targets: dict[str, Target]) -> None:
    example = FAILED_ONCE[name](bench.real)
    read(targets[example.target], example)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
@example(seed=26)
def test_a_seed_has_the_same_example_each_time(targets: dict[str, Target], seed: int) -> None:
    for name in ("ec2", "cloudtrail", "recording"):
        examples = []
        for moment in (1e9, 2e9):
            with patch("time.time", return_value=moment):
                examples.append(targets[name].draw(random_of(name, seed, 3), SMALL))
        assert examples[0] == examples[1]


def test_the_command_reads_as_many_examples_as_asked_for(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own."""
    monkeypatch.setattr(sys, "argv", ["fuzz", "--examples", "5", "--for", "60", "--target", "state"])
    assert fuzz_command.main() == 0
    out, err = capfd.readouterr()
    assert re.search(r"^\| state \| 5 \| 0 \| \d+ MiB \|$", out, re.M)
    assert err == ""


def test_a_file_is_read_again(tmp_path: Path, bench: Bench) -> None:
    """And nothing is written to a screen meanwhile, as a warning of dateutil once was."""
    FAILED_ONCE["a time zone that is not known"](bench.real).write(tmp_path / "a.example")
    ended = finished(sys.executable, "-m", "tests.fuzz", "--replay", str(tmp_path / "a.example"))
    assert (ended.code, ended.err) == (0, "")
    assert "19 Dec 2024 08:18:49 XYZ" in ended.out


WORKER = """
import sys
from pathlib import Path
from unittest.mock import patch
from tests.fuzz.example import Example, Target
from tests.fuzz.worker import Limits, read_many
def run(example):
    {}
target = Target(lambda random, room: Example("x", content=b"seen"), run)
read_many("x", target, 0, Path(sys.argv[1]), 60.0, 3, Limits(seconds={}, memory=200 << 20))
"""


@pytest.mark.parametrize(
    ("body", "seconds", "code", "printed"),
    [
        ("pass", 60, 0, '"examples": 3'),
        ("raise KeyError('subnets')", 60, 1, "KeyError: 'subnets'"),
        ("import warnings; warnings.warn('too late')", 60, 1, "ShownWarningError: too late"),
        ("while True: pass", 0.1, 1, "Timeout"),
        ("b'x' * (256 << 20)", 60, 1, "MemoryLimitError"),
        ("b'x' * (8 << 30)", 60, 1, "MemoryError"),
    ],
)
def test_a_process_ends_at_a_failure_and_keeps_the_example(
    body: str, seconds: float, code: int, printed: str, tmp_path: Path
) -> None:
    ended = finished(sys.executable, "-c", WORKER.format(body, seconds), str(tmp_path))
    assert ended.code == code
    assert printed in ended.out + ended.err
    assert b"seen" in (tmp_path / "current").read_bytes()


def test_a_failure_is_told_with_the_file_to_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "python"
    script.write_text('#!/bin/sh\nprintf example > "$4/current"\necho Boom >&2\nexit 1\n')
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    turn = fuzz_command.turn("state", 7, 1.0, 1)
    kept = tmp_path / "latticetop-fuzz-state-7.example"
    assert turn.failure == f"Boom\nReplay it: python -m tests.fuzz --replay {kept}"
    assert kept.read_text() == "example"
