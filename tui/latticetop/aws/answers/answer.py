"""The answers in one file: its JSON values with the commands above them, and what in it could not be used."""

from __future__ import annotations

import re
from pathlib import PurePath

from msgspec import Struct, field

from latticetop.aws.answers.aws_commands import NO_COMMAND, AwsCommand, command_before, tokens_asked_for
from latticetop.aws.answers.json_values import BrokenValue, CheckMemory, TooManyItemsError, json_values, text_of
from latticetop.aws.answers.recognise import Recognised, recognise
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
    """What one file holds. `tokens` are the tokens of further pages that commands in it ask for."""

    answers: list[Answer] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_answers(path: PurePath, data: bytes, check_memory: CheckMemory) -> FileAnswers:
    """Return the answers in a file. What is no text, and has no JSON, holds none.

    Raises MemoryError if its objects take too much memory.
    """
    contents = FileAnswers()
    try:
        text = text_of(data)
    except UnicodeDecodeError:
        return contents
    for value in json_values(text):
        contents.tokens += tokens_asked_for(value.before)
        if isinstance(value, BrokenValue):
            contents.problems.append(_broken(f"{path}, line {value.line}"))
            continue
        try:
            found = recognise(value.value, check_memory)
        except (TooManyItemsError, ValueError):
            contents.problems.append(_broken(f"{path}, line {value.line}"))
            continue
        if found.records or found.listed or found.shaped:
            contents.answers.append(Answer(found, path, value.line, command_before(value.before)))
    if not contents.answers:
        contents.problems += [_other_form(path, form) for form, pattern in _OTHER_FORMS if pattern.search(text)]
    return contents


def _broken(place: str) -> Problem:
    message = f"{place}: the JSON is cut off or malformed, and nothing of it is used."
    return Problem(ProblemKind.BAD_ANSWER, "", message, "Save the whole output of the command.")


def _other_form(path: PurePath, form: str) -> Problem:
    return Problem(ProblemKind.BAD_ANSWER, "", f"{path} is {form}, which is not read.", AS_JSON)
