"""Write a file whole or not at all."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from uuid import uuid4


def replace_file(path: Path, content: bytes) -> None:
    """Write a file; if that fails, one that exists keeps its content, and no new one is left. Raises OSError.

    A link leads to the file that is replaced, and a device or a pipe is written as it is. The mode of a file stays.
    """
    if path.exists() and not path.is_file():
        # By its own name: the links of /dev/stdout and /dev/fd lead to names that cannot be opened.
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    # A name of its own beside the file: to rename it there replaces the file at once.
    beside = target.with_name(f".{uuid4().hex}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except PermissionError:
        # The folder takes no new files, or its file may be written only.
        _discard(beside)
        if not target.exists():
            raise
        target.write_bytes(content)
    except BaseException:
        _discard(beside)
        raise


def _discard(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
