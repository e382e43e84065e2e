"""The simulator in a thread of its own, for callers that are not async or have a loop of their own."""

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

    from latticetop.simulator.account import Account
    from latticetop.simulator.clock import Clock
    from latticetop.simulator.dispatch import Call
    from latticetop.simulator.scenarios import Scenario

T = TypeVar("T")


class ServerThread:
    """A ``Server`` with the same arguments and attributes, running in a thread while the context lasts."""

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
    def account(self) -> Account:
        """The account; change it through ``call``."""
        return self.server.account

    @property
    def scenario(self) -> Scenario:
        """The scenario being played."""
        return self.server.scenario

    @property
    def calls(self) -> list[Call]:
        """Every call served, in order; the oldest are forgotten."""
        return self.server.calls

    def start(self) -> Self:
        """Start serving; whatever hinders it, such as a port in use, is raised here."""
        self._thread.start()
        self._started.result()
        return self

    def stop(self) -> None:
        """Stop serving and wait for the thread to end."""
        if self._loop and self._stop and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def resume(self) -> None:
        """Start the clock of a paused account, soon and without waiting."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.server.resume)

    def call(self, action: Callable[[Account], T]) -> T:
        """Do something to the account between two requests, and return what it returns."""
        if self._loop is None:
            raise RuntimeError("the simulator is not running")
        done: Future[T] = Future()

        def act() -> None:
            try:
                done.set_result(action(self.account))
            except BaseException as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(act)
        return done.result()

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
