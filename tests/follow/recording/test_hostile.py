"""A recording altered anywhere: it is refused in a sentence, or it reads and everything can be told of it."""

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
from latticetop.follow.recording.replayer import investigate_recorded
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.plan import make_plan
from latticetop.model.incident.explanation import explain
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check import render_json
from latticetop.reports.check_text import render_text
from latticetop.reports.explain import render_markdown
from tests.recordings import incident

HARM = st.one_of(
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
    """The incident's entries, as plain data."""
    found = []
    with incident(tmp_path_factory.mktemp("made") / "incident.rec").open("rb") as file:
        file.seek(len(MAGIC))
        while (raw := read_frame(file)) is not None:
            found.append(msgspec.msgpack.decode(raw))
    return found


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in it that something stands in: what holds it, and the key or index."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def framed(entry: dict[str, Any]) -> bytes:
    body = zlib.compress(msgspec.msgpack.encode(entry))
    return struct.pack(">II", len(body), zlib.crc32(body)) + body


def tell_all(snapshot: Snapshot) -> None:
    """Say everything that can be said of a snapshot."""
    for each in (snapshot, Redactor().snapshot(snapshot)):
        render_json(each)
        render_text(each, 80)
        for endpoint_id in each.endpoints:
            render_markdown(explain(investigate_recorded(each, endpoint_id, each.taken_at)))
        for subnet_id in each.subnets:
            try:
                make_plan(each, [subnet_id], Demand(1))
            except ValueError as error:
                assert str(error)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_altered(entries: list[dict[str, Any]], tmp_path: Path, data: st.DataObject) -> None:
    altered = msgspec.msgpack.decode(msgspec.msgpack.encode(entries))
    holder, key = data.draw(st.sampled_from(places(altered[data.draw(st.integers(0, len(altered) - 1))])))
    holder[key] = data.draw(HARM)
    path = tmp_path / "altered.rec"
    path.write_bytes(MAGIC + b"".join(map(framed, altered)))
    try:
        found = Recording(path)
    except RecordingError as error:
        assert str(error).endswith(".")
        return
    for index in range(len(found)):
        snapshot = found.snapshot(index)
        if snapshot is not None:
            tell_all(snapshot)
    found.close()
