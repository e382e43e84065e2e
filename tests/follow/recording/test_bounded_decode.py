"""Hostile recordings cost a bounded amount of memory and time, measured in child processes."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from latticetop.follow.recording import bounded_decode
from latticetop.follow.recording.bounded_decode import decode
from latticetop.follow.recording.file_format import MAGIC
from latticetop.follow.recording.reader import RecordingEntry
from latticetop.follow.status import Phase
from tests.command import python
from tests.model.builders import NOW, incident

MEGABYTE = 1 << 20
OPEN = """
import json, sys, time
from pathlib import Path
from latticetop.follow.recording.reader import Recording, RecordingError
start = time.process_time()
try:
    recording = Recording(Path(sys.argv[1]))
    recording.snapshot(len(recording) - 1)
    outcome = "opened"
except RecordingError as error:
    outcome = str(error)
# Not that of getrusage, which begins with the memory of the parent.
(peak,) = (int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([outcome, peak, time.process_time() - start]))
"""


def array(item: object, count: int) -> Raw:
    """An array of equal items, which takes no more memory here than in the file."""
    return Raw(b"\xdd" + struct.pack(">I", count) + msgspec.msgpack.encode(item) * count)


def endpoints(count: int, subnet_ids: Raw) -> dict[str, Any]:
    row = {"vpc_endpoint_type": "", "vpc_id": "", "state": "", "subnet_ids": subnet_ids}
    return {"endpoints": {f"vpce-{n}": {"vpc_endpoint_id": f"vpce-{n}", **row} for n in range(count)}}


def subnets(count: int, interfaces: Raw) -> dict[str, Any]:
    described = [{"subnet_id": f"subnet-{n}", "vpc_id": "", "cidr_block": [0, 28]} for n in range(count)]
    return {"subnets": {row["subnet_id"]: {"subnet": row, "interfaces": interfaces} for row in described}}


def vpcs(count: int) -> dict[str, Any]:
    rows = b"".join(b"\xa7%07d\x81\xa6vpc_id\xa7%07d" % (n, n) for n in range(count))
    return {"vpcs": Raw(b"\xdf" + struct.pack(">I", count) + rows)}


EMPTY_INTERFACE = {"network_interface_id": "", "subnet_id": ""}
HOSTILE: dict[str, Callable[[], dict[str, Any]]] = {
    "one list of empty ids": lambda: endpoints(1, array("", 60 * MEGABYTE)),
    "lists of empty ids": lambda: endpoints(600, array("", 100_000)),
    "lists of short ids": lambda: endpoints(400, array("ab", 50_000)),
    "empty ENIs": lambda: subnets(25, array(EMPTY_INTERFACE, 60_000)),
    "many VPCs": lambda: vpcs(2_000_000),
}


def hostile_file(path: Path, content: dict[str, Any]) -> Path:
    """A recording whose only snapshot has this content, as small as a file may be."""
    snapshot = {"scope": {"account_id": "", "region": ""}, "taken_at": NOW, **content}
    raw = msgspec.msgpack.encode({"at": NOW, "phase": "waiting", "snapshot": snapshot})
    assert 24 * MEGABYTE < len(raw) < 64 * MEGABYTE
    body = zlib.compress(raw, 1)
    if len(raw) > 64 * len(body):
        body = zlib.compress(raw, 0)
    path.write_bytes(MAGIC + struct.pack(">II", len(body), zlib.crc32(body)) + body)
    return path


@pytest.mark.fault("bad-recording")
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process as Linux tells it")
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_recording_takes_no_more_than_300_mb_and_10_s(tmp_path: Path, kind: str) -> None:
    path = hostile_file(tmp_path / "hostile.rec", HOSTILE[kind]())
    outcome, peak, seconds = json.loads(python(OPEN, str(path)).out)
    assert "damaged" in outcome or "needs more memory than a recording may" in outcome
    assert peak < 300 * MEGABYTE and seconds < 10


def test_a_message_in_pieces_is_decoded_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = RecordingEntry(NOW, Phase.WAITING, snapshot=incident(), has_changes=True)
    raw = msgspec.msgpack.encode(entry)
    assert len(raw) < bounded_decode.PIECE_SIZE
    for size in (4_000, 1_000, 300):
        monkeypatch.setattr(bounded_decode, "PIECE_SIZE", size)
        assert decode(raw, RecordingEntry) == entry


def test_a_piece_that_is_of_another_type_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_decode, "PIECE_SIZE", 300)
    raw = msgspec.to_builtins(RecordingEntry(NOW, Phase.WAITING, snapshot=incident()))
    del raw["snapshot"]["scope"]
    with pytest.raises(msgspec.ValidationError, match="scope"):
        decode(msgspec.msgpack.encode(raw), RecordingEntry)
