"""One debug log line per request to AWS: names, duration, status and outcome.

Never request parameters, response contents, headers or messages.
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
from latticetop.aws.response_hook import BODY

LOG = logging.getLogger("latticetop.aws")
REQUEST = "request"
"""The attribute of a log record with the service, the operation and the outcome of the request."""
_UNSAFE = re.compile(r"[^\w.:/@+-]", re.ASCII)
_MAX_WORD = 100
"""Characters of one field."""

_current: ContextVar[_LoggedRequest | None] = ContextVar("current", default=None)
"""The request in progress in this task."""
_page: ContextVar[tuple[str, int]] = ContextVar("page", default=("", 1))
"""The action and the number of the page in progress in this task."""


class _LoggedRequest:
    """A request in progress. `context` is botocore's request context, which counts the attempts."""

    def __init__(self, identity: str, action: str, context: dict[str, Any]) -> None:
        self._identity, self._action, self._context = identity, action, context
        self.sent_at = time.perf_counter()
        self._received_at: float | None = None
        self._status: object = "-"

    def receive(self, status: object) -> None:
        """Take the time and the HTTP status of the response."""
        self._received_at, self._status = time.perf_counter(), status

    def write(self, outcome: str, error: str = "") -> None:
        """Write the log line; the duration is in milliseconds, without the parsing."""
        action, number = _page.get()
        fields = (
            f"{_word(self._identity)}/{_word(self._context.get('client_region') or '-')}",
            _word(self._action),
            f"page={number if action == self._action else 1}",
            f"attempt={(self._context.get('retries') or {}).get('attempt', 1)}",
            f"ms={((self._received_at or time.perf_counter()) - self.sent_at) * 1000:.0f}",
            f"status={_word(self._status or '-')}",
            f"outcome={outcome}",
            *([f"error={_word(error)}"] if error else []),
        )
        LOG.debug(" ".join(fields), extra={REQUEST: (*self._action.split(":", 1), outcome)})


def log_requests(session: Any, identity: str) -> None:
    """Log every request of a session, including those that signing sends. Does nothing while the log is off.

    `identity` names the profile or role in the log.
    """
    if not LOG.isEnabledFor(logging.DEBUG):
        return

    def request_created(event_name: str, request: Any, **_: object) -> None:
        service, operation = event_name.split(".")[1:]
        _current.set(_LoggedRequest(identity, f"{service}:{operation}", request.context))

    # Registered last, so that signing and the rate limiter's wait are over: signing sends requests of its own.
    events = session.get_component("event_emitter")
    events.register_last("request-created", request_created)
    events.register_last("before-send", _before_send)
    events.register_last("response-received", _response_received)


@contextmanager
def page_context(action: str, number: int) -> Iterator[None]:
    """Log requests of this action (`service:Operation`) inside the block as this page, counted from 1."""
    token = _page.set((action, number))
    try:
        yield
    finally:
        _page.reset(token)


def log_parsed() -> None:
    """Write the line of a request whose response could be parsed, if it has none yet."""
    if request := _current.get():
        _current.set(None)
        request.write("ok")


def log_failure(error: BaseException) -> None:
    """Write the line of a request without a readable response."""
    if request := _current.get():
        _current.set(None)
        kind = problem_of(error).kind.value if isinstance(error, Exception) else "cancelled"
        request.write(kind, type(error).__name__)


def _before_send(**_: object) -> None:
    if request := _current.get():
        request.sent_at = time.perf_counter()


def _response_received(parsed_response: dict[str, Any] | None, exception: Exception | None, **_: object) -> None:
    if (request := _current.get()) is None:
        return
    if exception is not None:
        log_failure(exception)
        return
    response = parsed_response or {}
    request.receive((response.get("ResponseMetadata") or {}).get("HTTPStatusCode"))
    if "Error" in response:
        _current.set(None)
        kind = problem_of(ClientError(response, "")).kind.value
        request.write(kind, str(response["Error"].get("Code") or "-"))
    elif BODY not in response:
        log_parsed()


def _word(value: object) -> str:
    """One field of a line, without spaces or control characters, so that no response can forge a line."""
    return _UNSAFE.sub("_", str(value))[:_MAX_WORD]
