"""Whether the files that credentials come from have changed, so that a new sign-in is noticed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

CACHES = ("~/.aws/sso/cache", "~/.aws/login/cache")
"""The folders in which sign-ins are kept."""


def settings_path() -> Path:
    """Where the AWS configuration is, or would be."""
    return Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def credentials_path() -> Path:
    """Where the file of credentials is, or would be."""
    return Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()


def stamp(connected: bool) -> tuple[tuple[str, int, int], ...]:
    """Times and sizes of the AWS configuration and credentials files; while not connected of sign-in caches too.

    Those caches are left aside while connected, for botocore renews what is in them by itself.
    """
    return tuple(sorted(_stamps(_files(connected))))


def _files(connected: bool) -> Iterator[Path]:
    yield settings_path()
    yield credentials_path()
    if not connected:
        for folder in CACHES:
            yield from Path(folder).expanduser().glob("*.json")


def _stamps(files: Iterator[Path]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        try:
            found = file.stat()
        except OSError:
            continue
        yield str(file), found.st_mtime_ns, found.st_size
