"""The man page and the help, which are generated from the same commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import which

import click
import pytest

from latticetop.cli.group import cli
from tests.command import finished, run

ROOT = click.Context(cli)
COMMANDS = {name: cli.get_command(ROOT, name) or cli for name in cli.list_commands(ROOT)}


def options(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            yield from parameter.opts


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_help_has_a_sentence_and_examples_that_begin_alike(name: str) -> None:
    command = COMMANDS[name] if name else cli
    text = click.Context(command, info_name=name).get_help()
    assert "Examples:\n" in text
    examples = text.partition("Examples:\n")[2].partition("\n\n")[0].splitlines()
    assert any(line.startswith(f"    latticetop {name}".rstrip()) for line in examples)
    assert max(map(len, examples)) <= 80
    for line in examples:
        words = line.split("  ")[2].split()
        if words[0] == "latticetop" and len(words) > 1 and not words[1].startswith("-"):
            assert words[1] in COMMANDS, line


def test_the_page_names_every_command_and_option() -> None:
    ended = run("man")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.isascii()
    text = ended.out.replace("\\-", "-")
    for name, command in COMMANDS.items():
        _, head, rest = text.partition(f"\n.SS latticetop {name}")
        section = rest.partition("\n.S")[0]
        assert head and "Examples:" in section
        assert [option for option in options(command) if option not in section] == []
    top = text.partition("\n.SH OPTIONS")[2].partition("\n.SH COMMANDS")[0]
    assert [option for option in options(cli) if option not in top] == []


@pytest.mark.skipif(not which("groff"), reason="there is no groff here")
def test_groff_has_no_warnings(tmp_path: Path) -> None:
    page = tmp_path / "latticetop.1"
    page.write_text(run("man").out, encoding="utf-8")
    ended = finished("groff", "-man", "-ww", "-Tutf8", "-rLL=100n", "-P-c", str(page))
    assert (ended.code, ended.err) == (0, "")
    words = " ".join(ended.out.replace("\b", "").split())
    assert "LATTICETOP(1)" in words
    assert "latticetop explain vpce-…" in words


@pytest.mark.skipif(not which("man"), reason="there is no man here")
def test_man_has_no_warnings(tmp_path: Path) -> None:
    page = tmp_path / "latticetop.1"
    page.write_text(run("man").out, encoding="utf-8")
    ended = finished("man", "--warnings", "-l", str(page))
    assert (ended.code, ended.err) == (0, "")
