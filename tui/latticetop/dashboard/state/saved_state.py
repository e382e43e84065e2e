"""What the dashboard saves from one run to the next: the filters and the sort orders of tables that are to be kept."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILTER_LENGTH = 1000
"""Characters of a filter that are saved."""
_MAX_FILE_SIZE = 100_000
"""Bytes; a larger file was not written by latticetop."""


class SavedTables(msgspec.Struct, omit_defaults=True):
    """The file: filters as they were typed and sort orders as `str` writes them, each by the name of its table."""

    filters: dict[str, str] = {}
    orders: dict[str, str] = {}


class SavedState:
    """The saved filters and sort orders; without a path they last as long as the app. A damaged file is ignored."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = Lock()
        self._tables = self._load()
        self._filters, self._orders = dict(self._tables.filters), dict(self._tables.orders)
        """The filters and sort orders in force, saved or not."""

    def filter(self, table: str) -> str:
        """The filter of a table; empty for none."""
        return self._filters.get(table, "")

    def order(self, table: str) -> str:
        """The sort order of a table; empty for its own."""
        return self._orders.get(table, "")

    def set_filter(self, table: str, text: str) -> None:
        """Set the filter of a table for as long as the app runs."""
        self._filters[table] = text

    def keep_filter(self, table: str, text: str) -> bool:
        """Set the filter of a table for the next start too, and return whether the file has to be written."""
        self.set_filter(table, text)
        return self._set(self._tables.filters, table, text[:MAX_FILTER_LENGTH])

    def set_order(self, table: str, order: str) -> None:
        """Set the sort order of a table for as long as the app runs."""
        self._orders[table] = order

    def keep_order(self, table: str, order: str) -> bool:
        """Set the sort order of a table for the next start too, and return whether the file has to be written."""
        self.set_order(table, order)
        return self._set(self._tables.orders, table, order)

    def save(self) -> None:
        """Write the file, whole or not at all. Waits for the disk; raises OSError."""
        if self._path is None:
            return
        with self._lock:
            content = msgspec.json.encode(self._tables)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                os.replace(name, self._path)
            except OSError:
                with suppress(OSError):
                    os.unlink(name)
                raise

    def _set(self, texts: dict[str, str], table: str, text: str) -> bool:
        if not table or texts.get(table, "") == text:
            return False
        with self._lock:
            if text:
                texts[table] = text
            else:
                texts.pop(table, None)
        return self._path is not None

    def _load(self) -> SavedTables:
        try:
            if self._path is None or self._path.stat().st_size > _MAX_FILE_SIZE:
                return SavedTables()
            return msgspec.json.decode(self._path.read_bytes(), type=SavedTables)
        except (OSError, ValueError, RecursionError):
            return SavedTables()
