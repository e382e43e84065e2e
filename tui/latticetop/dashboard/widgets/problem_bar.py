"""What went wrong on the last read, each with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from latticetop.model.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.theme import Palette
    from latticetop.model.problem import Problem

MOST = 2


class ProblemBar(Static):
    """Up to two problems, a line each, how many more there are and where they stand; hidden when there is none."""

    _shown: tuple[tuple[Problem, ...], Palette | None] = ((), None)

    def show(self, problems: Sequence[Problem], palette: Palette) -> None:
        """Show these problems, alike ones once."""
        distinct = tuple(dict.fromkeys(problems))
        if (distinct, palette) == self._shown:
            return
        self._shown = (distinct, palette)
        self.set_class(bool(distinct), "-shown")
        self.set_class(len(distinct) > 1, "-several")
        lines = [
            Text.assemble(
                ("! ", palette["bad strong"]),
                (clean(problem.message), palette["text"]),
                (f" {clean(problem.next_step)}" if problem.next_step else "", palette["advice"]),
            )
            for problem in distinct[:MOST]
        ]
        if len(distinct) > 1:
            more = len(distinct) - MOST
            lines.append(Text(f"  and {more} more; ! all problems" if more > 0 else "  ! all problems", palette["dim"]))
        self.update(Text("\n").join(lines))
