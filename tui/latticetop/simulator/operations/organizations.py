"""AWS Organizations: ListAccounts, ListAccountsForParent and ListOrganizationalUnitsForParent.

Source: docs.aws.amazon.com/organizations/latest/APIReference. The lists are for the management account and delegated
administrators; ListAccountsForParent leaves out the accounts of child units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError
from latticetop.simulator.operations.pagination import PageLimits
from latticetop.simulator.organization import ORGANIZATION_ID, ROOT_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.simulator.operations.context import Document, Handler, OperationContext, Params
    from latticetop.simulator.organization import OrganizationMember, SimulatedOrganization

PAGES = PageLimits(maximum=20, default=20)


def list_accounts(context: OperationContext, params: Params) -> Document:
    """All accounts, whatever their state."""
    organization = _administered(context)
    return _page(context, params, "accounts", "Accounts", _accounts(organization, list(organization.members.values())))


def list_accounts_for_parent(context: OperationContext, params: Params) -> Document:
    """The accounts directly below the root or a unit."""
    organization, parent_id = _administered(context), _parent_id(context, params)
    members = [member for member in organization.members.values() if member.parent_id == parent_id]
    return _page(context, params, f"accounts of {parent_id}", "Accounts", _accounts(organization, members))


def list_organizational_units_for_parent(context: OperationContext, params: Params) -> Document:
    """The units directly below the root or a unit."""
    organization, parent_id = _administered(context), _parent_id(context, params)
    prefix = f"arn:aws:organizations::{organization.management_account_id}:ou/{ORGANIZATION_ID}"
    units = [
        {"Id": unit.id, "Arn": f"{prefix}/{unit.id}", "Name": unit.name}
        for unit in organization.units.values()
        if unit.parent_id == parent_id
    ]
    return _page(context, params, f"units of {parent_id}", "OrganizationalUnits", units)


ORGANIZATIONS: dict[str, Handler] = {
    "ListAccounts": list_accounts,
    "ListAccountsForParent": list_accounts_for_parent,
    "ListOrganizationalUnitsForParent": list_organizational_units_for_parent,
}


def _administered(context: OperationContext) -> SimulatedOrganization:
    organization = context.account.organization
    if organization is None:
        raise ApiError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    if context.account.id not in organization.administrators:
        raise ApiError("AccessDeniedException", "You don't have permissions to access this resource.")
    return organization


def _parent_id(context: OperationContext, params: Params) -> str:
    parent_id, organization = str(params.get("ParentId")), _administered(context)
    if parent_id != ROOT_ID and parent_id not in organization.units:
        raise ApiError("ParentNotFoundException", "You specified a parent that doesn't exist.")
    return parent_id


def _accounts(organization: SimulatedOrganization, members: Sequence[OrganizationMember]) -> list[dict[str, Any]]:
    prefix = f"arn:aws:organizations::{organization.management_account_id}:account/{ORGANIZATION_ID}"
    return [
        {
            "Id": member.account_id,
            "Arn": f"{prefix}/{member.account_id}",
            "Email": f"aws+{member.account_id}@example.com",
            "Name": member.name,
            "State": member.state,
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": member.joined_at,
        }
        for member in members
    ]


def _page(context: OperationContext, params: Params, list_key: str, key: str, items: Sequence[Any]) -> Document:
    try:
        size = PAGES.page_size(params)
    except ApiError as error:
        raise ApiError("InvalidInputException", error.message) from None
    start = 0
    if token := params.get("NextToken"):
        items, start = context.pages.resume(list_key, token, "InvalidInputException")
    page, next_token = context.pages.page(list_key, items, start, size)
    return {key: list(page), "NextToken": next_token}
