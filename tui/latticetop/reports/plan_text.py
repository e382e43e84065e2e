"""`latticetop plan` as text for a person."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from latticetop.model.blocks.blocks import compress_map
from latticetop.model.blocks.reasons import MAX_NAMED
from latticetop.model.capacity.advice import advise
from latticetop.model.capacity.allocation_sequence import AllocationKind
from latticetop.model.capacity.decide import Outcome, capacity_of
from latticetop.model.capacity.demand import Behaviour
from latticetop.model.records.text import clean, counted, plural
from latticetop.reports.plan import commands
from latticetop.reports.text_wrap import hang, unread_lines, wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.capacity.allocation_sequence import AllocationSequence
    from latticetop.model.capacity.decide import Decision
    from latticetop.model.capacity.defragment import Removal
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.endpoints.findings import Evidence
    from latticetop.model.snapshot import Snapshot

LABEL_WIDTH = 9
MAP_WIDTH = 16
"""Columns of the map of a subnet; a longer map is compressed."""
MAX_STEPS = 12
MAX_REMOVALS = 8
OUTCOMES = {
    Outcome.FITS: "fits, whatever order AWS allocates in",
    Outcome.MAY: "may fit: some allocation sequences work, some fail",
    Outcome.UNKNOWN: "unknown: some data could not be read",
    Outcome.CANNOT: "cannot fit",
}


def render_text(snapshot: Snapshot, plan: Plan, width: int = 80) -> str:
    """Render the outcome, each subnet with its proof and advice, the commands, and unread data.

    Lines have at most about `width` columns, but commands are not wrapped.
    """
    lines = [*_head(plan, width)]
    for decision in plan.decisions:
        lines += _subnet(decision, plan, width)
    aws_cli = commands(snapshot, plan).aws_cli
    if aws_cli:
        lines += ["", "To create it (nothing has been run):"]
        lines += [line for command in aws_cli for line in indent(command, "  ").split("\n")]
        lines += _remarks(plan, len(aws_cli) > 1, width)
    lines += unread_lines(snapshot.problems, width)
    return "\n".join(clean(line).rstrip() for line in lines) + "\n"


def _head(plan: Plan, width: int) -> Iterator[str]:
    demand, count = plan.demand, len(plan.decisions)
    behaviour = ", as AWS built it in 2024" if demand.behaviour is Behaviour.IN_2024 else ", as AWS builds it today"
    subnets = counted(count, "subnet")
    if count > 1 and not demand.endpoints:
        subnets = f"each of {subnets}"
    yield from wrap_text(
        f"{demand} in {subnets}{behaviour if demand.endpoints else ''}: {OUTCOMES[plan.outcome]}.", width
    )
    if plan.removed:
        yield from wrap_text(f"Simulated as freed: {', '.join(map(clean, plan.removed))}.", width)


def _remarks(plan: Plan, has_reservations: bool, width: int) -> Iterator[str]:
    count = plan.demand.endpoints
    if count > 1:
        yield from wrap_text(f"The last command creates one endpoint: run it for each of the {count:,}.", width)
    if has_reservations:
        yield from wrap_text(
            "AWS assigns prefixes from prefix reservations first; that this holds for VPC Lattice is inferred.", width
        )


def _subnet(decision: Decision, plan: Plan, width: int) -> Iterator[str]:
    subnet, blocks = decision.reading.subnet, decision.reading.blocks
    yield ""
    names = (subnet.subnet_id, subnet.name, subnet.availability_zone, subnet.range_text)
    letters = compress_map(blocks.letters, MAP_WIDTH)
    yield from wrap_text("  ".join(clean(name) for name in (*names, letters) if name), width)
    yield f"  {OUTCOMES[decision.outcome].partition(':')[0].partition(',')[0]}"
    yield from _labelled("Why", f"{decision.reason}.", width)
    yield from _blocks(decision.block_evidence, width)
    if decision.working_sequence:
        yield from _labelled("Works", f"{_steps(decision.working_sequence)}.", width)
    if decision.failing_sequence:
        yield from _labelled("Fails", f"{_steps(decision.failing_sequence)}.", width)
    yield from _advice(decision, width)
    if decision.outcome is not Outcome.CANNOT:
        capacity = capacity_of(decision.reading, plan.demand, decision.missing)
        count = 1 if str(capacity) == "1" else 2
        unit = plural(count, "endpoint") if plan.demand.endpoints else plural(count, "prefix", "prefixes")
        yield from _labelled("Capacity", f"{capacity} more {unit} of this kind.", width)


def _blocks(evidence: Sequence[Evidence], width: int) -> Iterator[str]:
    term_width = max((len(line.term) for line in evidence), default=0)
    for line in evidence:
        prefix = f"{' ' * (LABEL_WIDTH + 2)}{line.term:<{term_width}} {line.letter} "
        yield from hang(prefix, clean(line.text), width, break_on_hyphens=False)


def _advice(decision: Decision, width: int) -> Iterator[str]:
    advice = advise(decision)
    if advice is None:
        return
    lines = []
    if advice.reserved_ranges:
        ranges = _first_few(list(map(str, advice.reserved_ranges)))
        lines.append(f"reserve {ranges} with type prefix: AWS then assigns no single address there")
    if plan := advice.removals:
        lines += [_removal(removal) for removal in plan.removals[:MAX_REMOVALS]]
        if (more := len(plan.removals) - MAX_REMOVALS) > 0:
            lines.append(f"and {more:,} more; {counted(len(plan.freed_blocks), 'block')} freed in total")
    lines.append(f"then it {OUTCOMES[advice.outcome].partition(':')[0]}.")
    for number, line in enumerate(lines):
        yield from _labelled("" if number else "Fix", line, width)


def _removal(removal: Removal) -> str:
    return clean(f"{removal.sentence}{f' ({removal.note})' if removal.note else ''}")


def _first_few(names: list[str]) -> str:
    """Join the names; of many, the first ones, and the number of the others."""
    more = len(names) - MAX_NAMED
    return ", ".join(names if more < 2 else [*names[:MAX_NAMED], f"{more:,} more"])


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
