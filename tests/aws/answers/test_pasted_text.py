"""Text as mail, chat and terminals hand it on, and as the AWS CLI printed it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath

import pytest

from latticetop.aws.answers.answer import read_answers
from latticetop.aws.answers.pasted_text import as_printed
from latticetop.aws.answers.recognise import RecordKind

PRINTED = """Hello,
$ aws ec2 get-subnet-cidr-reservations --subnet-id subnet-1
{
    "SubnetIpv4CidrReservations": []
}
$ aws ec2 describe-subnets
{
    "Subnets": [
        {
            "SubnetId": "subnet-1",
            "CidrBlock": "10.0.0.0/26"
        }
    ]
}
"""
CHANGED: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: re.sub("^", "> ", text, flags=re.M),
    "quoted twice": lambda text: re.sub("^", ">> ", text, flags=re.M),
    "quoted without a blank": lambda text: re.sub("^", ">", text, flags=re.M),
    "typographic quotes": lambda text: re.sub('"(.*?)"', "“\\1”", text),
    "German quotes": lambda text: re.sub('"(.*?)"', "„\\1“", text),
    "no-break spaces": lambda text: text.replace("    ", "\u00a0\u00a0\u00a0\u00a0"),
    "colours": lambda text: re.sub('("[A-Z].*?")', "\x1b[34;1m\\1\x1b[0m", text),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_the_same_is_read_with_its_commands_and_lines(change: Callable[[str], str]) -> None:
    contents = read_answers(PurePath("ticket.txt"), change(PRINTED).encode(), lambda: None)
    reservations, subnets = contents.answers
    assert (reservations.found.listed, reservations.line) == ({RecordKind.RESERVATION}, 3)
    assert reservations.command.words("subnet-id") == ("subnet-1",)
    (subnet,) = subnets.found.records
    assert (subnet.record.subnet_id, str(subnet.record.cidr_block)) == ("subnet-1", "10.0.0.0/26")
    assert contents.problems == []


def test_windows_1252_is_read() -> None:
    contents = read_answers(PurePath("ticket.txt"), f"José\n{PRINTED}".encode("cp1252"), lambda: None)
    assert len(contents.answers) == 2


@pytest.mark.parametrize("text", [PRINTED, '{"Name": "a > b, “c” and\u00a0d"}\n', '{"a": "\\n> b"}'])
def test_what_needs_no_change_stays_as_it_is(text: str) -> None:
    assert as_printed(text.encode()) == text.encode()
