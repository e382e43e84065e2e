"""Whether what is to be created fits, as text for a person."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from latticetop.model.blocks.blocks import strip
from latticetop.model.blocks.reasons import MOST_NAMED
from latticetop.model.capacity.allocation_orders import Kind
from latticetop.model.capacity.decide import Outcome, fits
from latticetop.model.capacity.demand import Behaviour
from latticetop.model.capacity.plan import advise
from latticetop.model.records.address import format_address
from latticetop.model.records.text import clean
from latticetop.reports.plan import commands
from latticetop.reports.text_wrap import wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.model.capacity.allocation_orders import Order
    from latticetop.model.capacity.decide import Answer
    from latticetop.model.capacity.defragment import Removal
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.snapshot import Snapshot

LABEL = 9
MAP_WIDTH = 16
MOST_STEPS = 12
MOST_REMOVALS = 8
VERDICTS = {
    Outcome.FITS: "fits, whatever order AWS allocates in",
    Outcome.MAY: "may fit: some orders of allocation work, some fail",
    Outcome.CANNOT_TELL: "cannot tell: the picture is incomplete",
    Outcome.CANNOT: "cannot fit",
}


def render_text(snapshot: Snapshot, plan: Plan, width: int = 80) -> str:
    """The verdict, each subnet with its proof and what would help, the commands to run, and what was not read."""
    lines = [*_head(plan, width)]
    for answer in plan.answers:
        lines += _subnet(answer, plan, width)
    found = commands(snapshot, plan)
    if found.aws_cli:
        lines += ["", "To create it (nothing has been run):"]
        lines += [line for command in found.aws_cli for line in indent(command, "  ").split("\n")]
        lines += _remarks(plan, len(found.aws_cli) > 1, width)
    if snapshot.problems:
        lines += ["", "Not everything could be read:"]
        for problem in dict.fromkeys(snapshot.problems):
            lines += _under("  - ", clean(str(problem)), width)
    return "\n".join(clean(line).rstrip() for line in lines) + "\n"


def _head(plan: Plan, width: int) -> Iterator[str]:
    demand, count = plan.demand, len(plan.answers)
    built = ", as AWS built it in 2024" if demand.behaviour is Behaviour.IN_2024 else ", as AWS builds it today"
    where = "1 subnet" if count == 1 else f"{count} subnets" if demand.endpoints else f"each of {count} subnets"
    yield from wrap_text(f"{demand} in {where}{built if demand.endpoints else ''}: {VERDICTS[plan.outcome]}.", width)
    if plan.gone:
        yield from wrap_text(f"Taken to be gone: {', '.join(map(clean, plan.gone))}.", width)


def _remarks(plan: Plan, reserved: bool, width: int) -> Iterator[str]:
    count = plan.demand.endpoints
    if count > 1:
        yield from wrap_text(f"The last command makes one endpoint: run it for each of the {count:,}.", width)
    if reserved:
        yield from wrap_text(
            "AWS tries prefix reservations first for prefixes it chooses; that VPC Lattice's are such is inferred.",
            width,
        )


def _subnet(answer: Answer, plan: Plan, width: int) -> Iterator[str]:
    subnet, blocks = answer.reading.subnet, answer.reading.blocks
    yield ""
    names = (subnet.subnet_id, subnet.name, subnet.availability_zone, subnet.range_text)
    yield from wrap_text("  ".join(clean(name) for name in (*names, strip(blocks.letters, MAP_WIDTH)) if name), width)
    yield f"  {VERDICTS[answer.outcome].partition(':')[0].partition(',')[0]}"
    yield from _labelled("Why", f"{answer.bound}.", width)
    for line in answer.reasons:
        yield from _labelled("", f"{line.term} {line.letter} {clean(line.text)}", width)
    if answer.works:
        yield from _labelled("Works", f"{_steps(answer.works)}.", width)
    if answer.fails:
        yield from _labelled("Fails", f"{_steps(answer.fails)}.", width)
    yield from _advice(answer, width)
    if answer.outcome is not Outcome.CANNOT:
        unit = "endpoints" if plan.demand.endpoints else "prefixes"
        yield from _labelled(
            "Room", f"for {fits(answer.reading, plan.demand, answer.doubt)} of such {unit} in all.", width
        )


def _advice(answer: Answer, width: int) -> Iterator[str]:
    advice = advise(answer)
    if advice is None:
        return
    lines = []
    if found := advice.removals:
        lines += [_removal(removal) for removal in found.removals[:MOST_REMOVALS]]
        if (more := len(found.removals) - MOST_REMOVALS) > 0:
            lines.append(f"and so on: {more:,} more, {len(found.frees):,} /28 freed in all")
    if advice.reserve:
        ranges = _few(list(map(str, advice.reserve)))
        lines.append(f"reserve {ranges} with type prefix: no single address lands there")
    lines.append(f"then it {VERDICTS[advice.then].partition(':')[0]}.")
    for place, line in enumerate(lines):
        yield from _labelled("" if place else "To mend", line, width)


def _removal(removal: Removal) -> str:
    held = [*map(format_address, removal.addresses), *map(str, removal.prefixes)] if removal.whole else []
    told = [clean(removal.holder)] if removal.holder != removal.what else []
    whose = ", ".join([*told, *([_few(held)] if held else [])])
    frees = f": frees {', '.join(map(str, removal.frees))}" if removal.frees else ""
    return f"move {removal.what}{f' ({whose})' if whose else ''} away{frees}"


def _few(names: list[str]) -> str:
    """All of the names, or the first ones and how many more."""
    more = len(names) - MOST_NAMED
    return ", ".join(names if more < 2 else [*names[:MOST_NAMED], f"{more:,} more"])


def _steps(order: Order) -> str:
    """The steps, those between the first and the last few left out where there are many."""
    script = order.script
    if len(script) > MOST_STEPS:
        script = [*script[: MOST_STEPS // 2], f"… {len(script) - MOST_STEPS:,} more …", *script[-MOST_STEPS // 2 :]]
    told = ", ".join(script) or "nothing"
    if order.refused is None:
        return told
    left = "no assignable /28" if order.refused is Kind.BLOCK else "no open address"
    return f"{told}; then {left} is left"


def _labelled(label: str, text: str, width: int) -> Iterable[str]:
    return _under(f"  {label:<{LABEL}}", text, width)


def _under(first: str, text: str, width: int) -> Iterable[str]:
    """A paragraph after something, indented by as much."""
    lines = wrap_text(text, max(30, width - len(first)), break_on_hyphens=False) or [""]
    return [first + lines[0], *(" " * len(first) + line for line in lines[1:])]
