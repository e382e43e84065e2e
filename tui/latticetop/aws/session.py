"""From settings to a session: profile, Region and credentials, each checked before any request is sent.

Leans on: botocore's `config_variable` and `credential_provider` components, and on the private attribute `_prompter` of
the providers that can ask for an MFA code.
"""

from __future__ import annotations

import asyncio
import difflib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, NamedTuple, NoReturn

import botocore.session
from botocore import exceptions as boto

from latticetop.aws import roles, sdk
from latticetop.aws.call_log import log_requests
from latticetop.aws.errors import problem_of
from latticetop.aws.limits import ROLE_RETRY
from latticetop.aws.no_credentials import no_credentials_problem
from latticetop.aws.settings import ALL_REGIONS, DEFAULT_REGION, Settings
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

_REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}")
_MAX_PROFILES = 8
"""Profile names in an error message."""


class NoRegionError(ReadError):
    """No Region is set anywhere."""


class PreparedSession(NamedTuple):
    """A session that is ready to open clients, with the Region, profile and role it uses."""

    session: sdk.Session
    region: str
    profile: str
    endpoint_url: str
    role: str = ""
    role_arn: str = ""

    def is_listed(self, service: str) -> bool:
        """Whether botocore's endpoint table lists the service in this Region; the table may be older than the service.

        With an endpoint URL every service counts as listed.
        """
        return bool(self.endpoint_url) or self.region in _regions(self.session, service)

    def regions_with(self, service: str, enabled: Iterable[str] | None) -> list[str]:
        """Those of the `enabled` Regions in which botocore's endpoint table lists the service, sorted by name.

        With None: all that the table lists in this partition. With an endpoint URL: all enabled Regions.
        """
        if enabled is not None and self.endpoint_url:
            return sorted(enabled)
        table = _botocore_session(self.session.get_component("data_loader"))
        partition = table.get_partition_for_region(self.region)
        listed = set(table.get_available_regions(service, partition))
        return sorted(listed if enabled is None else listed & set(enabled))


async def open_session(
    settings: Settings,
    source: sdk.Session | None = None,
    *,
    has_terminal: bool = True,
    role_retry: float = ROLE_RETRY,
) -> sdk.Session:
    """Create the session of a profile, or of a role assumed with it.

    `source` is the session of the profile, where there is one already. `has_terminal` is whether a `credential_process`
    may use the terminal, and `role_retry` the seconds before a role that could not be assumed is assumed again. Raises
    ReadError, with the kind USAGE when the profile does not exist.
    """
    session = await asyncio.to_thread(_new_session, settings, has_terminal=has_terminal)
    try:
        if settings.role_arn:
            await roles.assume(session, settings, source or session, role_retry)
    except Exception as error:
        raise ReadError(problem_of(error, profile=settings.profile)) from error
    return session


def prepare(settings: Settings, session: sdk.Session | None = None) -> PreparedSession:
    """Determine profile and Region of a session (a new one by default) and load what its clients need.

    Raises ReadError, with the kind USAGE when the profile or the Region does not exist, NoRegionError when none is
    set. Reads files and imports modules: run it in a thread.
    """
    session = session or _new_session(settings)
    with _as_read_errors(settings):
        profile = _profile(session)
        region = _region(session, settings)
    if not session.get_config_variable("region"):
        session.set_config_variable("region", region)
    sdk.preload(session, ("sts",))
    return PreparedSession(session, region, profile, settings.endpoint_url, settings.role, settings.role_arn)


async def prepare_in_thread(settings: Settings, session: sdk.Session) -> PreparedSession:
    """Call `prepare` in a thread. Without a Region and without credentials, the error is about the credentials."""
    try:
        return await asyncio.to_thread(prepare, settings, session)
    except NoRegionError:
        await check_credentials(PreparedSession(session, "", _profile(session), settings.endpoint_url))
        raise


def _new_session(settings: Settings, *, has_terminal: bool = True) -> sdk.Session:
    session = sdk.new_session(settings.profile, sandbox=settings.sandbox, has_terminal=has_terminal)
    with _as_read_errors(settings):
        profile = _profile(session)
    log_requests(session, settings.role_arn.partition("::")[2] or profile or "default")
    return session


@contextmanager
def _as_read_errors(settings: Settings) -> Iterator[None]:
    """Turn every error inside the block into a ReadError."""
    try:
        yield
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(problem_of(error, profile=settings.profile)) from error


async def check_credentials(prepared: PreparedSession) -> None:
    """Find credentials with botocore's provider chain. Raises ReadError when there are none.

    The instance metadata service is last in the chain, with one attempt of one second unless the user's configuration
    says otherwise (botocore's defaults).
    """
    try:
        _forbid_prompts(prepared)
        credentials = await prepared.session.get_credentials()
    except Exception as error:
        raise ReadError(problem_of(error, profile=prepared.profile)) from error
    if credentials is None:
        raise ReadError(no_credentials_problem(prepared.profile, _botocore_session().available_profiles))


def _profile(session: sdk.Session) -> str:
    name = str(session.get_config_variable("profile") or "")
    if not name:
        return ""
    profiles: list[str] = session.available_profiles
    if name not in profiles:
        names = ", ".join(profiles[:_MAX_PROFILES]) + (", …" if len(profiles) > _MAX_PROFILES else "")
        hint = f"Profiles: {names}." if profiles else "There are none: create one with aws configure sso."
        _raise_usage(f"There is no AWS profile '{name}'.", f"{_suggestion(name, profiles)}{hint}")
    return name


def _region(session: sdk.Session, settings: Settings) -> str:
    """The Region of --region, AWS_REGION (which botocore ignores), AWS_DEFAULT_REGION or the profile, in this order."""
    default = os.environ.get("AWS_REGION", "") or session.get_config_variable("region")
    region = settings.region or default
    if region == ALL_REGIONS:
        region = default or DEFAULT_REGION
    if not region:
        step = "Set one with --region or AWS_REGION, such as --region us-east-1."
        raise NoRegionError(Problem(ProblemKind.USAGE, "", "No AWS Region is set.", step))
    name, listed = str(region), _partition_regions(session)
    if name in listed or (_REGION.fullmatch(name) and _has_endpoint_url(session, settings)):
        return name
    if name in _regions(session):
        return name
    step = f"{_suggestion(name, listed)}Set one with --region or AWS_REGION."
    return _raise_usage(f"There is no AWS Region '{name}'.", step)


def configured_profiles() -> tuple[str, ...]:
    """Return the names of the profiles in the AWS configuration files; none if these are damaged: a session says so."""
    with suppress(boto.BotoCoreError):
        return tuple(_botocore_session().available_profiles)
    return ()


def _botocore_session(loader: Any = None) -> botocore.session.Session:
    """A session without a profile, for its lists of profiles and Regions. With a loader no file is read twice.

    An aiobotocore session would list them in coroutines.
    """
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    if loader:
        session.register_component("data_loader", loader)
    return session


def _partition_regions(session: sdk.Session) -> list[str]:
    """The Regions of botocore's file of partitions, which is a hundredth of its table of endpoints.

    Both are loaded for every client, but the table takes long to list. It may have Regions of the user's own.
    """
    partitions = session.get_component("data_loader").load_data("partitions")["partitions"]
    names = (region for partition in partitions for region in partition["regions"])
    return [name for name in names if not name.endswith("-global")]


def _regions(session: sdk.Session, service: str = "ec2") -> tuple[str, ...]:
    """The Regions of all partitions in which botocore's endpoint table lists the service."""
    return _listed_regions(session.get_component("data_loader"), service)


@cache
def _listed_regions(loader: Any, service: str) -> tuple[str, ...]:
    """The same by the loader, which all sessions of a data path share. A new session takes milliseconds."""
    table = _botocore_session(loader)
    return tuple(
        region
        for partition in table.get_available_partitions()
        for region in table.get_available_regions(service, partition)
    )


def _has_endpoint_url(session: sdk.Session, settings: Settings) -> bool:
    variable = os.environ.get("AWS_ENDPOINT_URL_EC2") or os.environ.get("AWS_ENDPOINT_URL")
    return bool(settings.endpoint_url or variable or session.get_scoped_config().get("endpoint_url"))


def _forbid_prompts(prepared: PreparedSession) -> None:
    """Make a profile that requires an MFA code fail: a prompt and the dashboard cannot share the terminal."""

    def refuse(_: str) -> NoReturn:
        option = f" --profile {prepared.profile}" if prepared.profile else ""
        raise ReadError(
            Problem(
                ProblemKind.NO_CREDENTIALS,
                "",
                "The profile requires an MFA code, and latticetop does not prompt for one.",
                f'Get a session first: eval "$(aws configure export-credentials{option} --format env)"',
            )
        )

    for provider in prepared.session.get_component("credential_provider").providers:
        if hasattr(provider, "_prompter"):
            provider._prompter = refuse


def _suggestion(name: str, candidates: Iterable[str]) -> str:
    names = list(candidates)
    anagrams = [candidate for candidate in names if sorted(candidate) == sorted(name)]
    matches = anagrams or difflib.get_close_matches(name, names, n=1)
    return f"Did you mean '{matches[0]}'? " if matches else ""


def _raise_usage(message: str, next_step: str) -> NoReturn:
    raise ReadError(Problem(ProblemKind.USAGE, "", message, next_step))
