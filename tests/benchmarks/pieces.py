"""One run of the product, as it is or without one of its pieces: `python -m tests.benchmarks.pieces JOB PIECE URL`.

Prints its figures as JSON. The pieces are switched off here, in this process, by patches; the product has no switch.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import botocore
from botocore.loaders import create_loader
from msgspec import structs

from tests.benchmarks import REGION

SIZE = (120, 36)
QUIET = 20
"""Reads over which the time of one is averaged: five minutes, in which every subnet has its turn."""
SCOPES = 50
_TICK = 0.001

Figures = dict[str, float]


def without_malloc_tuning() -> AbstractContextManager[object]:
    """Leave glibc's malloc as it is."""
    return patch("latticetop.aws.sdk_import.fix_mmap_threshold", lambda: None)


def without_trimmed_models() -> AbstractContextManager[object]:
    """Let botocore load its service models whole."""
    return patch("latticetop.aws.sdk.loader", create_loader)


def without_decode_cache() -> AbstractContextManager[object]:
    """Decode every fragment of XML each time it is read."""
    return patch(
        "latticetop.aws.decode_cache.DecodeCache.get_or_decode", lambda self, fragment, decode: decode(fragment)
    )


def without_splitting() -> AbstractContextManager[object]:
    """Parse each page of XML into one tree; the decode cache then has a page where it has a fragment otherwise."""
    return patch("latticetop.aws.eni_xml._split", lambda body: iter((body,)))


def without_kept_markup() -> AbstractContextManager[object]:
    """Parse the XML of every ENI."""
    return patch("latticetop.aws.eni_xml.decode_by_markup", lambda xml: None)


def without_precompute() -> AbstractContextManager[object]:
    """Publish every update at once, so that what it takes to be shown is computed while it is shown."""
    return patch("latticetop.dashboard.state.precompute.MIN_STEPPED_WORK", sys.maxsize)


@contextmanager
def without_new_rows() -> Iterator[None]:
    """Leave DataTable its set of new rows, whose cells it measures once more."""
    from latticetop.dashboard.table.keyed_table import KeyedTable

    set_widths = KeyedTable._set_widths

    def keeping(table: KeyedTable) -> None:
        rows = set(table._new_rows)
        set_widths(table)
        table._new_rows |= rows

    with patch.object(KeyedTable, "_set_widths", keeping):
        yield


@contextmanager
def without_shared_connections() -> Iterator[None]:
    """Let each client have TLS contexts and connections of its own."""
    from aiobotocore.httpsession import AIOHTTPSession

    from latticetop.aws.http_session import BoundedSession

    with (
        patch.object(BoundedSession, "_create_connector", AIOHTTPSession._create_connector),
        patch.object(BoundedSession, "_build_ssl_contexts", AIOHTTPSession._build_ssl_contexts),
    ):
        yield


def without_fewer_handlers() -> AbstractContextManager[object]:
    """Let each session register all of botocore's handlers."""
    from aiobotocore.hooks import AioHierarchicalEmitter
    from aiobotocore.session import AioSession

    def all_handlers() -> AioHierarchicalEmitter:
        emitter = AioHierarchicalEmitter()
        AioSession(event_hooks=emitter)
        return emitter

    return patch("latticetop.aws.sdk.builtin_handlers", all_handlers)


def without_late_collection() -> AbstractContextManager[object]:
    """Let Python collect garbage while modules are imported."""
    return patch("latticetop.cli.main.collect_after_the_start", lambda: None)


def without_sparing_certificates() -> AbstractContextManager[object]:
    """Let aiohttp load what the system trusts when it is imported."""
    return patch("latticetop.aws.sdk_import._no_system_certificates", nullcontext)


def without_backdrops() -> AbstractContextManager[object]:
    """Draw each of the lines that are alike behind other widgets."""
    from textual.widget import Widget

    return patch("latticetop.dashboard.widgets.backdrop.Backdrop.render_lines", Widget.render_lines)


PIECES: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "malloc tuning": without_malloc_tuning,
    "trimmed models": without_trimmed_models,
    "decode cache": without_decode_cache,
    "splitting of XML": without_splitting,
    "markup of ENIs": without_kept_markup,
    "precompute": without_precompute,
    "_new_rows": without_new_rows,
    "shared connections": without_shared_connections,
    "fewer event handlers": without_fewer_handlers,
    "collection after the start": without_late_collection,
    "no certificates for aiohttp": without_sparing_certificates,
    "backdrops": without_backdrops,
}
NONE = "none"
"""In the place of a piece: nothing is switched off."""


def check(url: str) -> Figures:
    """`latticetop check --json`; its figures are those of the whole process, and its parent takes them."""
    from latticetop.cli.main import main

    sys.argv = ["latticetop", "check", "--json", "--endpoint-url", url, "--region", REGION]
    main()
    return {}


def follow(url: str) -> Figures:
    """Seconds of processor of a read in which nothing has changed."""
    from tests.benchmarks.cycles import Following

    async def measure() -> float:
        async with Following(url) as following:
            await following.next()
            return sum([(await following.next()).cpu for _ in range(QUIET)]) / QUIET

    return {"cpu": asyncio.run(measure())}


def replay(url: str) -> Figures:
    """The longest time for which the event loop computes what a state of a recording shows, without drawing it."""
    from latticetop.dashboard.state.precompute import PrecomputeQueue, precompute_steps
    from latticetop.follow.status import Phase, Status, Update

    async def measure() -> float:
        read = await _snapshot(url)
        snapshot = structs.replace(read, subnets={key: structs.replace(each) for key, each in read.subnets.items()})
        stalls: list[float] = []
        ticking = asyncio.create_task(tick(stalls))
        await asyncio.sleep(0.1)
        published = asyncio.Event()

        def publish(_: object, view: Any) -> None:
            for _step in precompute_steps(view):
                pass
            published.set()

        queue = PrecomputeQueue(publish, lambda work: asyncio.ensure_future(work()))
        queue(Update(snapshot, Status(Phase.WAITING, 15.0, snapshot.taken_at)))
        await published.wait()
        await asyncio.sleep(0.1)
        ticking.cancel()
        return max(stalls)

    return {"stall": asyncio.run(measure())}


async def tick(stalls: list[float]) -> None:
    """Note by how many seconds each of many short sleeps was too long, forever."""
    while True:
        started = time.perf_counter()
        await asyncio.sleep(_TICK)
        stalls.append(time.perf_counter() - started - _TICK)


def rows(url: str) -> Figures:
    """Seconds of processor to open the list of all subnets."""
    from latticetop.follow.status import Phase, Status, Update
    from tests.dashboard.stage import showing

    async def measure() -> float:
        snapshot = await _snapshot(url)
        taken = []
        async with showing(Update(snapshot, Status(Phase.WAITING, 15.0, snapshot.taken_at)), SIZE) as stage:
            for _ in range(QUIET):
                started = time.process_time()
                await stage.press("o")
                taken.append(time.process_time() - started)
                await stage.press("escape")
        return sorted(taken)[QUIET // 2]

    return {"cpu": asyncio.run(measure())}


def frame(url: str) -> Figures:
    """Seconds of processor to draw a frame of the main screen of which no line is kept."""
    from latticetop.follow.status import Phase, Status, Update
    from tests.dashboard.stage import showing

    async def measure() -> float:
        snapshot = await _snapshot(url)
        taken = []
        async with showing(Update(snapshot, Status(Phase.WAITING, 15.0, snapshot.taken_at)), SIZE) as stage:
            screen = stage.app.screen
            for _ in range(QUIET):
                for widget in (screen, *screen.query("*")):
                    widget._styles_cache.clear()
                started = time.process_time()
                screen._compositor.render_full_update()
                taken.append(time.process_time() - started)
        return sorted(taken)[QUIET // 2]

    return {"cpu": asyncio.run(measure())}


def connect(url: str) -> Figures:
    """Seconds of processor and bytes to connect to many scopes, and to ask each for its account."""
    import resource

    from latticetop.aws import Settings, connect

    async def measure() -> tuple[float, int]:
        settings = Settings(region=REGION, endpoint_url=url, sandbox=True)
        readers = [await connect(settings)]
        await readers[0].scope()
        cpu, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(SCOPES):
            readers.append(await connect(settings))
            await readers[-1].scope()
        cpu, memory = time.process_time() - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        for reader in readers:
            await reader.close()
        return cpu, memory

    cpu, memory = asyncio.run(measure())
    return {"cpu": cpu, "memory": memory * (1 if sys.platform == "darwin" else 1024)}


def load(_: str) -> Figures:
    """Seconds of processor to import what the dashboard shows and reads with, where the system has one file of CAs."""
    from importlib import import_module
    from pathlib import Path

    from latticetop.aws.sdk_import import import_with_sdk
    from latticetop.cli import main

    os.environ["SSL_CERT_FILE"] = str(Path(botocore.__file__).with_name("cacert.pem"))
    cpu = time.process_time()
    main.collect_after_the_start()
    import_module("latticetop.dashboard.app")
    asyncio.run(import_with_sdk("latticetop.aws.reader"))
    return {"cpu": time.process_time() - cpu}


async def _snapshot(url: str) -> Any:
    from latticetop.aws import Settings, connect
    from latticetop.follow.one_shot import read_once

    reader = await connect(Settings(region=REGION, endpoint_url=url, sandbox=True))
    try:
        return await read_once(reader)
    finally:
        await reader.close()


JOBS: dict[str, Callable[[str], Figures]] = {
    job.__name__: job for job in (check, follow, replay, rows, frame, connect, load)
}


def main(job: str, piece: str, url: str) -> None:
    """Run a job without a piece, and print its figures."""
    with PIECES[piece]() if piece != NONE else nullcontext():
        figures = JOBS[job](url)
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
