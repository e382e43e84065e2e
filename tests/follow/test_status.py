"""The sources of updates that the dashboard can follow."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from latticetop.follow.loop import Follower
from latticetop.follow.recording.recording_source import RecordingSource
from latticetop.follow.recording.replayer import Replayer
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Source
from tests.follow.conftest import Rig

METHODS = [name for name in vars(Source) if not name.startswith("_")]


@pytest.mark.parametrize("source", [Follower, Replayer])
@pytest.mark.parametrize("method", METHODS)
def test_live_and_replayed_sources_have_the_methods_of_a_source(source: type, method: str) -> None:
    assert inspect.signature(getattr(source, method)) == inspect.signature(getattr(Source, method))


@pytest.mark.parametrize("method", [name for name in METHODS if name not in ("run", "investigate")])
async def test_a_recorded_source_has_the_methods_of_its_source(rig: Rig, tmp_path: Path, method: str) -> None:
    async with rig.follow() as follower:
        recorded = RecordingSource(follower, Recorder(tmp_path / "a.rec"))
        assert getattr(recorded, method) == getattr(follower, method)
        recorded.close()
