"""Which CloudTrail events the files were asked for: the lookups in them, by attribute and time window."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from enum import Enum, auto

from msgspec import Struct, structs

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
    """A lookup: the attribute that it selects by, its window (None: no limit), and the token of a further page."""

    key: str
    value: str
    start: datetime | None
    end: datetime | None
    token: str = ""

    @property
    def is_of_all(self) -> bool:
        """Whether it asks for every write event of its window."""
        return (self.key, self.value) in (("", ""), ("ReadOnly", "false"))


def lookup_of(command: AwsCommand, token: str = "") -> EventLookup:
    """Return the lookup of a command `aws cloudtrail lookup-events`, of which an answer has a token."""
    attribute = dict(
        part.partition("=")[::2] for word in command.words("lookup-attributes") for part in word.split(",")
    )
    return EventLookup(
        attribute.get("AttributeKey", ""),
        attribute.get("AttributeValue", ""),
        _time_of(command, "start-time", datetime.max),
        _time_of(command, "end-time", datetime.min),
        token,
    )


def coverage(
    lookups: Iterable[EventLookup], start: datetime, end: datetime, followed: Collection[str] = ()
) -> EventCoverage:
    """Return what lookups have of a time window; of a token that is not `followed` the further pages are missing."""
    within = [
        lookup
        for lookup in lookups
        if (lookup.start is None or lookup.start <= start) and (lookup.end is None or lookup.end >= end)
    ]
    going_on = {structs.replace(each, token="") for each in within if each.token not in {"", *followed}}
    whole = [each for each in within if structs.replace(each, token="") not in going_on]
    if any(lookup.is_of_all for lookup in whole):
        return EventCoverage.ALL
    names = {lookup.value for lookup in whole if lookup.key == "EventName"}
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
