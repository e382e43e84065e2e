"""`latticetop replay`: a recording in a terminal, and what is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.command import run
from tests.recordings import incident_recording
from tests.terminal import Terminal


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The incident from 08:18:40, when there is no endpoint yet, to 08:21:25, when it has failed."""
    return str(incident_recording(tmp_path_factory.mktemp("recordings") / "incident.rec"))


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_recording_is_played_to_its_end(file: str) -> None:
    terminal = Terminal("replay", file, "--at", "08:21:00", "--speed", "300")
    terminal.until(lambda: "failed but accessible" in terminal.seen and "the end" in terminal.seen)
    assert terminal.quit() == 0


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--at", "07:00"), "07:00 is outside"),
        ((), "The dashboard needs a terminal."),
        (("--speed", "0"), "--speed"),
    ],
)
def test_a_wrong_command_ends_with_2(file: str, flags: tuple[str, ...], message: str) -> None:
    ended = run("replay", file, *flags)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_plain_lines_of_a_recording_are_those_of_watch(file: str) -> None:
    ended = run("--plain", "replay", file)
    assert (ended.code, ended.out) == (2, "")
    assert f"latticetop watch --from {file} prints the changes" in ended.err


def test_a_file_that_cannot_be_played(tmp_path: Path) -> None:
    other = tmp_path / "other.rec"
    other.write_bytes(b"something else")
    step = "Ask for text that aws ec2 describe-… --output json printed, or for the directory of latticetop dump."
    for path, message in (
        (tmp_path / "none.rec", "cannot be read: No such file or directory."),
        (other, f"has no answers of the AWS CLI as JSON, and is no recording. {step}"),
    ):
        ended = run("replay", str(path))
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == f"latticetop: {path} {message}\n"
