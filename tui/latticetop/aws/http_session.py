"""The HTTP session of every client: it follows no redirect, and bounds the duration and the size of a response.

A time-out counts only while the event loop runs: after a stall the request is sent again.

Leans on: aiobotocore's `AIOHTTPSession`, its methods `_get_session`, `_create_connector` and `_build_ssl_contexts`,
the attributes with their arguments and their sessions, and what it uses of an aiohttp response: `url`, `status`,
`raw_headers` and `read`. botocore sends no request to the target of a redirect, but aiohttp does: with the session
token, and the body.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from io import BytesIO
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.utils import _RefCountedSessionMixin
from botocore.exceptions import ConnectTimeoutError, HTTPClientError, ReadTimeoutError

from latticetop.aws.limits import RESPONSE_BYTES, RESPONSE_SECONDS
from latticetop.aws.loop_stalls import measured_stalls
from latticetop.aws.response_errors import ForeignResponseError, LoopStalledError, ResponseLimitError
from latticetop.aws.shared_connections import connection_pools, shared_contexts

_REDIRECTS = (301, 302, 303, 307, 308)
_MEBIBYTE = 1 << 20
_STALLED_ATTEMPTS = 4
"""How often a request is sent whose time-outs may all be due to stalls of this process."""


class Transfer:
    """What the requests of a list took so far: seconds from sending to the last byte, without waits for a turn.

    Stalls of this process are not in it.
    """

    def __init__(self) -> None:
        self.seconds = 0.0


_transfer: ContextVar[Transfer | None] = ContextVar("transfer", default=None)
_host: ContextVar[str] = ContextVar("host", default="")


@contextmanager
def measured(transfer: Transfer) -> Iterator[None]:
    """Add what requests of this task take inside the block."""
    token = _transfer.set(transfer)
    try:
        yield
    finally:
        _transfer.reset(token)


def answering_host() -> str:
    """The host that this task sent its last request to."""
    return _host.get()


class _ResponseTimeoutError(ResponseLimitError):
    """A response that was not complete in time."""


class BoundedSession(AIOHTTPSession):  # type: ignore[misc]
    """aiobotocore's HTTP session with the limits RESPONSE_SECONDS and RESPONSE_BYTES, and without redirects.

    A response that is refused raises ForeignResponseError or ResponseLimitError, which botocore does not retry.
    """

    async def send(self, request: Any) -> Any:
        """Send a request and read its response; the limit of time is one for the two.

        Raises LoopStalledError when this process did not find the time to see an answer.
        """
        _host.set(urlsplit(request.url).hostname or "")
        for _ in range(_STALLED_ATTEMPTS):
            with measured_stalls() as stalls:
                started = perf_counter()
                try:
                    return await self._send(request)
                except (ConnectTimeoutError, ReadTimeoutError, _ResponseTimeoutError):
                    if not stalls.are_long:
                        raise
                finally:
                    if transfer := _transfer.get():
                        transfer.seconds += perf_counter() - started - stalls.seconds
        raise LoopStalledError

    async def _send(self, request: Any) -> Any:
        try:
            async with asyncio.timeout(RESPONSE_SECONDS) as deadline:
                return await super().send(request)
        except HTTPClientError as error:
            cause = error.kwargs.get("error")
            if isinstance(cause, (ForeignResponseError, ResponseLimitError)):
                raise cause from None
            raise
        except TimeoutError:
            if deadline.expired():
                raise _ResponseTimeoutError(f"was not complete after {RESPONSE_SECONDS:g} s") from None
            raise

    async def __aenter__(self) -> Any:
        connection_pools().join()
        return await super().__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        sessions = self._sessions
        for session in (sessions or {}).values():
            session.detach()
        try:
            await super().__aexit__(*error)
        finally:
            if sessions is not None:
                await connection_pools().leave()

    async def _get_session(self, proxy_url: str | None) -> _DirectRequests:
        return _DirectRequests(await super()._get_session(proxy_url))

    async def _create_connector(self, proxy_url: str | None) -> Any:
        key = (*self._security(proxy_url), self._max_pool_connections)
        return await connection_pools().connector(key, partial(super()._create_connector, proxy_url))

    def _build_ssl_contexts(self, proxy_url: str | None) -> Any:
        return shared_contexts(self._security(proxy_url), partial(super()._build_ssl_contexts, proxy_url))

    def _security(self, proxy_url: str | None) -> tuple[object, ...]:
        """All that the TLS contexts depend on."""
        proxy_settings = tuple(sorted(self._proxy_config.settings.items()))
        return (self._verify, self._cert_file, self._key_file, proxy_url, proxy_settings)


class BoundedMetadataSession(_RefCountedSessionMixin, BoundedSession):  # type: ignore[misc]
    """The same for the metadata services of instances and containers."""


class _DirectRequests:
    """An aiohttp session, as far as aiobotocore uses it, that refuses redirects."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def request(self, method: str, **arguments: Any) -> _BoundedResponse:
        """Send a request. Raises ForeignResponseError for a redirect."""
        response = await self._session.request(method, allow_redirects=False, **arguments)
        if response.status in _REDIRECTS:
            response.close()
            headers = response.headers
            location = headers.get("Location", "")
            raise ForeignResponseError(
                response.url.host or "", response.status, headers.get("Content-Type", ""), location or "/"
            )
        return _BoundedResponse(response)


class _BoundedResponse:
    """A response of aiohttp, as far as aiobotocore uses it, whose body is read up to RESPONSE_BYTES."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.url, self.status, self.raw_headers = response.url, response.status, response.raw_headers
        self._response = response

    async def read(self) -> bytes:
        """Read the body. Raises ResponseLimitError as soon as it is known to be larger."""
        # Its value is no copy.
        body = BytesIO()
        try:
            _require_size(self._response.content_length or 0)
            async for chunk in self._response.content.iter_any():
                body.write(chunk)
                _require_size(body.tell())
        except BaseException:
            self._response.close()
            raise
        return body.getvalue()


def _require_size(size: int) -> None:
    if size > RESPONSE_BYTES:
        raise ResponseLimitError(f"is larger than {RESPONSE_BYTES // _MEBIBYTE} MiB and was not read")
