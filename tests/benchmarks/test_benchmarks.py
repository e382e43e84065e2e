"""The benchmarks are run by hand; that they start, and what their terminal makes of what is written to it."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import pytest

import tests.benchmarks
from tests.benchmarks.__main__ import TABLES
from tests.benchmarks.first_row import single_call
from tests.benchmarks.pays import CLAIMS
from tests.benchmarks.pieces import PIECES
from tests.benchmarks.processes import figures_of
from tests.benchmarks.terminal import Screen
from tests.command import finished

MODULES = [module.name for module in pkgutil.iter_modules(tests.benchmarks.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_imported_without_measuring(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    importlib.import_module(f"tests.benchmarks.{name}")
    assert capsys.readouterr().out == ""


def test_help_names_the_tables() -> None:
    ended = finished(sys.executable, "-m", "tests.benchmarks", "--help")
    assert ended.code == 0
    assert all(name in ended.out for name in TABLES)


def test_an_unknown_table_is_a_mistake_of_usage() -> None:
    ended = finished(sys.executable, "-m", "tests.benchmarks", "--only", "nothing")
    assert ended.code == 2
    assert "nothing" in ended.err


def test_what_is_measured_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    script = "import json, sys; print(json.dumps({'writes': 1 - sys.dont_write_bytecode}))"
    assert figures_of("-c", script) == {"writes": 1}


@pytest.mark.parametrize("piece", PIECES)
def test_every_piece_can_be_switched_off(piece: str) -> None:
    with PIECES[piece]():
        pass
    assert piece in {claim.piece for claim in CLAIMS}


def test_the_terminal_keeps_characters_where_they_were_put() -> None:
    screen = Screen(8, 2)
    screen.feed(b"\x1b[1;1Habcdefgh\x1b[2;3H\x1b[1;7mXY\x1b[0m")
    assert screen.lines == ["abcdefgh", "  XY    "]
    assert screen.cells[1][2].style == "1;7"


def test_the_terminal_waits_for_the_rest_of_what_was_cut() -> None:
    screen = Screen(8, 2)
    for byte in "\x1b[?2026h\x1b[2;2H▌…\x1b[1".encode():
        screen.feed(bytes([byte]))
    assert not screen.whole
    assert screen.lines == [" " * 8, " ▌…     "]
    screen.feed(b";1HA\x1b[?2026l")
    assert screen.whole
    assert screen.lines == ["A       ", " ▌…     "]


def test_without_the_aws_cli_the_first_row_is_compared_with_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name, path: "")
    call = single_call("http://127.0.0.1:5000")
    assert "boto3" in call.name
    assert call.command[0] == sys.executable
    monkeypatch.setattr("shutil.which", lambda name, path: f"/bin/{name}")
    assert single_call("http://127.0.0.1:5000").command[0] == "/bin/aws"
