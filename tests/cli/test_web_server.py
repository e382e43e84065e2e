"""The page of `latticetop serve` and its websocket, from a client and in a real Chromium."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from latticetop.cli.page_process import bounded_size
from tests.browser import CHROMIUM, browsing, received
from tests.command import KEYS, PATIENCE, Child, launched
from tests.recordings import incident_recording
from tests.test_layers import loaded

SEEN = "failed but accessible"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The demo, served."""
    with launched("serve", "--port", "0", "demo", "--speed", "1000", "--interval", "0.2", **KEYS) as child:
        assert child.stdout is not None
        yield child.stdout.readline().strip()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, out) == (130, "")
    assert "no password" in err and "Traceback" not in err


@asynccontextmanager
async def opened(
    url: str, size: str = "width=120&height=36", **headers: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    address = f"{url}/ws?{size}"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address, headers=headers, max_msg_size=0) as page,
    ):
        yield page


SERVE = """
import sys
from latticetop.cli import page_process, web_server
from latticetop.cli.main import main
page_process.GRACE = web_server._SHUTDOWN_TIMEOUT = 0.2
sys.argv = ["latticetop", "serve", "--port", "0", "--max-pages", "1", "replay", sys.argv[1], "--at", "08:21:00"]
main()
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(incident_recording(tmp_path_factory.mktemp("made") / "incident.rec"))


@contextmanager
def impatient_server(recording: str) -> Iterator[tuple[Child, str]]:
    """A server of one page that waits only a moment for its processes, and its URL."""
    with launched(recording, program=SERVE) as server:
        assert server.stdout is not None
        yield server, server.stdout.readline().strip()


def group_of_page(server: Child) -> dict[int, int]:
    """The processes of the only page, each with a descriptor that is readable once it has ended."""
    stats = [path.read_text().rpartition(") ")[2].split() for path in Path("/proc").glob("[0-9]*/stat")]
    leaders = {int(fields[2]) for fields in stats if int(fields[1]) == server.pid}
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*") if group_of(int(path.name)) in leaders]
    return {pid: os.pidfd_open(pid) for pid in pids}


def group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


async def have_ended(processes: dict[int, int]) -> bool:
    """Wait for the end of processes."""
    for descriptor in processes.values():
        readable, _, _ = await asyncio.to_thread(select.select, [descriptor], [], [], PATIENCE)
        if not readable:
            return False
        os.close(descriptor)
    return bool(processes)


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes as Linux tells them")
async def test_a_process_that_hangs_ends_with_its_page_and_with_the_server(recording: str) -> None:
    """A page more than the maximum shows a sentence; one that has ended makes room for the next."""
    with impatient_server(recording) as (server, url), ExitStack() as stack:
        async with opened(url) as page:
            await until(page, SEEN)
            async with opened(url) as another:
                await until(another, "--max-pages")
            processes = stopped(server, stack)
        assert await have_ended(processes)
        async with opened(url) as page:
            await until(page, SEEN)
            processes = stopped(server, stack)
            server.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.wait, PATIENCE) == 143
        assert await have_ended(processes)


def stopped(server: Child, stack: ExitStack) -> dict[int, int]:
    """Stop the processes of the only page, which are killed with the stack."""
    processes = group_of_page(server)
    for pid in processes:
        stack.callback(kill, pid)
        os.kill(pid, signal.SIGSTOP)
    return processes


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        ("1000000000", "-5", (1000, 1)),
        ("120", "36", (120, 36)),
        (None, "wide", (80, 24)),
        ("9" * 10_000, 10**30, (1000, 500)),
    ],
)
def test_the_size_of_a_page_is_bounded(width: object, height: object, size: tuple[int, int]) -> None:
    assert bounded_size(width, height) == size


async def until(page: aiohttp.ClientWebSocketResponse, text: str) -> None:
    screen = ""
    while text not in screen:
        message = await page.receive(timeout=PATIENCE)
        assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), (message, screen[-500:])
        screen += message.data.decode(errors="replace") if isinstance(message.data, bytes) else message.data


async def test_the_page_loads_from_itself_alone(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    assert f"ws:{url.removeprefix('http:')}/ws" in page
    assert policy.startswith("default-src 'none'; ")
    sources = {word for part in policy.split("; ") for word in part.split(" ")[1:] if "://" in word}
    port = url.rpartition(":")[2]
    assert sources == {f"{kind}://{name}:{port}" for kind in ("http", "ws") for name in ("127.0.0.1", "localhost")}


async def test_the_websocket_shows_the_dashboard_of_any_size_and_takes_keys(url: str) -> None:
    async with opened(url, size="width=1000000000&height=36", Origin=url) as page:
        await until(page, SEEN)
        await page.send_json(["resize", {"width": 10**9, "height": 10**9}])
        await page.send_json(["resize", {"width": 120, "height": 36}])
        await page.send_json(["stdin", "w"])
        await until(page, "What changed")
        await page.send_json(["stdin", "q"])
        while not page.closed:
            await page.receive(timeout=PATIENCE)


@pytest.mark.parametrize("headers", [{"Origin": "https://example.com"}, {"Origin": "null"}, {"Host": "example.com"}])
async def test_another_site_cannot_look_in(url: str, headers: dict[str, str]) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with opened(url, **headers):
            pass
    assert refused.value.status == 403


def test_it_listens_on_loopback_only(url: str) -> None:
    port = int(url.rpartition(":")[2])
    assert url == f"http://127.0.0.1:{port}"
    listeners = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
                 if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")]  # fmt: skip
    assert listeners == [f"0100007F:{port:04X}"]


def test_the_server_itself_loads_no_textual() -> None:
    assert loaded("import latticetop.cli.web_server", "textual", "botocore", "latticetop.simulator") == set()


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here: apt-get install chromium")
async def test_in_a_real_chromium_it_asks_nobody_else(url: str, tmp_path: Path) -> None:
    screen = bytearray()

    def shown(event: dict[str, object]) -> bool:
        screen.extend(received(event))
        return SEEN.encode() in screen

    async with browsing(tmp_path, url) as browser:
        await browser.until(shown)
        assert "-first-byte" in await browser.evaluate("document.body.className")
        picture = await browser.picture()
        requests = {e["params"]["requestId"]: e["params"]["request"]["url"] for e in browser.events
                    if e["method"] == "Network.requestWillBeSent"}  # fmt: skip
        blocked = {e["params"]["requestId"] for e in browser.events
                   if e["method"] == "Network.loadingFailed" and e["params"].get("blockedReason") == "csp"}  # fmt: skip
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000
    assert [item for key, item in requests.items() if key not in blocked and not item.startswith((url, "data:"))] == []
