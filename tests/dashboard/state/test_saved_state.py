"""What is remembered from one start to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from latticetop.dashboard.state.saved_state import SavedState


def test_filters_and_orders_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "not" / "there" / "state.json"
    memory = SavedState(path)
    assert memory.set_filter("subnets", "az:a") and memory.set_order("subnets", "fits")
    assert not memory.set_filter("subnets", "az:a") and not memory.set_filter("", "of a table without a name")
    memory.save()
    again = SavedState(path)
    assert (again.filter("subnets"), again.order("subnets"), again.filter("estate")) == ("az:a", "fits", "")
    assert again.set_filter("subnets", "")
    again.save()
    assert SavedState(path).filter("subnets") == "" and SavedState(path).order("subnets") == "fits"
    assert [each.name for each in path.parent.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"filters": 3}',
        b'{"filters": {"subnets": null}}',
        b"[" * 50_000,
        b" " * 200_000,
    ],
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(written)
    memory = SavedState(path)
    assert memory.filter("subnets") == ""
    memory.set_filter("subnets", "az:b")
    memory.save()
    assert SavedState(path).filter("subnets") == "az:b"


def test_when_nothing_can_be_written_the_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    memory = SavedState(path)
    memory.set_filter("subnets", "az:a")
    memory.save()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("latticetop.dashboard.state.saved_state.os.replace", refuse)
    memory.set_filter("subnets", "az:b")
    with pytest.raises(OSError, match="No space"):
        memory.save()
    assert SavedState(path).filter("subnets") == "az:a"
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]


def test_without_a_path_nothing_is_written() -> None:
    memory = SavedState()
    assert not memory.set_filter("subnets", "az:a")
    memory.save()
    assert memory.filter("subnets") == "az:a"
