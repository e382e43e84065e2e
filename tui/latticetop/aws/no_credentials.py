"""What is said when no credentials were found at all: where they were looked for, and what to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from latticetop.aws.credential_files import credentials_path, settings_path
from latticetop.model.records.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
NONE = "No AWS credentials were found."
_CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_SHOWN = 6
"""How many profile names are listed."""
_DEMO = "or see an incident without an account: latticetop demo"


def metadata_off() -> bool:
    """Whether the instance's metadata service is not to be asked."""
    return os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"


def container_variable() -> str:
    """The variable that offers a container's credentials, empty where there is none."""
    return next((name for name in _CONTAINER if os.environ.get(name)), "")


def none_found(profile: str, profiles: Sequence[str]) -> Problem:
    """The problem, for the profile in force (empty for the default one) and all profiles there are."""
    places = [
        f"for {' and '.join(KEYS)} in the environment",
        f"for profile {profile or 'default'} in {_file(settings_path())} and {_file(credentials_path())}",
    ]
    if name := container_variable():
        places.append(f"for a container's credentials ({name})")
    asked = "" if metadata_off() else ", and asked the instance's metadata service"
    told = f"Looked {', '.join(places)}{asked}."
    return Problem(ProblemKind.NO_CREDENTIALS, "", f"{NONE} {told}", _next(profile, profiles))


def _next(profile: str, profiles: Sequence[str]) -> str:
    others = [name for name in profiles if name != profile]
    if others:
        listed = ", ".join(others[:_SHOWN]) + (", …" if len(others) > _SHOWN else "")
        return f"Choose a profile with --profile ({listed}), sign in (aws sso login), {_DEMO}"
    if profiles:
        return f"Sign in (aws sso login --profile {profile}), {_DEMO}"
    return f"Set up a profile with aws configure sso and name it with --profile, {_DEMO}"


def _file(path: Path) -> str:
    home = str(Path("~").expanduser())
    shown = f"~{str(path)[len(home) :]}" if str(path).startswith(f"{home}/") else str(path)
    return shown if path.is_file() else f"{shown} (not there)"
