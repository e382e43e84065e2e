"""From the configuration to the scopes that are followed: every profile and role, in every Region asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from latticetop.config.settings import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.aws import Settings
    from latticetop.aws.shared import Shared
    from latticetop.config.settings import Config


class Target(NamedTuple):
    """A scope: where to read and as whom, and the name that stands for its account, when it has one of its own."""

    settings: Settings
    title: str = ""


def targets_of(config: Config) -> list[Target]:
    """One for each profile or role and Region; a Region may be `all`, which begins with one and has `others_of`."""
    return [
        Target(structs.replace(settings, region=region), title)
        for settings, title, regions in _accounts(config)
        for region in ([ALL] if ALL in regions else dict.fromkeys(regions))
    ]


async def other_regions(place: Target, shared: Shared) -> list[Target]:
    """The further scopes of one whose Region is `all`: the Regions that the account has and VPC Lattice is in.

    Raises ReadError when it cannot be known.
    """
    from latticetop.aws.regions import offered

    if place.settings.region != ALL:
        return []
    _, *others = await offered(place.settings, shared)
    return [place._replace(settings=structs.replace(place.settings, region=region)) for region in others]


def _accounts(config: Config) -> Iterator[tuple[Settings, str, tuple[str, ...]]]:
    """Profiles, then roles, with the Regions of each. Roles alone leave out the account that they are assumed from."""
    from latticetop.aws import Settings

    regions = config.regions or ("",)
    url = config.endpoint_url
    for profile in config.profiles or (() if config.roles else ("",)):
        yield Settings(profile=profile, endpoint_url=url), "", regions
    for role in config.roles:
        named = Settings(
            profile=role.profile, endpoint_url=url, role_arn=role.arn, role=role.title, external_id=role.external_id
        )
        yield named, role.title, role.regions or regions


def choose(config: Config, profiles: tuple[str, ...], regions: tuple[str, ...]) -> Config:
    """The configuration with the profiles (or roles, by name) and Regions that flags or the environment ask for."""
    if regions:
        roles = tuple(structs.replace(role, regions=()) for role in config.roles)
        config = structs.replace(config, regions=regions, roles=roles)
    elif any(os.environ.get(name) for name in ("AWS_REGION", "AWS_DEFAULT_REGION")):
        config = structs.replace(config, regions=())
    if profiles:
        roles = tuple(role for role in config.roles if role.title in profiles)
        named = {role.title for role in roles}
        config = structs.replace(config, profiles=tuple(p for p in profiles if p not in named), roles=roles)
    elif os.environ.get("AWS_PROFILE"):
        config = structs.replace(config, profiles=())
    return config
