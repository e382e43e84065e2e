"""The files that credentials come from, and a stamp that changes when they do, so that a new sign-in is noticed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

SIGN_IN_CACHES = ("~/.aws/sso/cache", "~/.aws/login/cache")
"""The folders in which the AWS CLI keeps sign-ins: `aws sso login` and `aws login`."""


def settings_path() -> Path:
    """Path of the AWS configuration file, whether or not it exists."""
    return Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def credentials_path() -> Path:
    """Path of the AWS credentials file, whether or not it exists."""
    return Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()


def stamp(connected: bool) -> tuple[tuple[str, int, int], ...]:
    """Path, modification time in nanoseconds and size in bytes of each credential file.

    While not connected it includes the sign-in caches. While connected it does not: botocore itself rewrites them when
    it renews a token.
    """
    return tuple(sorted(_stamps(_files(connected))))


def _files(connected: bool) -> Iterator[Path]:
    yield settings_path()
    yield credentials_path()
    if not connected:
        for folder in SIGN_IN_CACHES:
            yield from Path(folder).expanduser().glob("*.json")


def _stamps(files: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        yield str(file), stat.st_mtime_ns, stat.st_size
