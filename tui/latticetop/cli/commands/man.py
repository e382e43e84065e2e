"""`latticetop man`: the man page, made from the commands themselves."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING

import click

from latticetop import __version__
from latticetop.cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

_PURPOSE = "which /28 blocks AWS subnets have left, and which VPC Lattice endpoints failed for want of one"
_CODES = {
    "0": "nothing to report",
    "1": "an endpoint is failed, failed but accessible or degraded, or a subnet of an endpoint has no free /28",
    "2": "the command is wrong",
    "3": "it cannot be told: no credentials, no network, access denied, or an incomplete picture",
    "130": "interrupted",
}
_ENVIRONMENT = {
    "AWS_PROFILE, AWS_REGION, AWS_CONFIG_FILE …": "what every AWS client heeds",
    "LATTICETOP_CONFIG": "the configuration file, in place of ~/.config/latticetop/latticetop.toml",
    "LATTICETOP_INTERVAL": "seconds between reads",
}


@click.command()
@click.pass_context
def man(context: click.Context, /) -> None:
    """Print the man page.

    \b
    Examples:
      latticetop man | man -l -
      latticetop man > ~/.local/share/man/man1/latticetop.1
    """
    emit(page(context.find_root()), "utf-8")


def page(root: click.Context) -> str:
    """The man page of a command and all below it, as roff in ASCII."""
    return "\n".join(_page(root)) + "\n"


def _page(root: click.Context) -> Iterator[str]:
    group = root.command
    assert isinstance(group, click.Group)
    yield f'.TH LATTICETOP 1 "" "latticetop {__version__}" "User Commands"'
    yield from (".SH NAME", f"latticetop \\- {_escaped(_PURPOSE)}", ".SH SYNOPSIS")
    yield f".B latticetop\n{_escaped(' '.join(group.collect_usage_pieces(root)))}"
    yield ".SH DESCRIPTION"
    yield from _told(group)
    yield ".SH OPTIONS"
    yield from _parameters(root)
    yield ".SH COMMANDS"
    for name in group.list_commands(root):
        command = group.get_command(root, name)
        if command is not None and not command.hidden:
            yield from _command(click.Context(command, root, name))
    yield ".SH EXIT STATUS"
    yield from _rows(_CODES)
    yield ".SH ENVIRONMENT"
    yield from _rows(_ENVIRONMENT)


def _command(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f".SS latticetop {_escaped(' '.join([command.name or '', *command.collect_usage_pieces(context)]))}"
    yield from _told(command)
    yield from _parameters(context)


def _told(command: click.Command) -> Iterator[str]:
    """The help of a command; what click is not to wrap (after a backspace) stays as it is."""
    for paragraph in cleandoc(command.help or "").split("\n\n"):
        yield ".PP"
        if paragraph.startswith("\b"):
            yield ".EX"
            yield from map(_escaped, paragraph.splitlines()[1:])
            yield ".EE"
        else:
            yield from map(_escaped, paragraph.splitlines())


def _parameters(context: click.Context) -> Iterator[str]:
    shown = (each for each in context.command.get_params(context) if isinstance(each, click.Option))
    records = (option.get_help_record(context) for option in shown)
    yield from _rows(dict(record for record in records if record))


def _rows(rows: dict[str, str]) -> Iterator[str]:
    for term, meaning in rows.items():
        yield from (".TP", f".B {_escaped(term)}", _escaped(meaning))


def _escaped(text: str) -> str:
    """Text that roff prints as it stands."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    ascii_only = "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in plain)
    return f"\\&{ascii_only}" if ascii_only.startswith((".", "'")) else ascii_only
