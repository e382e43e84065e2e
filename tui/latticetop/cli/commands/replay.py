"""`latticetop replay`: the dashboard on a recording."""

from __future__ import annotations

import click

from latticetop.cli.completion import files
from latticetop.cli.options import LOOK, look_of, options, settings
from latticetop.cli.output import Number, need_terminal, usage
from latticetop.cli.recording_options import TIMES, index_of, opened
from latticetop.config.settings import Theme


@click.command()
@click.argument("file", shell_complete=files)
@click.option("--at", metavar="TIME", help=f"Where to begin, {TIMES.partition(';')[0]}; else its start.")
@click.option("--speed", type=Number(0.5, 300), default=10.0, show_default=True, help="Times as fast.")
@options(*LOOK)
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
    """Play a recording in the dashboard, as it was seen when latticetop --record FILE made it; AWS is not asked.

    \b
    Examples:
      latticetop --record incident.rec        makes one
      latticetop replay incident.rec
      latticetop replay incident.rec --at 08:19:20 --speed 1
    """
    from latticetop.runtime.build import replay as play

    if context.find_root().params["plain"]:
        usage(f"A replay is a screen: latticetop watch --from {file} prints what happened over it.")
    look = look_of(context, theme, ascii)
    config = settings()
    recording = opened(file)
    try:
        index = index_of(recording, at) if at is not None else 0
        need_terminal()
        code = play(recording, index, speed, config, look)
    finally:
        recording.close()
    raise SystemExit(code)
