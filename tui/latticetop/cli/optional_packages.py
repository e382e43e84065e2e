"""Packages that only some commands need: what to enter where one is missing."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from latticetop.cli.output import usage


def need_package(package: str, purpose: str) -> None:
    """End with a usage error if a package is not installed. `purpose` is the command or flag that needs it."""
    if find_spec(package.replace("-", "_")) is None:
        usage(f"{purpose} requires {package}, which is not installed: {install_command(package)}")


def install_command(package: str) -> str:
    """Return the command that installs a package into the environment that runs latticetop.

    A plain `pip install` would reach another environment, unless this one is active.
    """
    prefix = Path(sys.prefix)
    if (prefix / "pipx_metadata.json").exists():
        return f"pipx inject {prefix.name} {package}"
    python = shlex.quote(sys.executable)
    with suppress(OSError):
        # What uv creates has no pip.
        if "\nuv = " in "\n" + (prefix / "pyvenv.cfg").read_text(encoding="utf-8"):
            return f"uv pip install --python {python} {package}"
    return f"{python} -m pip install {package}"
