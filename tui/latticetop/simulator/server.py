"""The HTTP server of a simulated account, on the loopback interface."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.clock import RunningClock
from latticetop.simulator.control import ACCOUNT_PATH, account_handler
from latticetop.simulator.http_faults import FAULTS_PATH, faults_handler, send_response
from latticetop.simulator.scenarios import find_scenario

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType
    from typing import Self

    from aiohttp import web

    from latticetop.simulator.clock import SimulatedClock
    from latticetop.simulator.dispatch import CallRecord, Dispatcher
    from latticetop.simulator.world import SimulatedWorld

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"
MAX_TIMER_SECONDS = 3600.0


class Server:
    """Serve the account of a scenario on 127.0.0.1; an async context manager.

    ``scenario`` may have options, such as ``estate:interfaces=1000``. Port 0 selects a free port. ``speed`` is
    simulated seconds for each real second, by default that of the scenario. ``faults`` are texts such as
    ``throttle:0.3``. A ``paused`` account stays at its start until ``resume``. ValueError for an unknown scenario,
    option or fault.
    """

    def __init__(
        self,
        scenario: str = "incident",
        *,
        port: int = 0,
        speed: float | None = None,
        seed: int = 0,
        clock: SimulatedClock | None = None,
        paused: bool = False,
        faults: Sequence[str] = (),
    ) -> None:
        self.scenario, options = find_scenario(scenario)
        self._port = port
        clock = clock or RunningClock(self.scenario.start, speed or self.scenario.speed, paused=paused)
        self.account = SimulatedAccount(clock=clock, seed=seed)
        self.scenario.prepare(self.account, options)
        self.account.faults.set([*(str(fault) for fault in self.account.faults.active), *faults])
        self.calls: list[CallRecord] = []
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._timer: ClockTimer | None = None

    def resume(self) -> None:
        """Start the clock of a paused account; call it in the server's thread."""
        if isinstance(self.account.world.clock, RunningClock):
            self.account.world.clock.resume()
            self.account.world.notify()  # Reschedules the timer.

    async def __aenter__(self) -> Self:
        from aiohttp import web

        from latticetop.simulator.dispatch import Dispatcher
        from latticetop.simulator.wire.service_models import load_service_model

        await asyncio.to_thread(load_service_model, "ec2")
        dispatcher = Dispatcher(self.account)
        self.calls = dispatcher.calls
        application = web.Application(client_max_size=16 << 20)
        application.router.add_route("*", FAULTS_PATH, faults_handler(self.account.faults))
        application.router.add_route("*", ACCOUNT_PATH, account_handler(self.account))
        application.router.add_route("*", "/{path:.*}", _api_handler(dispatcher))
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self._timer = ClockTimer(self.account.world)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.stop()
        if self._runner:
            await self._runner.cleanup()


class ClockTimer:
    """Run the queued actions of a running clock when they are due, in the running event loop."""

    def __init__(self, world: SimulatedWorld) -> None:
        self._clock = world.clock
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None
        self._remove_listener = world.add_listener(lambda: self._loop.call_soon_threadsafe(self._schedule))
        self._is_stopped = False
        self._schedule()

    def stop(self) -> None:
        """Cancel the timer."""
        self._is_stopped = True
        self._remove_listener()
        if self._handle:
            self._handle.cancel()

    def _schedule(self) -> None:
        if self._handle:
            self._handle.cancel()
            self._handle = None
        due = self._clock.next_due_time()
        if due is None or self._is_stopped or not self._clock.is_running:
            return
        self._handle = self._loop.call_later(min(MAX_TIMER_SECONDS, self._clock.seconds_until(due)), self._run)

    def _run(self) -> None:
        self._clock.run_due()
        self._schedule()


def _api_handler(dispatcher: Dispatcher) -> Handler:
    from latticetop.simulator.wire.messages import HttpRequest

    async def handle(request: web.Request) -> web.StreamResponse:
        response = dispatcher.respond(
            HttpRequest(
                method=request.method,
                path=request.rel_url.raw_path,
                query=request.rel_url.raw_query_string,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.read(),
            )
        )
        call = dispatcher.calls[-1]
        return await send_response(request, response, dispatcher.account, f"{call.service}:{call.operation}")

    return handle
