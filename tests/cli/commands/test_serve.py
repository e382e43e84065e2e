"""`latticetop serve`: the page and its websocket, from a client and in a real Chromium."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.browser import CHROMIUM, browsing, received
from tests.command import KEYS, run
from tests.test_layers import loaded

DEMO = ("demo", "--speed", "1000")
SAID = "failed but accessible"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The demo, served."""
    child = subprocess.Popen(
        [sys.executable, "-m", "latticetop", "serve", "--port", "0", *DEMO],
        env={**os.environ, **KEYS},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    yield child.stdout.readline().strip()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (130, "")
    assert "no password" in err and "Traceback" not in err


@asynccontextmanager
async def opened(url: str, **headers: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    where = f"{url}/ws?width=120&height=36"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(where, headers=headers, max_msg_size=0) as page,
    ):
        yield page


async def until(page: aiohttp.ClientWebSocketResponse, text: str) -> None:
    seen = ""
    while text not in seen:
        message = await page.receive(timeout=40)
        assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), (message, seen[-500:])
        seen += message.data.decode(errors="replace") if isinstance(message.data, bytes) else message.data


async def test_the_page_loads_from_itself_alone(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    assert f"ws:{url.removeprefix('http:')}/ws" in page
    assert policy.startswith("default-src 'none'; ")
    sources = {word for part in policy.split("; ") for word in part.split(" ")[1:] if "://" in word}
    port = url.rpartition(":")[2]
    assert sources == {f"{kind}://{name}:{port}" for kind in ("http", "ws") for name in ("127.0.0.1", "localhost")}


async def test_the_websocket_shows_the_dashboard_and_takes_keys(url: str) -> None:
    async with opened(url, Origin=url) as page:
        await until(page, SAID)
        await page.send_json(["stdin", "w"])
        await until(page, "What changed")
        await page.send_json(["stdin", "q"])
        while not page.closed:
            await page.receive(timeout=40)


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


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--host", "0.0.0.0"), "listens on 127.0.0.1"),
        (("check",), "check only prints"),
        (("--plain",), "leave --plain out"),
        (("demo", "--plain"), "leave --plain out"),
        (("--regoin", "x"), "No such option '--regoin'"),
        (("demo", "--scnario", "x"), "--scenario"),
        (("--interval", "1"), "at least 5"),
    ],
)
def test_what_cannot_be_served_is_told_before_it_is(arguments: tuple[str, ...], says: str) -> None:
    ended = run("serve", "--port", "0", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_flags_stand_after_it_and_a_port_in_use_is_told() -> None:
    assert "after serve" in run("--region", "us-east-1", "serve").err
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run("serve", "--port", str(port), "demo")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"latticetop: Port {port} cannot be had: Address already in use.\n"


WITHOUT = """
import sys
sys.modules["textual_serve"] = None
from latticetop.cli.main import main
sys.argv = ["latticetop", "serve"]
main()
"""


def test_without_textual_serve_it_says_how_to_get_it() -> None:
    child = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False, timeout=50)
    assert (child.returncode, child.stdout) == (2, "")
    assert child.stderr == (
        "latticetop: serve needs textual-serve, which is not installed: pip install 'latticetop[serve]'.\n"
    )


def test_the_server_itself_loads_no_textual() -> None:
    assert loaded("import latticetop.cli.web_server", "textual", "botocore", "latticetop.simulator") == set()


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here: apt-get install chromium")
async def test_in_a_real_chromium_it_asks_nobody_else(url: str, tmp_path: Path) -> None:
    seen = bytearray()

    def shown(event: dict[str, object]) -> bool:
        seen.extend(received(event))
        return SAID.encode() in seen

    async with browsing(tmp_path, url) as browser:
        await browser.until(shown)
        assert "-first-byte" in await browser.evaluate("document.body.className")
        picture = await browser.picture()
        requests = {e["params"]["requestId"]: e["params"]["request"]["url"] for e in browser.events
                    if e["method"] == "Network.requestWillBeSent"}  # fmt: skip
        blocked = {e["params"]["requestId"] for e in browser.events
                   if e["method"] == "Network.loadingFailed" and e["params"].get("blockedReason") == "csp"}  # fmt: skip
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000
    assert [each for key, each in requests.items() if key not in blocked and not each.startswith((url, "data:"))] == []
