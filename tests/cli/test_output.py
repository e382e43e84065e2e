"""What commands write and how they end: pipes, disks, encodings, interrupts."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from latticetop.cli.output import write_file
from latticetop.simulator import ServerThread, SimulatedAccount
from tests.command import IMPATIENT, KEYS, PATIENCE, Ended, against, at_rest, end, finished, launch, launched, run


def test_an_interval_from_the_environment_is_validated() -> None:
    for interval in ("often", "2"):
        ended = run("--region", "us-east-1", LATTICETOP_INTERVAL=interval)
        assert (ended.code, ended.out) == (2, "")
        assert "LATTICETOP_INTERVAL" in ended.err


def through_shell(server: ServerThread, rest: str) -> Ended:
    command = f"{sys.executable} -m latticetop --endpoint-url {server.url} --region us-east-1 {rest}"
    return finished("bash", "-c", command, **KEYS)


def test_a_pipe_that_is_closed_early_is_no_error(incident: ServerThread) -> None:
    ended = through_shell(incident, "check --json | head -1; exit ${PIPESTATUS[0]}")
    assert (ended.out, ended.err) == ("{\n", "")


@pytest.mark.fault("disk-full-report")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_reported_in_one_sentence(incident: ServerThread) -> None:
    assert through_shell(incident, "check > /dev/full") == Ended(
        3, "", "latticetop: stdout cannot be written: No space left on device.\n"
    )


FULL = "latticetop: stdout cannot be written: No space left on device.\n"


@pytest.mark.fault("disk-full-report")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "command",
    [
        "watch",
        "watch --json",
        "plan --subnet-ids subnet-0a84d8f4554925b16",
        "explain vpce-0e3b1bfc42d162c4a",
        "info",
        "--help",
        "--version",
        "completion bash",
        "man",
        "config",
        "config --example",
        "config --schema",
        "simulate",
        "simulate --list",
        "demo --plain",
        "serve --port 0 demo",
    ],
)
def test_a_full_disk_is_one_sentence_in_every_command(incident: ServerThread, command: str) -> None:
    words = command.split()
    live = words[0] in ("watch", "plan", "explain", "info")
    where = ("--endpoint-url", incident.url, "--region", "us-east-1") if live else ()
    assert on_a_full_disk(*words, *where) == Ended(3, "", FULL)
    if command in ("watch", "--help", "plan"):
        assert on_a_full_disk(*words, *where, stderr=True).code == 3


def on_a_full_disk(*arguments: str, stderr: bool = False) -> Ended:
    """Run a command with a stdout that is always full, and with `stderr` that too."""
    with TemporaryFile("w+") as err, open("/dev/full", "w") as full, open(os.devnull) as nothing:
        child = launch(arguments, (nothing.fileno(), full.fileno(), (full if stderr else err).fileno()), KEYS)
        try:
            code = child.wait(PATIENCE)
        finally:
            end(child)
        err.seek(0)
        return Ended(code, "", err.read())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_the_code_stays_when_stderr_is_full(incident: ServerThread) -> None:
    assert through_shell(incident, "chek 2> /dev/full").code == 2
    assert through_shell(incident, "check > /dev/null 2> /dev/full").code == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_report_that_cannot_be_written_leaves_everything_as_it_was(incident: ServerThread, tmp_path: Path) -> None:
    explain = ("explain", "vpce-0e3b1bfc42d162c4a", "-o")
    ended = against(incident, *explain, "/dev/full")
    assert ended == Ended(3, "", "latticetop: /dev/full cannot be written: No space left on device.\n")
    path = tmp_path / "ticket.md"
    too_large = (3, "", f"latticetop: {path} cannot be written: File too large.\n")
    assert without_room(incident, *explain, str(path)) == too_large
    assert list(tmp_path.iterdir()) == []
    assert against(incident, *explain, str(path)).code == 0
    before = path.read_text()
    assert before.startswith("# vpce-")
    assert without_room(incident, *explain, str(path)) == too_large
    assert (list(tmp_path.iterdir()), path.read_text()) == ([path], before)


WITHOUT_ROOM = """
import resource, sys
from latticetop.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
main()
"""


def without_room(server: ServerThread, *arguments: str) -> tuple[int | None, str, str]:
    """Run a command that can write to no file; how it ends, and what it prints."""
    where = ("--endpoint-url", server.url, "--region", "us-east-1")
    with launched(*arguments, *where, program=WITHOUT_ROOM, **KEYS) as child:
        out, err = child.communicate(timeout=PATIENCE)
    return child.returncode, out, err


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs file descriptors with names")
def test_a_report_into_a_pipe_that_is_closed_early_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    write_file(f"/dev/fd/{writing}", "report")
    os.close(writing)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2"])
@pytest.mark.parametrize("command", ["info", "check", "watch"])
def test_a_url_of_the_environment_is_validated_and_no_password_printed(name: str, command: str) -> None:
    ended = run(command, "--region", "us-east-1", **KEYS, **{name: "http://someone:pass1234@127.0.0.1:1"})
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"latticetop: {name}: Remove the user name and password from the endpoint URL: "
        "requests to AWS are signed instead.\n"
    )
    ended = run(command, "--region", "us-east-1", **KEYS, **{name: "nonsense"})
    assert ended.code == 2
    assert ended.err.startswith(f"latticetop: {name}: 'nonsense' is not a valid URL.")


def test_the_password_of_a_proxy_is_printed_nowhere(tmp_path: Path) -> None:
    proxy = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy"), "http://someone:pass1234@127.0.0.1:1")
    log = tmp_path / "calls.log"
    for command in ("info", "check"):
        ended = run(command, "--region", "us-east-1", "--log", str(log), program=IMPATIENT, **KEYS, **proxy)
        assert ended.code == 3
        assert "pass1234" not in ended.out + ended.err + log.read_text()


def test_too_little_memory_is_one_sentence() -> None:
    script = "import sys; from latticetop.cli import group\ndef lacking(*_): raise MemoryError\n"
    script += "group.merge = lacking\nsys.argv = ['latticetop', '--region', 'us-east-1']\n"
    ended = run(program=f"{script}from latticetop.cli.main import main\nmain()")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (
        "latticetop: There is not enough memory. Raise its limit (ulimit -v), or read less: "
        "--region, --vpc-id, --subnet-id.\n"
    )


def test_with_stdout_closed_the_exit_code_remains(incident: ServerThread) -> None:
    assert through_shell(incident, "check >&-") == Ended(1, "", "")


def test_json_is_utf_8_and_text_has_the_encoding_of_the_terminal() -> None:
    with at_rest("empty") as server:
        server.call(lambda account: rename_subnets(account, "本番-é"))
        document = against(server, "check", "--all-subnets", "--json", PYTHONIOENCODING="ascii")
        text = against(server, "check", "--all-subnets", PYTHONIOENCODING="ascii")
    assert {subnet["name"] for subnet in json.loads(document.out)["subnets"]} == {"本番-é"}
    assert (text.code, "??-?" in text.out) == (0, True)


def rename_subnets(account: SimulatedAccount, name: str) -> None:
    subnets = account.region().subnets
    for subnet_id, subnet in subnets.items():
        subnets[subnet_id] = replace(subnet, tags={"Name": name})
