"""The command of the AWS CLI above an answer: what the answer itself does not say of what was asked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from msgspec import Struct, field

_COMMAND = re.compile(r"\baws[ \t]+((?:--[\w-]+[ \t=]+\S+[ \t]+)*)([a-z][a-z0-9-]+)[ \t]+([a-z][a-z0-9-]+)(?![\w-])")
_CONTINUED = re.compile(r"[\\^`][ \t]*\r?\n[ \t>]*|[ \t]*\r?\n[ \t]*(?=--[a-z])")
"""The line ends of a command in a POSIX shell, cmd.exe and PowerShell, and where mail wrapped it before an option."""
_DASH = re.compile("(?<=\\s)[\u2013\u2014](?=[a-z])")
"""What chats and word processors make of the two hyphens of an option."""
_MAX_TEXT = 1 << 14
"""Characters before an answer in which its command is looked for."""
_NARROWING = ("filter", "query", "cli-input-json", "cli-input-yaml")
_PAGING = ("max-items", "starting-token", "next-token")


class AwsCommand(Struct, frozen=True):
    """A command: `describe-subnets` of `ec2`, with the words after each of its options, by the option's name."""

    service: str = ""
    operation: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def asks_for_all(self) -> bool:
        """Whether it asks for every record there is: nothing filters, names or shapes them."""
        return bool(self.operation) and not self.narrowed_by and self.options.keys().isdisjoint(_PAGING)

    @property
    def narrowed_by(self) -> set[str]:
        """What leaves records out of its answer: names of options (`subnet-ids`, `query`) and of filters (`vpc-id`)."""
        names = {name for name in self.options if name in _NARROWING or name.endswith(("-ids", "-id"))}
        filters = [word for word in self.words("filters") if "=" in word] or self.words("filters")
        return names | {word.partition(",")[0].partition("=")[2].lower() or "filters" for word in filters}

    @property
    def action(self) -> str:
        """The action that it calls, as IAM writes it: `ec2:DescribeVpcs`."""
        return f"{self.service}:{''.join(word.capitalize() for word in self.operation.split('-'))}"

    @property
    def key(self) -> tuple[object, ...]:
        """What is equal for equal commands."""
        return self.action, *sorted(self.options.items())

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words after an option, empty without it."""
        return self.options.get(name, ())

    @property
    def token(self) -> str:
        """The token with which it asks for a further page, empty without one."""
        return next(iter(self.words("next-token") or self.words("starting-token")), "")

    def filtered(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter: `Name=subnet-id,Values=subnet-1,subnet-2`."""
        values: list[str] = []
        for word in self.words("filters"):
            parts = word.split(",")
            if parts[0].lower() == f"name={name}":
                values += [part.partition("=")[2] if part.lower().startswith("values=") else part for part in parts[1:]]
        return tuple(values)


NO_COMMAND = AwsCommand()


def command_before(text: str) -> AwsCommand:
    """Return the last command in the text before an answer; one without names if there is none."""
    if "aws" not in text:
        return NO_COMMAND
    text = _CONTINUED.sub(" ", _DASH.sub("--", text[-_MAX_TEXT:]))
    matches = list(_COMMAND.finditer(text))
    if not matches:
        return NO_COMMAND
    match = matches[-1]
    rest = text[match.end() : _end_of_line(text, match.end())]
    return AwsCommand(match[2], match[3], _options(match[1]) | _options(rest))


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _options(line: str) -> dict[str, tuple[str, ...]]:
    try:
        words = shlex.split(line.strip("`"), comments=True)
    except ValueError:
        words = line.split()
    options: dict[str, tuple[str, ...]] = {}
    name = ""
    for word in words:
        if word in (">", ">>", "|", "&&", ";") or word.startswith((">", "|")):
            break
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            options[name] = (value,) if value else ()
        elif name:
            options[name] = (*options[name], word.rstrip(";"))
    return options
