"""Responses of any size and any number of pages: `check` ends, says the figure, and its memory stays small."""

from __future__ import annotations

import gzip
import re
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import count, repeat
from pathlib import Path

import pytest

from tests.aws.operation_calls import SETS, XML_NAMESPACES, empty_response
from tests.command import KEYS, finished

MOST_MEMORY = 600 << 20
"""Bytes. The interpreter with the SDK takes 60 million."""
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/xml\r\n"
GIGABYTE = 1_000_000_000
CHUNK = b" " * 65_536
TOKENS = count()
CHECK = """
import atexit, runpy, sys
atexit.register(lambda: sys.stderr.write(open("/proc/self/status").read()))
runpy.run_module("latticetop", run_name="__main__")
"""
"""`latticetop`, with the highest memory at the end: that of `wait4` would include the memory of this process."""
RECORD = (
    b"<item><vpcId>vpc-1</vpcId><subnetId>subnet-1</subnetId><vpcEndpointId>vpce-1</vpcEndpointId>"
    b"<id>vpce-rsc-asc-1</id></item>"
)


def opening(operation: str) -> bytes:
    return f'<{operation}Response xmlns="{XML_NAMESPACES["ec2"]}"><{SETS[operation]}>'.encode()


def closing(operation: str, more: str = "") -> bytes:
    return f"</{SETS[operation]}>{more}</{operation}Response>".encode()


def a_gigabyte(operation: str) -> Iterator[bytes]:
    yield HEAD + b"\r\n" + opening(operation)
    yield from repeat(CHUNK, GIGABYTE // len(CHUNK))


def a_gigabyte_with_its_length(operation: str) -> Iterator[bytes]:
    yield HEAD + f"Content-Length: {GIGABYTE}\r\n\r\n".encode() + opening(operation)
    yield from repeat(CHUNK, GIGABYTE // len(CHUNK))


def items_of_300_megabytes(operation: str) -> Iterator[bytes]:
    yield HEAD + b"\r\n" + opening(operation)
    yield from repeat(f"<item><{operation}Id>x</{operation}Id><state>available</state></item>".encode() * 1000, 4500)


def items_without_content(operation: str) -> Iterator[bytes]:
    yield HEAD + b"\r\n" + opening(operation) + b"<item/>" * 1_400_000 + closing(operation)


def a_million_levels(operation: str) -> Iterator[bytes]:
    yield HEAD + b"\r\n" + opening(operation) + b"<a>" * 1_000_000 + b"</a>" * 1_000_000 + closing(operation)


def thousands_of_levels(operation: str) -> Iterator[bytes]:
    yield HEAD + b"\r\n" + opening(operation) + b"<a>" * 5_000 + b"</a>" * 5_000 + closing(operation)


@cache
def packed() -> bytes:
    return gzip.compress(b" " * (GIGABYTE // 100), 1) * 100


def a_packed_gigabyte(operation: str) -> Iterator[bytes]:
    yield HEAD + b"Content-Encoding: gzip\r\n\r\n" + packed()


def pages_without_end(operation: str) -> Iterator[bytes]:
    more = f"<nextToken>{next(TOKENS)}</nextToken>" if operation == "DescribeSubnets" else ""
    yield HEAD + b"\r\n" + opening(operation) + RECORD * 2_000 + closing(operation, more)


class HostileHandler(socketserver.StreamRequestHandler):
    """Answers every EC2 request with the `body` of the server, and STS as AWS does."""

    def handle(self) -> None:
        length = 0
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        action = re.search(rb"Action=(\w+)", self.rfile.read(length))
        operation = action[1].decode() if action else ""
        assert isinstance(self.server, HostileServer)
        with suppress(ConnectionError):
            if operation == "GetCallerIdentity":
                self.wfile.write(HEAD + b"\r\n" + empty_response(f"sts:{operation}").encode())
                return
            for part in self.server.body(operation):
                self.wfile.write(part)


class HostileServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    body = staticmethod(a_gigabyte)


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with HostileServer(("127.0.0.1", 0), HostileHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the highest memory there")
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (a_gigabyte, "is larger than 32 MiB and was not read."),
        (a_gigabyte_with_its_length, "is larger than 32 MiB and was not read."),
        (items_of_300_megabytes, "is larger than 32 MiB and was not read."),
        (items_without_content, "has 1,400,000 records, more than 2,000."),
        (a_million_levels, "XML tags, more than 1,500,000."),
        (thousands_of_levels, "has more than 256 levels of XML."),
        (a_packed_gigabyte, "that is not AWS's"),
        (pages_without_end, "returned more than 100,000 records and was stopped."),
    ],
)
def test_check_ends_says_the_figure_and_stays_small(server: HostileServer, body: object, told: str) -> None:
    server.body = body  # type: ignore[assignment]
    url = f"http://127.0.0.1:{server.server_address[1]}"
    ended = finished(sys.executable, "-c", CHECK, "check", "--endpoint-url", url, "--region", "us-east-1", **KEYS)
    peak = re.search(r"VmHWM:\s+(\d+) kB", ended.err)
    assert told in ended.out + ended.err
    assert ended.code == 3
    assert peak
    assert int(peak[1]) * 1024 < MOST_MEMORY
