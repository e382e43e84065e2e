"""Credentials that change while a scope is followed: in the files, in the sign-in caches, by `renew`."""

from __future__ import annotations

from latticetop.follow.status import Phase
from latticetop.model.records.aws_actions import ASSUME_ROLE
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.snapshot import Scope
from tests.follow.conftest import Rig

EXPIRED = ReadError(Problem(ProblemKind.EXPIRED, "", "The AWS credentials have expired."))
REFUSED = ReadError(Problem(ProblemKind.ACCESS_DENIED, ASSUME_ROLE, "The role cannot be assumed."))


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


async def test_a_refused_role_is_assumed_again_with_the_same_credentials_until_they_change(rig: Rig) -> None:
    """A credential_process may ask a person: one role of an organization is no reason to, once a minute."""
    caches, accepts = ["old"], rig.reader.scope

    async def refuse() -> Scope:
        raise REFUSED

    rig.reader.scope = refuse  # type: ignore[method-assign]
    async with rig.follow(credentials_fingerprint=lambda connected: "files" if connected else caches[0]) as follower:
        await rig.clock.rest()
        for _ in range(60):
            await rig.clock.cycle(2)
        assert (rig.connects, rig.screen.last.status.phase) == (1, Phase.NEEDS_CREDENTIALS)
        caches[0] = "new"
        await rig.clock.cycle(2)
        assert rig.connects == 2
        follower.renew()
        await rig.clock.rest()
        assert rig.connects == 3
        rig.reader.scope = accepts  # type: ignore[method-assign]
        await rig.clock.cycle(70)
    assert rig.screen.last.snapshot is not None
    assert rig.connects == 3
