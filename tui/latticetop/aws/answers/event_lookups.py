"""Which CloudTrail events the files were asked for: the lookups in them, by attribute and time window."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum, auto

from msgspec import Struct

from latticetop.aws.answers.aws_commands import AwsCommand
from latticetop.aws.decode import to_utc
from latticetop.model.incident.timeline import EVENT_NAMES


class EventCoverage(Enum):
    """What lookups have of a time window: every write event, those of EVENT_NAMES, others only, or none of it."""

    ALL = auto()
    NAMED = auto()
    PART = auto()
    NONE = auto()


class EventLookup(Struct, frozen=True):
    """A lookup: the attribute that it selects by, its window (None: no limit), and whether there are more pages."""

    key: str
    value: str
    start: datetime | None
    end: datetime | None
    goes_on: bool

    @property
    def is_of_all(self) -> bool:
        """Whether it has every write event of its window."""
        return not self.goes_on and (self.key, self.value) in (("", ""), ("ReadOnly", "false"))


def lookup_of(command: AwsCommand, *, goes_on: bool) -> EventLookup:
    """Return the lookup of a command `aws cloudtrail lookup-events`."""
    attribute = dict(
        part.partition("=")[::2] for word in command.words("lookup-attributes") for part in word.split(",")
    )
    return EventLookup(
        attribute.get("AttributeKey", ""),
        attribute.get("AttributeValue", ""),
        _time_of(command, "start-time", datetime.max),
        _time_of(command, "end-time", datetime.min),
        goes_on,
    )


def coverage(lookups: Iterable[EventLookup], start: datetime, end: datetime) -> EventCoverage:
    """Return what lookups have of a time window."""
    within = [
        lookup
        for lookup in lookups
        if (lookup.start is None or lookup.start <= start) and (lookup.end is None or lookup.end >= end)
    ]
    if any(lookup.is_of_all for lookup in within):
        return EventCoverage.ALL
    names = {lookup.value for lookup in within if lookup.key == "EventName" and not lookup.goes_on}
    if names.issuperset(EVENT_NAMES):
        return EventCoverage.NAMED
    return EventCoverage.PART if within else EventCoverage.NONE


def _time_of(command: AwsCommand, option: str, unreadable: datetime) -> datetime | None:
    """The time of an option: seconds since 1970, or ISO 8601; None without it, `unreadable` in another form."""
    text = " ".join(command.words(option))
    if not text:
        return None
    try:
        at = datetime.fromtimestamp(float(text), UTC) if text.isdecimal() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        at = unreadable
    return to_utc(at) or unreadable.replace(tzinfo=UTC)
