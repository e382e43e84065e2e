"""The answer of a plan in words: whether it fits, why in each subnet, and what shows how AWS builds endpoints."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from latticetop.dashboard.plan.table import OUTCOME_LABELS, OUTCOME_TONES, REFUSED
from latticetop.model.capacity.address_types import NEEDS_NO_IPV4
from latticetop.model.capacity.behaviour import evidence_sentence
from latticetop.model.capacity.decide import Decision, Outcome
from latticetop.model.capacity.demand import Behaviour
from latticetop.model.capacity.wording import needs_text, without_demand
from latticetop.model.records.text import amount, begin_upper, clean, counted
from latticetop.reports.plan_steps import first_few

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.snapshot import Snapshot

MAX_REASONS = 3
"""The subnets whose reasons are given, the worst first; the others are counted."""
BEHAVIOUR_LABELS = {
    Behaviour.TODAY: "as AWS documents it today",
    Behaviour.IN_2024: "as AWS built it in 2024",
}


class PlanVerdict(Static):
    """The answer for all chosen subnets together; `choose_key` chooses one."""

    def __init__(self, choose_key: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._choose_key = choose_key

    def show(self, snapshot: Snapshot, plan: Plan | None, ticked: int, palette: Palette) -> None:
        """Show the answer for a plan, which is as after so many ticked steps; None if no subnet is chosen."""
        if plan is None:
            self.update(Text(f"Choose a subnet with {self._choose_key}.", palette["dim"]))
        else:
            self.update(Text("\n").join(verdict_lines(snapshot, plan, ticked, palette)))

    def show_problem(self, problem: str, palette: Palette) -> None:
        """Show why what is planned has no answer."""
        self.update(Text(_sentence(clean(problem)), palette["warn"]))


def verdict_lines(snapshot: Snapshot, plan: Plan, ticked: int, palette: Palette) -> Iterator[Text]:
    """The answer, then the reasons, the worst first; refused subnets; at last the evidence."""
    outcome, refused = plan.outcome, plan.refused_subnets
    label, tone = (REFUSED, "bad") if refused else (OUTCOME_LABELS[outcome], OUTCOME_TONES[outcome])
    done = f" after {counted(ticked, 'ticked step')}" if ticked else ""
    yield Text.assemble(
        (f"{label.upper()}{done}", palette[tone] + Style(bold=True)), (f"  {plan.demand}", palette["text"])
    )
    if plan.removed:
        yield Text(f"simulated as freed: {first_few(list(map(clean, plan.removed)))}", palette["advice"])
    for subnet_id in refused:
        owner = clean(snapshot.foreign_owner(subnet_id))
        sentence = f"Account {owner} shares {clean(subnet_id)}: only that account can create an endpoint there."
        yield Text(sentence, palette["bad"])
    yield from _reason_lines(plan, palette)
    zones = [decision.reading.subnet.availability_zone for decision in plan.decisions]
    if len(set(zones)) < len(zones) and plan.demand.endpoints:
        sentence = "An endpoint has one subnet in each zone: two of the chosen ones are in the same zone."
        yield Text(sentence, palette["warn"])
    if evidence := _evidence(snapshot, plan):
        yield Text(clean(evidence), palette["dim"])


def _reason_lines(plan: Plan, palette: Palette) -> Iterator[Text]:
    decisions = sorted(plan.decisions, key=lambda decision: -decision.outcome.rank)
    shown = decisions if len(decisions) <= MAX_REASONS + 1 else decisions[:MAX_REASONS]
    needs = NEEDS_NO_IPV4 if plan.demand.without_ipv4 else needs_text(plan.demand)
    yield Text(f"{needs}{' in each subnet' if len(decisions) > 1 else ''}.", palette["text"])
    for decision in shown:
        yield Text.assemble((f"{_place(decision)}: ", palette["strong"]), *_reason(decision, palette))
    if rest := decisions[len(shown) :]:
        counts = Counter(decision.outcome for decision in rest)
        parts = (f"{amount(counts[outcome])} {OUTCOME_LABELS[outcome]}" for outcome in Outcome if counts[outcome])
        yield Text(f"And {counted(len(rest), 'more subnet')}: {', '.join(parts)}.", palette["text"])


def _place(decision: Decision) -> str:
    subnet = decision.reading.subnet
    return f"{clean(subnet.availability_zone)} {subnet.range_text}"


def _reason(decision: Decision, palette: Palette) -> Sequence[tuple[str, Style]]:
    outcome, reason = decision.outcome, clean(without_demand(decision.reason))
    return (OUTCOME_LABELS[outcome], palette[OUTCOME_TONES[outcome]]), (f", {reason}.", palette["text"])


def _evidence(snapshot: Snapshot, plan: Plan) -> str:
    """What shows how AWS builds endpoints, and the outcome if it builds them in the other way."""
    if not plan.others:
        return ""
    others = [f"{BEHAVIOUR_LABELS[other.demand.behaviour]}: {OUTCOME_LABELS[other.outcome]}" for other in plan.others]
    return f"{evidence_sentence(snapshot, plan.evidence_id)} {_sentence('; '.join(others))}"


def _sentence(text: str) -> str:
    return f"{begin_upper(text)}."
