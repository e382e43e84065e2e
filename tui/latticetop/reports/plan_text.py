"""`latticetop plan` as text for a person."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from latticetop.model.capacity.allocation_sequence import AllocationKind
from latticetop.model.capacity.behaviour import evidence_sentence
from latticetop.model.capacity.best_subnets import worst_capacity
from latticetop.model.capacity.decide import Outcome
from latticetop.model.capacity.demand import Behaviour
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.capacity.wording import without_demand
from latticetop.model.endpoints.recreation import StepKind
from latticetop.model.records.missing_data import lacks_interfaces, lacks_reservations
from latticetop.model.records.text import clean, counted
from latticetop.reports.plan_steps import first_few, reservation_text, steps_of
from latticetop.reports.text_wrap import hang, unread_lines, wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.capacity.allocation_sequence import AllocationSequence
    from latticetop.model.capacity.decide import Decision
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.capacity.removal import Removal
    from latticetop.model.endpoints.findings import Evidence
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.plan_steps import PlanStep, PlanSteps

LABEL_WIDTH = 9
MAP_WIDTH = 16
"""The longest map that is printed; a longer one is summed up in numbers."""
MAX_STEPS = 12
MAX_REMOVALS = 8
MAX_COMMANDS = 8
MAX_LEFT_OUT = 12
BEHAVIOURS = {
    Behaviour.TODAY: "as AWS documents it today",
    Behaviour.IN_2024: "as AWS built it in 2024",
}
OUTCOMES = {
    Outcome.FITS: "fits, whatever order AWS allocates in",
    Outcome.MAY: "may fit: some allocation sequences work, some fail",
    Outcome.UNKNOWN: "unknown: some data could not be read",
    Outcome.CANNOT: "cannot fit",
}


def render_text(snapshot: Snapshot, plan: Plan, width: int = 80) -> str:
    """Render the outcome of each behaviour, each subnet with its proof and advice, the steps, and unread data.

    Lines have at most about `width` columns, but commands are not wrapped.
    """
    steps = steps_of(snapshot, plan)
    lines = [*_head(snapshot, plan, width)]
    for decision in plan.chosen:
        lines += _subnet(snapshot, plan, decision, steps, width)
    lines += [*_left_out(plan, width), *_step_lines(plan, steps, width)]
    named = {data.action for decision in plan.chosen for data in decision.missing if _names_missing(decision)}
    lines += unread_lines((problem for problem in snapshot.problems if problem.operation not in named), width)
    return "\n".join(clean(line).rstrip() for line in lines) + "\n"


def _head(snapshot: Snapshot, plan: Plan, width: int) -> Iterator[str]:
    """The outcome; of two behaviours each with its own, and the endpoint that shows the other one."""
    text = f"{plan.demand} in {_places(plan)}"
    if not plan.others:
        behaviour = f", {BEHAVIOURS[plan.demand.behaviour]}" if _depends_on_behaviour(plan) else ""
        yield from wrap_text(f"{text}{behaviour}: {OUTCOMES[plan.outcome]}.", width)
    else:
        yield from wrap_text(f"{text}:", width)
        for each in plan.by_behaviour:
            yield from hang("  ", f"{BEHAVIOURS[each.demand.behaviour]}: {OUTCOMES[each.outcome]}.", width)
        yield from wrap_text(evidence_sentence(snapshot, plan.evidence_id), width, break_on_hyphens=False)
    for subnet_id in plan.refused_subnets:
        refused = f"AWS does not let this account create an endpoint in {subnet_id}, which another account shares."
        yield from wrap_text(refused, width, break_on_hyphens=False)
    if plan.removed:
        yield from wrap_text(f"Simulated as freed: {first_few(list(map(clean, plan.removed)))}.", width)


def _places(plan: Plan) -> str:
    subnets = counted(len(plan.decisions), "subnet")
    if plan.any_subnet and len(plan.decisions) > 1:
        return f"one subnet of each zone, of {subnets}" if plan.demand.endpoints else f"any of {subnets}"
    return f"each of {subnets}" if len(plan.decisions) > 1 and not plan.demand.endpoints else subnets


def _depends_on_behaviour(plan: Plan) -> bool:
    return plan.demand.endpoints > 0 and not plan.demand.without_ipv4


def _subnet(snapshot: Snapshot, plan: Plan, decision: Decision, steps: PlanSteps, width: int) -> Iterator[str]:
    subnet, blocks = decision.reading.subnet, decision.reading.blocks
    owner_id = snapshot.foreign_owner(subnet.subnet_id)
    letters = blocks.letters if len(blocks) <= MAP_WIDTH and not lacks_interfaces(decision.missing) else ""
    names = (subnet.subnet_id, subnet.name, subnet.availability_zone, subnet.range_text, letters)
    yield ""
    yield from wrap_text("  ".join(clean(name) for name in names if name), width, break_on_hyphens=False)
    yield f"  {short_outcome(decision.outcome)}{f', {BEHAVIOURS[plan.demand.behaviour]}' if plan.others else ''}"
    if owner_id:
        yield from _labelled("Owner", f"{owner_id}, which shares the subnet with this account.", width)
    if subnet.subnet_id in plan.refused_subnets:
        yield from _labelled("Refused", f"only the owner can create an endpoint here: ask {owner_id}.", width)
    yield from _labelled("Why", f"{clean(decision.reason)}.", width)
    if _names_missing(decision):
        for step in dict.fromkeys(data.next_step for data in decision.missing):
            yield from _labelled("Next", step, width)
    if not letters and not decision.block_evidence:
        yield from _long_map(decision, width)
    yield from _blocks(decision.block_evidence, width)
    if decision.working_sequence:
        yield from _labelled("Works", f"{_steps(decision.working_sequence)}.", width)
    if decision.failing_sequence:
        places = decision.failing_sequence.unaccounted_texts
        where = f", if addresses of hidden ENIs are at {first_few(places)}" if places else ""
        yield from _labelled("Fails", f"{_steps(decision.failing_sequence)}{where}.", width)
    for other in plan.others:
        for each in other.decisions:
            if each.reading.subnet.subnet_id == subnet.subnet_id:
                label = "Today" if each.demand.behaviour is Behaviour.TODAY else "2024"
                yield from _labelled(label, f"{short_outcome(each.outcome)}: {clean(each.reason)}.", width)
    yield from _advice(steps, subnet.subnet_id, width)
    takes_none = decision.outcome is Outcome.CANNOT or subnet.subnet_id in plan.refused_subnets
    if not takes_none and not plan.demand.without_ipv4:
        yield from _labelled("Capacity", _capacity(plan, decision), width)


def _capacity(plan: Plan, decision: Decision) -> str:
    """How many fit, at least and at most; blocks inside CIDR reservations that were not read are not in it."""
    capacity = worst_capacity(decision.reading, plan.demands, decision.missing)
    if not (capacity.known or capacity.possible):
        return "unknown."
    unread = lacks_reservations(decision.missing) and not capacity.known
    outside = ", outside CIDR reservations" if unread else ""
    return f"{capacity} more {plan.demand.unit(1 if str(capacity) == '1' else 2)} of this kind{outside}."


def _names_missing(decision: Decision) -> bool:
    """Whether the reason names what was not read of the subnet."""
    return decision.outcome is Outcome.UNKNOWN


def _long_map(decision: Decision, width: int) -> Iterator[str]:
    """The number of blocks in each state; only the bounds if it is not certain which are free."""
    blocks, free = decision.reading.blocks, free_blocks_in(decision.reading, decision.missing)
    if free and free.exact:
        text = ", ".join(f"{count:,} {state.label}" for state, count in blocks.counts.items() if count)
    else:
        text = f"{free} free of {len(blocks):,}" if free and free.certain else ""
    if text:
        yield from _labelled("Blocks", f"{text}.", width)


def _left_out(plan: Plan, width: int) -> Iterator[str]:
    """The other subnets of an answer for any, best first; of many, the first ones."""
    left_out = [decision for decision in plan.decisions if decision not in plan.chosen]
    if not left_out:
        return
    yield ""
    yield "Other subnets, best first:"
    for decision in left_out[:MAX_LEFT_OUT]:
        subnet = decision.reading.subnet
        text = f"{short_outcome(decision.outcome)}: {clean(without_demand(decision.reason))}"
        prefix = f"  {clean(subnet.subnet_id)}  {clean(subnet.availability_zone)}  {subnet.range_text}  "
        yield from hang(prefix, text, width, break_on_hyphens=False)
    if (more := len(left_out) - MAX_LEFT_OUT) > 0:
        yield f"  and {more:,} more"


def _step_lines(plan: Plan, steps: PlanSteps, width: int) -> Iterator[str]:
    """The steps in their order with their commands, and the outcome after them."""
    if not steps.steps:
        return
    yield ""
    if len(steps.steps) == 1 and plan.demand.endpoints:
        yield "To create it (nothing has been run):"
        yield from _commands(steps.steps[0], "  ")
    else:
        yield "Do this in order (nothing has been run):"
        removals = [order for order, step in enumerate(steps.steps, 1) if step.kind is StepKind.FREE]
        folded = removals[MAX_REMOVALS:] if len(removals) > MAX_REMOVALS + 1 else []
        for order, step in enumerate(steps.steps, 1):
            if order in folded:
                continue
            yield from hang(f"{order}. ", f"{clean(step.text)}.", width, break_on_hyphens=False)
            yield from _commands(step, "     ")
            if order + 1 in folded:
                yield f"   and {len(folded):,} more like it, which --json has"
        verb = "is " if steps.outcome is Outcome.UNKNOWN else ""
        yield from wrap_text(f"After that it {verb}{OUTCOMES[steps.outcome]}.", width)
    if (count := plan.demand.endpoints) > 1:
        yield from wrap_text(f"The last command creates one endpoint: run it for each of the {count:,}.", width)
    if steps.has_reservations:
        lattice = "; that this holds for VPC Lattice is inferred" if plan.demand.endpoints else ""
        yield from wrap_text(f"AWS assigns prefixes from prefix reservations first{lattice}.", width)


def _commands(step: PlanStep, margin: str) -> Iterator[str]:
    for command in step.commands[:MAX_COMMANDS]:
        yield from indent(command, margin).split("\n")
    if (more := len(step.commands) - MAX_COMMANDS) > 0:
        yield f"{margin}and {more:,} more commands, which --json has"


def short_outcome(outcome: Outcome) -> str:
    """Say an outcome in a few words: `may fit`, `unknown`."""
    return OUTCOMES[outcome].partition(":")[0].partition(",")[0]


def _blocks(evidence: Sequence[Evidence], width: int) -> Iterator[str]:
    term_width = max((len(line.term) for line in evidence), default=0)
    for line in evidence:
        prefix = f"{' ' * (LABEL_WIDTH + 2)}{line.term:<{term_width}} {line.letter} "
        yield from hang(prefix, clean(line.text), width, break_on_hyphens=False)


def _advice(steps: PlanSteps, subnet_id: str, width: int) -> Iterator[str]:
    """What helps in a subnet: in full only if it is not among the steps of the plan."""
    advice = steps.advice.get(subnet_id)
    if advice is None:
        return
    outcome = short_outcome(advice.outcome)
    if steps.steps:
        yield from _labelled("Fix", f"the steps below; then it {outcome}.", width)
        return
    lines = []
    if text := reservation_text(advice):
        lines.append(f"{text}: AWS then assigns no single address there")
    if plan := advice.removals:
        lines += [_removal(removal) for removal in plan.removals[:MAX_REMOVALS]]
        if (more := len(plan.removals) - MAX_REMOVALS) > 0:
            lines.append(f"and {more:,} more; {counted(len(plan.freed_blocks), 'block')} freed in total")
    lines.append(f"then it {outcome}.")
    for number, line in enumerate(lines):
        yield from _labelled("" if number else "Fix", line, width)


def _removal(removal: Removal) -> str:
    return clean(f"{removal.sentence}{f' ({removal.note})' if removal.note else ''}")


def _steps(sequence: AllocationSequence) -> str:
    """Join the steps of a sequence; of many, the first and the last ones."""
    steps = sequence.texts
    if len(steps) > MAX_STEPS:
        half = MAX_STEPS // 2
        steps = [*steps[:half], f"… {len(steps) - MAX_STEPS:,} more …", *steps[-half:]]
    text = ", ".join(steps) or "nothing"
    if sequence.denied_kind is None:
        return text
    kind = "assignable /28 block" if sequence.denied_kind is AllocationKind.BLOCK else "free address"
    return f"{text}; then no {kind} is left"


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    return hang(f"  {label:<{LABEL_WIDTH}}", text, width, break_on_hyphens=False)
