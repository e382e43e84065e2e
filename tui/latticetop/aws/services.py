"""The services of one Region, each opened when it is first asked for."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from latticetop.aws import sdk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.aws.rate_limiter import Bucket
    from latticetop.aws.session import Prepared


class Services:
    """Opens `ec2`, `sts`, `cloudtrail`, `vpc-lattice` on demand; `close` lets go of all of them."""

    def __init__(self, prepared: Prepared, budget: Bucket | None = None) -> None:
        self.region = prepared.region
        self.profile = prepared.profile
        self.role = prepared.role
        self.endpoint_url = prepared.endpoint_url
        self._prepared = prepared
        self._budget = budget
        self._stack = AsyncExitStack()
        self._clients: dict[str, sdk.Client] = {}
        self._opening = asyncio.Lock()

    @property
    def calls(self) -> int:
        """Requests sent so far to all of them, retries included."""
        return sum(client.calls for client in self._clients.values())

    async def open(self, service: str) -> sdk.Client:
        """The client of a service; ReadError when it cannot be opened."""
        async with self._opening:
            if service not in self._clients:
                # A service model takes long to load from disk, and would hold up the screen.
                await asyncio.to_thread(sdk.warm_up, self._prepared.session, (service,))
                self._clients[service] = await sdk.open_client(
                    self._stack,
                    self._prepared.session,
                    service,
                    region=self.region,
                    endpoint_url=self.endpoint_url,
                    profile=self.profile,
                    budget=self._budget,
                )
            return self._clients[service]

    def lists(self, service: str) -> bool:
        """Whether the service is known to be offered in the Region; what is not listed may still be there."""
        return self._prepared.lists(service)

    def regions_with(self, service: str, enabled: Iterable[str] | None) -> list[str]:
        """Those of the enabled Regions that have a service, as far as boto3 knows; without them all it knows."""
        return self._prepared.regions_with(service, enabled)

    def keep_to(self, budget: Bucket) -> None:
        """Take every further call from this budget."""
        self._budget = budget
        for client in self._clients.values():
            client.budget = budget

    async def close(self) -> None:
        """Let go of the connections."""
        await self._stack.aclose()
