"""Recordings: made in a terminal, and read by check, explain and plan."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from latticetop.follow.recording.file_format import MAGIC
from latticetop.follow.recording.reader import Recording, RecordingError
from latticetop.model.redact import Redactor
from latticetop.simulator import ManualClock, ServerThread
from tests.command import KEYS, Ended, at_rest, finished, run
from tests.recordings import incident_recording
from tests.terminal import Terminal
from tests.test_layers import SDK, command, loaded

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The incident from 08:18:40, when there is no endpoint yet, to 08:21:25, when it has failed."""
    return str(incident_recording(tmp_path_factory.mktemp("made") / "incident.rec"))


@pytest.fixture(scope="module")
def redacted(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(incident_recording(tmp_path_factory.mktemp("made") / "redacted.rec", Redactor()))


def check(*arguments: str) -> tuple[int, dict[str, Any]]:
    ended = run("check", "--json", *arguments)
    assert ended.err == ""
    return ended.code, json.loads(ended.out)


def maps(document: dict[str, Any]) -> dict[str, str]:
    return {subnet["subnet_id"]: subnet["map"] for subnet in document["subnets"]}


def test_check_reads_the_end_or_the_moment_asked_for(file: str) -> None:
    code, result = check("--from", file)
    assert (code, result["taken_at"]) == (1, "2024-12-19T08:21:25Z")
    assert [endpoint["verdict"] for endpoint in result["endpoints"]] == ["failed-but-accessible"]
    assert maps(result) == {A: "RLfR", B: "R.LR"}
    for at in ("08:19:12", "+32s", "2024-12-19T08:19:12Z"):
        code, result = check("--from", file, "--at", at)
        assert result["taken_at"] == "2024-12-19T08:19:10Z"
        assert [endpoint["verdict"] for endpoint in result["endpoints"]] == ["pending"]
    assert check("--from", file, "--at", "-1m")[1]["taken_at"] == "2024-12-19T08:20:25Z"
    code, result = check("--from", file, "--at", "+0s")
    assert (code, result["endpoints"]) == (0, [])


def test_explain_tells_of_then_and_that_cloudtrail_was_not_asked(file: str) -> None:
    ended = run("explain", ENDPOINT, "--from", file)
    assert (ended.code, ended.err) == (0, "")
    assert "failed but accessible" in ended.out
    assert "10.10.10.36" in ended.out
    assert "The recording has no CloudTrail events of this endpoint." in ended.out
    early = run("explain", ENDPOINT, "--from", file, "--at", "08:19:12")
    assert early.out.startswith(f"# {ENDPOINT}: pending")
    before = run("explain", ENDPOINT, "--from", file, "--at", "08:18:40")
    assert (before.code, before.out) == (2, "")
    assert before.err == (
        f"latticetop: There is no endpoint {ENDPOINT} in the recording at 2024-12-19 08:18:40 UTC; "
        "check --from lists them.\n"
    )


def test_plan_asks_whether_it_would_have_fit(file: str) -> None:
    def outcomes(*arguments: str) -> list[str]:
        ended = run("plan", "--subnet-ids", A, B, "--prefixes", "1", "--json", "--from", file, *arguments)
        return [subnet["outcome"] for subnet in json.loads(ended.out)["subnets"]]

    assert outcomes() == ["cannot", "fits"]
    assert outcomes("--at", "08:18:40") == ["fits", "fits"]
    ended = run("plan", "--subnet-ids", "subnet-0123456789abcdef0", "--from", file)
    assert (ended.code, ended.out) == (2, "")
    assert "subnet-0123456789abcdef0" in ended.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--at", "07:00"),
            "The recording runs from 2024-12-19 08:18:40 to 2024-12-19 08:21:25 UTC; 07:00 is outside.",
        ),
        (("--at", "soon"), "'soon' is not a time: use 2024-12-19T08:20:30Z"),
        (("--region", "eu-west-1"), "--region has no effect"),
        (("--subnet-id", A), "--subnet-id has no effect"),
    ],
)
def test_what_a_recording_cannot_tell_is_one_sentence(file: str, arguments: tuple[str, ...], message: str) -> None:
    refused(run("check", "--from", file, *arguments), message)


def test_other_mistakes_are_one_sentence_too(file: str) -> None:
    refused(run("check", "--at", "08:20"), "--at requires --from PATH")
    refused(run("explain", ENDPOINT, "--from", file, "--probe", "443"), "--probe has no effect")
    refused(run("explain", ENDPOINT, "--from", file, "--resolve"), "--resolve has no effect")
    refused(run("--redact", TEXTUAL_DRIVER="any"), "--redact requires --record FILE")
    refused(run("--record", "x.rec", "check"), "--record and --redact go with the dashboard")


def refused(ended: Ended, message: str) -> None:
    """It ended with a usage error of one sentence."""
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1


def frame(raw: bytes) -> bytes:
    body = zlib.compress(raw)
    return MAGIC + struct.pack(">II", len(body), zlib.crc32(body)) + body


def altered(file: str, alter: Callable[[dict[str, Any]], None]) -> bytes:
    """The recording's first entry with something in it altered."""
    result = Recording(Path(file))
    raw: dict[str, Any] = msgspec.msgpack.decode(msgspec.msgpack.encode(result.entry(0)))
    result.close()
    alter(raw)
    return frame(msgspec.msgpack.encode(raw))


HARM: dict[str, Callable[[dict[str, Any]], None]] = {
    "a time without its zone": lambda raw: raw.update(at="2024-12-19T08:18:40"),
    "a read without its zone": lambda raw: raw["snapshot"].update(taken_at="2024-12-19T08:18:40"),
    "a subnet under another's id": lambda raw: raw["snapshot"]["subnets"].update(x=raw["snapshot"]["subnets"][A]),
    "a range that fills the memory": lambda raw: raw["snapshot"]["subnets"][A]["subnet"].update(cidr_block=[0, 0]),
    "a range that is none": lambda raw: raw["snapshot"]["subnets"][A]["subnet"].update(cidr_block=[0, 99]),
    "an address that is none": lambda raw: raw["snapshot"]["subnets"][A]["interfaces"][0].update(addresses=[1 << 40]),
    "a name that is a number": lambda raw: raw["snapshot"]["scope"].update(region=7),
    "too many blocks": lambda raw: raw["snapshot"].update(
        subnets={
            f"subnet-{n}": {"subnet": {"subnet_id": f"subnet-{n}", "vpc_id": "", "cidr_block": [0, 8]}}
            for n in range(5)
        }
    ),
}


@pytest.mark.fault("bad-recording")
@pytest.mark.parametrize("harm", HARM)
def test_a_hostile_recording_is_one_sentence(file: str, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "hostile.rec"
    path.write_bytes(altered(file, HARM[harm]))
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(path)


def test_damaged_and_hostile_files_through_the_command(file: str, tmp_path: Path) -> None:
    recording, path = Path(file).read_bytes(), tmp_path / "bad.rec"
    harm = altered(file, HARM["a range that fills the memory"])
    for content, message in [
        (b"PK\x03\x04 something else", f"{path} has no answers of the AWS CLI as JSON, and is no recording."),
        (
            recording[:500] + b"?" + recording[501:],
            f"{path} is damaged, or was written by another version of latticetop.",
        ),
        (harm, f"{path} is damaged"),
        (frame(b"\x90" * 200_000_000), f"{path} is damaged"),
        (frame(b"\x91" * 100_000), f"{path} is damaged"),
        (recording[: len(MAGIC) + 100], f"{path} has no complete snapshot; the recording ended too early."),
    ]:
        path.write_bytes(content)
        refused(run("check", "--from", str(path)), message)
    for arguments in (("explain", ENDPOINT, "--from"), ("plan", "--subnet-ids", A, "--from")):
        refused(run(*arguments, str(path)), "ended too early")


@pytest.mark.fault("cut-recording")
def test_one_that_a_crash_cut_off_is_read_to_its_last_whole_entry(file: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.rec"
    path.write_bytes(Path(file).read_bytes()[:-1])
    code, result = check("--from", str(path))
    assert (code, result["taken_at"]) == (1, "2024-12-19T08:20:25Z")


def test_redacted_it_reads_the_same_and_names_nothing(file: str, redacted: str) -> None:
    (code, plain), (redacted_code, result) = check("--from", file), check("--from", redacted)
    assert (redacted_code, maps(result)) == (code, maps(plain))
    assert [(e["verdict"], e["why"]) for e in result["endpoints"]] == [
        (e["verdict"], e["why"]) for e in plain["endpoints"]
    ]
    roles = [[eni["role"] for eni in e["network_interfaces"]] for e in result["endpoints"]]
    assert roles == [[eni["role"] for eni in e["network_interfaces"]] for e in plain["endpoints"]] != []
    assert result["account_id"] == "000000000001"
    entries = b"".join(raw_entries(redacted))
    assert b"10.10.10" not in entries and ENDPOINT.encode() in entries
    for secret in (ACCOUNT, "test-service-network-a"):
        assert secret.encode() in b"".join(raw_entries(file))
        assert secret.encode() not in entries


def raw_entries(file: str) -> Iterator[bytes]:
    """What stands in a recording, inflated."""
    data, place = Path(file).read_bytes(), len(MAGIC)
    while place < len(data):
        length, _ = struct.unpack_from(">II", data, place)
        place += 8 + length
        yield zlib.decompress(data[place - length : place])


def test_neither_replay_nor_check_loads_the_sdk(file: str) -> None:
    assert loaded(command("check", "--from", file), *SDK, "textual", "latticetop.aws", "latticetop.follow") == {
        "latticetop.follow"
    }
    assert (
        loaded(
            "import latticetop.dashboard.replay.app, latticetop.follow.recording.replayer",
            *SDK,
            "latticetop.aws",
        )
        == set()
    )


def recorded_maps(path: Path) -> dict[str, str]:
    """The maps at the end of a recording that is being made."""
    try:
        result = Recording(path)
    except RecordingError:
        return {}
    snapshot = result.snapshot(len(result) - 1)
    result.close()
    return {key: snapshot.subnets[key].blocks.letters for key in (A, B) if snapshot and key in snapshot.read_at}


def test_what_is_followed_is_recorded(tmp_path: Path) -> None:
    path, clock = tmp_path / "made.rec", ManualClock()
    with ServerThread("incident", clock=clock) as server:
        clock.finish()
        flags = ("--endpoint-url", server.url, "--region", "us-east-1", "--interval", "0")
        terminal = Terminal(*flags, "--record", str(path), "--redact", **KEYS)
        terminal.until(lambda: recorded_maps(path) == {A: "RLfR", B: "R.LR"})
        assert terminal.quit() == 0
        again = run("--record", str(path), *flags, TEXTUAL_DRIVER="any", **KEYS)
        refused(again, f"{path} already exists; choose another name for the recording.")
    code, result = check("--from", str(path))
    assert (code, maps(result), result["account_id"]) == (1, {A: "RLfR", B: "R.LR"}, "000000000001")


def test_what_happened_to_an_endpoint_that_was_explained_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "explained.rec"
    with at_rest("incident") as server:
        flags = ("--endpoint-url", server.url, "--region", "us-east-1")
        live = run("explain", ENDPOINT, "--json", *flags, **KEYS)
        terminal = Terminal(*flags, "--interval", "0", "--record", str(path), **KEYS)
        terminal.until(lambda: "failed but accessible" in terminal.seen)
        terminal.then("e", "CreateNetworkInterface")
        assert terminal.quit() == 0
    recorded = json.loads(run("explain", ENDPOINT, "--json", "--from", str(path)).out)
    expected = json.loads(live.out)
    assert recorded["events"] == expected["events"] and len(recorded["events"]) > 3


def test_a_recording_is_read_from_a_pipe(file: str) -> None:
    script = 'exec "$0" -m latticetop "$@" < <(cat "$FILE")'
    for arguments in (("check", "--from", "/dev/stdin"), ("watch", "--from", "/dev/stdin")):
        ended = finished("bash", "-c", script, sys.executable, *arguments, FILE=file)
        assert (ended.code, ended.out, ended.err) == (1, run(*arguments[:2], file).out, "")
    ended = finished("bash", "-c", script, sys.executable, "check", "--from", "/dev/stdin", FILE="/etc/passwd")
    refused(ended, "/dev/stdin has no answers of the AWS CLI as JSON, and is no recording.")


SMALL_DISK = """
import resource, sys
from latticetop.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
sys.argv = ["latticetop", *sys.argv[1:]]
main()
"""


@pytest.mark.fault("disk-full-recording")
def test_a_recording_that_cannot_be_written_is_told_at_once_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    with at_rest("incident") as server:
        flags = ("--endpoint-url", server.url, "--region", "us-east-1", "--interval", "0")
        terminal = Terminal(*flags, "--record", str(path), program=SMALL_DISK, **KEYS)
        terminal.until(lambda: "Recording continues when there is free space." in " ".join(terminal.text.split()))
        assert terminal.quit() == 3
    message = f"latticetop: The recording is incomplete. {path} cannot be written: File too large."
    assert terminal.text.rstrip().endswith(message)


def test_a_recording_holds_one_scope(tmp_path: Path) -> None:
    path = tmp_path / "several.rec"
    for regions in (("--region", "us-east-1", "--region", "eu-west-1"), ("--region", "all")):
        ended = run("--record", str(path), *regions, TEXTUAL_DRIVER="any", **KEYS)
        refused(ended, "A recording holds one account and Region: select them with --profile and --region.")
    assert not path.exists()
