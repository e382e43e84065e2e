"""Reads AWS: sessions, calls, decoding, error kinds. Importing this loads no SDK; `connect` does, in a thread."""

from __future__ import annotations

from .connect import Connector, connect
from .operations import OPERATIONS
from .settings import Settings
from .shared import Shared

__all__ = ["OPERATIONS", "Connector", "Settings", "Shared", "connect"]
