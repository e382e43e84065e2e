"""DNS names: what they resolve to on this machine, and whether a TCP port answers there."""

from __future__ import annotations

import asyncio
import socket
from time import perf_counter

from latticetop.aws.loop_stalls import measured_stalls
from latticetop.model.incident.investigation import Probe, ProbeOutcome
from latticetop.model.records.address import format_address

_ATTEMPTS = 4
"""How often a connection is tried whose time-outs may all be due to stalls of this process."""


async def resolve(name: str) -> tuple[str, ...]:
    """Resolve a name to IPv4 addresses with the system's resolver; an empty tuple when it has none.

    Raises OSError when the resolver does not answer.
    """
    loop = asyncio.get_running_loop()
    try:
        answers = await loop.getaddrinfo(name, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            return ()
        raise
    except UnicodeError:
        # Not a valid host name, such as `a..b` or one with a label of more than 63 letters: no query is sent.
        return ()
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


async def probe(name: str, address: int, port: int, timeout_seconds: float = 3.0) -> Probe:
    """Open one TCP connection and close it at once.

    `address` is an IPv4 address as an integer. No answer within `timeout_seconds` is TIMED_OUT; where this process was
    busy meanwhile, it is tried again.
    """
    for _ in range(_ATTEMPTS):
        with measured_stalls() as stalls:
            result = await _connect(name, address, port, timeout_seconds)
        if result.outcome is not ProbeOutcome.TIMED_OUT or not stalls.are_long:
            break
    return result


async def _connect(name: str, address: int, port: int, timeout_seconds: float) -> Probe:
    started = perf_counter()
    outcome = ProbeOutcome.CONNECTED
    try:
        async with asyncio.timeout(timeout_seconds):
            _, writer = await asyncio.open_connection(format_address(address), port)
            writer.close()
            await writer.wait_closed()
    except TimeoutError:
        outcome = ProbeOutcome.TIMED_OUT
    except ConnectionRefusedError:
        outcome = ProbeOutcome.REFUSED
    except OSError:
        outcome = ProbeOutcome.UNREACHABLE
    return Probe(name, address, port, outcome, perf_counter() - started)
