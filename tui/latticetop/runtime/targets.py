"""The targets of a configuration: every profile and role, in every Region that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from latticetop.config.settings import ALL, PROFILE_VARIABLES, REGION_VARIABLES, variable_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.aws import Settings
    from latticetop.aws.session_cache import SessionCache
    from latticetop.config.settings import Config
    from latticetop.follow.read_gate import ReadGate


class Target(NamedTuple):
    """A scope to read: the settings of its connection, and a title for its account if it is reached by a role."""

    settings: Settings
    title: str = ""

    @property
    def name(self) -> str:
        """The title, else the profile; empty for the default credentials."""
        return self.title or self.settings.profile


def targets_of(config: Config) -> list[Target]:
    """Return a target for each profile or role and Region.

    A target whose Region is `all` stands for the first Region of the account; `other_regions` finds the others.
    """
    return [
        Target(structs.replace(settings, region=region), title)
        for settings, title, regions in _accounts(config)
        for region in ([ALL] if ALL in regions else dict.fromkeys(regions))
    ]


def is_single_scope(targets: Sequence[Target]) -> bool:
    """Whether the targets are one account in one Region."""
    return len(targets) == 1 and targets[0].settings.region != ALL


async def other_regions(target: Target, sessions: SessionCache, gate: ReadGate) -> list[Target]:
    """Return the further targets of one whose Region is `all`: the account's enabled Regions that have VPC Lattice.

    An empty list for any other target. They are read through the `gate`. Raises ReadError when they cannot be read.
    """
    from latticetop.aws.regions import lattice_regions

    if target.settings.region != ALL:
        return []
    async with gate.turn():
        _, *others = await lattice_regions(target.settings, sessions)
    return [target._replace(settings=structs.replace(target.settings, region=region)) for region in others]


def _accounts(config: Config) -> Iterator[tuple[Settings, str, tuple[str, ...]]]:
    """Yield settings, title and Regions of each profile, then of each role.

    With roles and no profiles, the account that the roles are assumed from is left out.
    """
    from latticetop.aws import Settings

    regions = config.regions or ("",)
    url = config.endpoint_url
    for profile in config.profiles or (() if config.roles else ("",)):
        yield Settings(profile=profile, endpoint_url=url), "", regions
    for role in config.roles:
        settings = Settings(
            profile=role.profile, endpoint_url=url, role_arn=role.arn, role=role.title, external_id=role.external_id
        )
        yield settings, role.title, role.regions or regions


def override_scopes(config: Config, profiles: tuple[str, ...], regions: tuple[str, ...]) -> Config:
    """Apply the profiles (or roles, by name) and Regions of the flags, else of the environment, to a configuration."""
    if regions:
        roles = tuple(structs.replace(role, regions=()) for role in config.roles)
        config = structs.replace(config, regions=regions, roles=roles)
    elif variable_of(REGION_VARIABLES):
        config = structs.replace(config, regions=())
    if profiles:
        roles = tuple(role for role in config.roles if role.title in profiles)
        role_names = {role.title for role in roles}
        config = structs.replace(config, profiles=tuple(p for p in profiles if p not in role_names), roles=roles)
    elif variable_of(PROFILE_VARIABLES):
        config = structs.replace(config, profiles=())
    return config
