"""What is wrong in a scope, as text for a person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from latticetop.model.endpoints.findings import Tone
from latticetop.model.records.text import clean
from latticetop.reports.check import (
    NOTHING,
    WRONG,
    exit_code,
    ordered_endpoints,
    ordered_subnets,
    out_of_blocks,
    wanted_subnets,
)
from latticetop.reports.text_wrap import wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.endpoints.findings import Finding
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading

LABEL = 11
LONGEST_MAP = 16
"""Blocks. A /24 is drawn, what is larger is summed up."""
NUMBERS = (3, 4)


def render_text(snapshot: Snapshot, width: int = 80) -> str:
    """What it comes to; endpoints in trouble with the reason, the others in short; subnets; what could not be read."""
    lines = [_head(snapshot), *wrap_text(outcome(snapshot), width)]
    lines += [*_endpoints(snapshot, width), *_subnets(snapshot, width), *_problems(snapshot, width)]
    return "\n".join(clean(line).rstrip() for line in lines) + "\n"


def _head(snapshot: Snapshot) -> str:
    scope = snapshot.scope
    parts = (scope.profile, scope.account_id, scope.region, f"{snapshot.taken_at:%Y-%m-%d %H:%M:%S} UTC")
    return "  ".join(clean(part) for part in parts if part)


def outcome(snapshot: Snapshot) -> str:
    """What the exit code says, in a sentence."""
    code = exit_code(snapshot)
    if code == NOTHING:
        return "Nothing is wrong."
    if code != WRONG:
        return "Whether something is wrong cannot be told: the picture is incomplete."
    verdicts = Counter(a.verdict.value for _, a in ordered_endpoints(snapshot) if a.verdict.wrong)
    parts = [f"{count} endpoint{'' if count == 1 else 's'} {verdict}" for verdict, count in verdicts.items()]
    known = [reading for key, reading in wanted_subnets(snapshot).items() if key in snapshot.read_at]
    if count := sum(map(out_of_blocks, known)):
        whose = "subnet of an endpoint" if count == 1 else "subnets of endpoints"
        parts.append(f"{count} {whose} without a free /28")
    return f"Wrong: {', '.join(parts)}."


def _endpoints(snapshot: Snapshot, width: int) -> Iterator[str]:
    judged = ordered_endpoints(snapshot)
    if not judged and "endpoints" in snapshot.read_at:
        yield ""
        yield "No VPC Lattice endpoint."
    for endpoint, assessment in judged:
        if assessment.verdict.wrong:
            yield from _in_trouble(endpoint, assessment, width)
    calm = [pair for pair in judged if not pair[1].verdict.wrong]
    if calm:
        yield ""
    for endpoint, assessment in calm:
        head = f"{endpoint.vpc_endpoint_id}  {assessment.verdict.value:<7}  "
        headline = wrap_text(clean(assessment.headline), max(30, width - len(head))) or [""]
        yield head + headline[0]
        yield from (" " * len(head) + line for line in headline[1:])


def _in_trouble(endpoint: Endpoint, assessment: Assessment, width: int) -> Iterator[str]:
    yield ""
    yield f"{endpoint.vpc_endpoint_id}  {assessment.verdict.value}"
    yield from wrap_text(clean(assessment.headline), width, indent="  ")
    for finding in assessment.findings:
        yield from _finding(finding, width)


def _finding(finding: Finding, width: int) -> Iterator[str]:
    indent = " " * (LABEL + 2)
    stop = "" if finding.tone is Tone.ADVICE else "."
    sentence = wrap_text(clean(finding.sentence) + stop, max(30, width - LABEL - 2))
    yield f"  {finding.label:<{LABEL}}{sentence[0] if sentence else ''}"
    yield from (indent + line for line in sentence[1:])
    terms = max((len(line.term) for line in finding.evidence), default=0)
    for line in finding.evidence:
        lettered = f"{line.letter} " if line.letter else ""
        term = f"{clean(line.term):<{terms}}  {lettered}" if line.term else ""
        body = wrap_text(clean(line.text), max(20, width - len(indent) - len(term))) or [""]
        yield f"{indent}{term}{body[0]}"
        yield from (indent + " " * len(term) + more for more in body[1:])


def _subnets(snapshot: Snapshot, width: int) -> Iterator[str]:
    readings = ordered_subnets(snapshot)
    if not readings:
        return
    rows = [("subnet", "zone", "CIDR", "free", "/28", "map"), *(_subnet(snapshot, reading) for reading in readings)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield ""
    for row, notes in zip(rows, [[], *(_notes(snapshot, reading) for reading in readings)], strict=True):
        cells = (f"{cell:{'>' if n in NUMBERS else '<'}{widths[n]}}" for n, cell in enumerate(row))
        yield "  ".join(cells)
        yield from wrap_text("; ".join(notes), width, indent="  ")


def _subnet(snapshot: Snapshot, reading: SubnetReading) -> tuple[str, ...]:
    subnet, blocks = reading.subnet, reading.blocks
    addresses = str(subnet.available_ip_address_count) if subnet.cidr_block else "-"
    letters = ""
    if subnet.cidr_block is None:
        free = "-"
    elif subnet.subnet_id not in snapshot.read_at:
        free = "?"
    else:
        free = f"≤ {blocks.free}" if reading.unaccounted else str(blocks.free)
        letters = blocks.letters if len(blocks) <= LONGEST_MAP else ""
    return subnet.subnet_id, clean(subnet.availability_zone), subnet.range_text, addresses, free, letters


def _notes(snapshot: Snapshot, reading: SubnetReading) -> list[str]:
    """What stands beneath a subnet: its name, a long map in numbers, what is not known of it."""
    blocks = reading.blocks
    notes = [name] if (name := clean(reading.subnet.name)) else []
    if reading.subnet.subnet_id not in snapshot.read_at:
        return [*notes, "its interfaces were not read"]
    if len(blocks) > LONGEST_MAP:
        notes.append(", ".join(f"{n:,} {state.value}" for state, n in blocks.counts.items() if n))
        first = next((i for i, letter in enumerate(blocks.letters) if letter in ".P"), None)
        if first is not None:
            notes.append(f"first free {blocks.cidr_of(first)}")
    if reading.unaccounted:
        notes.append(f"incomplete, {reading.unaccounted:,} unaccounted")
    return notes


def _problems(snapshot: Snapshot, width: int) -> Iterator[str]:
    if not snapshot.problems:
        return
    yield ""
    yield "Not everything could be read:"
    for problem in dict.fromkeys(snapshot.problems):
        lines = wrap_text(clean(str(problem)), max(30, width - 4))
        yield from (("  - " if n == 0 else "    ") + line for n, line in enumerate(lines))
