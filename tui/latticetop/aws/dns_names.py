"""What names resolve to, and whether something listens there."""

from __future__ import annotations

import asyncio
import socket
from time import perf_counter

from latticetop.model.incident.investigation import Probe, ProbeOutcome
from latticetop.model.records.address import format_address


async def resolve(name: str) -> tuple[str, ...]:
    """The IPv4 addresses of a name by the system's resolver, none when it has none; OSError if it cannot be asked."""
    loop = asyncio.get_running_loop()
    try:
        answers = await loop.getaddrinfo(name, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            return ()
        raise
    except UnicodeError:
        # What is no host name at all, such as `a..b` or a part of more than 63 letters, is asked of nobody.
        return ()
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


async def probe(name: str, address: int, port: int, patience: float = 3.0) -> Probe:
    """Try one TCP connection and close it at once; `patience` is in seconds."""
    began = perf_counter()
    outcome = ProbeOutcome.CONNECTED
    try:
        async with asyncio.timeout(patience):
            _, writer = await asyncio.open_connection(format_address(address), port)
            writer.close()
            await writer.wait_closed()
    except TimeoutError:
        outcome = ProbeOutcome.TIMED_OUT
    except ConnectionRefusedError:
        outcome = ProbeOutcome.REFUSED
    except OSError:
        outcome = ProbeOutcome.UNREACHABLE
    return Probe(name, address, port, outcome, perf_counter() - began)
