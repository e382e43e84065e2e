"""The simulator in a thread, for callers that are not async or that have an event loop of their own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from latticetop.simulator.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.clock import SimulatedClock
    from latticetop.simulator.dispatch import CallRecord
    from latticetop.simulator.scenarios import Scenario

T = TypeVar("T")


class ServerThread:
    """A ``Server`` in a thread, with the same arguments and attributes; a context manager."""

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
        self.server = Server(scenario, port=port, speed=speed, seed=seed, clock=clock, paused=paused, faults=faults)
        self._started: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="latticetop-simulator", daemon=True)

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return self.server.url

    @property
    def account(self) -> SimulatedAccount:
        """The account; change it only through ``call``."""
        return self.server.account

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.server.scenario

    @property
    def calls(self) -> list[CallRecord]:
        """The latest API calls, in order."""
        return self.server.calls

    def start(self) -> Self:
        """Start the server; raise the error if it cannot start, such as OSError for a port in use."""
        self._thread.start()
        self._started.result()
        return self

    def stop(self) -> None:
        """Stop the server and wait for the thread to end."""
        if self._loop and self._stop and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def resume(self) -> None:
        """Start the clock of a paused account, without waiting."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.server.resume)

    def call(self, function: Callable[[SimulatedAccount], T]) -> T:
        """Call a function with the account, between two requests; return or raise its outcome."""
        if self._loop is None:
            raise RuntimeError("the simulator is not running")
        outcome: Future[T] = Future()

        def run() -> None:
            try:
                outcome.set_result(function(self.account))
            except BaseException as error:
                outcome.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return outcome.result()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with self.server:
            self._started.set_result(None)
            await self._stop.wait()
