"""How a command of the shell reaches a scope: as whom, in which Region, and where AWS's API is served."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from latticetop.model.snapshot import Scope

_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_MADE_UP = ("AWS_ACCESS_KEY_ID=simulated", "AWS_SECRET_ACCESS_KEY=simulated")


def environment(scope: Scope) -> tuple[str, ...]:
    """What is set for a command: on this machine a simulator answers, to which any credentials will do."""
    return _MADE_UP if _host(scope.endpoint_url) in _HERE else ()


def aws_options(scope: Scope) -> dict[str, str]:
    """The options of the AWS CLI, with their values; it has none for a role of latticetop.toml."""
    return _given({"--profile": "" if scope.role else scope.profile, **_where(scope)})


def latticetop_options(scope: Scope) -> dict[str, str]:
    """The options of latticetop, with their values."""
    return _given({"--profile": scope.role or scope.profile, **_where(scope)})


def _where(scope: Scope) -> dict[str, str]:
    return {"--region": scope.region, "--endpoint-url": scope.endpoint_url}


def _given(options: dict[str, str]) -> dict[str, str]:
    return {option: value for option, value in options.items() if value}


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
