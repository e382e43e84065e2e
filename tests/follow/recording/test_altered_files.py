"""A recording altered anywhere is rejected with a message, or can be read and rendered."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latticetop.follow.recording.file_format import MAGIC, read_frame
from latticetop.follow.recording.reader import Recording, RecordingError
from latticetop.follow.recording.replayer import investigation_of
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.plan import make_plan
from latticetop.model.incident.explanation import explain
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check import render_json
from latticetop.reports.check_text import render_text
from latticetop.reports.explain import render_markdown
from tests.recordings import incident_recording

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2**32),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.binary(max_size=5),
    st.just([]),
    st.just({}),
    st.lists(st.integers(0, 40), max_size=3),
    st.sampled_from([datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]),
)


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The entries of the incident, as plain data."""
    entries = []
    with incident_recording(tmp_path_factory.mktemp("made") / "incident.rec").open("rb") as file:
        file.seek(len(MAGIC))
        while (raw := read_frame(file)) is not None:
            entries.append(msgspec.msgpack.decode(raw))
    return entries


def values_within(value: Any) -> list[tuple[Any, Any]]:
    """Every value within a value: its container, and its key or index."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [inner for key in keys for inner in values_within(value[key])]


def framed(entry: dict[str, Any]) -> bytes:
    body = zlib.compress(msgspec.msgpack.encode(entry))
    return struct.pack(">II", len(body), zlib.crc32(body)) + body


def render_all(snapshot: Snapshot) -> None:
    """Render everything that can be rendered of a snapshot."""
    for variant in (snapshot, Redactor().snapshot(snapshot)):
        render_json(variant)
        render_text(variant, 80)
        for endpoint_id in variant.endpoints:
            render_markdown(explain(investigation_of(variant, endpoint_id, variant.taken_at)))
        for subnet_id in variant.subnets:
            try:
                make_plan(variant, [subnet_id], Demand(1))
            except ValueError as error:
                assert str(error)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_altered_file_is_rejected_or_can_be_rendered(
    entries: list[dict[str, Any]], tmp_path: Path, data: st.DataObject
) -> None:
    altered = msgspec.msgpack.decode(msgspec.msgpack.encode(entries))
    container, key = data.draw(st.sampled_from(values_within(altered[data.draw(st.integers(0, len(altered) - 1))])))
    container[key] = data.draw(VALUES)
    path = tmp_path / "altered.rec"
    path.write_bytes(MAGIC + b"".join(map(framed, altered)))
    try:
        recording = Recording(path)
    except RecordingError as error:
        assert str(error).endswith(".")
        return
    for index in range(len(recording)):
        snapshot = recording.snapshot(index)
        if snapshot is not None:
            render_all(snapshot)
    recording.close()
