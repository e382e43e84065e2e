"""What is remembered from one start to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from latticetop.dashboard.state.saved_state import SavedState


def test_filters_and_orders_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "not" / "there" / "state.json"
    saved = SavedState(path)
    assert saved.keep_filter("subnets", "az:a") and saved.keep_order("subnets", "fits")
    assert not saved.keep_filter("subnets", "az:a") and not saved.keep_filter("", "of a table without a name")
    saved.save()
    reloaded = SavedState(path)
    assert (reloaded.filter("subnets"), reloaded.order("subnets"), reloaded.filter("estate")) == ("az:a", "fits", "")
    assert reloaded.keep_filter("subnets", "")
    reloaded.save()
    assert SavedState(path).filter("subnets") == "" and SavedState(path).order("subnets") == "fits"
    assert [each.name for each in path.parent.iterdir()] == ["state.json"]


def test_a_filter_that_is_not_kept_ends_with_the_app(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    saved = SavedState(path)
    saved.keep_filter("subnets", "az:a")
    saved.set_filter("subnets", "owner:lambda")
    assert saved.filter("subnets") == "owner:lambda"
    saved.save()
    assert SavedState(path).filter("subnets") == "az:a"


@pytest.mark.parametrize(
    "content",
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
def test_a_damaged_file_counts_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content)
    saved = SavedState(path)
    assert saved.filter("subnets") == ""
    saved.keep_filter("subnets", "az:b")
    saved.save()
    assert SavedState(path).filter("subnets") == "az:b"


def test_when_nothing_can_be_written_the_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    saved = SavedState(path)
    saved.keep_filter("subnets", "az:a")
    saved.save()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("latticetop.dashboard.state.saved_state.os.replace", refuse)
    saved.keep_filter("subnets", "az:b")
    with pytest.raises(OSError, match="No space"):
        saved.save()
    assert SavedState(path).filter("subnets") == "az:a"
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]


def test_without_a_path_nothing_is_written() -> None:
    saved = SavedState()
    assert not saved.keep_filter("subnets", "az:a")
    saved.save()
    assert saved.filter("subnets") == "az:a"
