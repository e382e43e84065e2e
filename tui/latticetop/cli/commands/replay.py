"""`latticetop replay`: the dashboard on a recording."""

from __future__ import annotations

import click

from latticetop.cli.completion import files
from latticetop.cli.options import APPEARANCE, appearance_of, options, settings
from latticetop.cli.output import NumberRange, need_terminal, usage
from latticetop.cli.recording_options import TIMES, index_of, open_recording
from latticetop.config.settings import Theme


@click.command()
@click.argument("file", shell_complete=files)
@click.option("--at", metavar="TIME", help=f"Where to start: {TIMES} (default: the start).")
@click.option("--speed", type=NumberRange(0.5, 300), default=10.0, show_default=True, help="Playback speed multiplier.")
@options(*APPEARANCE)
@click.pass_context
def replay(
    context: click.Context,
    /,
    file: str,
    at: str | None,
    speed: float,
    theme: Theme | None,
    ascii: bool | None,  # noqa: A002
) -> None:
    """Play a recording made by latticetop --record FILE in the dashboard, without AWS.

    Two lines at the bottom show the time, the position and the speed; | marks a change, and a click goes there. Keys: z
    play/pause, < > previous or next change, + - speed, ^ start, and one entry back or on with comma and dot. Ages are
    those of then. check, explain, plan and watch read a recording with --from FILE.

    \b
    Examples:
      latticetop --record incident.rec        make a recording
      latticetop replay incident.rec
      latticetop replay incident.rec --at 08:19:20 --speed 1
    """
    from latticetop.runtime.build import replay as run_replay

    if context.find_root().params["plain"]:
        usage(f"--plain does not apply to replay: latticetop watch --from {file} prints the changes of a recording.")
    appearance = appearance_of(context, theme, ascii)
    config = settings()
    recording = open_recording(file)
    try:
        index = index_of(recording, at) if at is not None else 0
        need_terminal()
        code = run_replay(recording, index, speed, config, appearance)
    finally:
        recording.close()
    raise SystemExit(code)
