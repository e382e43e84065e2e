"""The first frame comes before the AWS SDK: nobody waits half a second for a blank screen."""

from __future__ import annotations

from tests.command import python

SCRIPT = """
import asyncio, sys

def loaded():
    return sorted(name for name in sys.modules if name.split(".")[0] in ("aiobotocore", "botocore", "boto3", "aiohttp"))

from latticetop.dashboard.app import LatticetopApp
from latticetop.follow.loop import Follower

async def main():
    connecting = asyncio.Event()

    async def connect():
        strips = app.screen._compositor.render_strips()
        text = "".join(segment.text for strip in strips for segment in strip)
        assert "Endpoints" in text and "Subnets" in text and "Reading" in text, text
        assert not loaded(), loaded()
        from latticetop.aws.connect import connect as real
        import aiobotocore.session
        assert loaded()
        connecting.set()
        await asyncio.Event().wait()

    app = LatticetopApp(Follower(connect))
    async with app.run_test(size=(80, 24)):
        await connecting.wait()
    print("ok")

asyncio.run(main())
"""


def test_the_first_frame_is_painted_before_the_sdk_is_imported() -> None:
    ended = python(SCRIPT)
    assert (ended.out, ended.code) == ("ok\n", 0), ended.err


def test_importing_the_dashboard_imports_neither_aws_nor_the_simulator() -> None:
    code = (
        "import sys, latticetop.dashboard.app; "
        "print([n for n in sys.modules if n.startswith(('latticetop.aws', 'latticetop.simulator', 'botocore'))])"
    )
    assert python(code).out == "[]\n"
