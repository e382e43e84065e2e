"""The result of a plan in words: whether it fits, why, in which sequence, and what would help."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual import work
from textual.widgets import Static

from latticetop.dashboard.plan.table import OUTCOME_LABELS, OUTCOME_TONES
from latticetop.dashboard.plan.text import advice_text, outcome_meaning, sequence_text
from latticetop.model.capacity.advice import advise
from latticetop.model.capacity.decide import Decision, Outcome
from latticetop.model.capacity.demand import Behaviour
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.theme.palette import Palette


BEHAVIOUR_LABELS = {
    Behaviour.TODAY: "as AWS documents it today",
    Behaviour.IN_2024: "as AWS built it in 2024",
}


class PlanResult(Static):
    """The decision for the subnet under the cursor, then that for all chosen subnets together.

    `choose_key` is the key that chooses a subnet.
    """

    _palette: Palette | None = None
    _chosen: Sequence[Decision] = ()
    _current: Decision | None = None
    _others: Sequence[Decision] = ()
    """The decisions for the subnet under the cursor in the other behaviours of AWS."""
    _evidence = ""
    _failed_endpoints: frozenset[str] = frozenset()
    _advice: tuple[Decision, str] | None = None
    """The last advice, and the decision that it is for."""

    def __init__(self, choose_key: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._choose_key = choose_key

    def show(
        self,
        chosen: Sequence[Decision],
        current: Decision | None,
        palette: Palette,
        others: Sequence[Decision] = (),
        evidence: str = "",
        failed_endpoints: frozenset[str] = frozenset(),
    ) -> None:
        """Show these decisions, and the endpoint that shows another behaviour than the documented one.

        `failed_endpoints` are those that may be deleted to free a block.
        """
        self._chosen, self._current, self._others, self._evidence = chosen, current, others, evidence
        self._palette, self._failed_endpoints = palette, failed_endpoints
        self._draw(palette)

    def _draw(self, palette: Palette) -> None:
        if self._chosen:
            self.update(Text("\n").join([*self._current_lines(palette), self._overall_line(palette)]))
        else:
            self.update(Text(f"Choose a subnet with {self._choose_key}.", palette["dim"]))

    def _overall_line(self, palette: Palette) -> Text:
        worst = max((decision.outcome for decision in self._chosen), key=lambda outcome: outcome.rank)
        zones = [decision.reading.subnet.availability_zone for decision in self._chosen]
        worst_zones = [zone for zone, decision in zip(zones, self._chosen, strict=True) if decision.outcome is worst]
        text = Text.assemble(
            (OUTCOME_LABELS[worst], palette[OUTCOME_TONES[worst]] + Style(bold=True)),
            f"  in {', '.join(worst_zones)}: ",
        )
        text.append(outcome_meaning(worst), palette["text"])
        if len(set(zones)) < len(zones) and self._chosen[0].demand.endpoints:
            text.append(
                "  An endpoint has one subnet in each zone: two of these are in the same zone.", palette["warn"]
            )
        return text

    def _current_lines(self, palette: Palette) -> list[Text]:
        """Why, for the subnet under the cursor; what would help; a sequence that works and one that fails."""
        decision = self._current
        if decision is None:
            return []
        zone = decision.reading.subnet.availability_zone
        lines = [Text.assemble((f"{zone}: ", palette["strong"]), clean(decision.reason))]
        if self._advice and self._advice[0] == decision:
            lines += [Text(f"  fix: {self._advice[1]}", palette["advice"])] if self._advice[1] else []
        elif decision.outcome is not Outcome.FITS:
            self._compute_advice(decision)
        for each in (decision, *self._others) if self._others else ():
            text = f"  {BEHAVIOUR_LABELS[each.demand.behaviour]}: {OUTCOME_LABELS[each.outcome]}"
            lines.append(Text(text, palette[OUTCOME_TONES[each.outcome]]))
        if self._evidence:
            lines.append(Text(f"  {clean(self._evidence)}", palette["dim"]))
        if decision.working_sequence:
            lines.append(Text(f"  works: {sequence_text(decision.working_sequence)}", palette["dim"]))
        if decision.failing_sequence:
            denied = decision.failing_sequence.denied_kind
            steps = sequence_text(decision.failing_sequence)
            lines.append(
                Text(f"  fails: {steps}, then no {denied.value if denied else 'more'} is left", palette["dim"])
            )
        return lines

    @work(group="advice", exclusive=True)
    async def _compute_advice(self, decision: Decision) -> None:
        """Compute the advice in a thread, because it takes a while for a large subnet."""
        others = [other.demand for other in self._others]
        advice = await asyncio.to_thread(advise, decision, self._failed_endpoints, others)
        self._advice = (decision, advice_text(advice))
        if self._palette is not None:
            self._draw(self._palette)
