"""The clients of one Region, each opened when it is first needed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from latticetop.aws import sdk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from latticetop.aws.rate_limiter import RateLimiter
    from latticetop.aws.session import PreparedSession


class ServiceClients:
    """Open the clients of `ec2`, `sts`, `cloudtrail`, `eks` and `vpc-lattice` on demand; `close` closes them all.

    `rate_limiter` is the account's, None without a maximum. `on_response` is that of all clients.
    """

    def __init__(self, prepared: PreparedSession, rate_limiter: RateLimiter | None = None) -> None:
        self.region = prepared.region
        self.profile = prepared.profile
        self.role = prepared.role
        self.role_arn = prepared.role_arn
        self.endpoint_url = prepared.endpoint_url
        self._prepared = prepared
        self._rate_limiter = rate_limiter
        self.on_response: Callable[[], None] = lambda: None
        self._stack = AsyncExitStack()
        self._clients: dict[str, sdk.Client] = {}
        self._lock = asyncio.Lock()

    @property
    def calls(self) -> int:
        """Requests that all clients have sent so far, retries included."""
        return sum(client.calls for client in self._clients.values())

    async def open(self, service: str) -> sdk.Client:
        """Return the client of a service, opened on the first call. Raises ReadError when it cannot be opened."""
        async with self._lock:
            if service not in self._clients:
                # Loading a service model from disk takes long and would block the event loop.
                await asyncio.to_thread(sdk.preload, self._prepared.session, (service,))
                client = await sdk.open_client(
                    self._stack,
                    self._prepared.session,
                    service,
                    region=self.region,
                    endpoint_url=self.endpoint_url,
                    profile=self.profile,
                    account_limiter=self._rate_limiter,
                )
                client.on_response = lambda: self.on_response()
                self._clients[service] = client
            return self._clients[service]

    def is_listed(self, service: str) -> bool:
        """Whether botocore's endpoint table lists the service in this Region. It may exist without being listed."""
        return self._prepared.is_listed(service)

    def regions_with(self, service: str, enabled: Iterable[str] | None) -> list[str]:
        """Those of the `enabled` Regions in which botocore's endpoint table lists a service; with None all it lists."""
        return self._prepared.regions_with(service, enabled)

    def use_rate_limiter(self, rate_limiter: RateLimiter) -> None:
        """Send all further requests through this account rate limiter."""
        self._rate_limiter = rate_limiter
        for client in self._clients.values():
            client.account_limiter = rate_limiter

    async def close(self) -> None:
        """Close the clients and their connections."""
        await self._stack.aclose()
