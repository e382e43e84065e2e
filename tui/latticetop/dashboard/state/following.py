"""Follows the scopes of an app: runs their sources, and takes up and leaves accounts as they come and go."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.message import Message

from latticetop.dashboard.state.precompute import PrecomputeQueue
from latticetop.follow.subnet_selection import Selection

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Collection, Coroutine, Sequence

    from textual.app import App
    from textual.worker import Worker

    from latticetop.dashboard.state.followed_scope import FollowedScope, ScopeChange
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.follow.status import Update

SELECT_ALL = Selection(all_endpoints=True, all_subnets=True)


class Following:
    """The scopes that are followed, each by a worker of the app, and what is read of them.

    What they publish is posted to the app. `show_scopes` gets all scopes whenever one was added or has left. `more`
    yields scopes that are found while the app runs, and `changes` what comes and goes with an organization.
    """

    class Published(Message):
        """The source of a scope published an update; `view` is of its snapshot, where it was computed ahead."""

        def __init__(self, scope: FollowedScope, update: Update, view: SnapshotView | None) -> None:
            super().__init__()
            self.scope, self.update, self.view = scope, update, view

    def __init__(
        self,
        app: App[Any],
        scopes: Sequence[FollowedScope],
        show_scopes: Callable[[Sequence[FollowedScope]], None],
        selection: Selection,
        more: AsyncIterable[FollowedScope] | None,
        changes: AsyncIterable[ScopeChange] | None,
    ) -> None:
        self._app = app
        self._scopes = list(scopes)
        self._show_scopes = show_scopes
        self._first_selection = self.selection = selection
        self._more, self._changes = more, changes
        self._workers: dict[FollowedScope, Worker[None]] = {}

    def start(self) -> None:
        """Follow every scope; nothing where it has begun."""
        if self._workers:
            return
        for scope in self._scopes:
            self._follow(scope)
        if self._more is not None:
            self._run("more scopes", partial(self._add_more, self._more))
        if self._changes is not None:
            self._run("scope changes", partial(self._follow_changes, self._changes))

    def toggle_all(self) -> None:
        """Read every subnet and every type of endpoint of the Region, or again the selection of the start."""
        self.selection = SELECT_ALL if self.selection == self._first_selection else self._first_selection
        for scope in self._scopes:
            scope.select(self.selection)

    def _run(self, group: str, work: Callable[[], Coroutine[Any, Any, None]]) -> Worker[None]:
        return self._app.run_worker(work, name=group, group=group)

    def _follow(self, scope: FollowedScope) -> None:
        publish = PrecomputeQueue(partial(self._publish, scope), partial(self._run, "precompute"))
        self._workers[scope] = self._run(f"follow {scope.name}", partial(scope.source.run, publish))

    def _publish(self, scope: FollowedScope, update: Update, view: SnapshotView | None) -> None:
        self._app.post_message(self.Published(scope, update, view))

    async def _add_more(self, more: AsyncIterable[FollowedScope]) -> None:
        """Add further Regions of accounts as they are found, unless the account has left meanwhile."""
        async for scope in more:
            if any(each.requested_account_id == scope.requested_account_id for each in self._scopes):
                self._add(scope)

    async def _follow_changes(self, changes: AsyncIterable[ScopeChange]) -> None:
        async for change in changes:
            if change.problem is not None:
                self._app.notify(str(change.problem), title="Organization", severity="warning", markup=False)
            for scope in change.added:
                self._add(scope)
            if change.more is not None:
                self._run("more scopes", partial(self._add_more, change.more))
            self._leave(change.left_account_ids)

    def _add(self, scope: FollowedScope) -> None:
        self._scopes.append(scope)
        scope.select(self.selection)
        self._follow(scope)
        self._show_scopes(self._scopes)

    def _leave(self, account_ids: Collection[str]) -> None:
        """Follow accounts no longer. One scope is always left."""
        kept = [scope for scope in self._scopes if scope.requested_account_id not in account_ids]
        if not kept or len(kept) == len(self._scopes):
            return
        self._scopes = kept
        for scope in self._workers.keys() - set(kept):
            self._workers.pop(scope).cancel()
        self._show_scopes(kept)
