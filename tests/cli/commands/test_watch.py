"""`latticetop watch`: the incident as lines, live and over a recording."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from latticetop.aws import Settings
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase, Status, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope
from latticetop.reports.changes import render_event
from latticetop.reports.events import WatchChange, WatchEvent, WatchProblem, WatchStarted
from latticetop.reports.lines import EventLines
from latticetop.runtime.headless import Teller, tell_live
from latticetop.runtime.targets import Target
from latticetop.simulator import Account, ServerThread
from tests.cli.test_main import undescribed
from tests.command import KEYS, Ended, against, at_rest, run
from tests.recordings import INCIDENT, snapshots
from tests.test_layers import command, loaded

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
NOW = datetime(2024, 12, 19, 8, 30, tzinfo=UTC)
DENIED = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", "It is denied.", "Allow it.")


@pytest.fixture(scope="module")
def incident() -> Iterator[ServerThread]:
    with at_rest("incident") as server:
        yield server


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The incident, as it is written while reads go on, with a time in which nothing could be read."""
    path = tmp_path_factory.mktemp("watch") / "incident.rec"
    shown = asyncio.run(snapshots("incident", INCIDENT))
    recorder = Recorder(path)
    for number, each in enumerate(shown):
        recorder.record(Update(each, Status(Phase.READING, 15.0)), each.taken_at)
        if number == 3:
            recorder.record(Update(each, Status(Phase.BACKING_OFF, 15.0, problem=DENIED)), each.taken_at)
    recorder.close()
    return str(path)


def test_a_recording_is_told_in_lines(file: str) -> None:
    ended = run("watch", "--from", file)
    assert (ended.code, ended.err) == (1, "")
    lines = ended.out.splitlines()
    assert lines[0] == "2024-12-19 08:18:40 UTC  123456789012 us-east-1: 0 endpoints, 2 subnets. Nothing is wrong."
    assert lines[1] == f"08:18:55  {ENDPOINT}: new endpoint, Pending"
    assert f"08:19:10  {A}: 10.10.10.16/28 taken by eni-0f995ce7b1b9589de of {ENDPOINT}, for resources" in lines
    assert f"08:19:10  {A}: no free /28 block left" in lines
    begins, over = (
        lines.index("08:19:25  Problem: It is denied. Allow it."),
        lines.index("08:20:25  This is over: It is denied."),
    )
    assert begins < over
    assert lines[-1].startswith(f"08:21:25  {ENDPOINT}: Pending to Failed: failed but accessible. Failed, yet AWS")
    assert "10.10.10.36" in lines[-1]
    assert all(line.isprintable() for line in lines)


def test_as_json_each_line_is_an_object_that_the_schema_describes(file: str) -> None:
    schema = json.loads(run("watch", "--schema").out)
    described = {each["properties"]["schema"]["enum"][0]: each for each in schema["$defs"].values()
                 if "schema" in each["properties"]}  # fmt: skip
    found = [json.loads(line) for line in run("watch", "--json", "--from", file).out.splitlines()]
    assert {line["schema"] for line in found} == set(described)
    for line in found:
        assert undescribed(line, described[line["schema"]], schema) == []
    start, last = found[0], found[-1]
    assert (start["exit_code"], start["endpoints"], start["subnets"], start["in_trouble"]) == (0, 0, 2, [])
    assert (last["what"], last["verdict"]) == ("Pending → Failed: failed but accessible", "failed-but-accessible")
    problems = [(line["over"], line["kind"], line["next_step"]) for line in found if "over" in line]
    assert problems == [(False, "access-denied", "Allow it."), (True, "access-denied", "Allow it.")]


def test_it_ends_after_so_many_changes(file: str) -> None:
    ended = run("watch", "--from", file, "--count", "2")
    assert len(ended.out.splitlines()) == 3
    assert ended.code == 1, "by then there is no block left"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--interval", "0"), "no key to read on"),
        (("--interval", "2"), "at least 5"),
        (("--from", "none.rec"), "cannot be read"),
        (("--from", "x", "--for", "5"), "--for has no bearing"),
        (("--from", "x", "--record", "y"), "--record has no bearing"),
        (("--region", "us-eats-1"), "us-east-1"),
        (("--count", "0"), "x>=1"),
    ],
)
def test_a_wrong_command_ends_with_2(arguments: tuple[str, ...], says: str) -> None:
    ended = run("watch", *arguments, **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_an_unknown_subnet_is_a_mistake_of_the_command(incident: ServerThread) -> None:
    ended = against(incident, "watch", "--subnet-id", "subnet-0123456789abcdef0")
    assert (ended.code, ended.out) == (2, "")
    assert "subnet-0123456789abcdef0" in ended.err


def test_the_time_may_be_over_before_anything_was_read(incident: ServerThread) -> None:
    assert against(incident, "watch", "--for", "0") == Ended(3, "", "")


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "latticetop", *arguments],
        env={**os.environ, **KEYS},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("arguments", [("watch",), ("--plain",)])
def test_what_is_comes_first_and_ctrl_c_ends_it(
    incident: ServerThread, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = str(tmp_path / "watched.rec")
    child = started(*arguments, "--endpoint-url", incident.url, "--region", "us-east-1", "--record", file)
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(3)]
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert "1 endpoint failed-but-accessible, 1 subnet of an endpoint without a free /28" in lines[0]
    assert f"  {ENDPOINT}: Failed, yet AWS calls 3 of 3 associations accessible." in lines[1]
    assert lines[2].endswith(f"  {A}: no free /28 in 10.10.10.0/26, with 40 free addresses.\n")
    assert (child.returncode, out, err.strip()) == (130, "", "")
    told = [line.partition("  ")[2] for line in run("watch", "--from", file).out.splitlines()]
    assert told == [line.rstrip("\n").partition("  ")[2] for line in lines]
    assert "watch --from" in run("--plain", "replay", file).err


def test_the_demo_in_lines() -> None:
    child = started("demo", "--plain", "--speed", "20", "--interval", "0.2")
    assert child.stdout is not None
    told = ""
    while "failed but accessible" not in told:
        told = child.stdout.readline()
        assert told
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, err.strip()) == (130, "")


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    shell = f"{sys.executable} -m latticetop demo --plain --speed 20 --interval 0.2 | head -1; exit ${{PIPESTATUS[0]}}"
    child = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=50, check=False)
    assert len(child.stdout.splitlines()) == 1
    assert (child.returncode in (0, 1), child.stderr) == (True, "")


def test_it_never_loads_textual(incident: ServerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    arguments = ("watch", "--for", "1", "--endpoint-url", incident.url, "--region", "us-east-1")
    assert loaded(command(*arguments), "textual", "latticetop.dashboard", "aiobotocore") == {"aiobotocore"}


def place(server: ServerThread, region: str = "us-east-1") -> Target:
    return Target(Settings(region=region, endpoint_url=server.url, sandbox=True), "demo")


def end_instance(account: Account) -> None:
    """The one that holds 10.10.10.36."""
    region = account.regions["us-east-1"]
    whose = {key: each.attachment.instance_id for key, each in region.interfaces.items() if each.attachment}
    for key in [key for key, instance in whose.items() if instance == "i-0ae4b4d9c4e67eef0"]:
        region.drop_interface(key)


class Ear:
    """Hears what is told, and does something with the account when it hears of something."""

    def __init__(self, server: ServerThread) -> None:
        self.server = server
        self.heard: list[WatchEvent] = []

    def __call__(self, happening: WatchEvent) -> bool:
        self.heard.append(happening)
        account = self.server.call
        if isinstance(happening, WatchStarted):
            account(lambda each: each.faults.set(["deny:ec2:DescribeVpcEndpoints"]))
        elif isinstance(happening, WatchProblem):
            account(lambda each: each.faults.set([]))
            if happening.over:
                account(end_instance)
        return not isinstance(happening, WatchChange)


async def test_problems_and_changes_are_told_live_and_once() -> None:
    with at_rest("incident") as server:
        ear = Ear(server)
        code = await tell_live([place(server)], 0.05, ear, selection=Selection(), floor=0.05)
    began, met, over, changed = ear.heard
    assert (
        isinstance(began, WatchStarted)
        and isinstance(met, WatchProblem)
        and isinstance(over, WatchProblem)
        and isinstance(changed, WatchChange)
    )
    assert (met.over, over.over, met.problem) == (False, True, over.problem)
    assert "ec2:DescribeVpcEndpoints" in str(met.problem)
    assert "10.10.10.36" in changed.entry.message
    assert code in (0, 1)


async def test_of_several_scopes_each_line_names_its_own() -> None:
    """And a scope whose subnets cannot be read leaves it open whether something is wrong."""
    lines, render = list[str](), EventLines(several=True)

    def tell(happening: WatchEvent) -> bool:
        lines.extend(render(happening).splitlines())
        return len(lines) < 4

    with ServerThread("estate:interfaces=200,regions=2") as server:
        server.call(lambda account: account.faults.set(["deny:ec2:DescribeSubnets"]))
        regions = server.call(lambda account: list(account.regions))
        places = [place(server, region) for region in regions]
        assert await tell_live(places, 5.0, tell, selection=Selection()) == 3
    for region in regions:
        (begins, problem) = [line.partition("  ")[2] for line in lines if region in line]
        assert begins.startswith(
            f"demo 123456789012 {region}: 1 endpoint, 0 subnets. Whether something is wrong cannot"
        )
        assert problem.startswith(f"demo {region}: Problem: Access to ec2:DescribeSubnets is denied.")


async def test_without_credentials_the_scope_is_named_as_it_was_asked_for(incident: ServerThread) -> None:
    heard = list[WatchEvent]()

    def tell(happening: WatchEvent) -> bool:
        heard.append(happening)
        return False

    asked = Target(Settings(region="us-east-1", endpoint_url=incident.url))
    assert await tell_live([asked], 5.0, tell, selection=Selection()) == 3
    line = json.loads(render_event(heard[0]))
    assert (line["schema"], line["kind"], line["over"]) == ("latticetop.problem/1", "no-credentials", False)
    assert (line["account_id"], line["region"]) == ("", "us-east-1")


def test_what_could_not_be_read_at_first_is_told_once_it_is() -> None:
    *_, last = asyncio.run(snapshots("incident", INCIDENT))
    partly = type(last)(**{name: getattr(last, name) for name in last.__struct_fields__} | {
        "read_at": {key: at for key, at in last.read_at.items() if key != A}
    })  # fmt: skip
    teller = Teller(Scope("", "us-east-1"))
    waiting, reading = Status(Phase.WAITING, 15.0), Status(Phase.READING, 15.0)
    assert list(teller.take(Update(partly, reading), NOW)) == []
    assert [type(each) for each in teller.take(Update(partly, waiting), NOW)] == [WatchStarted]
    assert list(teller.take(Update(partly, waiting), NOW)) == []
    assert [type(each) for each in teller.take(Update(last, waiting), NOW)] == [WatchStarted]
    assert list(teller.take(Update(last, waiting), NOW)) == []
    assert teller.code == 1
    lost = Status(Phase.NEEDS_CREDENTIALS, 15.0, problem=Problem(ProblemKind.EXPIRED, "", "They have expired."))
    assert [type(each) for each in teller.take(Update(last, lost), NOW)] == [WatchProblem]
    assert teller.code == 3


def test_what_was_read_is_told_when_the_time_is_over_before_it_was_whole() -> None:
    first, *_ = asyncio.run(snapshots("incident", [0.0]))
    teller = Teller(Scope("", "us-east-1"))
    assert list(teller.take(Update(first, Status(Phase.READING, 15.0)), NOW)) == []
    assert [type(each) for each in teller.finish()] == [WatchStarted]
    assert list(teller.finish()) == []
