"""`latticetop demo` on a machine without a network and with nothing, or nothing of use, in the way of AWS."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.command import KEYS, run
from tests.terminal import Terminal

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
    terminal = Terminal("demo", "--speed", "100000", **alone, AWS_PROFILE="nobody-either")
    terminal.until(lambda: "Failed, and it works" in terminal.seen and "3 of 3" in terminal.seen)
    assert terminal.quit() == 0
    assert watched(alone) == []


def test_the_watchman_sees_what_is_read_and_called(alone: dict[str, str]) -> None:
    (Path(alone["HOME"]) / "latticetop.toml").write_text("")
    bare = alone | KEYS | {"AWS_CONFIG_FILE": "/nonexistent/config"}
    ended = run("check", "--region", "us-east-1", "--endpoint-url", "http://aws.invalid", **bare)
    assert (ended.code, "cannot be reached" in ended.err) == (3, True)
    assert "looked up aws.invalid" in watched(alone)
    run("check", "--region", "us-east-1", **alone)
    assert any(line.startswith("opened ") and line.endswith("aws-config") for line in watched(alone))


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_without_credentials_d_leads_to_the_demo_and_no_tour_leaves_the_tour_out(alone: dict[str, str]) -> None:
    nothing = {"AWS_CONFIG_FILE": "/nonexistent/config", "AWS_EC2_METADATA_DISABLED": "true"}
    (Path(alone["HOME"]) / ".aws" / "config").unlink()
    (Path(alone["HOME"]) / "latticetop.toml").write_text("")
    terminal = Terminal(**alone | nothing)
    terminal.until(lambda: "Checked AWS_ACCESS_KEY_ID" in terminal.seen and "plays the demo" in terminal.seen)
    terminal.then("D", "Guided tour")
    assert terminal.quit() == 0
    terminal = Terminal("demo", "--no-tour", "--speed", "100000", **alone)
    terminal.until(lambda: "failed but accessible" in terminal.seen)
    assert "Guided tour" not in terminal.seen
    terminal.then("T", "Failed, and it works")
    assert terminal.quit() == 0
