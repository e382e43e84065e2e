"""From the settings to a session: profile, Region, credentials, each checked before anything is asked of AWS."""

from __future__ import annotations

import asyncio
import difflib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

import boto3.session
import botocore.session

from latticetop.aws import roles, sdk
from latticetop.aws.call_log import listen
from latticetop.aws.errors import problem_of
from latticetop.aws.no_credentials import none_found
from latticetop.aws.settings import Settings
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

_REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}")
ALL, _FIRST = "all", "us-east-1"
"""In place of a Region's name, and the Region that is meant by it to begin with where no other is set."""
_SHOWN = 8
"""How many profile names an error lists."""


class NoRegion(ReadError):
    """Nothing says which Region to read."""


class Prepared(NamedTuple):
    """A session that is ready to open clients, with the Region and profile it settled on, and the role's name."""

    session: sdk.Session
    region: str
    profile: str
    endpoint_url: str
    role: str = ""

    def lists(self, service: str) -> bool:
        """Whether boto3's table of endpoints has the service in this Region; the table may lag behind AWS."""
        return bool(self.endpoint_url) or self.region in _regions(self.session, service)

    def regions_with(self, service: str, enabled: Iterable[str] | None) -> list[str]:
        """The enabled Regions that have the service by boto3's table, or all that it has in this partition."""
        if enabled is not None and self.endpoint_url:
            return sorted(enabled)
        catalogue = _catalogue(self.session.get_component("data_loader"))
        known = catalogue.get_available_regions(service, catalogue.get_partition_for_region(self.region))
        return sorted(set(known) if enabled is None else set(known) & set(enabled))


async def open_session(settings: Settings) -> sdk.Session:
    """Make a session of a profile, or of a role assumed from it; ReadError(USAGE) when there is no such profile."""
    session = await asyncio.to_thread(_new_session, settings)
    try:
        if settings.role_arn:
            await roles.assume(session, settings)
    except Exception as error:
        raise ReadError(problem_of(error, profile=settings.profile)) from error
    return session


def prepare(settings: Settings, session: sdk.Session | None = None) -> Prepared:
    """Settle profile and Region of a session, a new one if none is given; ReadError(USAGE) when one does not exist.

    Reads files and imports much: run it in a thread.
    """
    session = session or _new_session(settings)
    with _told(settings):
        profile = _profile(session)
        region = _region(session, settings)
    if not session.get_config_variable("region"):
        session.set_config_variable("region", region)
    sdk.warm_up(session)
    return Prepared(session, region, profile, settings.endpoint_url, settings.role)


async def settle(settings: Settings, session: sdk.Session) -> Prepared:
    """`prepare` in a thread. Where neither a Region nor credentials are set up, the credentials are missed first."""
    try:
        return await asyncio.to_thread(prepare, settings, session)
    except NoRegion:
        await check_credentials(Prepared(session, "", _profile(session), settings.endpoint_url))
        raise


def _new_session(settings: Settings) -> sdk.Session:
    session = sdk.new_session(settings.profile, sandbox=settings.sandbox)
    with _told(settings):
        profile = _profile(session)
    listen(session, settings.role_arn.partition("::")[2] or profile or "default")
    return session


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    """What goes wrong inside is a ReadError."""
    try:
        yield
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(problem_of(error, profile=settings.profile)) from error


async def check_credentials(prepared: Prepared) -> None:
    """Find credentials along botocore's chain; ReadError when there are none.

    The instance metadata service comes last in the chain and is asked once, for a second at most, unless the person's
    configuration says otherwise (botocore's own defaults).
    """
    try:
        _forbid_prompts(prepared)
        credentials = await prepared.session.get_credentials()
    except Exception as error:
        raise ReadError(problem_of(error, profile=prepared.profile)) from error
    if credentials is None:
        raise ReadError(none_found(prepared.profile, _catalogue().available_profiles))


def _profile(session: sdk.Session) -> str:
    name = str(session.get_config_variable("profile") or "")
    if not name:
        return ""
    known = _catalogue().available_profiles
    if name not in known:
        listed = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
        there = f"Profiles: {listed}." if known else "There are none: make one with aws configure sso."
        _usage(f"There is no AWS profile '{name}'.", f"{_nearest(name, known)}{there}")
    return name


def _region(session: sdk.Session, settings: Settings) -> str:
    """The flag, then AWS_REGION (which botocore does not know), then AWS_DEFAULT_REGION, then the profile's."""
    here = os.environ.get("AWS_REGION", "") or session.get_config_variable("region")
    wanted = settings.region or here
    if wanted == ALL:
        wanted = here or _FIRST
    if not wanted:
        step = "Give one with --region or AWS_REGION, such as --region us-east-1."
        raise NoRegion(Problem(ProblemKind.USAGE, "", "No AWS Region is set.", step))
    name, known = str(wanted), _regions(session)
    if name in known or (_REGION.fullmatch(name) and _has_endpoint(session, settings)):
        return name
    return _usage(f"There is no AWS Region '{name}'.", f"{_nearest(name, known)}Give one with --region or AWS_REGION.")


def _catalogue(loader: Any = None) -> boto3.session.Session:
    """What boto3 knows of profiles and Regions, whatever profile is chosen; a loader saves reading files again."""
    core = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    if loader:
        core.register_component("data_loader", loader)
    return boto3.session.Session(botocore_session=core)


def _regions(session: sdk.Session, service: str = "ec2") -> list[str]:
    """Every Region of all partitions that boto3 knows to have the service."""
    catalogue = _catalogue(session.get_component("data_loader"))
    return [
        region
        for partition in catalogue.get_available_partitions()
        for region in catalogue.get_available_regions(service, partition)
    ]


def _has_endpoint(session: sdk.Session, settings: Settings) -> bool:
    named = os.environ.get("AWS_ENDPOINT_URL_EC2") or os.environ.get("AWS_ENDPOINT_URL")
    return bool(settings.endpoint_url or named or session.get_scoped_config().get("endpoint_url"))


def _forbid_prompts(prepared: Prepared) -> None:
    """Make a profile that asks for an MFA code fail: a prompt would fight with the screen for the terminal."""

    def refuse(_: str) -> NoReturn:
        option = f" --profile {prepared.profile}" if prepared.profile else ""
        raise ReadError(
            Problem(
                ProblemKind.NO_CREDENTIALS,
                "",
                "The profile asks for an MFA code, which cannot be typed here.",
                f'Get a session first: eval "$(aws configure export-credentials{option} --format env)"',
            )
        )

    for provider in prepared.session.get_component("credential_provider").providers:
        if hasattr(provider, "_prompter"):
            provider._prompter = refuse


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    swapped = [each for each in names if sorted(each) == sorted(name)]
    found = swapped or difflib.get_close_matches(name, names, n=1)
    return f"Did you mean '{found[0]}'? " if found else ""


def _usage(message: str, next_step: str) -> NoReturn:
    raise ReadError(Problem(ProblemKind.USAGE, "", message, next_step))
