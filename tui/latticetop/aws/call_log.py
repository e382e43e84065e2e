"""Every request to AWS and how it ended, a line each, for the debug log: names, times and codes, and nothing else.

What is asked for, what is answered, headers and messages stay out of it.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ClientError

from latticetop.aws.errors import problem_of

LOG = logging.getLogger("latticetop.aws")
_ODD = re.compile(r"[^\w.:/@+-]", re.ASCII)
_LONGEST = 100

_request: ContextVar[_Request | None] = ContextVar("request", default=None)
"""The request that a task has under way."""
_page: ContextVar[tuple[str, int]] = ContextVar("page", default=("", 1))


class _Request:
    """A request under way; `context` is botocore's, which counts the attempts."""

    def __init__(self, who: str, name: str, context: dict[str, Any]) -> None:
        self._who, self._name, self._context = who, name, context
        self.sent = time.perf_counter()

    def end(self, status: object, outcome: str, error: str = "") -> None:
        """Write the line."""
        paged, number = _page.get()
        parts = (
            f"{_word(self._who)}/{_word(self._context.get('client_region') or '-')}",
            _word(self._name),
            f"page={number if paged == self._name else 1}",
            f"attempt={(self._context.get('retries') or {}).get('attempt', 1)}",
            f"ms={(time.perf_counter() - self.sent) * 1000:.0f}",
            f"status={_word(status or '-')}",
            f"outcome={outcome}",
            *([f"error={_word(error)}"] if error else []),
        )
        LOG.debug(" ".join(parts))


def listen(session: Any, who: str) -> None:
    """Write a line for each request of a session, those that signing needs among them. Nothing when nobody reads it."""
    if not LOG.isEnabledFor(logging.DEBUG):
        return

    def created(event_name: str, request: Any, **_: object) -> None:
        service, operation = event_name.split(".")[1:]
        _request.set(_Request(who, f"{service}:{operation}", request.context))

    # Last, so that signing and waiting for one's turn are over: signing sends requests of its own.
    events = session.get_component("event_emitter")
    events.register_last("request-created", created)
    events.register_last("before-send", _sent)
    events.register_last("response-received", _received)


@contextmanager
def on_page(operation: str, number: int) -> Iterator[None]:
    """What `service:Operation` is asked for within is this page."""
    token = _page.set((operation, number))
    try:
        yield
    finally:
        _page.reset(token)


def give_up(error: BaseException) -> None:
    """Write the line of a request that got no answer which could be read."""
    if request := _request.get():
        _request.set(None)
        kind = problem_of(error).kind.value if isinstance(error, Exception) else "cancelled"
        request.end("", kind, type(error).__name__)


def _sent(**_: object) -> None:
    if request := _request.get():
        request.sent = time.perf_counter()


def _received(parsed_response: dict[str, Any] | None, exception: Exception | None, **_: object) -> None:
    if (request := _request.get()) is None:
        return
    if exception is not None:
        give_up(exception)
        return
    _request.set(None)
    answer = parsed_response or {}
    status = (answer.get("ResponseMetadata") or {}).get("HTTPStatusCode")
    if "Error" in answer:
        kind = problem_of(ClientError(answer, "")).kind.value
        request.end(status, kind, str(answer["Error"].get("Code") or "-"))
    else:
        request.end(status, "ok")


def _word(value: object) -> str:
    """A word that a line can be cut by, whatever came from outside."""
    return _ODD.sub("_", str(value))[:_LONGEST]
