"""The number of requests to AWS by service, operation and outcome, counted from the log of requests."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Self

from latticetop.aws.call_log import LOG, REQUEST


class RequestCounter(logging.Handler):
    """Counts the requests of the sessions that are opened while it is in use; a context manager."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.counts: Counter[tuple[str, str, str]] = Counter()
        """By service, operation and outcome: `ok`, or the kind of the problem."""

    def emit(self, record: logging.LogRecord) -> None:
        """Count the request of a record."""
        request = getattr(record, REQUEST, None)
        if request is not None:
            self.counts[request] += 1

    def __enter__(self) -> Self:
        self._level = LOG.level
        LOG.addHandler(self)
        LOG.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        LOG.removeHandler(self)
        LOG.setLevel(self._level)
