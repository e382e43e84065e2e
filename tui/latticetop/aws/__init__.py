"""Reads AWS: sessions, calls, decoding, error kinds. Importing this loads no SDK; `connect` does, in a thread."""

from __future__ import annotations

from .buckets import Bucket, call_budget
from .connect import connect
from .operations import OPERATIONS
from .settings import Settings

__all__ = ["OPERATIONS", "Bucket", "Settings", "call_budget", "connect"]
