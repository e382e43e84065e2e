"""The file that the dashboard records into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from latticetop.completing import files
from latticetop.config import ALL
from latticetop.console import usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.follow.recorder import Recorder
    from latticetop.scopes import Place

RECORDING = (
    click.option(
        "--record",
        metavar="FILE",
        shell_complete=files,
        help="Record what is seen into a new file, for latticetop replay.",
    ),
    click.option("--redact", is_flag=True, help="Leave account ids, names, tags and ARNs out of the recording."),
)


def recorder(places: Sequence[Place], name: str | None, redact: bool) -> Recorder | None:
    """What records into the file, None without one; a usage error when that cannot be."""
    if name is None:
        if redact:
            usage("--redact is about a recording: name its file with --record.")
        return None
    if len(places) > 1 or places[0].settings.region == ALL:
        usage("A recording holds one account and Region: choose them with --profile and --region.")
    from latticetop.follow.recorder import Recorder
    from latticetop.follow.recording import RecordingError
    from latticetop.model.redact import Redactor

    try:
        return Recorder(Path(name), Redactor() if redact else None)
    except RecordingError as error:
        usage(str(error))
