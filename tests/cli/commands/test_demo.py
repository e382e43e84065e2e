"""`latticetop demo`: in a terminal and as lines, on a machine without a network or AWS configuration."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from latticetop.cli.group import cli
from latticetop.config.settings import Notify
from latticetop.reports.exit_codes import ExitCode
from latticetop.runtime.build import DashboardOptions, FollowOptions
from latticetop.simulator import SCENARIOS
from tests.command import IMPATIENT, KEYS, PATIENCE, finished, launched, line_with, run
from tests.terminal import Terminal

PLAIN = ("demo", "--plain", "--speed", "1000", "--interval", "0.2")

WATCHMAN = """
import os, sys

def watch(event, arguments):
    told = ""
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "::1", "localhost", None):
        told = f"looked up {arguments[0]}"
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        told = "" if arguments[1][0] in ("127.0.0.1", "::1") else f"called {arguments[1][0]}"
    elif event == "open" and any(part in str(arguments[0]) for part in ("/.aws/", "/aws-config")):
        told = f"opened {arguments[0]}"
    if told:
        with open(os.environ["WATCHED"], "a") as log:
            log.write(told + "\\n")
        if not told.startswith("opened"):
            raise OSError("there is no network")

sys.addaudithook(watch)
"""
"""Runs first in the child: writes down every attempt to leave the machine or to read the AWS configuration."""
WATCHED = f"{WATCHMAN}\nfrom latticetop.cli.main import main\nmain()\n"


@pytest.fixture
def alone(tmp_path: Path) -> dict[str, str]:
    """The variables of such a machine: damaged files, profiles that do not exist, nothing but loopback."""
    (tmp_path / "sitecustomize.py").write_text(WATCHMAN)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default\nregion = nowhere\n")
    (tmp_path / "aws-config").write_bytes(b"[profile nobody\xff\n")
    (tmp_path / "latticetop.toml").write_text('profiles = ["nobody"]\nregions = ["eu-west-1"]\n')
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    return {
        "HOME": str(tmp_path),
        "PYTHONPATH": path,
        "WATCHED": str(tmp_path / "watched"),
        "AWS_CONFIG_FILE": str(tmp_path / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / ".aws" / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "false",
        "LATTICETOP_CONFIG": str(tmp_path / "latticetop.toml"),
    }


def watched(alone: dict[str, str]) -> list[str]:
    file = Path(alone["WATCHED"])
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_it_needs_no_network_and_reads_no_aws_configuration(alone: dict[str, str]) -> None:
    terminal = Terminal("demo", "--speed", "100000", "--interval", "0.2", **alone, AWS_PROFILE="nobody-either")
    terminal.until(lambda: "Failed, and it works" in terminal.seen and "3 of 3" in terminal.seen)
    assert terminal.quit() == 0
    assert watched(alone) == []


def test_the_watchman_sees_what_is_read_and_called(alone: dict[str, str]) -> None:
    (Path(alone["HOME"]) / "latticetop.toml").write_text("")
    bare = alone | KEYS | {"AWS_CONFIG_FILE": "/nonexistent/config"}
    where = ("--region", "us-east-1", "--endpoint-url", "http://aws.invalid")
    ended = run("check", *where, program=IMPATIENT, **bare)
    assert (ended.code, "cannot be reached" in ended.err) == (3, True)
    assert "looked up aws.invalid" in watched(alone)
    run("check", "--region", "us-east-1", **alone)
    assert any(line.startswith("opened ") and line.endswith("aws-config") for line in watched(alone))


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_without_credentials_d_leads_to_the_demo_and_no_tour_leaves_the_tour_out(alone: dict[str, str]) -> None:
    nothing = {"AWS_CONFIG_FILE": "/nonexistent/config", "AWS_EC2_METADATA_DISABLED": "true"}
    (Path(alone["HOME"]) / ".aws" / "config").unlink()
    (Path(alone["HOME"]) / "latticetop.toml").write_text("")
    del alone["PYTHONPATH"]
    terminal = Terminal(program=WATCHED, **alone | nothing)
    terminal.until(lambda: "Checked AWS_ACCESS_KEY_ID" in terminal.seen and "plays the demo" in terminal.seen)
    terminal.then("D", "Guided tour")
    assert terminal.quit() == 0
    flags = ("--no-tour", "--speed", "100000", "--interval", "0.2")
    terminal = Terminal("demo", *flags, program=WATCHED, **alone)
    terminal.until(lambda: "failed but accessible" in terminal.seen)
    assert "Guided tour" not in terminal.seen
    terminal.then("T", "Failed, and it works")
    assert terminal.quit() == 0


def test_the_demo_in_lines_starts_before_the_incident() -> None:
    """However slow the machine is: simulated time starts after the first read.

    What a later read has of the endpoint depends on when it comes: its ENIs may come before it, and not as Pending.
    """
    with launched(*PLAIN) as child:
        lines = [line_with(child)]
        while "failed but accessible" not in lines[-1]:
            lines.append(line_with(child))
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=PATIENCE)
    assert "us-east-1: 0 endpoints" in lines[0] and lines[0].endswith("Nothing is wrong.\n")
    assert any("new endpoint" in line for line in lines)
    assert (child.returncode, err) == (130, "latticetop: Interrupted.\n")


def test_a_pipe_that_is_closed_early_ends_it_quietly() -> None:
    command = shlex.join((sys.executable, "-m", "latticetop", *PLAIN))
    ended = finished("bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}")
    assert len(ended.out.splitlines()) == 1
    assert (ended.code in (0, 1, 3), ended.err) == (True, "")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_the_demo_is_recorded_from_before_the_incident(tmp_path: Path) -> None:
    path = tmp_path / "demo.rec"
    terminal = Terminal("demo", "--record", str(path), "--speed", "1000", "--interval", "0.2")
    terminal.until(lambda: "failed but accessible" in terminal.seen)
    assert terminal.quit() == 0
    assert json.loads(run("check", "--json", "--from", str(path), "--at", "+0s").out)["endpoints"] == []
    (endpoint,) = json.loads(run("check", "--json", "--from", str(path)).out)["endpoints"]
    assert endpoint["verdict"] == "failed-but-accessible"
    ended = run("demo", "--record", str(path), TEXTUAL_DRIVER="any")
    assert (ended.code, "already exists" in ended.err or "exists already" in ended.err) == (2, True)


class Dashboards:
    """Stands for `live`: notes the options of each dashboard, and chooses a scenario in the first one."""

    def __init__(self, choice: str = "") -> None:
        self.options: list[DashboardOptions] = []
        self._choice = choice

    def __call__(self, follow: FollowOptions, dashboard: DashboardOptions) -> ExitCode:
        self.options.append(dashboard)
        if self._choice and len(self.options) == 1 and dashboard.on_scenario:
            dashboard.on_scenario(self._choice)
        return ExitCode.OK


@pytest.mark.parametrize(("flags", "notify"), [(["--notify", "bell"], Notify.BELL), ([], Notify.OFF)])
def test_the_demo_notifies_as_the_flag_says(flags: list[str], notify: Notify, monkeypatch: pytest.MonkeyPatch) -> None:
    dashboards = Dashboards()
    monkeypatch.setenv("TEXTUAL_DRIVER", "elsewhere")
    monkeypatch.setattr("latticetop.runtime.build.live", dashboards)
    CliRunner().invoke(cli, [*flags, "demo"])
    assert [options.notify for options in dashboards.options] == [notify]


def test_the_demo_continues_with_the_scenario_that_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    dashboards = Dashboards("empty")
    monkeypatch.setenv("TEXTUAL_DRIVER", "elsewhere")
    monkeypatch.setattr("latticetop.runtime.build.live", dashboards)
    assert CliRunner().invoke(cli, ["demo"]).exit_code == 0
    assert [set(SCENARIOS) - set(options.scenarios) for options in dashboards.options] == [{"incident"}, {"empty"}]
    assert [options.tour for options in dashboards.options] == [True, None]
