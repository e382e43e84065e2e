"""Messages by which widgets and screens ask the app to show or to save something: they do not do it themselves.

`scope` is the index of an account and Region in the app's list of those it follows. The app closes the overview that
a message came from, except below an endpoint: a screen that posts one does not dismiss itself.

Nothing compares or prints them, and what a dataclass makes for that takes as long as all else of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from latticetop.dashboard.find.goto import Destination
    from latticetop.model.incident.investigation import Investigation

MAIN_DEPTH = 1
"""The depth of the main screen in the stack of screens."""


class NavigationMessage(Message):
    """Show something else; the app's navigator acts on these."""


@dataclass(eq=False, repr=False)
class ScopeSelected(NavigationMessage):
    """Show an account and Region."""

    scope: int


@dataclass(eq=False, repr=False)
class VpcSelected(NavigationMessage):
    """Show only the subnets of a VPC on the main screen."""

    scope: int
    vpc_id: str


@dataclass(eq=False, repr=False)
class SubnetSelected(NavigationMessage):
    """Show a subnet on the main screen, and the block of `address` (an IPv4 address as an integer) if there is one."""

    scope: int
    subnet_id: str
    address: int | None = None


@dataclass(eq=False, repr=False)
class EndpointsSelected(NavigationMessage):
    """Show the endpoints on the main screen."""


@dataclass(eq=False, repr=False)
class MainActionSelected(NavigationMessage):
    """Run an action of the main screen there, by Textual's action string."""

    action: str


@dataclass(eq=False, repr=False)
class EndpointSelected(NavigationMessage):
    """Open an endpoint."""

    scope: int
    vpc_endpoint_id: str


@dataclass(eq=False, repr=False)
class InterfaceSelected(NavigationMessage):
    """Open an ENI."""

    scope: int
    network_interface_id: str


@dataclass(eq=False, repr=False)
class OwnersSelected(NavigationMessage):
    """List the owners of a subnet, with the cursor on the one that an ENI belongs to."""

    scope: int
    subnet_id: str
    network_interface_id: str


@dataclass(eq=False, repr=False)
class RemovalPlanned(NavigationMessage):
    """Plan for a subnet of the scope on screen as if some of its ENIs, instances or addresses were gone."""

    vpc_id: str
    subnet_id: str
    targets: tuple[str, ...]


@dataclass(eq=False, repr=False)
class DestinationSelected(NavigationMessage):
    """Show what was typed into the go-to prompt, above the screen that is open."""

    destination: Destination


@dataclass(eq=False, repr=False)
class BreadcrumbSelected(NavigationMessage):
    """Close the screens above the one at a depth in the stack."""

    depth: int


@dataclass(eq=False, repr=False)
class ScenarioSelected(Message):
    """End, so that another scenario can be played."""

    scenario: str


class SavedStateMessage(Message):
    """Use or save a filter or sort order of a table."""


@dataclass(eq=False, repr=False)
class FilterAccepted(SavedStateMessage):
    """Use the filter of a table, by the table's name, until the app ends; an empty text for none."""

    table: str
    text: str


@dataclass(eq=False, repr=False)
class FilterKept(SavedStateMessage):
    """Save the filter of a table for the next start; an empty text forgets the saved one."""

    table: str
    text: str


@dataclass(eq=False, repr=False)
class SortOrderSelected(SavedStateMessage):
    """Use a sort order of a table, by the table's name, until the app ends; an empty text for the table's own order."""

    table: str
    order: str


@dataclass(eq=False, repr=False)
class SortOrderKept(SavedStateMessage):
    """Save the sort order of a table for the next start; an empty text forgets the saved one."""

    table: str
    order: str


@dataclass(eq=False, repr=False)
class SubnetHighlighted(Message):
    """Have this subnet of the scope on screen read first; None where the cursor is on none."""

    subnet_id: str | None


@dataclass(eq=False, repr=False)
class EndpointInvestigated(Message):
    """Keep the investigation of an endpoint of the scope on screen, so that the grid can highlight what it found."""

    vpc_endpoint_id: str
    investigation: Investigation
