"""The options for files: to record what is read, and to read a recording or answers of AWS instead of AWS."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from latticetop.cli.completion import files
from latticetop.cli.output import end, narrate, run, usage
from latticetop.reports.exit_codes import ExitCode, worst_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.follow.recording.reader import Recording
    from latticetop.follow.recording.writer import Recorder
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.incident.investigation import InvestigationRecord
    from latticetop.model.snapshot import Snapshot
    from latticetop.runtime.answer_files import FileScopes
    from latticetop.runtime.read_once import TargetResult
    from latticetop.runtime.targets import Target

STDIN = "-"
"""In place of a path: what is piped or pasted into the command."""
_ID = re.compile(r"(?:subnet|vpce|vpc|eni|nat|i)-[0-9a-z]{2,}")
"""The id of a resource, which is no path."""

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


FROM = click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="PATH …",
    shell_complete=files,
    help="Read this instead of AWS: a recording; or files, directories or - (stdin) with JSON of the AWS CLI.",
)


class FromCommand(click.Command):
    """A command with `--from`, which takes every following word that is no option and no id of a resource."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat `--from` before each of its further words."""
        words: list[str] = []
        after_from = False
        for index, word in enumerate(args):
            if word == "--":
                words += args[index:]
                break
            if after_from and (word == STDIN or not (word.startswith("-") or _ID.fullmatch(word))):
                words += [] if words[-1] == "--from" else ["--from"]
            else:
                after_from = word == "--from"
            words.append(word)
        return super().parse_args(ctx, words)


RECORDED = (
    FROM,
    click.option("--at", metavar="TIME", help=f"Time in the recording: {TIMES} (default: the end)."),
)


CONNECTION_FLAGS = ("profiles", "regions", "endpoint_url", "max_calls", "log")
SELECTION_FLAGS = ("all_endpoints", "all_subnets", "vpc_ids", "subnet_ids", "clusters", "tags")
"""The parameters of `options.CONNECTION` and `options.SELECTION`, which have no effect on a recording."""


_FLAG_NAMES = {
    "profiles": "profile",
    "regions": "region",
    "vpc_ids": "vpc-id",
    "subnet_ids": "subnet-id",
    "clusters": "cluster",
    "tags": "tag",
    "resolve_names": "resolve",
    "seconds": "for",
}


class RecordedMoment(NamedTuple):
    """The snapshot that `--from` and `--at` select, its time, and what was found of an endpoint by then."""

    snapshot: Snapshot
    at: datetime
    found: InvestigationRecord | None = None


class AnswersInFiles(NamedTuple):
    """The answers of AWS that `--from` names, and the time that `--at` says they are of."""

    files: FileScopes
    at: datetime | None


def recorded(
    flags: dict[str, Any], *live_flags: str, vpc_endpoint_id: str = ""
) -> RecordedMoment | AnswersInFiles | None:
    """Return what `--from` and `--at` select, with what was found of an endpoint; None without `--from`.

    Removes both from `flags`. A usage error if any of `live_flags`, which apply to AWS only, is set; those of
    SELECTION_FLAGS apply to answers in files too.
    """
    names, text = flags.pop("sources"), flags.pop("at")
    if not names:
        if text is not None:
            usage("--at requires --from PATH.")
        return None
    reject_live_flags(flags, *(flag for flag in live_flags if flag not in SELECTION_FLAGS))
    recording = open_files(names)
    from latticetop.follow.recording.reader import Recording, RecordingError

    if not isinstance(recording, Recording):
        return AnswersInFiles(recording, time_in_answers(recording, text))
    reject_live_flags(flags, *live_flags)
    try:
        return _moment(recording, text, vpc_endpoint_id)
    except RecordingError as error:
        usage(str(error))
    finally:
        recording.close()


def read_answers(answers: AnswersInFiles, selection: Selection) -> list[TargetResult]:
    """Read every scope of the answers, and say on stderr what in the files was of no use."""
    from latticetop.model.records.problem import Problem, ProblemKind
    from latticetop.runtime.read_answers import read_scopes

    for problem in answers.files.problems:
        narrate(str(problem))
    results = run(read_scopes(answers.files, selection, answers.at))
    problems = [result for _, result in results if isinstance(result, Problem)]
    if mistake := next((problem for problem in problems if problem.kind is ProblemKind.USAGE), None):
        usage(str(mistake))
    return results


def record_once(results: Sequence[TargetResult], source: AnswersInFiles | None, name: str | None, redact: bool) -> None:
    """Record the only snapshot, and what CloudTrail events in files tell of what is wrong in it.

    Ends the process if that is not possible.
    """
    if name and source and len(results) > 1:
        usage("A recording holds one account and Region: name the files of one of them after --from.")
    recorder_ = recorder([target for target, _ in results], name, redact)
    if recorder_ is None:
        return
    from latticetop.follow.recording.reader import RecordingError
    from latticetop.follow.status import Phase, Status, Update
    from latticetop.model.snapshot import Snapshot

    try:
        for _, result in results:
            if isinstance(result, Snapshot):
                at = result.taken_at
                recorder_.record(Update(result, Status(Phase.WAITING, 0.0, at)), at)
                for found in _investigations(source, result):
                    recorder_.record_investigation(found, Phase.WAITING, at)
    except (OSError, RecordingError) as error:
        from latticetop.follow.recording.recording_source import recording_problem

        end(str(recording_problem(recorder_.path, error)), ExitCode.UNKNOWN)
    finally:
        recorder_.close()


def _investigations(source: AnswersInFiles | None, snapshot: Snapshot) -> Iterator[InvestigationRecord]:
    if source is None:
        return
    from latticetop.model.endpoints.assessment import assess
    from latticetop.model.incident.investigation import InvestigationRecord
    from latticetop.runtime.read_answers import investigate_in_files

    wrong = [endpoint.vpc_endpoint_id for endpoint in snapshot.endpoints.values() if assess(snapshot, endpoint).wrong]
    for vpc_endpoint_id in wrong:
        investigation = run(investigate_in_files(source.files, vpc_endpoint_id, source.at))
        if investigation.timeline is not None:
            yield InvestigationRecord.of(investigation)


def reject_live_flags(flags: dict[str, Any], *live_flags: str) -> None:
    """End with a usage error if any of `live_flags`, which have no effect on a recording, is set."""
    for flag in live_flags:
        if flags[flag]:
            usage(f"--{_flag_name(flag)} has no effect with --from, which reads files: remove one of them.")


def open_files(names: Sequence[str]) -> Recording | FileScopes:
    """Open what `--from` names: a recording, by its first bytes, else files with answers of AWS.

    A usage error for what is missing, damaged, or neither.
    """
    from latticetop.follow.recording.reader import Recording, RecordingError

    try:
        stream = _stream_of(names)
        if stream is not None and _begins_recording(stream):
            return Recording(Path(names[0]), stream)
    except (OSError, RecordingError) as error:
        usage(str(error) if isinstance(error, RecordingError) else f"{names[0]} cannot be read: {error.strerror}.")
    from latticetop.runtime.answer_files import AnswerFilesError, read_files

    try:
        return read_files(names, stream)
    except AnswerFilesError as error:
        usage(str(error))


def _stream_of(names: Sequence[str]) -> BufferedReader | None:
    """The only file that is named, opened; None for several, and for a directory."""
    if len(names) > 1:
        return None
    if names[0] == STDIN:
        return sys.stdin.buffer if sys.stdin and isinstance(sys.stdin.buffer, BufferedReader) else None
    return None if Path(names[0]).is_dir() else Path(names[0]).open("rb")


def _begins_recording(stream: BufferedReader) -> bool:
    from latticetop.follow.recording.file_format import MAGIC_OF_ANY_VERSION

    return stream.peek(len(MAGIC_OF_ANY_VERSION)).startswith(MAGIC_OF_ANY_VERSION)


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


def time_in_answers(answers: FileScopes, text: str | None) -> datetime | None:
    """The time of `--at`; an offset is from the newest time in the files."""
    from latticetop.follow.recording.time_argument import parse_time

    if text is None:
        return None
    try:
        at = parse_time(text.strip(), answers.newest, answers.newest)
    except ValueError as error:
        usage(str(error))
    return at or usage(f"{text} is beyond every calendar.")


def _flag_name(flag: str) -> str:
    """Return the name of a flag on the command line, from the name of its parameter."""
    return _FLAG_NAMES.get(flag, flag.replace("_", "-"))
