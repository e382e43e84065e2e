"""The `credential_process` of a profile: with the whole terminal, or without any while a dashboard has it.

Leans on: the private attribute `_popen` of aiobotocore's `AioProcessProvider`, its call with `stdout` and `stderr`, and
`_profile_provider_builder` of the provider of roles, which makes the process providers of source profiles.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Any

from botocore.credentials import CredentialResolver


class CredentialProcessError(Exception):
    """A `credential_process` failed. `reason` is a clause; `had_terminal` is whether it could prompt."""

    def __init__(self, reason: str, *, had_terminal: bool) -> None:
        super().__init__(reason)
        self.had_terminal = had_terminal

    def sentence(self) -> str:
        """One sentence, without what the process printed: it may be a secret."""
        terminal = "" if self.had_terminal else "; it cannot use the terminal while the dashboard runs"
        return f"The credential_process {self}{terminal}."


def set_terminal_use(resolver: CredentialResolver, *, has_terminal: bool) -> CredentialResolver:
    """Let the processes of a chain of credential providers use the terminal, or not. Returns the resolver."""

    async def start(*command: str, **_: Any) -> _CredentialProcess:
        return await _start(command, has_terminal=has_terminal)

    for provider in resolver.providers:
        if hasattr(provider, "_popen"):
            provider._popen = start
        if builder := getattr(provider, "_profile_provider_builder", None):
            _set_popen_of_new_providers(builder, start)
    return resolver


def _set_popen_of_new_providers(builder: Any, start: Any) -> None:
    create = builder._create_process_provider

    def create_process_provider(*arguments: Any, **options: Any) -> Any:
        provider = create(*arguments, **options)
        provider._popen = start
        return provider

    builder._create_process_provider = create_process_provider


async def _start(command: tuple[str, ...], *, has_terminal: bool) -> _CredentialProcess:
    """Start a process. With the terminal its standard error goes there, since a prompt does too.

    Without it, it has no standard input, and a session of its own, in which there is no `/dev/tty`.
    """
    options: dict[str, Any] = {"stderr": None if sys.stderr.isatty() else PIPE}
    if not has_terminal:
        options = {"stderr": PIPE, "stdin": DEVNULL, "start_new_session": True}
    try:
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, **options)
    except OSError as error:
        raise CredentialProcessError(f"cannot be started ({error.strerror})", had_terminal=True) from error
    return _CredentialProcess(process, has_terminal=has_terminal)


class _CredentialProcess:
    """A process as far as AioProcessProvider uses it. Raises CredentialProcessError where it has no credentials."""

    def __init__(self, process: Process, *, has_terminal: bool) -> None:
        self._process = process
        self._has_terminal = has_terminal

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    async def communicate(self) -> tuple[bytes, bytes]:
        stdout, stderr = await self._process.communicate()
        reason = f"failed with exit code {self.returncode}" if self.returncode else ""
        if not reason and not _is_json_object(stdout):
            reason = "printed no JSON object"
        if reason:
            raise CredentialProcessError(reason, had_terminal=self._has_terminal)
        return stdout, stderr or b""


def _is_json_object(text: bytes) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
