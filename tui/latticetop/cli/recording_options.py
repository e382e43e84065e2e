"""The options for recordings: to make one, and to read one instead of AWS."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from latticetop.cli.completion import files
from latticetop.cli.output import narrate, usage
from latticetop.reports.exit_codes import ExitCode, worst_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.follow.recording.reader import Recording
    from latticetop.follow.recording.writer import Recorder
    from latticetop.model.incident.investigation import InvestigationRecord
    from latticetop.model.snapshot import Snapshot
    from latticetop.runtime.targets import Target


RECORDING = (
    click.option(
        "--record",
        metavar="FILE",
        shell_complete=files,
        help="Record what is read to a new file, for latticetop replay.",
    ),
    click.option("--redact", is_flag=True, help="Replace account ids, names, tags and ARNs in the recording."),
)


def recorder(targets: Sequence[Target], name: str | None, redact: bool) -> Recorder | None:
    """Return the recorder that writes to a new file, None without a name; a usage error if it cannot be made."""
    if name is None:
        if redact:
            usage("--redact requires --record FILE.")
        return None
    from latticetop.runtime.targets import is_single_scope

    if not is_single_scope(targets):
        usage("A recording holds one account and Region: select them with --profile and --region.")
    from latticetop.follow.recording.reader import RecordingError
    from latticetop.follow.recording.writer import Recorder
    from latticetop.model.redact import Redactor

    try:
        return Recorder(Path(name), Redactor() if redact else None)
    except RecordingError as error:
        usage(str(error))


TIMES = "2024-12-19T08:20:30Z, 08:20:30 on its day (UTC), +90s from its start, or -5m from its end"
"""The forms of a time argument, for help texts."""


RECORDED = (
    click.option(
        "--from", "recording", metavar="FILE", shell_complete=files, help="Read this recording instead of AWS."
    ),
    click.option("--at", metavar="TIME", help=f"Time in the recording: {TIMES} (default: the end)."),
)


CONNECTION_FLAGS = ("profiles", "regions", "endpoint_url", "max_calls", "log")
SELECTION_FLAGS = ("all_endpoints", "all_subnets", "vpc_ids", "subnet_ids")
"""The parameters of `options.CONNECTION` and `options.SELECTION`, which have no effect on a recording."""


_FLAG_NAMES = {
    "profiles": "profile",
    "regions": "region",
    "vpc_ids": "vpc-id",
    "subnet_ids": "subnet-id",
    "resolve_names": "resolve",
    "seconds": "for",
}


class RecordedMoment(NamedTuple):
    """The snapshot that `--from` and `--at` select, its time, and what was found of an endpoint by then."""

    snapshot: Snapshot
    at: datetime
    found: InvestigationRecord | None = None


def recorded(flags: dict[str, Any], *live_flags: str, vpc_endpoint_id: str = "") -> RecordedMoment | None:
    """Return what `--from` and `--at` select, with what was found of an endpoint; None without `--from`.

    Removes both from `flags`. A usage error if any of `live_flags`, which apply to AWS only, is set.
    """
    name, text = flags.pop("recording"), flags.pop("at")
    if name is None:
        if text is not None:
            usage("--at requires --from FILE.")
        return None
    reject_live_flags(flags, *live_flags)
    recording = open_recording(name)
    from latticetop.follow.recording.reader import RecordingError

    try:
        return _moment(recording, text, vpc_endpoint_id)
    except RecordingError as error:
        usage(str(error))
    finally:
        recording.close()


def reject_live_flags(flags: dict[str, Any], *live_flags: str) -> None:
    """End with a usage error if any of `live_flags`, which have no effect on a recording, is set."""
    for flag in live_flags:
        if flags[flag]:
            usage(f"--{_flag_name(flag)} has no effect with --from, which reads a recording: remove one of them.")


def open_recording(name: str) -> Recording:
    """Open a recording; a usage error for a missing or damaged file, or one that is no recording."""
    from latticetop.follow.recording.reader import Recording, RecordingError

    try:
        return Recording(Path(name))
    except RecordingError as error:
        usage(str(error))


def complete(recorder: Recorder | None, code: ExitCode) -> ExitCode:
    """Return the exit code of what was recorded; with a sentence, UNKNOWN instead of OK if its end is missing."""
    if recorder is None or recorder.failure is None:
        return code
    from latticetop.follow.recording.recording_source import recording_problem

    message = recording_problem(recorder.path, recorder.failure).message
    narrate(f"The recording is incomplete. {message}")
    return worst_of((code, ExitCode.UNKNOWN))


def index_of(recording: Recording, text: str | None) -> int:
    """Return the index of the entry at a time, the last one for None; a usage error for a time outside."""
    from latticetop.follow.recording.time_argument import parse_time_argument

    if text is None:
        return len(recording) - 1
    try:
        return recording.index_at(parse_time_argument(text, recording.positions[0].at, recording.positions[-1].at))
    except ValueError as error:
        usage(str(error))


def _moment(recording: Recording, text: str | None, vpc_endpoint_id: str) -> RecordedMoment:
    from latticetop.follow.recording.time_argument import format_utc

    index = index_of(recording, text)
    snapshot = recording.snapshot(index)
    if snapshot is None:
        first = next(moment.at for moment in recording.positions if moment.is_key_frame)
        usage(f"No data had been read by then: the first snapshot is from {format_utc(first)} UTC.")
    found = recording.investigation(index, vpc_endpoint_id) if vpc_endpoint_id else None
    return RecordedMoment(snapshot, recording.positions[index].at, found)


def _flag_name(flag: str) -> str:
    """Return the name of a flag on the command line, from the name of its parameter."""
    return _FLAG_NAMES.get(flag, flag.replace("_", "-"))
