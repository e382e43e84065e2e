"""A stand-in for the AWS CLI: parses a command, calls the operation with botocore, and prints as the CLI does.

Its program `aws` takes 10 ms: it sends its arguments to a thread of the tests, which has botocore loaded already.
"""

from __future__ import annotations

import json
import shlex
import socketserver
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session
from botocore.utils import parse_timestamp

from tests.command import KEYS

GLOBAL_OPTIONS = ("--region", "--profile", "--endpoint-url", "--output")
PAGING_OPTIONS = ("--page-size", "--max-items", "--starting-token")
_NOWHERE = "http://aws.invalid"
_URL: ContextVar[str] = ContextVar("url")
"""Where the thread that runs a command reads instead."""
CLIENT = """
import _socket, sys
connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0)
connection.connect(sys.argv[1])
connection.sendall("\\0".join(sys.argv[2:]).encode("utf-8", "surrogateescape"))
connection.shutdown(_socket.SHUT_WR)
answer = b"".join(iter(lambda: connection.recv(1 << 20), b""))
end = 5 + int.from_bytes(answer[1:5], "big")
sys.stdout.buffer.write(answer[5:end])
sys.stderr.buffer.write(answer[end:])
sys.exit(answer[0])
"""
"""What the program runs. The module `socket` takes as long to import as the interpreter to start."""


class Printed(NamedTuple):
    """How a command ends: its exit code, and what it prints."""

    code: int
    out: str = ""
    err: str = ""


class Command(NamedTuple):
    """A parsed command: global options by name, service, operation, and the words after each of its other options."""

    settings: dict[str, str]
    service: str
    operation: str
    options: dict[str, list[str]]


class UnknownOptionError(Exception):
    """The CLI has no such option."""


class AwsCli:
    """The program in a folder of its own. `called` are the actions so far, `commands` the arguments."""

    def __init__(self, folder: Path, *, old: bool = False, endpoint_url: str = "") -> None:
        """With `old` it does not know hidden interfaces, and prints times as version 1 does: as AWS sends them.

        `endpoint_url` is where it reads without --endpoint-url: it does not see the environment of a command.
        """
        self.called: list[str] = []
        self.commands: list[list[str]] = []
        self.folder = folder
        self._old = old
        self._endpoint_url = endpoint_url
        self._clients: set[Any] = set()
        self._lock = threading.Lock()

    def run(self, arguments: list[str]) -> Printed:
        """Run a command."""
        with self._lock:
            self.commands.append(arguments)
            if "configure" in arguments:
                return Printed(1)
            try:
                return self._called(_parsed(arguments))
            except UnknownOptionError as error:
                return Printed(252, err=f"\nusage: aws [options] <command> <subcommand>\n\nUnknown options: {error}\n")

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients:
            client.close()

    def _called(self, command: Command) -> Printed:
        client = _client(command.service, command.settings.get("--region", ""), self._old)
        self._clients.add(client)
        _URL.set(command.settings.get("--endpoint-url", self._endpoint_url))
        name = _operations(client)[command.operation]
        self.called.append(f"{command.service}:{name}")
        model = client.meta.service_model.operation_model(name)
        method, options = xform_name(name), dict(command.options)
        is_paged = client.can_paginate(method) and not options.keys() & {"--next-token", "--max-results"}
        paging = {option: options.pop(option) for option in PAGING_OPTIONS if is_paged and option in options}
        params = self._params(model.input_shape, options)
        try:
            if is_paged:
                config = {_pascal(option): int(words[0]) for option, words in paging.items()}
                answer = client.get_paginator(method).paginate(**params, PaginationConfig=config).build_full_result()
            else:
                answer = getattr(client, method)(**params)
        except ClientError as error:
            return Printed(254, err=f"\n{error}\n")
        answer.pop("ResponseMetadata", None)
        return Printed(0, json.dumps(answer, indent=4, ensure_ascii=False) + "\n")

    def _params(self, shape: Any, options: dict[str, list[str]]) -> dict[str, Any]:
        members = {f"--{xform_name(name, '-')}": (name, member) for name, member in shape.members.items()}
        if self._old:
            members.pop("--include-managed-resources", None)
        if unknown := [option for option in options if option not in members]:
            raise UnknownOptionError(", ".join(unknown))
        return {members[option][0]: _value(members[option][1], words) for option, words in options.items()}


@cache
def _session(old: bool) -> Session:
    session = Session()
    session.set_credentials(*KEYS.values())
    factory = session.get_component("response_parser_factory")
    factory.set_parser_defaults(timestamp_parser=str if old else lambda value: parse_timestamp(value).isoformat())
    return session


@cache
def _client(service: str, region: str, old: bool) -> Any:
    """A client for any URL, which opens its connections anew after it was closed: it takes long to make."""
    config = Config(retries={"total_max_attempts": 1})
    client = _session(old).create_client(service, region_name=region, endpoint_url=_NOWHERE, config=config)
    client.meta.events.register("before-send", _redirect)
    return client


def _redirect(request: AWSPreparedRequest, **_: Any) -> None:
    request.url = request.url.replace(_NOWHERE, _URL.get(), 1)


@cache
def _operations(client: Any) -> dict[str, str]:
    """The operations of a service by their names in the CLI."""
    return {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}


@contextmanager
def aws_cli(*, old: bool = False, endpoint_url: str = "") -> Iterator[AwsCli]:
    """The program `aws` in a folder of its own, until the end of the block."""
    # The address of a socket has about 100 characters, which a folder of pytest may pass.
    with TemporaryDirectory(prefix="aws") as folder:
        cli = AwsCli(Path(folder), old=old, endpoint_url=endpoint_url)
        address, client = f"{folder}/socket", Path(folder, "client.py")
        with _Server(address, cli.run) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            client.write_text(CLIENT, encoding="utf-8")
            program = Path(folder, "aws")
            words = " ".join(map(shlex.quote, (sys.executable, "-IS", str(client), address)))
            program.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
            program.chmod(0o700)
            try:
                yield cli
            finally:
                server.shutdown()
                thread.join()
                cli.close()


class _Server(socketserver.UnixStreamServer):
    def __init__(self, address: str, run: Callable[[list[str]], Printed]) -> None:
        super().__init__(address, _Handler)
        self.run = run


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        printed = self.server.run(self.rfile.read().decode("utf-8", "surrogateescape").split("\0"))
        out = printed.out.encode("utf-8", "surrogateescape")
        self.wfile.write(struct.pack(">BI", printed.code, len(out)) + out + printed.err.encode())


def _parsed(arguments: list[str]) -> Command:
    settings: dict[str, str] = {}
    options: dict[str, list[str]] = {}
    names: list[str] = []
    words = iter(arguments)
    for word in words:
        if word in GLOBAL_OPTIONS:
            settings[word] = next(words)
        elif word.startswith("--"):
            options[word] = []
        elif options:
            options[list(options)[-1]].append(word)
        else:
            names.append(word)
    service, operation = names
    return Command(settings, service, operation, options)


def _value(shape: Any, words: list[str]) -> Any:
    match shape.type_name:
        case "list" if shape.member.type_name == "structure":
            return [_structure(shape.member, word) for word in words]
        case "list":
            return words
        case "boolean":
            return True
        case "integer":
            return int(words[0])
    return words[0]


def _structure(shape: Any, text: str) -> dict[str, Any]:
    """The CLI's shorthand: `Name=vpc-id,Values=vpc-1,vpc-2`."""
    values: dict[str, list[str]] = {}
    for word in text.split(","):
        key, equals, value = word.partition("=")
        if equals:
            values[key] = [value]
        else:
            values[list(values)[-1]].append(word)
    return {key: each if shape.members[key].type_name == "list" else ",".join(each) for key, each in values.items()}


def _pascal(option: str) -> str:
    return option.strip("-").title().replace("-", "")
