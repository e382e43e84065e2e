"""The first frame comes before the AWS SDK: nobody waits half a second for a blank screen."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import asyncio, sys

def loaded():
    return sorted(name for name in sys.modules if name.split(".")[0] in ("aiobotocore", "botocore", "boto3", "aiohttp"))

from latticetop.dashboard.app import LatticetopApp
from latticetop.follow.loop import Follower

async def main():
    asked = asyncio.Event()

    async def connect():
        strips = app.screen._compositor.render_strips()
        text = "".join(segment.text for strip in strips for segment in strip)
        assert "Endpoints" in text and "Subnets" in text and "Reading" in text, text
        assert not loaded(), loaded()
        from latticetop.aws.connect import connect as real
        import aiobotocore.session
        assert loaded()
        asked.set()
        await asyncio.Event().wait()

    app = LatticetopApp(Follower(connect))
    async with app.run_test(size=(80, 24)):
        async with asyncio.timeout(30):
            await asked.wait()
    print("ok")

asyncio.run(main())
"""


def test_the_first_frame_is_painted_before_the_sdk_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout, done.returncode) == ("ok\n", 0), done.stderr


def test_importing_the_dashboard_imports_neither_aws_nor_the_simulator() -> None:
    code = (
        "import sys, latticetop.dashboard.app; "
        "print([n for n in sys.modules if n.startswith(('latticetop.aws', 'latticetop.simulator', 'botocore'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=True)
    assert done.stdout == "[]\n"
