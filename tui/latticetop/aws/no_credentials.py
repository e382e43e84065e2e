"""The problem of having no credentials: which sources were checked, and what to do next."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from latticetop.aws.credential_files import credentials_path, settings_path
from latticetop.model.records.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
NO_CREDENTIALS = "No credentials found."
_CONTAINER_VARIABLES = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_MAX_PROFILES = 6
"""Profile names in the next step."""
_DEMO = "or try the demo, which needs no account: latticetop demo"


def metadata_disabled() -> bool:
    """Whether AWS_EC2_METADATA_DISABLED switches the instance metadata service off."""
    return os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"


def container_variable() -> str:
    """Name of the environment variable that points to container credentials; empty when none is set."""
    return next((name for name in _CONTAINER_VARIABLES if os.environ.get(name)), "")


def no_credentials_problem(profile: str, profiles: Sequence[str]) -> Problem:
    """Describe the sources that were checked, in botocore's order.

    `profile` is the one in use, empty for the default profile; `profiles` are all that are configured.
    """
    sources = [
        f"{' and '.join(KEY_VARIABLES)} in the environment",
        f"profile {profile or 'default'} in {_file(settings_path())} and {_file(credentials_path())}",
    ]
    if name := container_variable():
        sources.append(f"the container credentials ({name})")
    if not metadata_disabled():
        sources.append("the instance metadata service")
    message = f"{NO_CREDENTIALS} Checked {'; '.join(sources)}."
    return Problem(ProblemKind.NO_CREDENTIALS, "", message, _next_step(profile, profiles))


def _next_step(profile: str, profiles: Sequence[str]) -> str:
    others = [name for name in profiles if name != profile]
    if others:
        names = ", ".join(others[:_MAX_PROFILES]) + (", …" if len(others) > _MAX_PROFILES else "")
        return f"Choose a profile with --profile ({names}), sign in (aws sso login), {_DEMO}"
    if profiles:
        return f"Sign in (aws sso login --profile {profile}), {_DEMO}"
    return f"Set up a profile with aws configure sso and choose it with --profile, {_DEMO}"


def _file(path: Path) -> str:
    home = str(Path("~").expanduser())
    shown = f"~{str(path)[len(home) :]}" if str(path).startswith(f"{home}/") else str(path)
    return shown if path.is_file() else f"{shown} (missing)"
