"""The targets of a configuration: every profile and role, in every Region that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from latticetop.config.organization import Organization
from latticetop.config.settings import ALL, PROFILE_VARIABLES, REGION_VARIABLES, variable_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.aws import Settings
    from latticetop.aws.session_cache import SessionCache
    from latticetop.config.settings import Config
    from latticetop.follow.read_gate import ReadGate


class Target(NamedTuple):
    """A scope to read: the settings of its connection, and a title for its account if it is reached by a role.

    `told_account_id` is what files with answers tell, which are read in place of an account.
    """

    settings: Settings
    title: str = ""
    told_account_id: str = ""

    @property
    def account_id(self) -> str:
        """The id of the account that was asked for, as far as it is known before it is read."""
        return self.told_account_id or self.settings.account_id

    @property
    def name(self) -> str:
        """The title, else the profile; empty for the default credentials."""
        return self.title or self.settings.profile

    @property
    def label(self) -> str:
        """The name and the Region for a sentence, as far as they are given."""
        return " ".join(part for part in (self.name, self.settings.region) if part)

    @property
    def account(self) -> Settings:
        """The settings without the Region, which are the same in all Regions of the account."""
        return structs.replace(self.settings, region="")


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

    With roles or an organization and no profiles, the account that roles are assumed from is left out.
    """
    from latticetop.aws import Settings

    regions = config.regions or ("",)
    url = config.endpoint_url
    for profile in config.profiles or (() if config.roles or config.organization.is_followed else ("",)):
        yield Settings(profile=profile, endpoint_url=url), "", regions
    for role in config.roles:
        settings = Settings(profile=role.profile, endpoint_url=url)
        if role.arn:
            settings = structs.replace(settings, role_arn=role.arn, role=role.title, external_id=role.external_id)
        yield settings, role.title, role.regions or regions


def asks_for_single_scope(config: Config) -> bool:
    """Whether a configuration asks for one account in one Region, whichever accounts an organization has."""
    organization = config.organization
    if not organization.is_followed:
        return is_single_scope(targets_of(config))
    regions = {*(organization.regions or config.regions)}
    is_one_account = len(organization.include) == 1 and not (config.profiles or config.roles)
    return is_one_account and ALL not in regions and len(regions) <= 1


def _select_members(organization: Organization, names: Sequence[str]) -> Organization:
    """Select the accounts of an organization by names that are no profiles; none of them, if there is no such name."""
    if not organization.is_followed:
        return organization
    from latticetop.aws.session import configured_profiles

    profiles = configured_profiles() if names else ()
    members = tuple(name for name in names if name not in profiles)
    return structs.replace(organization, include=members) if members else Organization()


def override_scopes(config: Config, profiles: tuple[str, ...], regions: tuple[str, ...]) -> Config:
    """Apply the profiles (or roles, by name) and Regions of the flags, else of the environment, to a configuration."""
    if regions:
        roles = tuple(structs.replace(role, regions=()) for role in config.roles)
        organization = structs.replace(config.organization, regions=())
        config = structs.replace(config, regions=regions, roles=roles, organization=organization)
    elif variable_of(REGION_VARIABLES):
        config = structs.replace(config, regions=())
    if profiles:
        roles = tuple(role for role in config.roles if role.title in profiles)
        role_names = {role.title for role in roles}
        others = tuple(name for name in profiles if name not in role_names)
        organization = _select_members(config.organization, others)
        others = tuple(name for name in others if name not in organization.include)
        config = structs.replace(config, profiles=others, roles=roles, organization=organization)
    elif variable_of(PROFILE_VARIABLES):
        config = structs.replace(config, profiles=())
    return config
