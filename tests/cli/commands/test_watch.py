"""`latticetop watch`: the incident as lines, live and from a recording."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import pytest

from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase, Status, Update
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.simulator import ServerThread
from tests.command import KEYS, PATIENCE, Ended, against, launched, line_with, run
from tests.json_schema import printed_schema, schema_errors
from tests.recordings import INCIDENT_PAUSES, read_snapshots

A = "subnet-0a84d8f4554925b16"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
DENIED = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", "It is denied.", "Allow it.")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The incident, as it is written while reads go on, with a time in which nothing could be read."""
    path = tmp_path_factory.mktemp("watch") / "incident.rec"
    snapshots = asyncio.run(read_snapshots("incident", INCIDENT_PAUSES))
    recorder = Recorder(path)
    for number, snapshot in enumerate(snapshots):
        recorder.record(Update(snapshot, Status(Phase.READING, 15.0)), snapshot.taken_at)
        if number == 3:
            recorder.record(Update(snapshot, Status(Phase.BACKING_OFF, 15.0, problem=DENIED)), snapshot.taken_at)
    recorder.close()
    return str(path)


def test_a_recording_in_lines(file: str) -> None:
    ended = run("watch", "--from", file)
    assert (ended.code, ended.err) == (1, "")
    lines = ended.out.splitlines()
    assert lines[0] == "2024-12-19 08:18:40 UTC  123456789012 us-east-1: 0 endpoints, 2 subnets. Nothing is wrong."
    assert lines[1] == f"08:18:55  {ENDPOINT}: new endpoint, Pending"
    assert f"08:19:10  {A}: 10.10.10.16/28 taken by eni-0f995ce7b1b9589de of {ENDPOINT}, for resources" in lines
    assert f"08:19:10  {A}: no free /28 block left" in lines
    begins, over = (
        lines.index("08:19:25  Problem: It is denied. Allow it."),
        lines.index("08:20:25  Resolved: It is denied."),
    )
    assert begins < over
    assert lines[-1].startswith(f"08:21:25  {ENDPOINT}: Pending to Failed: failed but accessible. Failed, yet AWS")
    assert "10.10.10.36" in lines[-1]
    assert all(line.isprintable() for line in lines)


def test_as_json_each_line_is_valid_by_the_printed_schema(file: str) -> None:
    schema = printed_schema("watch")
    lines = [json.loads(line) for line in run("watch", "--json", "--from", file).out.splitlines()]
    assert [error for line in lines for error in schema_errors(line, schema)] == []
    assert {line["schema"] for line in lines} == {f"latticetop.{kind}/1" for kind in ("start", "change", "problem")}
    start, last = lines[0], lines[-1]
    assert (start["exit_code"], start["endpoints"], start["subnets"], start["in_trouble"]) == (0, 0, 2, [])
    assert (last["what"], last["verdict"]) == ("Pending → Failed: failed but accessible", "failed-but-accessible")
    problems = [(line["over"], line["kind"], line["next_step"]) for line in lines if "over" in line]
    assert problems == [(False, "access-denied", "Allow it."), (True, "access-denied", "Allow it.")]


def test_it_ends_after_so_many_changes(file: str) -> None:
    ended = run("watch", "--from", file, "--count", "2")
    assert len(ended.out.splitlines()) == 3
    assert ended.code == 1, "by then there is no block left"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--interval", "0"), "watch cannot read on demand"),
        (("--interval", "2"), "at least 5"),
        (("--from", "none.rec"), "cannot be read"),
        (("--from", "x", "--for", "5"), "--for has no effect"),
        (("--from", "x", "--record", "y"), "--record has no effect"),
        (("--from", "x", "--log", "/dev/null"), "--log has no effect"),
        (("--region", "us-eats-1"), "us-east-1"),
        (("--count", "0"), "x>=1"),
    ],
)
def test_a_wrong_command_ends_with_2(arguments: tuple[str, ...], message: str) -> None:
    ended = run("watch", *arguments, **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_an_unknown_subnet_is_a_mistake_of_the_command(incident: ServerThread) -> None:
    ended = against(incident, "watch", "--subnet-id", "subnet-0123456789abcdef0")
    assert (ended.code, ended.out) == (2, "")
    assert "subnet-0123456789abcdef0" in ended.err


def test_the_time_may_be_over_before_anything_was_read(incident: ServerThread) -> None:
    assert against(incident, "watch", "--for", "0") == Ended(3, "", "")


@pytest.mark.parametrize("arguments", [("watch",), ("--plain",)])
def test_the_start_is_printed_first_and_ctrl_c_ends_it(
    incident: ServerThread, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = str(tmp_path / "watched.rec")
    flags = ("--endpoint-url", incident.url, "--region", "us-east-1", "--record", file)
    with launched(*arguments, *flags, **KEYS) as child:
        lines = [line_with(child) for _ in range(3)]
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
    assert "1 endpoint failed-but-accessible, 1 subnet without a free /28" in lines[0]
    assert f"  {ENDPOINT}: Failed, yet AWS calls 3 of 3 associations accessible (not probed)." in lines[1]
    assert lines[2].endswith(f"  {A}: no free /28 in 10.10.10.0/26, with 40 free addresses.\n")
    assert (child.returncode, out, err) == (130, "", "latticetop: Interrupted.\n")
    replayed = [line.partition("  ")[2] for line in run("watch", "--from", file).out.splitlines()]
    assert replayed == [line.rstrip("\n").partition("  ")[2] for line in lines]
    assert "watch --from" in run("--plain", "replay", file).err
