"""`latticetop man`: the man page, generated from the commands."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING

import click

from latticetop import __version__
from latticetop.cli.output import emit
from latticetop.config.actions import ACTIONS, KeyContext, keys_of
from latticetop.reports.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PURPOSE = "free /28 blocks of AWS subnets, and VPC Lattice endpoints that failed because none was free"
_EXIT_CODES = {
    ExitCode.OK: "nothing to report; plan: it fits, whatever order AWS allocates in",
    ExitCode.WRONG: "an endpoint is failed, failed but accessible, degraded or not accepted for a day, or a subnet "
    "that counts has no free /28; plan: it does not fit, or only may",
    ExitCode.USAGE: "wrong usage or configuration: an unknown profile, Region or subnet, a malformed flag",
    ExitCode.UNKNOWN: "unknown: no credentials, no network, access denied, or some data could not be read",
    ExitCode.INTERRUPTED: "interrupted; 143, 129 and 131: ended by SIGTERM, SIGHUP and SIGQUIT",
}
_ENVIRONMENT = {
    "AWS_PROFILE, AWS_REGION, AWS_CONFIG_FILE …": "as in any AWS client",
    "LATTICETOP_CONFIG": "path of the configuration file (default: ~/.config/latticetop/latticetop.toml)",
    "LATTICETOP_INTERVAL": "seconds between reads",
    "LATTICETOP_THEME, LATTICETOP_ASCII=1": "as --theme and --ascii",
    "NO_COLOR": "turns colours off",
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
    """Return the man page of a group and its commands, as roff in ASCII."""
    return "\n".join(_page(root)) + "\n"


def _page(root: click.Context) -> Iterator[str]:
    from latticetop.cli.manual import SECTIONS

    group = root.command
    assert isinstance(group, click.Group)
    yield f'.TH LATTICETOP 1 "" "latticetop {__version__}" "User Commands"'
    yield from (".SH NAME", f"latticetop \\- {_escaped(_PURPOSE)}", ".SH SYNOPSIS")
    yield f".B latticetop\n{_escaped(' '.join(group.collect_usage_pieces(root)))}"
    yield ".SH DESCRIPTION"
    yield from _paragraphs(group.help or "")
    yield ".SH OPTIONS"
    yield from _parameters(root)
    yield ".SH COMMANDS"
    for name in group.list_commands(root):
        command = group.get_command(root, name)
        if command is not None and not command.hidden:
            yield from _command(click.Context(command, root, name))
    yield ".SH EXIT STATUS"
    yield from _terms((str(int(code)), meaning) for code, meaning in _EXIT_CODES.items())
    yield ".SH ENVIRONMENT"
    yield from _terms(_ENVIRONMENT.items())
    yield from (".SH KEYS", "? shows those of the screen at hand.")
    for context in KeyContext:
        yield f".SS {context.value}"
        yield from _terms(_keys(context))
    for section in SECTIONS:
        yield f".SH {section.title}"
        yield from _paragraphs(section.text)
        yield from _terms(section.terms.items())


def _keys(context: KeyContext) -> Iterator[tuple[str, str]]:
    """Yield the keys of a context and what they do; keys that do the same share a line, as in the help."""
    keys: dict[str, list[str]] = {}
    for action in ACTIONS:
        if context in action.contexts:
            where = "" if action.live else "in a replay: "
            keys.setdefault(where + action.help, []).extend(keys_of(action, {}))
    for text, names in keys.items():
        yield " ".join(dict.fromkeys(names)).replace("ctrl+", "ctrl-"), text


def _command(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f".SS latticetop {_escaped(' '.join([command.name or '', *command.collect_usage_pieces(context)]))}"
    yield from _paragraphs(command.help or "")
    yield from _parameters(context)


def _paragraphs(text: str) -> Iterator[str]:
    """Yield paragraphs, as of the help of a command; those that click does not wrap (after a backspace) keep lines."""
    for paragraph in filter(None, cleandoc(text).split("\n\n")):
        yield ".PP"
        if paragraph.startswith("\b"):
            yield ".EX"
            yield from map(_escaped, paragraph.splitlines()[1:])
            yield ".EE"
        else:
            yield from map(_escaped, paragraph.splitlines())


def _parameters(context: click.Context) -> Iterator[str]:
    parameters = context.command.get_params(context)
    records = (option.get_help_record(context) for option in parameters if isinstance(option, click.Option))
    yield from _terms(record for record in records if record)


def _terms(terms: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, meaning in terms:
        yield from (".TP", f".B {_escaped(term)}", _escaped(meaning))


def _escaped(text: str) -> str:
    """Escape text so that roff prints it as it is."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    ascii_only = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in plain)
    return f"\\&{ascii_only}" if ascii_only.startswith((".", "'")) else ascii_only
