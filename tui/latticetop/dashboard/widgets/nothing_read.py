"""What stands in place of the panes when nothing could be read: why, and what can be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Middle
from textual.widgets import Static

from latticetop.model.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.theme import Palette
    from latticetop.model.problem import Problem


class NothingRead(Middle):
    """Hidden but on a screen of the class `-unread`."""

    _shown: object = None

    def compose(self) -> ComposeResult:
        """The text, in the middle."""
        yield Static(id="unread")

    def show(self, problem: Problem | None, app: LatticetopApp) -> None:
        """Show a problem with the keys that may help; None for none."""
        keys = dict(_keys(app))
        if problem is None or (problem, keys, app.palette) == self._shown:
            return
        self._shown = (problem, keys, app.palette)
        self.query_one("#unread", Static).update(_text(problem, keys, app.palette))


def _keys(app: LatticetopApp) -> list[tuple[str, str]]:
    found = [(app.sign_in_key, "signs in")] if app.sign_in_key else []
    if app.may_guide("demo"):
        found.append((app.key_to("demo"), "plays the demo: an incident on a simulated account, without AWS"))
    return [*found, (app.key_to("refresh"), "looks again"), (app.key_to("quit"), "quits")]


def _text(problem: Problem, keys: dict[str, str], palette: Palette) -> Text:
    first, _, rest = clean(problem.message).partition(". ")
    text = Text.assemble(("Nothing can be read", palette["title"]))
    text.append(f"\n\n{first.rstrip('.')}.", palette["strong"])
    if rest:
        text.append(f"\n{rest}", palette["text"])
    if problem.next_step:
        text.append(f"\n\n{clean(problem.next_step)}", palette["advice"])
    text.append("\n")
    for key, told in keys.items():
        text.append_text(Text.assemble("\n", (f"{key}  ", palette["advice"]), (told, palette["text"])))
    return text
