from __future__ import annotations

import asyncio
import socket

import pytest

from latticetop.aws.dns_names import probe, resolve
from latticetop.model.incident.investigation import ProbeOutcome
from latticetop.model.records.address import parse_address

HERE = parse_address("127.0.0.1")


async def test_the_systems_resolver_is_asked() -> None:
    assert "127.0.0.1" in await resolve("localhost")


async def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    assert await resolve("nothing.invalid") == ()


@pytest.mark.parametrize("name", ["a..b", f"{'x' * 64}.internal", ".", "\ud800.internal"])
async def test_what_is_no_host_name_has_no_address(name: str) -> None:
    """Empty parts, and parts of more than 63 octets, are in no host name (RFC 1035)."""
    assert await resolve(name) == ()


async def test_a_resolver_that_cannot_be_asked_is_not_taken_for_a_name_without_an_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def busy(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", busy)
    with pytest.raises(OSError, match="Temporary failure"):
        await resolve("db.internal")


async def test_something_listens() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = await probe("db.internal", HERE, port)
    assert (found.name, found.address, found.port, found.outcome) == ("db.internal", HERE, port, ProbeOutcome.CONNECTED)


async def test_nothing_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        found = await probe("db.internal", HERE, unused.getsockname()[1])
    assert found.outcome is ProbeOutcome.REFUSED


async def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> object:
        return await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "open_connection", never)
    assert (await probe("db.internal", HERE, 5432, patience=0.01)).outcome is ProbeOutcome.TIMED_OUT


async def test_an_address_to_which_no_way_leads() -> None:
    """Nobody connects to the address of everybody (RFC 919)."""
    assert (await probe("db.internal", parse_address("255.255.255.255"), 5432)).outcome is ProbeOutcome.UNREACHABLE
