"""The account that is read, in a process of its own: the simulator's `estate`, and a door to it that takes its time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen
from xml.etree import ElementTree

from latticetop.simulator import Server
from tests.benchmarks import REGION

_CREDENTIAL = f"AWS4-HMAC-SHA256 Credential=x/20260101/{REGION}/ec2/aws4_request, SignedHeaders=host, Signature=x"


class Account(NamedTuple):
    """Where the account is served, by the latency of a call in milliseconds."""

    urls: dict[int, str]


class Accounts:
    """Accounts by their number of ENIs, each served from when it is first asked for until the end of the block."""

    def __init__(self, latencies: list[int]) -> None:
        self.latencies = latencies
        self._served: dict[int, Account] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def url(self, interfaces: int, latency: int | None = None) -> str:
        """Where an account is served, without a latency at the least one there is."""
        if interfaces not in self._served:
            self._served[interfaces] = self._stack.enter_context(serving(interfaces, self.latencies))
        return self._served[interfaces].urls[min(self.latencies) if latency is None else latency]


@contextmanager
def serving(interfaces: int, latencies: list[int]) -> Iterator[Account]:
    """An account with so many ENIs, already warm: the simulator writes each record once and keeps the text."""
    command = [sys.executable, "-m", __name__, str(interfaces), *map(str, latencies)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            account = Account(dict(zip(latencies, process.stdout.readline().split(), strict=True)))
            for _ in pages(account.urls[min(latencies)]):
                pass
            yield account
        finally:
            process.terminate()


def pages(url: str) -> Iterator[bytes]:
    """The bytes of every page of ENIs."""
    params = {"Action": "DescribeNetworkInterfaces", "Version": "2016-11-15", "MaxResults": "1000"}
    while True:
        request = Request(url, urlencode(params).encode(), {"Authorization": _CREDENTIAL})
        with urlopen(request) as answer:
            body: bytes = answer.read()
        yield body
        token = ElementTree.fromstring(body).findtext("{*}nextToken")
        if not token:
            return
        params["NextToken"] = token


async def _serve(interfaces: int, latencies: list[int]) -> None:
    async with Server(f"estate:interfaces={interfaces}") as server:
        urls = [await _delayed(server.url, latency / 1000) if latency else server.url for latency in latencies]
        print(*urls, flush=True)  # noqa: T201
        await asyncio.Event().wait()


async def _delayed(url: str, seconds: float) -> str:
    """Another door, where what the caller sends arrives so many seconds later."""
    there = urlsplit(url)

    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, delay: float) -> None:
        loop = asyncio.get_running_loop()
        # A dashboard is killed when it has shown what was waited for.
        with suppress(ConnectionError):
            while data := await source.read(1 << 18):
                loop.call_later(delay, target.write, data)
                if not delay:
                    await target.drain()
        loop.call_later(delay, target.close)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, requests = await asyncio.open_connection(there.hostname, there.port, limit=1 << 20)
        await asyncio.gather(carry(reader, requests, seconds), carry(answers, writer, 0.0), return_exceptions=True)

    door = await asyncio.start_server(accept, "127.0.0.1", 0, limit=1 << 20)
    return f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}"


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), [int(each) for each in sys.argv[2:]]))
