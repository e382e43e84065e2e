"""The answers in one file: its JSON values with the commands above them, and what in it could not be used.

What should be an answer and is none (cut off, refused by AWS, YAML) is a MissingAnswer: nothing else tells that a list
of which the files have a part is not whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from msgspec import Struct, field

from latticetop.aws.answers.aws_commands import NO_COMMAND, AwsCommand, command_before
from latticetop.aws.answers.json_values import BrokenValue, CheckMemory, TooManyItemsError, json_values, text_of
from latticetop.aws.answers.pasted_text import as_printed
from latticetop.aws.answers.recognise import LIST_MEMBERS, Recognised, RecordKind, recognise
from latticetop.aws.answers.times import times_in_text
from latticetop.aws.operations import RESPONSE_MEMBERS
from latticetop.model.records.problem import Problem, ProblemKind

AS_JSON = "Run the command again with --output json."
_LISTS = "Vpcs|Subnets|NetworkInterfaces|VpcEndpoints|VpcEndpointAssociations"
_OTHER_FORMS = (
    ("YAML", re.compile(rf"^({_LISTS}):\s*$".encode(), re.M)),
    ("a table", re.compile(rb"^\|+\s+((?:Describe|Get)\w+)\s+\|", re.M)),
    ("tab-separated text", re.compile(rf"^({_LISTS.upper()})\t".encode(), re.M)),
)
"""What `--output yaml`, `table` and `text` of the AWS CLI look like, with the list that they name."""
_KIND_OF_NAME = {
    **LIST_MEMBERS,
    **{name.upper(): kind for name, kind in LIST_MEMBERS.items()},
    **{kind.partition(":")[2]: kind for kind in RecordKind},
}
_KIND_OF_ACTION: Mapping[str, RecordKind] = {kind.value: kind for kind in RecordKind}
_REFUSED = re.compile(rb"An error occurred \((\w[\w.]*)\) when calling the (\w+) operation")
"""What the AWS CLI prints in place of an answer (on stderr)."""
_BEGINS_WITH_COMMAND = re.compile(rb"\s*\$ aws [^\n]*\n")
"""What latticetop dump, and who pastes a terminal, begins a file with."""
_ABOVE_ERROR = 4096
"""Bytes above an error in which its command is looked for."""
_RESPONSE_MEMBERS: Mapping[str, str] = {kind.value: RESPONSE_MEMBERS[kind] for kind in RecordKind}


class Answer(Struct):
    """The records of one JSON value, where it stands, and the command above it. Nothing else says what was asked."""

    found: Recognised
    path: PurePath
    line: int
    command: AwsCommand = NO_COMMAND

    @property
    def place(self) -> str:
        """The file and line, for a message."""
        return f"{self.path}, line {self.line}"


class MissingAnswer(Struct, frozen=True):
    """What stands in a file in place of an answer: something that cannot be used, or the `code` of an error of AWS.

    `clause` says what cannot be used; it is empty for a command that failed. One without a code did not reach AWS.
    """

    kind: RecordKind
    path: PurePath
    command: AwsCommand
    code: str = ""
    clause: str = ""


class FileAnswers(Struct):
    """What one file holds, and what it should hold and does not."""

    answers: list[Answer] = field(default_factory=list)
    missing: list[MissingAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_answers(path: PurePath, data: bytes, check_memory: CheckMemory) -> FileAnswers:
    """Return the answers in a file. What is no text, and has no JSON, holds none.

    Raises MemoryError if its objects take too much memory.
    """
    contents = FileAnswers()
    try:
        text = as_printed(text_of(data))
    except UnicodeDecodeError:
        return contents
    broken = _Broken(path)
    for value in json_values(text):
        command = command_before(value.before)
        if isinstance(value, BrokenValue):
            broken.add(value.line, command, value.member)
            continue
        try:
            found = recognise(value.value, check_memory)
        except (TooManyItemsError, ValueError):
            broken.add(value.line, command, _first_member(value.value))
            continue
        if value.is_item and not found.listed:
            broken.add_item(value.line, command, found)
        found.times += times_in_text(value.before)
        if isinstance(value.value, dict) and _RESPONSE_MEMBERS.get(command.action) in value.value:
            found.listed.add(RecordKind(command.action))
        if found.records or found.listed or found.shaped:
            contents.answers.append(Answer(found, path, value.line, command))
    contents.missing += broken.missing
    contents.problems += broken.problems
    contents.missing += _refused_commands(path, text)
    if not contents.answers:
        for form, pattern in _OTHER_FORMS:
            if match := pattern.search(text):
                message = f"{path} is {form}, which is not read."
                contents.problems.append(Problem(ProblemKind.BAD_ANSWER, "", message, AS_JSON))
                if kind := _KIND_OF_NAME.get(match[1].decode()):
                    command = command_before(_text(text))
                    contents.missing.append(MissingAnswer(kind, path, command, clause=f"{path} is {form}"))
        if not contents.missing:
            contents.missing += _failed_command(path, text)
    return contents


class _Broken:
    """What of the JSON in a file cannot be used."""

    def __init__(self, path: PurePath) -> None:
        self.missing: list[MissingAnswer] = []
        self._path = path
        self._lines: list[int] = []

    def add(self, line: int, command: AwsCommand, member: str) -> None:
        """Add a value that is cut off or malformed. Its kind is that of its command, else of its first member."""
        self._lines.append(line)
        if kind := _KIND_OF_ACTION.get(command.action) or LIST_MEMBERS.get(member):
            self._add(kind, line, command)

    def add_item(self, line: int, command: AwsCommand, found: Recognised) -> None:
        """Add a value that stands in a larger one. Its records are there; what lacks members may be a part of one."""
        found.shaped.clear()
        known = {missing.kind for missing in self.missing}
        kinds = {each.kind for each in found.records} - known
        self._lines += [line] if kinds else []
        for kind in sorted(kinds):
            self._add(kind, line, command)

    @property
    def problems(self) -> Iterator[Problem]:
        """The problem of the file, if it has one."""
        if self._lines:
            more = f" and {len(self._lines) - 1:,} more" if len(self._lines) > 1 else ""
            message = f"{self._path}, line {self._lines[0]}{more}: the JSON is cut off or malformed."
            step = "Save the whole output of the command in a file: mail and chat wrap and shorten it."
            yield Problem(ProblemKind.BAD_ANSWER, "", message, step)

    def _add(self, kind: RecordKind, line: int, command: AwsCommand) -> None:
        if any((each.kind, each.command) == (kind, command) for each in self.missing):
            return
        clause = f"the JSON in {self._path}, line {line} is cut off or malformed"
        self.missing.append(MissingAnswer(kind, self._path, command, clause=clause))


def _first_member(value: Any) -> str:
    return str(next(iter(value), "")) if isinstance(value, dict) else ""


def _refused_commands(path: PurePath, text: bytes) -> Iterator[MissingAnswer]:
    for match in _REFUSED.finditer(text):
        command = command_before(_text(text[max(0, match.start() - _ABOVE_ERROR) : match.start()]))
        kind = _KIND_OF_ACTION.get(command.action)
        if kind and command.action.endswith(f":{match[2].decode()}"):
            yield MissingAnswer(kind, path, command, match[1].decode())


def _failed_command(path: PurePath, text: bytes) -> Iterator[MissingAnswer]:
    """Yield the command of a file that has nothing else of AWS: the AWS CLI got no answer."""
    if match := _BEGINS_WITH_COMMAND.match(text):
        command = command_before(_text(match[0]))
        if kind := _KIND_OF_ACTION.get(command.action):
            yield MissingAnswer(kind, path, command)


def _text(text: bytes) -> str:
    return text.decode("utf-8", "replace")
