"""What a command reads from a recording in place of AWS."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.completion import files
from latticetop.cli.output import usage
from latticetop.config.settings import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.follow.recording.reader import Recording
    from latticetop.follow.recording.writer import Recorder
    from latticetop.model.snapshot import Snapshot
    from latticetop.runtime.targets import Target


RECORDING = (
    click.option(
        "--record",
        metavar="FILE",
        shell_complete=files,
        help="Record what is seen into a new file, for latticetop replay.",
    ),
    click.option("--redact", is_flag=True, help="Leave account ids, names, tags and ARNs out of the recording."),
)


def recorder(places: Sequence[Target], name: str | None, redact: bool) -> Recorder | None:
    """What records into the file, None without one; a usage error when that cannot be."""
    if name is None:
        if redact:
            usage("--redact is about a recording: name its file with --record.")
        return None
    if len(places) > 1 or places[0].settings.region == ALL:
        usage("A recording holds one account and Region: choose them with --profile and --region.")
    from latticetop.follow.recording.reader import RecordingError
    from latticetop.follow.recording.writer import Recorder
    from latticetop.model.redact import Redactor

    try:
        return Recorder(Path(name), Redactor() if redact else None)
    except RecordingError as error:
        usage(str(error))


TIMES = "such as 2024-12-19T08:20:30Z, 08:20:30 of its day, +90s from its start, -5m from its end; else its end"


RECORDED = (
    click.option("--from", "recording", metavar="FILE", shell_complete=files, help="Read a recording, and not AWS."),
    click.option("--at", metavar="TIME", help=f"The moment of the recording, {TIMES}."),
)


_SPELLINGS = {
    "profiles": "profile",
    "regions": "region",
    "vpc_ids": "vpc-id",
    "subnet_ids": "subnet-id",
    "resolving": "resolve",
    "seconds": "for",
}


def recorded(flags: dict[str, Any], *others: str) -> tuple[Snapshot, datetime] | None:
    """The snapshot that `--from` and `--at` name and its moment; None without `--from`.

    They are taken out of the flags; `others` are the flags that a recording cannot heed.
    """
    name, text = flags.pop("recording"), flags.pop("at")
    if name is None:
        if text is not None:
            usage("--at is a moment of a recording: name the file with --from.")
        return None
    refuse(flags, *others)
    found = opened(name)
    try:
        return _snapshot(found, text)
    finally:
        found.close()


def refuse(flags: dict[str, Any], *others: str) -> None:
    """A usage error for flags that a recording cannot heed."""
    for flag in others:
        if flags[flag]:
            usage(f"--from reads a recording, which --{_spelling(flag)} has no bearing on: leave one of them out.")


def opened(name: str) -> Recording:
    """A recording; a usage error for a file that is none."""
    from latticetop.follow.recording.reader import Recording, RecordingError

    try:
        return Recording(Path(name))
    except RecordingError as error:
        usage(str(error))


def index_of(recording: Recording, text: str | None) -> int:
    """The entry at a time, the last one without; a usage error for a time outside."""
    from latticetop.follow.recording.time_point import point_in

    if text is None:
        return len(recording) - 1
    try:
        return recording.index_at(point_in(text, recording.moments[0].at, recording.moments[-1].at))
    except ValueError as error:
        usage(str(error))


def _snapshot(recording: Recording, text: str | None) -> tuple[Snapshot, datetime]:
    from latticetop.follow.recording.time_point import told

    index = index_of(recording, text)
    snapshot = recording.snapshot(index)
    if snapshot is None:
        first = next(moment.at for moment in recording.moments if moment.key)
        usage(f"Nothing had been read by then: the first snapshot is of {told(first)} UTC.")
    return snapshot, recording.moments[index].at


def _spelling(flag: str) -> str:
    """A flag as it is written, from what click calls it."""
    return _SPELLINGS.get(flag, flag.replace("_", "-"))
