"""Credentials that change while a scope is followed: in the files, in the sign-in caches, by `renew`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from latticetop.aws.credential_files import stamp
from latticetop.follow.status import Phase
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from tests.follow.conftest import Rig

EXPIRED = ReadError(Problem(ProblemKind.EXPIRED, "", "The AWS credentials have expired."))


async def test_without_credentials_a_change_of_the_files_is_noticed_in_two_seconds(rig: Rig) -> None:
    files = ["old"]
    rig.connect_error = EXPIRED
    async with rig.follow(credentials_fingerprint=lambda _: files[0]):
        assert await rig.clock.rest() == 2
        for _ in range(5):
            assert await rig.clock.cycle(2) == 2
        assert rig.connects == 1
        assert rig.screen.last.status.phase is Phase.NEEDS_CREDENTIALS
        rig.connect_error = None
        files[0] = "new"
        assert await rig.clock.cycle(2) == 15
    assert rig.connects == 2
    assert rig.screen.last.snapshot is not None


async def test_a_change_of_the_files_reconnects_at_the_next_read(rig: Rig) -> None:
    files = ["old"]
    async with rig.follow(credentials_fingerprint=lambda _: files[0]):
        await rig.clock.rest()
        await rig.clock.cycle(15)
        assert rig.connects == 1
        files[0] = "new"
        await rig.clock.cycle(15)
        await rig.clock.cycle(15)
    assert rig.connects == 2


async def test_a_change_of_the_sign_in_caches_does_not_reconnect(rig: Rig) -> None:
    caches = ["old"]
    async with rig.follow(credentials_fingerprint=lambda connected: "files" if connected else caches[0]):
        await rig.clock.rest()
        caches[0] = "new"
        await rig.clock.cycle(15)
    assert rig.connects == 1


async def test_renew_reconnects_and_reads(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        rig.reader.operations.clear()
        follower.renew()
        await rig.clock.rest()
    assert rig.connects == 2
    assert "subnets" in rig.reader.operations


def test_the_fingerprint_covers_files_and_while_disconnected_sign_in_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    empty = stamp(True)
    credentials = tmp_path / ".aws" / "credentials"
    credentials.parent.mkdir()
    credentials.write_text("[default]")
    written = stamp(True)
    os.utime(credentials, ns=(1, 1))
    assert len({empty, written, stamp(True)}) == 3
    before, apart = stamp(True), stamp(False)
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    (cache / "token.json").write_text("{}")
    assert stamp(True) == before
    assert stamp(False) != apart
