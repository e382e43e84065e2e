"""TLS contexts and pools of connections that the clients of all accounts share.

A TLS context takes 0.8 MB and some 40 ms of the processor, and a connection two round trips, whatever the account:
credentials are in each request. Connections are pooled by host and port, and there is one pool for each way of
verifying certificates, so none is used for a client that would not have made it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp

Contexts = tuple[Any, Any]
"""The TLS context of the connections to AWS, and that of the connections to a proxy, if there is one."""
_contexts: dict[Hashable, Contexts] = {}


def shared_contexts(key: Hashable, build: Callable[[], Contexts]) -> Contexts:
    """Return the TLS contexts of a key, which has all that they depend on. May be called in any thread."""
    if key not in _contexts:
        _contexts.setdefault(key, build())
    return _contexts[key]


class ConnectionPools:
    """The pools of an event loop, which are open as long as a client uses any of them."""

    def __init__(self) -> None:
        self._users = 0
        self._lock = asyncio.Lock()
        self._connectors: dict[Hashable, aiohttp.BaseConnector] = {}

    def join(self) -> None:
        """Keep the pools open until `leave` is called."""
        self._users += 1

    async def leave(self) -> None:
        """Close the pools, unless others use them."""
        self._users -= 1
        if not self._users:
            connectors, self._connectors = self._connectors, {}
            for connector in connectors.values():
                await connector.close()

    async def connector(self, key: Hashable, create: Callable[[], Awaitable[Any]]) -> aiohttp.BaseConnector:
        """Return the pool of a key, which has all that decides how a connection is made."""
        async with self._lock:
            if key not in self._connectors:
                self._connectors[key] = await create()
            return self._connectors[key]


_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, ConnectionPools] = WeakKeyDictionary()


def connection_pools() -> ConnectionPools:
    """Return the pools of the running event loop."""
    return _pools.setdefault(asyncio.get_running_loop(), ConnectionPools())
