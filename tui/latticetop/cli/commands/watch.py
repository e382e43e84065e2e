"""`latticetop watch`: changes as lines of text or JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.options import (
    CONNECTION,
    MIN_FREE_BLOCKS,
    SELECTION,
    criteria_of,
    criteria_of_recording,
    merge,
    options,
    selection_of,
    with_members,
)
from latticetop.cli.output import (
    NumberRange,
    OutputError,
    check_interval,
    emit,
    emit_schema,
    end,
    interval_from_environment,
    narrate,
    run,
    usage,
)
from latticetop.cli.recording_options import (
    CONNECTION_FLAGS,
    FROM,
    RECORDING,
    SELECTION_FLAGS,
    AnswersInFiles,
    FromCommand,
    complete,
    open_files,
    read_answers,
    recorder,
    reject_live_flags,
)
from latticetop.config.settings import AT_ONCE, MAX_INTERVAL, MIN_INTERVAL, Config
from latticetop.reports.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.reports.watch_events import WatchEvent
    from latticetop.runtime.build import FollowOptions

_LIVE_FLAGS = (*CONNECTION_FLAGS, *SELECTION_FLAGS, "interval", "seconds", "record", "redact")


@click.command(cls=FromCommand)
@options(*CONNECTION, *SELECTION, MIN_FREE_BLOCKS)
@click.option(
    "--interval", type=float, callback=check_interval, help=f"Seconds between reads (minimum {MIN_INTERVAL:g})."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line; see --schema.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a line, and read nothing.")
@click.option("--count", type=click.IntRange(1), metavar="N", help="Exit after N changes; 1 waits for the next change.")
@click.option("--for", "seconds", type=NumberRange(0, MAX_INTERVAL), metavar="SECONDS", help="Exit after SECONDS.")
@options(FROM, *RECORDING)
@click.pass_context
def watch(
    context: click.Context,
    /,
    as_json: bool,
    schema: bool,
    count: int | None,
    sources: tuple[str, ...],
    min_free_blocks: int | None,
    **flags: Any,
) -> None:
    """Print what is wrong, then each change and each problem as one line, until ctrl-c.

    For screen readers, logs and scripts. The exit code is that of check for the last read, or 130. With --json a line
    is a latticetop.start/1, latticetop.change/1 or latticetop.problem/1.

    \b
    Examples:
      latticetop watch                        also: latticetop --plain
      latticetop watch --count 1              wait for the next change
      latticetop watch --for 600 && echo nothing is wrong
      latticetop watch --json | jq -r .what
      latticetop watch --from incident.rec    changes of a recording
    """
    if schema:
        from latticetop.reports.changes import lines_json_schema

        emit_schema(lines_json_schema())
        return
    if sources:
        reject_live_flags(flags, *_LIVE_FLAGS)
        criteria = criteria_of_recording(min_free_blocks)
        context.exit(print_files(sources, EventPrinter(as_json, count), criteria))
    context.exit(
        watch_account(
            merge(context, flags),
            context.find_root().obj["interval"] if flags["interval"] is None else flags["interval"],
            as_json=as_json,
            count=count,
            seconds=flags["seconds"],
            record=flags["record"],
            redact=flags["redact"],
            min_free_blocks=min_free_blocks,
        )
    )


class EventPrinter:
    """Prints each event at once, as text or JSON.

    Returns False, which ends the watch, after `count` changes, and when nothing can be written to stdout or reads it.
    With `several` scopes, each line of text names its scope.
    """

    def __init__(self, as_json: bool, count: int | None = None, *, several: bool = False) -> None:
        from latticetop.reports.changes import render_event
        from latticetop.reports.lines import EventLines

        self._render = render_event if as_json else EventLines(several)
        self._encoding = "utf-8" if as_json else None
        self.failure: OutputError | None = None
        """Why the last event could not be printed."""
        self._changes_left = count

    def __call__(self, event: WatchEvent) -> bool:
        """Print one event."""
        from latticetop.reports.watch_events import WatchChange

        try:
            has_reader = emit(self._render(event), self._encoding)
        except OutputError as error:
            self.failure = error
            return False
        if self._changes_left is not None and isinstance(event, WatchChange):
            self._changes_left -= 1
        return has_reader and self._changes_left != 0


def watch_account(
    config: Config,
    interval: float | None,
    *,
    as_json: bool = False,
    count: int | None = None,
    seconds: float | None = None,
    record: str | None = None,
    redact: bool = False,
    min_free_blocks: int | None = None,
) -> ExitCode:
    """Print the events of the targets of a configuration; return the exit code.

    `interval` (default: that of the environment, else of the configuration) and `seconds` are in seconds, `count` in
    changes; `record` is the path of a recording to make. A subnet that counts needs `min_free_blocks`, by default as
    the settings say.
    """
    from latticetop.runtime.build import FollowOptions
    from latticetop.runtime.targets import is_single_scope, targets_of

    if interval is None:
        interval = interval_from_environment(config.interval)
    if interval == 0:
        usage(f"watch cannot read on demand: set --interval to at least {MIN_INTERVAL:g} seconds.")
    targets = targets_of(with_members(config))
    options = FollowOptions(
        targets=targets,
        listing=config,
        selection=selection_of(config),
        interval=interval,
        max_calls=config.max_calls,
        at_once=config.at_once or AT_ONCE,
        recorder=recorder(targets, record, redact),
    )
    printer = EventPrinter(as_json, count, several=not is_single_scope(targets))
    return complete(options.recorder, print_events(options, printer, seconds, criteria_of(config, min_free_blocks)))


def print_events(
    options: FollowOptions, printer: EventPrinter, seconds: float | None = None, criteria: Criteria | None = None
) -> ExitCode:
    """Print the events of targets, for at most so many seconds; return the exit code."""
    from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA
    from latticetop.runtime.headless import watch_live

    if sys.stderr and sys.stderr.isatty():
        narrate(f"reads every {options.interval:g} s; ctrl-c stops it.")
    result = run(watch_live(options, printer, seconds, criteria or DEFAULT_CRITERIA))
    if printer.failure is not None:
        raise printer.failure
    return result if isinstance(result, ExitCode) else end(str(result), ExitCode.USAGE)


def print_files(names: Sequence[str], printer: EventPrinter, criteria: Criteria | None = None) -> ExitCode:
    """Print the events of a recording, or what is wrong in answers of AWS; return the exit code at the end.

    A usage error for a damaged file.
    """
    from latticetop.follow.recording.reader import Recording, RecordingError
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA
    from latticetop.runtime.headless import watch_recording, watch_still

    opened = open_files(names)
    if isinstance(opened, Recording):
        try:
            code = watch_recording(opened, printer, criteria or DEFAULT_CRITERIA)
        except RecordingError as error:
            usage(str(error))
        finally:
            opened.close()
    else:
        results = read_answers(AnswersInFiles(opened, None), Selection())
        code = watch_still(results, printer, criteria or DEFAULT_CRITERIA)
    if printer.failure is not None:
        raise printer.failure
    return code
