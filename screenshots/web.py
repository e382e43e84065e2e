"""Makes `web.png`: the demo, served and shown in a real Chromium (Debian's `chromium`)."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser import browsing, received

HERE = Path(__file__).parent


async def picture(url: str) -> bytes:
    """The page once the endpoint has failed."""
    seen = bytearray()

    def failed(event: dict[str, object]) -> bool:
        seen.extend(received(event))
        return b"failed but accessible" in seen

    with TemporaryDirectory() as folder:
        async with browsing(Path(folder), url, width=1200, height=760) as browser:
            await browser.until(failed)
            await browser.evaluate("new Promise(r => setTimeout(r, 3000))")
            return await browser.picture()


def main() -> None:
    """Serve the demo, take the picture, end."""
    command = [sys.executable, "-m", "latticetop", "serve", "--port", "0", "demo", "--speed", "1000"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        (HERE / "web.png").write_bytes(asyncio.run(picture(child.stdout.readline().strip())))
    finally:
        child.send_signal(signal.SIGINT)
        child.wait()
