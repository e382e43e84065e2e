"""Whether the files that credentials come from have changed, so that a new sign-in is noticed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_FILES = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}
_CACHES = ("~/.aws/sso/cache", "~/.aws/login/cache")


def stamp(connected: bool) -> tuple[tuple[str, int, int], ...]:
    """Times and sizes of the AWS configuration and credentials files; while not connected of sign-in caches too.

    Those caches are left aside while connected, for botocore renews what is in them by itself.
    """
    return tuple(sorted(_stamps(_files(connected))))


def _files(connected: bool) -> Iterator[Path]:
    for variable, usual in (
        ("AWS_CONFIG_FILE", "~/.aws/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ):
        yield Path(os.environ.get(variable) or usual).expanduser()
    if not connected:
        for folder in _CACHES:
            yield from Path(folder).expanduser().glob("*.json")


def _stamps(files: Iterator[Path]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        try:
            found = file.stat()
        except OSError:
            continue
        yield str(file), found.st_mtime_ns, found.st_size
