"""What commands write and how they end: pipes, disks, encodings, interrupts."""

from __future__ import annotations

import json
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from latticetop.simulator import ServerThread, SimulatedAccount
from tests.command import KEYS, PATIENCE, Ended, against, at_rest, finished, run, running


def test_an_interval_from_the_environment_is_validated() -> None:
    for interval in ("often", "2"):
        ended = run("--region", "us-east-1", LATTICETOP_INTERVAL=interval)
        assert (ended.code, ended.out) == (2, "")
        assert "LATTICETOP_INTERVAL" in ended.err


def test_an_interrupted_check_ends_with_130() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = (sys.executable, "-m", "latticetop", "check", "--endpoint-url", url, "--region", "us-east-1")
        with running(*command, **KEYS) as child:
            connection, _ = silent.accept()
            with connection:
                child.send_signal(signal.SIGINT)
                out, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, out) == (130, "")
    assert "Traceback" not in err


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
