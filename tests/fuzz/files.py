"""Mutated files: recordings, latticetop.toml, the saved state of the dashboard, the AWS configuration, answers."""

from __future__ import annotations

import struct
import zlib
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import msgspec
from click import Argument, Command, Context

from latticetop.aws import Settings
from latticetop.aws.session import prepare
from latticetop.cli import completion
from latticetop.config.render import example_file
from latticetop.config.settings import examine
from latticetop.dashboard.state.saved_state import SavedState
from latticetop.dashboard.table.sort_order import parse_sort_order
from latticetop.follow.recording.file_format import MAGIC, read_frame
from latticetop.follow.recording.reader import Recording, RecordingError, apply_entry, recording_trend
from latticetop.model.query import parse_query
from latticetop.model.records.problem import ReadError
from latticetop.model.snapshot import Snapshot
from latticetop.runtime.targets import targets_of
from tests.fuzz.answer_files import draw_answer_files, run_answer_files
from tests.fuzz.example import Example, Target
from tests.fuzz.lines import mutate_lines
from tests.fuzz.octets import mutate_bytes
from tests.fuzz.plain_data import mutate_json, mutate_value, packed_like
from tests.fuzz.rendering import render
from tests.fuzz.values import REPETITIONS, repeatable
from tests.recordings import incident_recording

_SETTINGS = """
profiles = ["network", "production"]
regions = ["us-east-1", "all"]
endpoint_url = "http://127.0.0.1:5000"
interval = 15.0
max_calls = 60
vpc_ids = ["vpc-0d54cbe88a44ffd04"]
notify = "bell"
theme = "colour-blind"
ascii = true
sign_in = ["aws", "sso", "login", "--profile", "{profile}"]
[[roles]]
arn = "arn:aws:iam::123456789012:role/reader"
name = "shared"
external_id = "x"
regions = ["eu-central-1"]
[thresholds]
free_blocks = 2
[columns]
subnets = ["cidr", "blocks"]
[keys]
refresh = ["f5", "ctrl+r"]
sort = "z"
"""
_STATE = b'{"filters": {"subnets": "free:<2 zone:us-east-1a", "endpoints": "failed"}, "orders": {"subnets": "blocks"}}'
_AWS_CONFIG = """
[default]
region = us-east-1
output = json
[profile production]
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = default
region = eu-central-1
duration_seconds = 900
retry_mode = standard
max_attempts = 3
s3 =
    addressing_style = path
[sso-session company]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
[services local]
ec2 =
  endpoint_url = http://127.0.0.1:5000
"""
_OPENINGS = (b"\x91", b"\x81\xa1a", b"\xdd\xff\xff\xff\xff", b"\xc9\x7f\xff\xff\xff\x01")
"""MessagePack that opens a level, or promises more than there is."""
_MOST_SNAPSHOTS = 6


def file_targets() -> dict[str, Target]:
    """The targets that read files."""
    return {
        "recording": Target(_draw_recording, _run_recording),
        "settings": Target(_draw_settings, _run_settings),
        "state": Target(_draw_state, _run_state),
        "aws-config": Target(_draw_aws_config, _run_aws_config),
        "answer-files": Target(draw_answer_files, run_answer_files),
    }


@cache
def _entries() -> bytes:
    """The entries of a recording of the incident as MessagePack."""
    entries = []
    with TemporaryDirectory() as folder, incident_recording(Path(folder) / "incident.rec").open("rb") as file:
        file.seek(len(MAGIC))
        while (raw := read_frame(file)) is not None:
            entries.append(msgspec.msgpack.decode(raw))
    return msgspec.msgpack.encode(entries)


def _draw_recording(random: Random, room: int) -> Example:
    entries: list[Any] = msgspec.msgpack.decode(_entries())
    for _ in range(random.randint(0, 2)):
        mutate_value(random, random.choice(entries), packed_like, room, random.randint(1, 3))
    frames = [_frame(msgspec.msgpack.encode(entry)) for entry in entries]
    index = random.randint(0, len(frames) - 1)
    match random.randint(0, 9):
        case 0:
            frames = random.sample(frames, len(frames))
        case 1:
            del frames[index]
        case 2:
            copies = repeatable(random.choice(REPETITIONS[:-1]), len(frames[index]), room)
            frames[index:index] = [frames[index]] * copies
        case 3:
            frames[index] = mutate_bytes(random, frames[index])
        case 4:
            frames[index] = struct.pack(">II", random.randint(0, 2**32 - 1), random.randint(0, 2**32 - 1))
        case 5:
            frames[index] = _frame(mutate_bytes(random, msgspec.msgpack.encode(entries[index])))
        case 6:
            opening = random.choice(_OPENINGS)
            frames[index] = _frame(opening * random.choice([1, 600, room]))
    return Example("recording", content=random.choice([MAGIC] * 9 + [b"", MAGIC[:-1]]) + b"".join(frames))


def _frame(raw: bytes) -> bytes:
    body = zlib.compress(raw, 1)
    return struct.pack(">II", len(body), zlib.crc32(body)) + body


def _run_recording(example: Example) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "altered.rec"
        path.write_bytes(example.content)
        try:
            recording = Recording(path)
        except RecordingError as error:
            assert str(error).endswith(".")
            return
        with closing(recording):
            snapshot: Snapshot | None = None
            for index in range(len(recording)):
                snapshot = apply_entry(snapshot, recording.entry(index))
                if snapshot is not None and min(index, len(recording) - 1 - index) < _MOST_SNAPSHOTS // 2:
                    render(snapshot)
            assert recording.snapshot(len(recording) - 1) == snapshot
            recording_trend(recording, lambda _: True)


@cache
def _with_example() -> str:
    return _SETTINGS + example_file()


def _draw_settings(random: Random, room: int) -> Example:
    text = random.choice([_SETTINGS, _SETTINGS, _with_example()])
    content = mutate_lines(random, text, room)
    return Example("settings", content=content if random.randint(0, 3) else mutate_bytes(random, content))


def _run_settings(example: Example) -> None:
    config, problems = examine(example.content)
    for problem in problems:
        assert problem.endswith((".", "?")), problem
    if not problems:
        targets_of(config)
        assert len(config.key_map) == len(config.keys)


def _draw_state(random: Random, room: int) -> Example:
    content = mutate_json(random, _STATE, room)
    return Example("state", content=content if random.randint(0, 3) else mutate_bytes(random, content))


def _run_state(example: Example) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.json"
        path.write_bytes(example.content)
        state = SavedState(path)
        for table in ("subnets", "endpoints"):
            parse_query(state.filter(table), ("free", "zone"))
            parse_sort_order(state.order(table), ())
        state.keep_filter("plan", "10.0.0.0/24")
        state.save()
        assert SavedState(path).filter("plan") == "10.0.0.0/24"


def _draw_aws_config(random: Random, room: int) -> Example:
    content = mutate_lines(random, _AWS_CONFIG, min(room, 300_000))
    return Example("aws-config", content=content if random.randint(0, 3) else mutate_bytes(random, content))


def _run_aws_config(example: Example) -> None:
    """Prepares a session, which sends no request and runs no program that the file names."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config"
        path.write_bytes(example.content)
        environment = {"AWS_CONFIG_FILE": str(path), "AWS_SHARED_CREDENTIALS_FILE": str(path), "LATTICETOP_CONFIG": ""}
        with patch.dict("os.environ", environment):
            for profile in ("", "production"):
                try:
                    prepare(Settings(profile=profile))
                except ReadError as error:
                    assert error.problem.message.endswith("."), error.problem
            completion.profiles(Context(Command("check")), Argument(["profile"]), "")
