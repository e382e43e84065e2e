"""`--log FILE`: what a command asked of AWS, in a file."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path

import click
import pytest

from latticetop.cli import log_file
from latticetop.cli.log_file import keep_log
from tests.command import IMPATIENT, KEYS, against, at_rest, run
from tests.terminal import Terminal
from tests.unseen import unseen


def calls(path: Path) -> Counter[tuple[str, str]]:
    """The calls of a log and their statuses."""
    first, *lines = path.read_text().splitlines()
    assert " latticetop " in first
    statuses: Counter[tuple[str, str]] = Counter()
    for line in lines:
        _, scope, call, *rest = line.split(" ")
        assert scope == "default/us-east-1"
        statuses[call, dict(item.split("=") for item in rest)["status"]] += 1
    return statuses


def test_the_log_tells_every_call_that_the_account_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    path.touch(0o644)
    with at_rest("incident") as server:
        server.call(lambda account: account.faults.set(["throttle:0.3"]))
        ended = against(server, "check", "--log", str(path), program=IMPATIENT)
        served = Counter((f"{call.service}:{call.operation}", str(call.status)) for call in server.calls)
        assert calls(path) == served
        assert {"200", "503"} <= {status for _, status in served}
        assert ended.err == ""
        assert path.stat().st_mode & 0o777 == 0o644

        before = path.read_text()
        against(server, "--log", str(path), "explain", "vpce-0e3b1bfc42d162c4a", program=IMPATIENT)
        assert path.read_text().startswith(before) and "cloudtrail:LookupEvents" in path.read_text()


def test_the_dashboard_writes_it_too(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    with at_rest("incident") as server:
        flags = ("--endpoint-url", server.url, "--region", "us-east-1", "--interval", "0")
        terminal = Terminal("--log", str(path), *flags, **KEYS)
        terminal.until(lambda: "failed but accessible" in terminal.seen)
        assert terminal.quit() == 0
        assert calls(path)["ec2:DescribeSubnets", "200"] == 1


def test_a_log_that_cannot_be_written_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none" / "x", "No such file or directory"), (tmp_path, "Is a directory")):
        ended = run("check", "--log", str(path), **KEYS)
        assert (ended.code, ended.err) == (2, f"latticetop: The log {path} cannot be written: {why}.\n")
    ended = run("check", "--from", "a.rec", "--log", str(tmp_path / "x"))
    assert (ended.code, "--log has no effect" in ended.err) == (2, True)


@pytest.mark.fault("disk-full-log")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_hinders_nothing_and_is_told_at_the_end() -> None:
    with at_rest("incident") as server:
        ended = against(server, "check", "--log", "/dev/full")
    assert ended.code == 1
    assert ended.err == "latticetop: The log /dev/full is incomplete: No space left on device.\n"


def test_only_its_owner_can_read_a_new_log_and_a_link_leads_to_the_file_it_is_kept_in(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    link, target = tmp_path / "link.log", tmp_path / "logs" / "calls.log"
    link.symlink_to(target)
    for path in (link, link):
        where = ("--endpoint-url", "http://127.0.0.1:1", "--region", "us-east-1")
        run("check", "--log", str(path), *where, program=IMPATIENT, **KEYS)
    assert link.is_symlink() and target.stat().st_mode & 0o777 == 0o600
    assert target.read_text().count("Z latticetop ") == 2


def test_a_file_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    path, foreign = tmp_path / "calls.log", tmp_path / "calls.log.1"
    foreign.write_text("notes\n")
    ended = run("check", "--log", str(path), **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"latticetop: The log {path} cannot be written: {foreign} is no log of latticetop, and would be replaced; "
        "use another name.\n"
    )
    assert foreign.read_text() == "notes\n" and not path.exists()


def test_full_files_are_kept_for_a_while_and_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MAX_BYTES", 1_000)
    path, logger = tmp_path / "calls.log", logging.getLogger("latticetop.aws")
    context = click.Context(click.Command("x"))
    keep_log(context, str(path))
    for number in range(200):
        logger.debug("line %d of the log", number)
    context.close()
    logger.debug("after its end")
    files = sorted(item.name for item in tmp_path.iterdir())
    assert files == ["calls.log", "calls.log.1", "calls.log.2", "calls.log.3"]
    assert all(item.stat().st_mode & 0o777 == 0o600 and item.stat().st_size <= 1_000 for item in tmp_path.iterdir())
    assert path.read_text().endswith("line 199 of the log\n")
    assert all("Z latticetop " in item.read_text().splitlines()[0] for item in tmp_path.iterdir())
    context = click.Context(click.Command("x"))
    keep_log(context, str(path))
    context.close()


def test_no_record_acts_on_the_terminal_that_shows_the_log(tmp_path: Path) -> None:
    path, context = tmp_path / "calls.log", click.Context(click.Command("check"))
    logger = logging.getLogger("latticetop.test")
    with context:
        keep_log(context, str(path))
        logger.info("name=%s", "a\x1b]52;c;eA==\x07\x9b2J\n2024-01-01 forged\u202e")
        try:
            raise ValueError("b\x1b[2J\u200b")
        except ValueError:
            logger.exception("failed")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert unseen("".join(lines)) == []
    assert lines[1].endswith(" name=a]52;c;eA==2J2024-01-01 forged")
    assert (lines[2].endswith(" failed"), lines[-1]) == (True, "ValueError: b[2J")
