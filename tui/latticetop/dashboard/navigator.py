"""Opens and closes the screens of the app, and moves the cursors of the main screen.

A screen is imported when it is opened: the first frame need not wait for it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from latticetop.dashboard import navigation
from latticetop.dashboard.base_screen import BaseScreen, OverviewScreen
from latticetop.dashboard.find.goto import DestinationKind
from latticetop.dashboard.host import host_of
from latticetop.dashboard.navigation import MAIN_DEPTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from latticetop.dashboard.find.goto import Destination
    from latticetop.dashboard.main.screen import MainScreen
    from latticetop.dashboard.navigation import NavigationMessage
    from latticetop.dashboard.tour.steps import TourTarget


MANY_SCOPES, OVERVIEW_SECONDS = 10, 0.5
"""From so many scopes on, the least time between two drawings of an overview: one has news at any moment."""


class Navigator:
    """Moves about the screens of an app.

    `select_scope` makes a scope, by its index, the one that screens draw, whichever are open.
    """

    def __init__(self, app: App[Any], main_screen: MainScreen, select_scope: Callable[[int], None]) -> None:
        self._app = app
        self._main_screen = main_screen
        self._select_scope = select_scope
        self._draws_overview = False
        self._overview_drawn_at = -OVERVIEW_SECONDS

    async def show(self, message: NavigationMessage) -> None:
        """Show what a widget or screen asks for."""
        match message:
            case navigation.ScopeSelected():
                self.close_overview()
                self.show_scope(message.scope)
            case navigation.VpcSelected():
                self.show_vpc(message.scope, message.vpc_id)
            case navigation.SubnetSelected():
                self.show_subnet(message.scope, message.subnet_id, message.address)
            case navigation.EndpointsSelected():
                self.back_to_main()
                self._main_screen.focus_endpoints()
            case navigation.MainActionSelected():
                self.back_to_main()
                await self._app.run_action(message.action, self._main_screen)
            case navigation.EndpointSelected():
                self.open_endpoint(message.scope, message.vpc_endpoint_id)
            case navigation.InterfaceSelected():
                self.close_overview()
                self.open_interface(message.scope, message.network_interface_id)
            case navigation.OwnersSelected():
                self.open_owners(message.scope, message.subnet_id, message.network_interface_id)
            case navigation.RemovalPlanned():
                self.open_plan_without(message.vpc_id, message.subnet_id, message.targets)
            case navigation.DestinationSelected():
                self.go_to(message.destination)
            case navigation.BreadcrumbSelected():
                self.back_to_depth(message.depth)

    def show_scope(self, scope_index: int) -> None:
        """Show a scope on the main screen; nothing if it is the one on screen."""
        if scope_index != host_of(self._app).scope_index:
            self.back_to_main()
            self._select_scope(scope_index)

    def show_subnet(self, scope_index: int, subnet_id: str, address: int | None = None) -> None:
        """Show a subnet on the main screen, and the block of an address if there is one."""
        self.show_scope(scope_index)
        self.back_to_main()
        self._main_screen.go_to_subnet(subnet_id)
        if address is not None:
            self._main_screen.go_to_address(address)

    def show_vpc(self, scope_index: int, vpc_id: str) -> None:
        """Show only the subnets of a VPC on the main screen."""
        self.show_scope(scope_index)
        self.back_to_main()
        self._main_screen.filter_subnets(f"vpc:{vpc_id}")

    def open_endpoint(self, scope_index: int, vpc_endpoint_id: str) -> None:
        """Open an endpoint."""
        from latticetop.dashboard.endpoint.screen import EndpointScreen

        self._prepare_detail(scope_index)
        self._app.push_screen(EndpointScreen(vpc_endpoint_id))

    def open_interface(self, scope_index: int, network_interface_id: str) -> None:
        """Open an ENI."""
        from latticetop.dashboard.endpoint.interface_screen import InterfaceScreen

        self.show_scope(scope_index)
        self._app.push_screen(InterfaceScreen(network_interface_id))

    def open_owners_at_cursor(self) -> None:
        """List who breaks the blocks of the subnet under the cursor."""
        from latticetop.dashboard.owners.screen import OwnersScreen

        screen = self._app.screen
        at_cursor = screen.subnet_at_cursor if isinstance(screen, BaseScreen) else None
        at_cursor = at_cursor or self._main_screen.subnet_at_cursor
        if at_cursor is None:
            self._app.notify("The cursor is on no subnet.", markup=False)
        elif not isinstance(screen, OwnersScreen):
            self.open_owners(*at_cursor)

    def open_owners(self, scope_index: int, subnet_id: str, network_interface_id: str = "") -> None:
        """List the owners of a subnet; with an ENI, the cursor is on its owner."""
        from latticetop.dashboard.owners.screen import OwnersScreen

        self.show_scope(scope_index)
        self._app.push_screen(OwnersScreen(subnet_id, network_interface_id))

    def open_plan_without(self, vpc_id: str, subnet_id: str, targets: tuple[str, ...]) -> None:
        """Plan for a subnet as if some of what is in it were gone: endpoints, or what else its prefixes are for."""
        from latticetop.dashboard.plan.screen import PlanScreen
        from latticetop.model.capacity.demand import ONE_ENDPOINT
        from latticetop.model.capacity.node_capacity import prefix_demand

        view = host_of(self._app).view
        reading = view.snapshot.subnets.get(subnet_id) if view else None
        plan = PlanScreen(vpc_id, frozenset({subnet_id}), demand=prefix_demand(reading) if reading else ONE_ENDPOINT)
        plan.session.remove(subnet_id, targets)
        self._app.push_screen(plan)

    def go_to(self, destination: Destination) -> None:
        """Show what was typed into the go-to prompt."""
        match destination.kind:
            case DestinationKind.ENDPOINT:
                self.open_endpoint(destination.scope, destination.id)
            case DestinationKind.INTERFACE:
                self.open_interface(destination.scope, destination.id)
            case DestinationKind.SUBNET | DestinationKind.ADDRESS:
                self.show_subnet(destination.scope, destination.id, destination.address)
            case DestinationKind.VPC:
                self.show_vpc(destination.scope, destination.id)
            case DestinationKind.SCOPE:
                self.show_scope(destination.scope)

    def _prepare_detail(self, scope_index: int) -> None:
        """Show the scope of what is opened; a list above the main screen stays below it."""
        stack = self._app.screen_stack
        if len(stack) == MAIN_DEPTH + 1 and isinstance(self._app.screen, OverviewScreen):
            self._select_scope(scope_index)
        else:
            self.show_scope(scope_index)

    def open_trouble(self) -> None:
        """List what is wrong or not known in every scope."""
        from latticetop.dashboard.overviews.trouble_screen import TroubleScreen

        self._open_overview(TroubleScreen)

    def open_all_endpoints(self) -> None:
        """List every endpoint of every scope."""
        from latticetop.dashboard.overviews.all_endpoints_screen import AllEndpointsScreen

        self._open_overview(AllEndpointsScreen)

    def open_scopes(self) -> None:
        """List every scope with its state."""
        from latticetop.dashboard.overviews.scopes_screen import ScopesScreen

        self._open_overview(ScopesScreen)

    def open_all_subnets(self) -> None:
        """List every subnet of every scope."""
        from latticetop.dashboard.overviews.all_subnets_screen import AllSubnetsScreen

        self._open_overview(AllSubnetsScreen)

    def open_changes(self) -> None:
        """List what changed in every scope."""
        from latticetop.dashboard.overviews.changes_screen import ChangesScreen

        self._open_overview(ChangesScreen)

    def open_problems(self) -> None:
        """List every problem since the start."""
        from latticetop.dashboard.overviews.problems_screen import ProblemsScreen

        self._open_overview(ProblemsScreen)

    def _open_overview(self, screen: type[OverviewScreen]) -> None:
        """Show a list over all scopes: the one that is open already, or a new one in place of another list."""
        for depth, opened in enumerate(self._app.screen_stack, 1):
            if isinstance(opened, screen):
                self.back_to_depth(depth)
                return
        if isinstance(self._app.screen, OverviewScreen):
            self._app.pop_screen()
        self._app.push_screen(screen())

    def open_trend(self) -> None:
        """Show free blocks and capacity over time, those of the subnet under the cursor first."""
        from latticetop.dashboard.trend.screen import TrendScreen

        if not isinstance(self._app.screen, TrendScreen):
            self._app.push_screen(TrendScreen(self._main_screen.subnet_id))

    def show_tour_target(self, target: TourTarget) -> None:
        """Show what a step of the tour is about, on the main screen or above it."""
        self.back_to_main()
        self._main_screen.show_tour_target(target)

    def refresh_overview(self) -> None:
        """Draw the overview of all scopes, if it is the screen on top: once for all updates that wait to be handled.

        Of many scopes it is drawn with all updates of a while.
        """
        if self._draws_overview:
            return
        self._draws_overview = True
        wait = self._overview_drawn_at + OVERVIEW_SECONDS - time.monotonic()
        if wait <= 0 or len(host_of(self._app).scopes) < MANY_SCOPES:
            self._app.call_later(self._draw_overview)
        else:
            self._app.set_timer(wait, self._draw_overview)

    def _draw_overview(self) -> None:
        self._draws_overview = False
        self._overview_drawn_at = time.monotonic()
        if isinstance(self._app.screen, OverviewScreen):
            self._app.screen.show_data(host_of(self._app).screen_data)

    def close_overview(self) -> None:
        """Close the overview of all scopes, if it is the screen on top."""
        if isinstance(self._app.screen, OverviewScreen):
            self._app.pop_screen()

    def back_to_depth(self, depth: int) -> None:
        """Close the screens above the one at a depth in the stack."""
        while len(self._app.screen_stack) > max(MAIN_DEPTH, depth):
            self._app.pop_screen()

    def back_to_main(self) -> None:
        """Close every screen above the main one."""
        self.back_to_depth(MAIN_DEPTH)
