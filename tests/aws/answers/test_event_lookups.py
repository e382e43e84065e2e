"""What of a time window the lookups in files have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from latticetop.aws.answers.aws_commands import command_before
from latticetop.aws.answers.event_lookups import EventCoverage, coverage, lookup_of
from latticetop.model.incident.timeline import EVENT_NAMES

START, END = datetime(2024, 12, 19, 8, 17, 49, tzinfo=UTC), datetime(2024, 12, 19, 8, 33, 49, tzinfo=UTC)
WINDOW = "--start-time 1734596269 --end-time 1734597229"
ALL = "--lookup-attributes AttributeKey=ReadOnly,AttributeValue=false"


def named(*names: str) -> list[str]:
    return [f"--lookup-attributes AttributeKey=EventName,AttributeValue={name} {WINDOW}" for name in names]


def covered(*options: str, tokens: tuple[str, ...] = (), followed: tuple[str, ...] = ()) -> EventCoverage:
    commands = [command_before(f"$ aws cloudtrail lookup-events {each}\n") for each in options]
    pages = zip(commands, (*tokens, *[""] * (len(commands) - len(tokens))), strict=True)
    return coverage([lookup_of(command, token) for command, token in pages], START, END, followed)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([""], EventCoverage.ALL),
        ([WINDOW], EventCoverage.ALL),
        ([f"{ALL} {WINDOW}"], EventCoverage.ALL),
        ([f"{ALL} --start-time 2024-12-19T08:17:49Z --end-time 2024-12-19T08:33:49+00:00"], EventCoverage.ALL),
        ([f"{ALL} --start-time 2024-12-19"], EventCoverage.ALL),
        ([f"{ALL} --start-time 1734596270 --end-time 1734597229"], EventCoverage.NONE),
        ([f"{ALL} --start-time 1734596269 --end-time 1734597228"], EventCoverage.NONE),
        ([f'{ALL} --start-time "July 25, 2014 01:16:45"'], EventCoverage.NONE),
        ([f"{ALL} --start-time {'9' * 30}"], EventCoverage.NONE),
        (named("CreateNetworkInterface"), EventCoverage.PART),
        (named(*EVENT_NAMES), EventCoverage.NAMED),
        (named(*EVENT_NAMES[1:]), EventCoverage.PART),
        ([*named("CreateNetworkInterface"), f"{ALL} {WINDOW}"], EventCoverage.ALL),
        ([], EventCoverage.NONE),
    ],
)
def test_a_window_is_covered_by_what_was_asked(options: list[str], expected: EventCoverage) -> None:
    assert covered(*options) is expected


def test_a_list_that_goes_on_is_a_part() -> None:
    assert covered(f"{ALL} {WINDOW}", tokens=("t",)) is EventCoverage.PART
    assert covered(*named(*EVENT_NAMES), tokens=("t",)) is EventCoverage.PART


def test_pages_are_whole_if_the_last_one_is_there() -> None:
    first, second = f"{ALL} {WINDOW}", f"{ALL} {WINDOW} --starting-token t"
    assert covered(first, second, tokens=("t", ""), followed=("t",)) is EventCoverage.ALL
    assert covered(first, second, tokens=("t", "u"), followed=("t",)) is EventCoverage.PART
