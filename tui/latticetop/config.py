"""What to look at and how, from flags and the environment."""

from __future__ import annotations

from msgspec import Struct

FLOOR = 5.0
"""The shortest interval in seconds: shorter ones cost an account more calls than they tell."""

LONGEST = 86_400.0


class Config(Struct, frozen=True):
    """The settings of one run; an empty text leaves the choice to the AWS configuration. `interval` is in seconds."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    interval: float = 15.0
    all_endpoints: bool = False
    all_subnets: bool = False
    vpc_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()


def interval_problem(seconds: float) -> str:
    """Why an interval cannot be had, in one sentence; empty when it can."""
    if seconds == 0 or FLOOR <= seconds <= LONGEST:
        return ""
    return f"The interval is {seconds:g} s; take 0 to read only on a key, or at least {FLOOR:g}, at most {LONGEST:g}."
