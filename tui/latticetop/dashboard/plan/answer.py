"""What a plan comes to in words: whether it fits, why, in which order, and what would help."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual import work
from textual.widgets import Static

from latticetop.dashboard.host import host_of
from latticetop.dashboard.plan.table import TONES, WORDS
from latticetop.dashboard.plan.text import in_words, meaning, steps
from latticetop.model.capacity.decide import Answer, Outcome
from latticetop.model.capacity.plan import advise
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.theme.palette import Palette


class PlanAnswer(Static):
    """The answer of the subnet under the cursor, then that of all that are chosen together."""

    _chosen: Sequence[Answer] = ()
    _at_hand: Answer | None = None
    _advised: tuple[Answer, str] | None = None
    """The answer last advised on, and the advice."""

    def show(self, chosen: Sequence[Answer], at_hand: Answer | None) -> None:
        """Tell these answers."""
        self._chosen, self._at_hand = chosen, at_hand
        self._tell()

    def _tell(self) -> None:
        app = host_of(self)
        if self._chosen:
            self.update(Text("\n").join([*self._proof(app.palette), self._whole(app.palette)]))
        else:
            self.update(Text(f"Choose a subnet with {app.key_to('choose')}.", app.palette["dim"]))

    def _whole(self, palette: Palette) -> Text:
        worst = max((answer.outcome for answer in self._chosen), key=lambda outcome: outcome.rank)
        zones = [answer.reading.subnet.availability_zone for answer in self._chosen]
        names = ", ".join(zone for zone, answer in zip(zones, self._chosen, strict=True) if answer.outcome is worst)
        text = Text.assemble((WORDS[worst], palette[TONES[worst]] + Style(bold=True)), f"  in {names}: ")
        text.append(meaning(worst), palette["text"])
        if len(set(zones)) < len(zones) and self._chosen[0].demand.endpoints:
            text.append("  An endpoint takes one subnet a zone: two of these share one.", palette["warn"])
        return text

    def _proof(self, palette: Palette) -> list[Text]:
        """Why, for the subnet under the cursor; where it may fit, an order that works and one that fails."""
        answer = self._at_hand
        if answer is None:
            return []
        lines = [
            Text.assemble((f"{answer.reading.subnet.availability_zone}: ", palette["strong"]), clean(answer.bound))
        ]
        if self._advised and self._advised[0] == answer:
            lines += [Text(f"  to mend: {self._advised[1]}", palette["advice"])] if self._advised[1] else []
        elif answer.outcome is not Outcome.FITS:
            self._advise(answer)
        if answer.works:
            lines.append(Text(f"  works: {steps(answer.works)}", palette["dim"]))
        if answer.fails:
            refused = answer.fails.refused.value if answer.fails.refused else "more"
            lines.append(Text(f"  fails: {steps(answer.fails)}, then no {refused} is left", palette["dim"]))
        return lines

    @work(group="advice", exclusive=True)
    async def _advise(self, answer: Answer) -> None:
        """Work out what would help, away from the screen: in a large subnet it takes a while."""
        self._advised = (answer, in_words(await asyncio.to_thread(advise, answer)))
        self._tell()
