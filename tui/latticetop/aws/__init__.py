"""Reading AWS: sessions, calls, decoding, errors. Importing the package loads no SDK; `connect` does, in a thread."""

from __future__ import annotations

from latticetop.aws.connect import Connector, connect
from latticetop.aws.operations import OPERATIONS
from latticetop.aws.session_cache import SessionCache
from latticetop.aws.settings import Settings

__all__ = ["OPERATIONS", "Connector", "SessionCache", "Settings", "connect"]
