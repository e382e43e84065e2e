"""Writing a file for the user, never over another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

MOST_TRIES = 100


def write_new(folder: Path, stem: str, ending: str, at: datetime, content: bytes) -> Path:
    """Write a new file named after a stem and a time, and give its path; OSError when it cannot be written."""
    name = f"{stem}-{at:%Y%m%dT%H%M%SZ}"
    for number in range(1, MOST_TRIES + 1):
        path = folder / f"{name}{'' if number == 1 else f'-{number}'}{ending}"
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            continue
        return path.absolute()
    raise FileExistsError(17, "there are too many files of that name", str(folder / name))
