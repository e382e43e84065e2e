"""`latticetop serve`: what it refuses. The page itself is tested in tests/cli/test_web_server.py."""

from __future__ import annotations

import socket

import pytest

from tests.command import python, run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--host", "0.0.0.0"), "listens on 127.0.0.1"),
        (("check",), "check only prints"),
        (("--plain",), "--plain does not apply"),
        (("demo", "--plain"), "--plain does not apply"),
        (("--regoin", "x"), "No such option '--regoin'"),
        (("demo", "--scnario", "x"), "--scenario"),
        (("--interval", "1"), "at least 5"),
    ],
)
def test_what_cannot_be_served_is_refused_at_once(arguments: tuple[str, ...], message: str) -> None:
    ended = run("serve", "--port", "0", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_flags_go_after_serve_and_a_port_in_use_is_an_error() -> None:
    assert "Put the flags after serve" in run("--region", "us-east-1", "serve").err
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run("serve", "--port", str(port), "demo")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"latticetop: Cannot listen on port {port}: Address already in use.\n"


WITHOUT = """
import sys
sys.modules["textual_serve"] = None
from latticetop.cli.main import main
sys.argv = ["latticetop", "serve"]
main()
"""


def test_without_textual_serve_it_says_how_to_get_it() -> None:
    ended = python(WITHOUT)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("latticetop: serve requires textual-serve, which is not installed: ")
    assert ended.err.endswith(" install textual-serve\n")
