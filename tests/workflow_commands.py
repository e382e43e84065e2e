"""Workflow commands as the runner of GitHub Actions parses them (actions/runner, ActionCommand.TryParseV2)."""

from __future__ import annotations

import re
from typing import NamedTuple

_IN_DATA = {"%25": "%", "%0D": "\r", "%0A": "\n"}
_IN_PROPERTY = _IN_DATA | {"%3A": ":", "%2C": ","}
_LINE = re.compile(r"::(?P<name>[^ :]+)(?: (?P<properties>.*?))?::(?P<data>.*)")


class WorkflowCommand(NamedTuple):
    """The name of a command, its properties and its message."""

    name: str
    properties: dict[str, str]
    message: str

    @property
    def title(self) -> str:
        """The title of an annotation."""
        return self.properties["title"]


def parsed_commands(text: str) -> list[WorkflowCommand]:
    """Parse a log of which every line is a command; AssertionError for any other."""
    assert text == "" or text.endswith("\n")
    commands = []
    for line in text.split("\n")[:-1]:
        match = _LINE.fullmatch(line)
        assert match, line
        pairs = [pair.partition("=") for pair in (match["properties"] or "").split(",") if pair]
        properties = {name.strip(): _unescaped(value, _IN_PROPERTY) for name, _, value in pairs}
        commands.append(WorkflowCommand(match["name"], properties, _unescaped(match["data"], _IN_DATA)))
    return commands


def _unescaped(text: str, escapes: dict[str, str]) -> str:
    return re.sub("%[0-9A-F]{2}", lambda match: escapes[match[0]], text)
