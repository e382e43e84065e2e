"""`latticetop replay`: the dashboard on a recording, or on answers of AWS in files."""

from __future__ import annotations

import click

from latticetop.cli.completion import files
from latticetop.cli.options import APPEARANCE, appearance_of, options, settings
from latticetop.cli.output import NumberRange, need_terminal, usage
from latticetop.cli.recording_options import TIMES, index_of, open_files, time_in_answers
from latticetop.config.settings import Theme


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, shell_complete=files)
@click.option("--at", metavar="TIME", help=f"Where to start: {TIMES} (default: the start).")
@click.option("--speed", type=NumberRange(0.5, 300), default=10.0, show_default=True, help="Playback speed multiplier.")
@options(*APPEARANCE)
@click.pass_context
def replay(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    at: str | None,
    speed: float,
    theme: Theme | None,
    ascii: bool | None,  # noqa: A002
) -> None:
    """Play a recording made by latticetop --record FILE in the dashboard, or show the JSON of the AWS CLI, without AWS.

    Two lines at the bottom show the time, the position and the speed; | marks a change, and a click goes there. Keys: z
    play/pause, < > previous or next change, + - speed, ^ start, and one entry back or on with comma and dot. Ages are
    those of then. Files and directories with answers of AWS, as of latticetop dump, are one moment, without such a bar.
    check, explain, plan and watch read the same with --from PATH.

    \b
    Examples:
      latticetop --record incident.rec        make a recording
      latticetop replay incident.rec
      latticetop replay incident.rec --at 08:19:20 --speed 1
      latticetop replay latticetop-dump       files of the AWS CLI
    """
    from latticetop.follow.recording.reader import Recording
    from latticetop.runtime.build import replay as run_replay

    if context.find_root().params["plain"]:
        usage(
            f"--plain does not apply to replay: latticetop watch --from {paths[0]} prints the changes of a recording."
        )
    appearance = appearance_of(context, theme, ascii)
    config = settings()
    recording = open_files(paths)
    if not isinstance(recording, Recording):
        from latticetop.runtime.build import show_answers

        need_terminal()
        raise SystemExit(show_answers(recording, time_in_answers(recording, at), config, appearance))
    try:
        index = index_of(recording, at) if at is not None else 0
        need_terminal()
        code = run_replay(recording, index, speed, config, appearance)
    finally:
        recording.close()
    raise SystemExit(code)
