"""What of a time window the lookups in files have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from latticetop.aws.answers.aws_commands import command_before
from latticetop.aws.answers.event_lookups import Coverage, coverage, lookup_of
from latticetop.model.incident.timeline import EVENT_NAMES

START, END = datetime(2024, 12, 19, 8, 17, 49, tzinfo=UTC), datetime(2024, 12, 19, 8, 33, 49, tzinfo=UTC)
WINDOW = "--start-time 1734596269 --end-time 1734597229"
ALL = "--lookup-attributes AttributeKey=ReadOnly,AttributeValue=false"


def named(*names: str) -> list[str]:
    return [f"--lookup-attributes AttributeKey=EventName,AttributeValue={name} {WINDOW}" for name in names]


def covered(*options: str, goes_on: bool = False) -> Coverage:
    commands = [command_before(f"$ aws cloudtrail lookup-events {each}\n") for each in options]
    return coverage([lookup_of(command, goes_on=goes_on) for command in commands], START, END)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([""], Coverage.ALL),
        ([WINDOW], Coverage.ALL),
        ([f"{ALL} {WINDOW}"], Coverage.ALL),
        ([f"{ALL} --start-time 2024-12-19T08:17:49Z --end-time 2024-12-19T08:33:49+00:00"], Coverage.ALL),
        ([f"{ALL} --start-time 2024-12-19"], Coverage.ALL),
        ([f"{ALL} --start-time 1734596270 --end-time 1734597229"], Coverage.NONE),
        ([f"{ALL} --start-time 1734596269 --end-time 1734597228"], Coverage.NONE),
        ([f'{ALL} --start-time "July 25, 2014 01:16:45"'], Coverage.NONE),
        ([f"{ALL} --start-time {'9' * 30}"], Coverage.NONE),
        (named("CreateNetworkInterface"), Coverage.PART),
        (named(*EVENT_NAMES), Coverage.NAMED),
        (named(*EVENT_NAMES[1:]), Coverage.PART),
        ([*named("CreateNetworkInterface"), f"{ALL} {WINDOW}"], Coverage.ALL),
        ([], Coverage.NONE),
    ],
)
def test_a_window_is_covered_by_what_was_asked(options: list[str], expected: Coverage) -> None:
    assert covered(*options) is expected


def test_a_list_that_goes_on_is_a_part() -> None:
    assert covered(f"{ALL} {WINDOW}", goes_on=True) is Coverage.PART
    assert covered(*named(*EVENT_NAMES), goes_on=True) is Coverage.PART
