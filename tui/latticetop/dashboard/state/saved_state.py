"""What the dashboard remembers from one start to the next: what was filtered and how it was sorted, by table."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

MOST_TEXT = 1000
"""Letters of a filter that are remembered."""
_MOST_BYTES = 100_000


class Kept(msgspec.Struct, omit_defaults=True):
    """What is in the file: filters as they were typed and orders by their value, each by the name of its table."""

    filters: dict[str, str] = {}
    orders: dict[str, str] = {}


class Memory:
    """What is remembered; without a path for as long as the dashboard runs. A file that is damaged counts as none."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = Lock()
        self._kept = self._load()

    def filter(self, table: str) -> str:
        """What the table is filtered by."""
        return self._kept.filters.get(table, "")

    def order(self, table: str) -> str:
        """What the table is sorted by; empty for its own order."""
        return self._kept.orders.get(table, "")

    def set_filter(self, table: str, text: str) -> bool:
        """Remember a filter, or none; whether that is news which wants to be saved."""
        return self._set(self._kept.filters, table, text[:MOST_TEXT])

    def set_order(self, table: str, order: str) -> bool:
        """Remember an order; whether that is news which wants to be saved."""
        return self._set(self._kept.orders, table, order)

    def save(self) -> None:
        """Write the file, whole or not at all. Waits for the disk; raises OSError."""
        if self._path is None:
            return
        with self._lock:
            written = msgspec.json.encode(self._kept)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(written)
                os.replace(name, self._path)
            except OSError:
                with suppress(OSError):
                    os.unlink(name)
                raise

    def _set(self, kept: dict[str, str], table: str, text: str) -> bool:
        if not table or kept.get(table, "") == text:
            return False
        with self._lock:
            if text:
                kept[table] = text
            else:
                kept.pop(table, None)
        return self._path is not None

    def _load(self) -> Kept:
        try:
            if self._path is None or self._path.stat().st_size > _MOST_BYTES:
                return Kept()
            return msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except (OSError, ValueError, RecursionError):
            return Kept()
