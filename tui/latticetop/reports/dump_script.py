"""The shell script of `latticetop dump`: it reads an account with the AWS CLI, for `latticetop check --from`.

`dump.sh` has its functions. It runs in any POSIX shell, as a whole or not at all: a script that was pasted in part, or
cut off, ends before the first call.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop import __version__
from latticetop.model.incident.timeline import EVENT_NAMES, WINDOW_AFTER, WINDOW_BEFORE
from latticetop.reports.cli_options import aws_options, environment, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.snapshot import Scope

_MAX_EVENTS = 200
"""Write events in the window of an endpoint before only those of EVENT_NAMES are read: four pages of LookupEvents."""
_CONSTANTS = {
    "WINDOW_BEFORE": f"{WINDOW_BEFORE.total_seconds():.0f}",
    "WINDOW_AFTER": f"{WINDOW_AFTER.total_seconds():.0f}",
    "MAX_EVENTS": str(_MAX_EVENTS),
    "EVENT_NAMES": " ".join(EVENT_NAMES),
}
_HEADER = f"""\
#!/bin/sh
# Made by latticetop dump {__version__}: it reads an account with the AWS CLI for latticetop check --from, and changes
# nothing in it: each call describes, gets, lists or looks up. Run it with sh, bash, dash or zsh.
"""


class DumpScope(Struct, frozen=True):
    """A scope to dump; its Region is empty for that of the environment or profile, and `all_regions` reads them all."""

    scope: Scope
    all_regions: bool = False


class DumpContents(Struct, frozen=True):
    """What to dump of each scope: the subnets of these ids or VPCs, or all; the events of these endpoints."""

    vpc_ids: Sequence[str] = ()
    subnet_ids: Sequence[str] = ()
    endpoint_ids: Sequence[str] = ()


def dump_script(scopes: Sequence[DumpScope], contents: DumpContents, directory: str) -> str:
    """Return the script. The ids in `contents` are letters, digits and dashes; everything else is quoted."""
    body = [_functions(), *_subnets(contents), f"explained={quoted(' '.join(contents.endpoint_ids))}", ""]
    # A name that begins with a dash would be an option.
    directory = quoted(f"./{directory}" if directory.startswith("-") else directory)
    body.append(f"begin {directory}")
    for number, each in enumerate(scopes, 1):
        body += _reading(each, f"/{number}" if len(scopes) > 1 else "")
    body.append(f"finish {quoted(f'latticetop check --from {directory}')}")
    return "\n".join([_HEADER + "latticetop_dump() (", *body, ")", "latticetop_dump"]) + "\n"


def _functions() -> str:
    text = files("latticetop.reports").joinpath("dump.sh").read_text(encoding="utf-8")
    return re.sub("|".join(_CONSTANTS), lambda match: _CONSTANTS[match[0]], text)


def _subnets(contents: DumpContents) -> Iterator[str]:
    """Yield the function that reads the subnets and their interfaces."""
    filters = [("vpc-id", contents.vpc_ids), ("subnet-id", contents.subnet_ids)]
    options = [f" --filters Name={name},Values={','.join(ids)}" for name, ids in filters if ids] or [""]
    yield "read_subnets() {"
    for number, option in enumerate(options, 1):
        yield f"  get subnets-{number} ec2 describe-subnets{option}"
        yield f"  get_interfaces interfaces-{number}{option}"
    yield "}"


def _reading(each: DumpScope, folder: str) -> Iterator[str]:
    options = aws_options(each.scope)
    region = options.pop("--region", "")
    words = [*environment(each.scope), "aws", *(f"{option} {quoted(value)}" for option, value in options.items())]
    yield f'aws_cli() {{ {" ".join(words)} --region "$region" "$@"; }}'
    profile = f" --profile {quoted(options['--profile'])}" if "--profile" in options else ""
    yield f"region={quoted(region) if region else f'$(configured_region{profile})'}"
    yield f"{'read_regions' if each.all_regions else 'read_scope'} {quoted(folder)}"
