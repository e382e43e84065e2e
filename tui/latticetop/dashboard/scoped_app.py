"""An app on several scopes: which is on screen, how it goes where it is told to, and what is remembered of tables."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import work
from textual.reactive import var

from latticetop.dashboard.keyed_app import KeyedApp

if TYPE_CHECKING:
    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.memory import Memory
    from latticetop.dashboard.screens.main import MainScreen
    from latticetop.dashboard.view import View
    from latticetop.dashboard.watched import Watched
    from latticetop.follow.status import Update


class ScopedApp(KeyedApp):
    """Shows one of the scopes `watched`; remembers in `memory` what is filtered and how it is sorted."""

    memory: Memory
    main_screen: MainScreen
    watched: list[Watched]
    at: int
    """The index of the scope on screen."""
    latest: var[Update | None] = var(None, always_update=True)
    _forgetful: bool = False
    """Whether it was said that nothing can be kept."""

    @property
    def current(self) -> Watched:
        """The scope on screen."""
        return self.watched[self.at]

    @property
    def view(self) -> View | None:
        """What is known of the scope on screen."""
        return self.current.view

    def remember(self, *, filter: tuple[str, str] | None = None, order: tuple[str, str] | None = None) -> None:  # noqa: A002
        """Keep a table's filter or order, by the table's name, for the next start."""
        changed = [self.memory.set_filter(*filter)] if filter else []
        changed += [self.memory.set_order(*order)] if order else []
        if any(changed):
            self._save()

    @work(group="memory")
    async def _save(self) -> None:
        try:
            await asyncio.to_thread(self.memory.save)
        except OSError as error:
            if self._forgetful:
                return
            self._forgetful = True
            why = f"Filters and orders could not be kept for the next start: {error.strerror}."
            self.notify(why, severity="warning", markup=False)

    def look_at(self, scope: int, subnet_id: str, address: int | None = None) -> None:
        """Go to a subnet on the main screen of a scope, and there to the block of an address."""
        self.show_scope(scope)
        self.back_to_main()
        self.main_screen.go_to_subnet(subnet_id)
        if address is not None:
            self.main_screen.go_to_address(address)

    def look_at_vpc(self, scope: int, vpc_id: str) -> None:
        """Show the subnets of a VPC, and no others, on the main screen of a scope."""
        self.show_scope(scope)
        self.back_to_main()
        self.main_screen.show_only(f"vpc:{vpc_id}")

    def look_at_interface(self, scope: int, interface_id: str) -> None:
        """Open an ENI of a scope."""
        from latticetop.dashboard.screens.interface import InterfaceScreen

        self.show_scope(scope)
        self.push_screen(InterfaceScreen(interface_id))

    def look_at_endpoint(self, scope: int, endpoint_id: str) -> None:
        """Open an endpoint of a scope."""
        from latticetop.dashboard.screens.endpoint import EndpointScreen

        self.show_scope(scope)
        self.push_screen(EndpointScreen(endpoint_id))

    def show_scope(self, scope: int) -> None:
        """Show a scope, by its place."""
        if scope == self.at:
            return
        self.at = scope
        self.back_to_main()
        self.main_screen.start_over()
        self.latest = self.current.latest

    def back_to_main(self) -> None:
        """Leave every further screen."""
        while len(self.screen_stack) > 2:
            self.pop_screen()

    def action_back_to(self, depth: int) -> None:
        """Go back to the screen that lies so many high, the main one being the second."""
        while len(self.screen_stack) > max(2, depth):
            self.pop_screen()

    def action_go(self) -> None:
        """Ask where to go."""
        from latticetop.dashboard.widgets.go_prompt import GoPrompt

        if not self.screen.query(GoPrompt):
            self.screen.mount(GoPrompt(cast("LatticetopApp", self), self.screen.focused))
