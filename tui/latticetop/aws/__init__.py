"""Reads AWS: sessions, calls, decoding, error kinds. Importing this loads no SDK; `connect` does, in a thread."""

from __future__ import annotations

from latticetop.aws.connect import Connector, connect
from latticetop.aws.operations import OPERATIONS
from latticetop.aws.settings import Settings
from latticetop.aws.session_cache import Shared

__all__ = ["OPERATIONS", "Connector", "Settings", "Shared", "connect"]
