"""What is lost from a dump is never taken for what is not there: `check` does not end with 0 then."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latticetop.reports.exit_codes import ExitCode
from tests.fuzz.answer_files import dumped, exit_code_of, text_of

SCENARIO, FREE_BLOCKS = "resources", 9
"""Nothing is wrong with it: `check` ends with 0, as long as no more free blocks are asked for than each subnet has."""
NEEDED = ("describe-subnets", "describe-network-interfaces", "describe-vpc-endpoints", "associations", "reservations")
"""Words of the commands whose answers are needed."""
DECISIVE = {
    "Subnets": ("SubnetId", "CidrBlock", "AvailableIpAddressCount"),
    "NetworkInterfaces": ("NetworkInterfaceId", "SubnetId"),
    "VpcEndpoints": ("VpcEndpointId", "VpcEndpointType", "State", "VpcId", "SubnetIds"),
    "VpcEndpointAssociations": ("AssociatedResourceAccessibility", "VpcEndpointId"),
}
"""Members without which a record tells nothing."""
Answers = dict[str, bytes]


def ordered() -> Answers:
    """The answers, those that are needed at the end."""
    answers = dumped(SCENARIO)
    return dict(sorted(answers.items(), key=lambda item: any(word in item[0] for word in NEEDED)))


def needed(random: Random, answers: Answers, *members: str) -> tuple[str, Any]:
    """A command whose answer is needed, and that answer; with one of these members, if any are given."""
    found = [(command, json.loads(answers[command])) for command in answers if any(word in command for word in NEEDED)]
    command, document = random.choice([each for each in found if not members or each[1].keys() & {*members}])
    return command, document


def without_an_answer(random: Random) -> bytes:
    answers = ordered()
    del answers[needed(random, answers)[0]]
    return text_of(answers)


def cut_off(random: Random) -> bytes:
    """Within the answers that are needed; the last bytes are a line end and the bracket before it."""
    answers = ordered()
    text = text_of(answers)
    size = len(text_of({command: body for command, body in answers.items() if any(word in command for word in NEEDED)}))
    return text[: random.randint(len(text) - size, len(text) - 2)]


def not_the_last_page(random: Random) -> bytes:
    answers = ordered()
    command, document = needed(random, answers)
    return text_of({**answers, command: json.dumps({**document, "NextToken": "more"}).encode() + b"\n"})


def without_an_interface(random: Random) -> bytes:
    answers = ordered()
    command, document = needed(random, answers, "NetworkInterfaces")
    document["NetworkInterfaces"].remove(random.choice(document["NetworkInterfaces"]))
    return text_of({**answers, command: json.dumps(document).encode() + b"\n"})


def without_a_member(random: Random) -> bytes:
    """Of every record of a list, as after --query."""
    answers = ordered()
    command, document = needed(random, answers, *DECISIVE)
    (key,) = document.keys() & DECISIVE.keys()
    member = random.choice(DECISIVE[key])
    for record in document[key]:
        record.pop(member, None)
    return text_of({**answers, command: json.dumps(document).encode() + b"\n"})


def cut_at_the_beginning(random: Random) -> bytes:
    """A list without its first lines, as after scrolling: whole records follow, and nothing says of what list."""
    answers = ordered()
    command, document = needed(random, answers, *DECISIVE)
    lines = json.dumps(document, indent=4).splitlines()
    starts = [number for number, line in enumerate(lines) if line == "        {"][1:]
    if not starts:
        return without_an_answer(random)
    rest = dict(answers)
    del rest[command]
    return "\n".join(lines[random.choice(starts) :]).encode() + b"\n" + text_of(rest)


def wrapped(random: Random) -> bytes:
    """A line of a list is wrapped within a text, as mail does."""
    answers = ordered()
    command, document = needed(random, answers, *DECISIVE)
    lines = json.dumps(document, indent=4).splitlines()
    number = random.choice([number for number, line in enumerate(lines) if line.count('"') == 4])
    lines[number] = f"{lines[number][:-3]}\n{lines[number][-3:]}"
    return text_of({**answers, command: "\n".join(lines).encode() + b"\n"})


def masked(random: Random) -> bytes:
    """The ids of a kind are all the same."""
    answers = ordered()
    command, document = needed(random, answers, "VpcEndpoints", "VpcEndpointAssociations")
    (key,) = document.keys() & DECISIVE.keys()
    first = document[key][0]
    bad = {"State": "Failed"} if key == "VpcEndpoints" else {"AssociatedResourceAccessibility": "Inaccessible"}
    document[key].insert(0, {**first, **bad})
    return text_of({**answers, command: json.dumps(document).encode() + b"\n"})


def without_prefixes(random: Random) -> bytes:
    answers = ordered()
    command, document = needed(random, answers, "NetworkInterfaces")
    holders = [record for record in document["NetworkInterfaces"] if record.get("Ipv4Prefixes")]
    del random.choice(holders)["Ipv4Prefixes"]
    return text_of({**answers, command: json.dumps(document).encode() + b"\n"})


LOSSES: tuple[Callable[[Random], bytes], ...] = (
    without_an_answer,
    cut_off,
    not_the_last_page,
    without_an_interface,
    without_a_member,
    without_prefixes,
    cut_at_the_beginning,
    wrapped,
    masked,
)


def test_whole_it_is_well() -> None:
    assert exit_code_of(text_of(ordered()), FREE_BLOCKS) is ExitCode.OK
    assert exit_code_of(text_of(ordered()), FREE_BLOCKS + 1) is ExitCode.WRONG


@pytest.mark.parametrize("lose", LOSSES, ids=lambda lose: lose.__name__)
def test_what_is_lost_is_not_taken_to_be_absent(lose: Callable[[Random], bytes]) -> None:
    @settings(max_examples=15)
    @given(seed=st.integers(0, 2**32))
    def check(seed: int) -> None:
        assert exit_code_of(lose(Random(seed)), FREE_BLOCKS) is not ExitCode.OK

    check()
