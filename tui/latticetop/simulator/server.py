"""The account on loopback HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from latticetop.simulator.account import Account
from latticetop.simulator.clock import RunningClock
from latticetop.simulator.control import CONTROL, carry, control
from latticetop.simulator.scenarios import find_scenario
from latticetop.simulator.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType
    from typing import Self

    from aiohttp import web

    from latticetop.simulator.clock import Clock
    from latticetop.simulator.dispatch import Call, Dispatcher

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"


class Server:
    """A scenario's account served on 127.0.0.1, while the async context lasts.

    ``scenario`` may carry options, such as ``estate:interfaces=1000``; port 0 means a free one; ``speed`` is
    simulated seconds to a real one (default: the scenario's). A ``paused`` account stays at its start until ``resume``;
    a ``ManualClock`` only moves when told to. ``faults`` are texts such as ``throttle:0.3``; ValueError for others.
    """

    def __init__(
        self,
        scenario: str = "incident",
        *,
        port: int = 0,
        speed: float | None = None,
        seed: int = 0,
        clock: Clock | None = None,
        paused: bool = False,
        faults: Sequence[str] = (),
    ) -> None:
        self.scenario, options = find_scenario(scenario)
        self._port = port
        started = self.scenario.start
        clock = clock or RunningClock(started, speed or self.scenario.speed, paused=paused)
        self.account = Account(clock=clock, seed=seed)
        self.scenario.prepare(self.account, options)
        self.account.faults.set([*(str(fault) for fault in self.account.faults.active), *faults])
        self.calls: list[Call] = []
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._ticker: Ticker | None = None

    def resume(self) -> None:
        """Start the clock of a paused account. Call it in the thread that serves."""
        if isinstance(self.account.clock, RunningClock):
            self.account.clock.resume()
            self.account.changed()  # The ticker sets its timer anew.

    async def __aenter__(self) -> Self:
        from aiohttp import web

        from latticetop.simulator.dispatch import Dispatcher
        from latticetop.simulator.wire.shapes import load_service

        await asyncio.to_thread(load_service, "ec2")
        dispatcher = Dispatcher(self.account)
        self.calls = dispatcher.calls
        application = web.Application(client_max_size=16 << 20)
        application.router.add_route("*", CONTROL, control(self.account.faults))
        application.router.add_route("*", "/{path:.*}", _handler(dispatcher))
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self._ticker = Ticker(self.account)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ticker:
            self._ticker.stop()
        if self._runner:
            await self._runner.cleanup()


def _handler(dispatcher: Dispatcher) -> Handler:
    from latticetop.simulator.wire.http import Request

    async def handle(incoming: web.Request) -> web.StreamResponse:
        request = Request(
            method=incoming.method,
            path=incoming.rel_url.raw_path,
            query=incoming.rel_url.raw_query_string,
            headers={name.lower(): value for name, value in incoming.headers.items()},
            body=await incoming.read(),
        )
        answer = dispatcher.answer(request)
        call = dispatcher.calls[-1]
        return await carry(incoming, answer, dispatcher.account, f"{call.service}:{call.operation}")

    return handle
