from __future__ import annotations

import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from latticetop.follow.recording import file_format as frames
from latticetop.follow.recording import writer as recorder_module
from latticetop.follow.recording.file_format import MAGIC, DamagedError, frame, read_frame
from latticetop.follow.recording.reader import Entry, Recording, RecordingError, advance
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase, Status, Update
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Changes, Snapshot
from tests.model.builders import NOW, A, eni, incident, reading, snapshot

PROBLEM = Problem(ProblemKind.THROTTLED, "ec2:DescribeSubnets", "AWS asks for fewer calls.")


def update(shown: Snapshot | None, problem: Problem | None = None) -> Update:
    return Update(shown, Status(Phase.WAITING, 15.0, problem=problem))


def changing(count: int) -> list[Snapshot]:
    """The incident, and each time a subnet beside it in which one more address is in use."""
    found = []
    for number in range(count):
        addresses = [f"10.0.0.{4 + n}" for n in range(number + 1)]
        more = reading("subnet-1", "10.0.0.0/24", eni("eni-1", "subnet-1", *addresses))
        base = incident()
        taken = NOW + timedelta(seconds=15 * number)
        found.append(structs.replace(base, taken_at=taken, subnets={**base.subnets, "subnet-1": more}))
    return found


def record(path: Path, shown: list[Snapshot]) -> Path:
    recorder = Recorder(path)
    for each in shown:
        recorder.record(update(each), each.taken_at)
    recorder.close()
    return path


@pytest.mark.parametrize("key_every", [1, 3, 120])
def test_every_moment_is_given_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key_every: int) -> None:
    monkeypatch.setattr(recorder_module, "KEY_EVERY", key_every)
    shown = changing(8)
    found = Recording(record(tmp_path / "a.rec", shown))
    assert [found.snapshot(index) for index in range(8)] == shown
    assert [moment.at for moment in found.moments] == [each.taken_at for each in shown]
    found.close()


def test_what_repeats_is_left_out_and_problems_are_kept(tmp_path: Path) -> None:
    recorder, only = Recorder(tmp_path / "a.rec"), incident()
    recorder.record(update(None, PROBLEM), NOW)
    for _ in range(3):
        recorder.record(update(only), NOW)
    recorder.record(update(only, PROBLEM), NOW)
    recorder.close()
    found = Recording(tmp_path / "a.rec")
    assert [found.entry(i).problem for i in range(len(found))] == [PROBLEM, None, PROBLEM]
    assert [moment.telling for moment in found.moments] == [False, True, False]
    assert found.snapshot(0) is None
    found.close()


def test_a_file_cut_off_anywhere_plays_up_to_its_last_whole_entry(tmp_path: Path) -> None:
    whole = record(tmp_path / "a.rec", changing(4)).read_bytes()
    cut = tmp_path / "cut.rec"
    cut.write_bytes(whole[:-1])
    found = Recording(cut)
    assert len(found) == 3
    found.close()
    for length in range(len(MAGIC), len(whole), 97):
        cut.write_bytes(whole[:length])
        try:
            Recording(cut).close()
        except RecordingError as error:
            assert "too early" in str(error)


def test_damage_and_other_files_get_one_sentence(tmp_path: Path) -> None:
    whole = record(tmp_path / "a.rec", changing(4)).read_bytes()
    other = tmp_path / "b.rec"
    body = zlib.compress(b"\x00" * 1_000)
    for content, says in [
        (b"hello", "is not a latticetop recording"),
        (whole[:200] + b"?" + whole[201:], "is damaged"),
        (MAGIC + frames._HEAD.pack(1 << 31, 0), "is damaged"),
        (MAGIC + frames._HEAD.pack(len(body), zlib.crc32(body)) + body, "is damaged"),
        (MAGIC, "too early"),
    ]:
        other.write_bytes(content)
        with pytest.raises(RecordingError, match=says):
            Recording(other)
    with pytest.raises(RecordingError, match="cannot be read"):
        Recording(tmp_path / "none.rec")
    with pytest.raises(RecordingError, match="exists already"):
        Recorder(tmp_path / "a.rec")


def test_an_entry_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LARGEST", 1_000)
    bomb = zlib.compress(b"\x90" * 100_000)
    path = tmp_path / "bomb.rec"
    path.write_bytes(MAGIC + frames._HEAD.pack(len(bomb), zlib.crc32(bomb)) + bomb)
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(path)


def test_the_recording_is_a_snapshot_of_one_subnet_where_there_is_one(tmp_path: Path) -> None:
    only = snapshot(reading(A, "10.0.0.0/26"))
    found = Recording(record(tmp_path / "a.rec", [only]))
    assert found.snapshot(0) == only
    assert found.index_at(NOW - timedelta(days=1)) == 0
    found.close()


def test_what_inflates_to_far_more_than_any_account_is_refused(tmp_path: Path) -> None:
    body = zlib.compress(b"\x90" * (frames.SMALL + 1))
    path = tmp_path / "dense.rec"
    path.write_bytes(MAGIC + frames._HEAD.pack(len(body), zlib.crc32(body)) + body)
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(path)


def test_an_account_that_is_alike_all_over_is_read_again_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "SMALL", 1_000)
    monkeypatch.setattr(frames, "DENSEST", 10)
    alike = snapshot(*(reading(f"subnet-{n}", None) for n in range(3_000)))
    found = Recording(record(tmp_path / "a.rec", [alike]))
    assert found.snapshot(0) == alike
    found.close()


def test_what_deflates_beyond_all_measure_is_written_so_that_it_can_be_read() -> None:
    raw = bytes(frames.SMALL + 1)
    assert read_frame(BytesIO(frame(raw))) == raw


@pytest.mark.parametrize("body", [b"no deflated bytes", zlib.compress(b"x" * 100)[:-6]])
def test_what_was_never_deflated_or_not_to_its_end_is_damaged(body: bytes) -> None:
    with pytest.raises(DamagedError):
        read_frame(BytesIO(frames._HEAD.pack(len(body), zlib.crc32(body)) + body))


def written(path: Path, *entries: Entry) -> Path:
    """A file of these entries, whatever they are."""
    path.write_bytes(MAGIC + b"".join(frame(msgspec.msgpack.encode(each)) for each in entries))
    return path


def test_what_stands_under_another_id_than_its_own_is_damage(tmp_path: Path) -> None:
    mixed = structs.replace(incident(), subnets={"subnet-1": incident().subnets[A]})
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(written(tmp_path / "a.rec", Entry(NOW, Phase.WAITING, snapshot=mixed)))


def test_subnets_that_would_fill_the_memory_are_damage(tmp_path: Path) -> None:
    """A /12 has 65,536 blocks: sixty-five of them are more than four million."""
    wide = snapshot(*(reading(f"subnet-{n}", f"{10 + n}.0.0.0/12") for n in range(65)))
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(written(tmp_path / "a.rec", Entry(NOW, Phase.WAITING, snapshot=wide)))


def test_changes_before_there_is_anything_to_change_lead_nowhere(tmp_path: Path) -> None:
    early = Entry(NOW, Phase.READING, changes=Changes(incident().scope, NOW, ()))
    found = Recording(written(tmp_path / "a.rec", early, Entry(NOW, Phase.WAITING, snapshot=incident())))
    assert (found.snapshot(0), found.snapshot(1)) == (None, incident())
    assert advance(None, found.entry(0)) is None
    found.close()


def test_a_file_that_was_cut_off_since_it_was_opened_is_damaged(tmp_path: Path) -> None:
    path = record(tmp_path / "a.rec", changing(3))
    found = Recording(path)
    path.write_bytes(path.read_bytes()[: found.moments[2].offset + 4])
    assert found.snapshot(1) == changing(3)[1]
    with pytest.raises(RecordingError, match="is damaged"):
        found.entry(2)
    found.close()


def test_an_account_too_large_for_a_recording_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LARGEST", 1_000)
    recorder = Recorder(tmp_path / "a.rec")
    with pytest.raises(OSError, match="larger than a recording can hold"):
        recorder.record(update(incident()), NOW)
    recorder.close()


def test_a_key_frame_comes_when_the_changes_outweigh_the_last(tmp_path: Path) -> None:
    shown = changing(40)
    found = Recording(record(tmp_path / "a.rec", shown))
    keys = [index for index, moment in enumerate(found.moments) if moment.key]
    assert 1 < len(keys) < 40
    assert all(moment.telling for moment in found.moments)
    found.close()


def test_a_key_frame_that_changes_nothing_is_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "KEY_EVERY", 1)
    same = [structs.replace(incident(), taken_at=NOW + timedelta(seconds=n)) for n in range(4)]
    found = Recording(record(tmp_path / "a.rec", same))
    assert [(moment.key, moment.telling) for moment in found.moments] == [
        (True, True), (False, False), (True, False), (False, False),
    ]  # fmt: skip
    found.close()
