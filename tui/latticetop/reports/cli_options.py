"""Shell commands for a scope: the options for profile, Region and endpoint URL, and quoting."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.model.snapshot import Scope

_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
_SIMULATED_CREDENTIALS = ("AWS_ACCESS_KEY_ID=simulated", "AWS_SECRET_ACCESS_KEY=simulated")


def environment(scope: Scope) -> tuple[str, ...]:
    """Return environment variables for the command, as `NAME=value`.

    An endpoint URL on this machine is taken for a simulator, which accepts any credentials.
    """
    return _SIMULATED_CREDENTIALS if _host_of(scope.endpoint_url) in _LOOPBACK_HOSTS else ()


def aws_options(scope: Scope) -> dict[str, str]:
    """Return the options for the AWS CLI by name; a role of latticetop.toml cannot be expressed in them."""
    return _non_empty({"--profile": "" if scope.role else scope.profile, **_region_and_url(scope)})


def latticetop_options(scope: Scope) -> dict[str, str]:
    """Return the options for latticetop by name."""
    return _non_empty({"--profile": scope.role or scope.profile, **_region_and_url(scope)})


def selection_options(criteria: Criteria) -> list[str]:
    """Return the options for `latticetop check` that make the same subnets count, each a word or two."""
    values = {
        "--subnet-id": criteria.subnet_ids,
        "--vpc-id": criteria.vpc_ids,
        "--cluster": criteria.clusters,
        "--tag": criteria.tags,
    }
    options = [f"{option} {quoted(value)}" for option, named in values.items() for value in named]
    options += ["--all-subnets"] if criteria.all_subnets else []
    return options + ([f"--min-free-blocks {criteria.min_free_blocks}"] if criteria.min_free_blocks != 1 else [])


def aws_command(scope: Scope, service: str, operation: str, options: Iterable[str], separator: str = " \\\n  ") -> str:
    """Return a command of the AWS CLI for the scope, one option a line. The options are quoted already."""
    words = [*environment(scope), "aws", service, operation]
    scope_options = [f"{option} {quoted(value)}" for option, value in aws_options(scope).items()]
    return separator.join([" ".join(words), *scope_options, *options])


def quoted(text: str) -> str:
    """Return a text from outside as one word of a POSIX shell."""
    return shlex.quote(clean(text))


def _region_and_url(scope: Scope) -> dict[str, str]:
    return {"--region": scope.region, "--endpoint-url": scope.endpoint_url}


def _non_empty(options: dict[str, str]) -> dict[str, str]:
    return {option: value for option, value in options.items() if value}


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
