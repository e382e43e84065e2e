"""`latticetop watch`: what changes, as lines."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.completion import files
from latticetop.cli.options import CONNECTION, SELECTION, merge, options, selection_of
from latticetop.cli.output import (
    USAGE,
    Number,
    check_interval,
    emit,
    emit_schema,
    end,
    interval_from_environment,
    run,
    usage,
)
from latticetop.cli.recording_options import RECORDING, opened, recorder, refuse
from latticetop.config.settings import ALL, FLOOR, LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.config.settings import Config
    from latticetop.reports.events import WatchEvent
    from latticetop.runtime.targets import Target

_LIVE = (
    "profiles",
    "regions",
    "endpoint_url",
    "max_calls",
    "all_endpoints",
    "all_subnets",
    "vpc_ids",
    "subnet_ids",
    "interval",
    "seconds",
    "record",
    "redact",
)


@click.command()
@options(*CONNECTION, *SELECTION)
@click.option("--interval", type=float, callback=check_interval, help=f"Seconds between reads, at least {FLOOR:g}.")
@click.option("--json", "as_json", is_flag=True, help="Print an object a line; --schema describes it.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a line and read nothing.")
@click.option("--count", type=click.IntRange(1), metavar="N", help="End after so many changes; 1 waits for the next.")
@click.option("--for", "seconds", type=Number(0, LONGEST), metavar="SECONDS", help="End after so many seconds.")
@click.option(
    "--from", "recording", metavar="FILE", shell_complete=files, help="Tell what happens over a recording, and end."
)
@options(*RECORDING)
@click.pass_context
def watch(
    context: click.Context,
    /,
    as_json: bool,
    schema: bool,
    count: int | None,
    recording: str | None,
    **flags: Any,
) -> None:
    """Print what is wrong, then each change and each problem as one line, until ctrl-c.

    It is for a screen reader, a log, a script. It ends with the exit code that check would have by then, or 130.

    \b
    Examples:
      latticetop watch                        also: latticetop --plain
      latticetop watch --count 1              waits for the next change
      latticetop watch --for 600 && echo still well
      latticetop watch --json | jq -r .what
      latticetop watch --from incident.rec    what happened over a recording
    """
    if schema:
        from latticetop.reports.changes import lines_json_schema

        emit_schema(lines_json_schema())
        return
    if recording is not None:
        refuse(flags, *_LIVE)
        context.exit(watch_recording(recording, Printer(as_json, count)))
    context.exit(
        watch_account(
            merge(context, flags),
            context.find_root().obj["interval"] if flags["interval"] is None else flags["interval"],
            as_json=as_json,
            count=count,
            seconds=flags["seconds"],
            record=flags["record"],
            redact=flags["redact"],
        )
    )


def watch_account(
    config: Config,
    interval: float | None,
    *,
    as_json: bool = False,
    count: int | None = None,
    seconds: float | None = None,
    record: str | None = None,
    redact: bool = False,
) -> int:
    """Print what happens in the scopes of a configuration; the exit code."""
    from latticetop.runtime.targets import targets_of

    pause = interval_from_environment(config.interval) if interval is None else interval
    if pause == 0:
        usage(f"There is no key to read on here: give an --interval of at least {FLOOR:g} seconds.")
    places = targets_of(config)
    return watch_places(
        places,
        pause,
        Printer(as_json, count, several=len(places) > 1 or places[0].settings.region == ALL),
        selection=selection_of(config),
        seconds=seconds,
        max_calls=config.max_calls,
        recorder=recorder(places, record, redact),
    )


def watch_places(places: Sequence[Target], interval: float, printer: Printer, **more: Any) -> int:
    """Print what happens in some scopes; the exit code. `more` is what `watching.tell_live` takes."""
    from latticetop.runtime.headless import tell_live

    if sys.stderr and sys.stderr.isatty():
        click.echo(f"latticetop: reads every {interval:g} s; ctrl-c ends it.", err=True)
    found = run(tell_live(places, interval, printer, **more))
    return found if isinstance(found, int) else end(str(found), USAGE)


class Printer:
    """Prints happenings, each at once; False when there is nobody left to read, or enough changes were printed."""

    def __init__(self, as_json: bool, count: int | None = None, *, several: bool = False) -> None:
        from latticetop.reports.changes import render_event
        from latticetop.reports.lines import TextLines

        self._render = render_event if as_json else TextLines(several)
        self._encoding = "utf-8" if as_json else None
        self._left = count

    def __call__(self, happening: WatchEvent) -> bool:
        """Print one."""
        from latticetop.reports.events import WatchChange

        heard = emit(self._render(happening), self._encoding)
        if self._left is not None and isinstance(happening, WatchChange):
            self._left -= 1
        return heard and self._left != 0


def watch_recording(name: str, printer: Printer) -> int:
    """Print what happens over a recording; the exit code at its end."""
    from latticetop.follow.recording.reader import RecordingError
    from latticetop.runtime.headless import tell_recording

    recording = opened(name)
    try:
        return tell_recording(recording, printer)
    except RecordingError as error:
        usage(str(error))
    finally:
        recording.close()
