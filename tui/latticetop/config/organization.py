"""The `[organization]` of latticetop.toml: the accounts of AWS Organizations that are followed by a role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

_ROLE = re.compile(r"([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)
"""The name of a role, after its path if it has one
(docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""
_UNIT = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
"""The id of a root or a unit
(docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html)."""


class Organization(Struct, frozen=True, forbid_unknown_fields=True):
    """The accounts of an organization. Without a `role` none is followed."""

    role: Annotated[
        str, Meta(description="Role to assume in each active account of an organization. Default: none is followed.")
    ] = ""
    profile: Annotated[
        str, Meta(description="Profile that lists the accounts and assumes the role; its own account is read with it.")
    ] = ""
    external_id: Annotated[str, Meta(description="External id that the role's trust policy requires.")] = ""
    units: Annotated[
        tuple[str, ...], Meta(description="Only accounts in these units, and in those below. Default: all.")
    ] = ()
    exclude: Annotated[tuple[str, ...], Meta(description="Accounts to leave out, by name or number.")] = ()
    include: Annotated[
        tuple[str, ...], Meta(description="Only these accounts, by name or number, as --profile does. Default: all.")
    ] = ()
    accounts: Annotated[
        str,
        Meta(
            description="File with the output of aws organizations list-accounts, in place of asking AWS; "
            "relative to the settings file."
        ),
    ] = ""
    regions: Annotated[tuple[str, ...], Meta(description="Regions to follow there. Default: regions above.")] = ()

    @property
    def is_followed(self) -> bool:
        """Whether the accounts of an organization are followed."""
        return bool(self.role)

    def accounts_path(self, settings_path: Path) -> Path:
        """Return the path of the file with the accounts."""
        return settings_path.parent / Path(self.accounts).expanduser()


def organization_problems(organization: Organization) -> Iterator[str]:
    """Yield what is wrong in the settings of an organization, a sentence for each."""
    if not organization.is_followed:
        if organization != Organization():
            yield 'organization has no role: name the role to assume in each account, such as role = "latticetop".'
        return
    if not _ROLE.fullmatch(organization.role):
        yield f"'{organization.role}' is not the name of a role: write role = \"latticetop\", not its ARN."
    for unit in organization.units:
        if not _UNIT.fullmatch(unit):
            yield f"'{unit}' is not the id of a unit: write ou-ab12-11111111, or r-ab12 for the root."
    if organization.units and organization.accounts:
        yield "organization has both units and accounts: the file does not say which unit an account is in."
    for name in organization.exclude:
        if name in organization.include:
            yield f"organization both includes and excludes '{name}'."
