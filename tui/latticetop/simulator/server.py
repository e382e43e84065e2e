"""The account on loopback HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from latticetop.simulator.account import Account
from latticetop.simulator.clock import RunningClock
from latticetop.simulator.scenarios import find_scenario

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Self

    from aiohttp import web

    from latticetop.simulator.clock import Clock
    from latticetop.simulator.dispatch import Call, Dispatcher

    Handler = Callable[[web.Request], Awaitable[web.Response]]

HOST = "127.0.0.1"
LONGEST_SLEEP = 3600.0


class Server:
    """A scenario's account served on 127.0.0.1, while the async context lasts.

    ``scenario`` may carry options, such as ``estate:interfaces=1000``; port 0 means a free one; ``speed`` is
    simulated seconds to a real one (default: the scenario's). A ``ManualClock`` only moves when told to.
    """

    def __init__(
        self,
        scenario: str = "incident",
        *,
        port: int = 0,
        speed: float | None = None,
        seed: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self.scenario, options = find_scenario(scenario)
        self._port = port
        started = self.scenario.start
        clock = clock or RunningClock(started, speed or self.scenario.speed)
        self.account = Account(clock=clock, seed=seed)
        self.scenario.prepare(self.account, options)
        self.calls: list[Call] = []
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        from aiohttp import web

        from latticetop.simulator.dispatch import Dispatcher
        from latticetop.simulator.wire.shapes import load_service

        await asyncio.to_thread(load_service, "ec2")
        dispatcher = Dispatcher(self.account)
        self.calls = dispatcher.calls
        application = web.Application(client_max_size=16 << 20)
        application.router.add_route("*", "/{path:.*}", _handler(dispatcher))
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self._ticker = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ticker:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        if self._runner:
            await self._runner.cleanup()

    async def _tick(self) -> None:
        """Do what falls due, when it does, whether or not anybody asks."""
        woken = asyncio.Event()
        stop = self.account.watch(woken.set)
        clock = self.account.clock
        try:
            while True:
                woken.clear()
                clock.run_due()
                due = clock.next_due()
                wait = LONGEST_SLEEP if due is None else min(LONGEST_SLEEP, clock.wait_for(due))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), wait)
        finally:
            stop()


def _handler(dispatcher: Dispatcher) -> Handler:
    from aiohttp import web

    from latticetop.simulator.wire.http import Request

    async def handle(incoming: web.Request) -> web.Response:
        request = Request(
            method=incoming.method,
            path=incoming.rel_url.raw_path,
            query=incoming.rel_url.raw_query_string,
            headers={name.lower(): value for name, value in incoming.headers.items()},
            body=await incoming.read(),
        )
        answer = dispatcher.answer(request)
        return web.Response(
            status=answer.status,
            text=answer.body,
            content_type=answer.content_type,
            charset="utf-8",
            headers=dict(answer.headers),
        )

    return handle
