"""The answers in one file: its JSON values with the commands above them, and what in it could not be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct, field

from latticetop.aws.answers.aws_commands import NO_COMMAND, AwsCommand, command_before
from latticetop.aws.answers.json_values import BrokenValue, CheckMemory, TooManyItemsError, json_values, text_of
from latticetop.aws.answers.pasted_text import as_printed
from latticetop.aws.answers.recognise import Recognised, RecordKind, recognise
from latticetop.aws.answers.times import times_in_text
from latticetop.aws.operations import RESPONSE_MEMBERS
from latticetop.model.records.problem import Problem, ProblemKind

AS_JSON = "Run the command again with --output json."
_OTHER_FORMS = (
    ("YAML", re.compile(rb"^(?:Vpcs|Subnets|NetworkInterfaces|VpcEndpoints|VpcEndpointAssociations):\s*$", re.M)),
    ("a table", re.compile(rb"^\|+\s+(?:Describe|Get)\w+\s+\|", re.M)),
    (
        "tab-separated text",
        re.compile(rb"^(?:VPCS|SUBNETS|NETWORKINTERFACES|VPCENDPOINTS|VPCENDPOINTASSOCIATIONS)\t", re.M),
    ),
)
"""What `--output yaml`, `table` and `text` of the AWS CLI look like."""


_REFUSED = re.compile(rb"An error occurred \((\w[\w.]*)\) when calling the (\w+) operation")
"""What the AWS CLI prints in place of an answer (on stderr)."""
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


class FileAnswers(Struct):
    """What one file holds; `refused` are the commands that AWS refused, with the code of the error."""

    answers: list[Answer] = field(default_factory=list)
    refused: list[tuple[AwsCommand, str]] = field(default_factory=list)
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
    broken_lines: list[int] = []
    for value in json_values(text):
        if isinstance(value, BrokenValue):
            broken_lines.append(value.line)
            continue
        try:
            found = recognise(value.value, check_memory)
        except (TooManyItemsError, ValueError):
            broken_lines.append(value.line)
            continue
        found.times += times_in_text(value.before)
        command = command_before(value.before)
        if isinstance(value.value, dict) and _RESPONSE_MEMBERS.get(command.action) in value.value:
            found.listed.add(RecordKind(command.action))
        if found.records or found.listed or found.shaped:
            contents.answers.append(Answer(found, path, value.line, command))
    if broken_lines:
        contents.problems.append(_broken(path, broken_lines))
    contents.refused += _refused_commands(text)
    if not contents.answers:
        contents.problems += [_other_form(path, form) for form, pattern in _OTHER_FORMS if pattern.search(text)]
    return contents


def _refused_commands(text: bytes) -> Iterator[tuple[AwsCommand, str]]:
    for match in _REFUSED.finditer(text):
        before = text[max(0, match.start() - _ABOVE_ERROR) : match.start()].decode("utf-8", "replace")
        command = command_before(before)
        if command.action.endswith(f":{match[2].decode()}"):
            yield command, match[1].decode()


def _broken(path: PurePath, lines: list[int]) -> Problem:
    more = f" and {len(lines) - 1:,} more" if len(lines) > 1 else ""
    message = f"{path}, line {lines[0]}{more}: the JSON is cut off or malformed, and nothing of it is used."
    step = "Save the whole output of the command in a file: mail and chat wrap and shorten it."
    return Problem(ProblemKind.BAD_ANSWER, "", message, step)


def _other_form(path: PurePath, form: str) -> Problem:
    return Problem(ProblemKind.BAD_ANSWER, "", f"{path} is {form}, which is not read.", AS_JSON)
