"""The scopes the dashboard follows, each with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from latticetop.dashboard.marks import Marks
from latticetop.dashboard.view import View

if TYPE_CHECKING:
    from latticetop.follow.status import Source, Update
    from latticetop.model.investigation import Investigation


@dataclass(eq=False)
class Watched:
    """One scope: its source, the last update and what follows from it.

    `title` stands in for the profile's name, `region` for the Region as long as nothing was read.
    """

    source: Source
    title: str = ""
    region: str = ""
    latest: Update | None = None
    view: View | None = None
    marks: Marks = field(default_factory=Marks)
    investigations: dict[str, Investigation] = field(default_factory=dict)
    """The last investigation of each endpoint."""
    paused: bool = False

    def take(self, update: Update) -> None:
        """Take over what the source published."""
        snapshot = update.snapshot
        if snapshot is not None and (self.view is None or self.view.snapshot is not snapshot):
            self.marks.follow(snapshot)
            self.view = View(snapshot)
        self.latest = update

    @property
    def name(self) -> str:
        """How the scope is called: by profile and Region once it is known."""
        scope = self.view.snapshot.scope if self.view else None
        parts = (self.title or (scope.profile if scope else ""), scope.region if scope else self.region)
        return " ".join(part for part in parts if part)
