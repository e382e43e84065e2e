"""The subnet under the cursor of a plan: why the demand fits there or not, and in which sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from latticetop.dashboard.plan.table import OUTCOME_LABELS, OUTCOME_TONES
from latticetop.dashboard.plan.verdict import BEHAVIOUR_LABELS
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.allocation_sequence import AllocationSequence
    from latticetop.model.capacity.decide import Decision

MAX_STEPS, FIRST_STEPS = 8, 6
"""Of a sequence of more steps the first ones and the last are shown."""


class SubnetDetail(Static):
    """The decision for one subnet with its proof, for each behaviour of AWS."""

    def show(self, decisions: Sequence[Decision], chosen: bool, answered: bool, palette: Palette) -> None:
        """Show the decisions for a subnet, one for each behaviour; nothing if the answer has all that (`answered`)."""
        proof = any(each.working_sequence or each.failing_sequence or each.missing for each in decisions)
        self.display = bool(decisions) and (proof or len(decisions) > 1 or not answered)
        self.update(Text("\n").join(_lines(decisions, chosen, palette)) if self.display else Text())


def _lines(decisions: Sequence[Decision], chosen: bool, palette: Palette) -> Iterator[Text]:
    subnet = decisions[0].reading.subnet
    note = "" if chosen else " (not chosen)"
    yield Text.assemble((f"{clean(subnet.subnet_id)} {subnet.range_text}", palette["strong"]), (note, palette["dim"]))
    for decision in decisions:
        behaviour = f"{BEHAVIOUR_LABELS[decision.demand.behaviour]}: " if len(decisions) > 1 else ""
        yield Text.assemble(
            (f"  {behaviour}", palette["text"]),
            (OUTCOME_LABELS[decision.outcome], palette[OUTCOME_TONES[decision.outcome]]),
            (f". {clean(decision.reason)}.", palette["text"]),
        )
        if decision.working_sequence:
            yield Text(f"    works: {sequence_text(decision.working_sequence)}", palette["dim"])
        if decision.failing_sequence:
            denied = decision.failing_sequence.denied_kind
            steps = sequence_text(decision.failing_sequence)
            rest = f", then no {denied.value if denied else 'more'} is left"
            yield Text(f"    fails: {steps}{rest}", palette["dim"])
    for step in dict.fromkeys(data.next_step for data in decisions[0].missing):
        yield Text(f"  {clean(step)}", palette["advice"])


def sequence_text(sequence: AllocationSequence) -> str:
    """The steps of an allocation sequence; of many, the first ones and the last."""
    steps = sequence.texts
    return ", ".join(steps) if len(steps) <= MAX_STEPS else f"{', '.join(steps[:FIRST_STEPS])} … {steps[-1]}"
