"""An organization of AWS Organizations: its units, and what it says of each account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

ORGANIZATION_ID = "o-exampleorgid"
ROOT_ID = "r-exam"


@dataclass(kw_only=True)
class OrganizationMember:
    """An account of an organization; ``state`` is that of the account's life cycle, such as `SUSPENDED`.

    With ``refuses_roles`` no role of the account can be assumed, as before the stack that creates it was deployed;
    ``external_id`` is what the trust policies of its roles require.
    """

    account_id: str
    name: str
    joined_at: datetime
    parent_id: str = ROOT_ID
    state: str = "ACTIVE"
    refuses_roles: bool = False
    external_id: str | None = None

    def trusts(self, external_id: str | None) -> bool:
        """Whether a role can be assumed by the management account with this external id."""
        is_trusted = not self.refuses_roles and self.external_id in (None, external_id)
        return is_trusted and self.state == "ACTIVE"


@dataclass(frozen=True, slots=True)
class OrganizationalUnit:
    """A unit (OU) below the root or another unit."""

    id: str
    name: str
    parent_id: str


@dataclass(kw_only=True)
class SimulatedOrganization:
    """The units and members. ``administrators`` are the accounts that may list them: the management account first."""

    administrators: list[str]
    units: dict[str, OrganizationalUnit] = field(default_factory=dict)
    members: dict[str, OrganizationMember] = field(default_factory=dict)

    @property
    def management_account_id(self) -> str:
        """The account whose number is in the ARNs of all others."""
        return self.administrators[0]

    def add_unit(self, name: str, parent_id: str = ROOT_ID) -> OrganizationalUnit:
        """Add a unit; its id follows the number of units so far."""
        unit = OrganizationalUnit(f"ou-exam-{len(self.units) + 1:08x}", name, parent_id)
        self.units[unit.id] = unit
        return unit
