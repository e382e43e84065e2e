"""Resolving DNS names with the system's resolver, and probing TCP ports."""

from __future__ import annotations

import asyncio
import socket

import pytest

from latticetop.aws.dns_names import probe, resolve
from latticetop.model.incident.investigation import ProbeOutcome
from latticetop.model.records.address import parse_address

HERE = parse_address("127.0.0.1")


async def test_a_name_is_resolved_by_the_systems_resolver() -> None:
    assert "127.0.0.1" in await resolve("localhost")


async def test_an_unknown_name_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown_name(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown_name)
    assert await resolve("nothing.invalid") == ()


@pytest.mark.parametrize("name", ["a..b", f"{'x' * 64}.internal", ".", "\ud800.internal"])
async def test_an_invalid_host_name_has_no_address(name: str) -> None:
    """A host name has no empty labels, and no label of more than 63 octets (RFC 1035)."""
    assert await resolve(name) == ()


async def test_a_resolver_failure_is_an_error_and_not_an_unknown_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def busy(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", busy)
    with pytest.raises(OSError, match="Temporary failure"):
        await resolve("db.internal")


async def test_an_open_port_is_connected() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        result = await probe("db.internal", HERE, port)
    assert (result.name, result.address, result.port, result.outcome) == (
        "db.internal",
        HERE,
        port,
        ProbeOutcome.CONNECTED,
    )


async def test_a_closed_port_is_refused() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        result = await probe("db.internal", HERE, unused.getsockname()[1])
    assert result.outcome is ProbeOutcome.REFUSED


async def test_a_port_without_an_answer_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait_forever(*_: object) -> object:
        return await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "open_connection", wait_forever)
    assert (await probe("db.internal", HERE, 5432, timeout_seconds=0.01)).outcome is ProbeOutcome.TIMED_OUT


async def test_an_unreachable_address() -> None:
    """There are no TCP connections to the limited broadcast address (RFC 919)."""
    assert (await probe("db.internal", parse_address("255.255.255.255"), 5432)).outcome is ProbeOutcome.UNREACHABLE
