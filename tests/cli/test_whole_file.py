"""A file is written whole or not at all, wherever its name leads."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from latticetop.cli.whole_file import replace_file


def test_a_link_leads_to_the_file_that_is_replaced_and_its_mode_stays(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    link, target = tmp_path / "link.md", tmp_path / "reports" / "ticket.md"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    replace_file(link, b"new")
    assert (link.is_symlink(), target.read_text(), target.stat().st_mode & 0o777) == (True, "new", 0o640)
    assert list(target.parent.iterdir()) == [target]


def test_a_pipe_is_written_and_stays_a_pipe(tmp_path: Path) -> None:
    path, received = tmp_path / "pipe", list[bytes]()
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: received.append(path.read_bytes()), daemon=True)
    reader.start()
    replace_file(path, b"report")
    reader.join()
    assert (received, path.is_fifo(), list(tmp_path.iterdir())) == ([b"report"], True, [path])


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs file descriptors with names")
def test_a_pipe_that_the_shell_names_is_written() -> None:
    """As in `--output >(…)` and, in a pipeline, `--output /dev/stdout`."""
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe:
        replace_file(Path(f"/dev/fd/{writing}"), b"report")
        os.close(writing)
        assert pipe.read() == b"report"


def test_where_no_file_can_be_made_the_error_is_raised(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "missing" / "ticket.md", b"report")
    with pytest.raises(IsADirectoryError):
        replace_file(tmp_path, b"report")
