"""`latticetop check` as text for a person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from latticetop.model.endpoints.findings import Tone
from latticetop.model.records.text import clean, counted
from latticetop.reports.check import (
    endpoints_in_trouble,
    exit_code,
    ordered_endpoints,
    ordered_subnets,
    subnets_without_block,
)
from latticetop.reports.exit_codes import ExitCode
from latticetop.reports.text_wrap import hang, unread_lines, wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.endpoints.findings import Finding
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading

LABEL_WIDTH = 11
LONGEST_MAP = 16
"""Blocks of a /24; the map of a larger subnet is summed up in numbers."""
RIGHT_ALIGNED = (3, 4)
"""Columns of the subnet table that hold numbers."""


def render_text(snapshot: Snapshot, width: int = 80) -> str:
    """Render the result, endpoints, subnets and unread data, in lines of about `width` columns.

    Endpoints in trouble are explained, the others take one line each. Lines of the subnet table may be longer.
    """
    lines = [_head(snapshot), *wrap_text(outcome(snapshot), width)]
    lines += [*_endpoints(snapshot, width), *_subnets(snapshot, width), *unread_lines(snapshot.problems, width)]
    return "\n".join(clean(line).rstrip() for line in lines) + "\n"


def _head(snapshot: Snapshot) -> str:
    scope = snapshot.scope
    parts = (scope.profile, scope.account_id, scope.region, f"{snapshot.taken_at:%Y-%m-%d %H:%M:%S} UTC")
    return "  ".join(clean(part) for part in parts if part)


def outcome(snapshot: Snapshot) -> str:
    """Return the meaning of the exit code in one sentence."""
    code = exit_code(snapshot)
    if code is ExitCode.OK:
        return "Nothing is wrong."
    if code is ExitCode.UNKNOWN:
        return "Unknown: some data could not be read."
    verdicts = Counter(assessment.verdict.value for _, assessment in endpoints_in_trouble(snapshot))
    parts = [f"{counted(count, 'endpoint')} {verdict}" for verdict, count in verdicts.items()]
    if count := len(subnets_without_block(snapshot)):
        parts.append(f"{counted(count, 'subnet of an endpoint', 'subnets of endpoints')} without a free /28")
    return f"Wrong: {', '.join(parts)}."


def _endpoints(snapshot: Snapshot, width: int) -> Iterator[str]:
    endpoints = ordered_endpoints(snapshot)
    if not endpoints and "endpoints" in snapshot.read_at:
        yield ""
        yield "No VPC Lattice endpoint."
    for endpoint, assessment in endpoints:
        if assessment.wrong:
            yield from _in_trouble(endpoint, assessment, width)
    others = [(endpoint, assessment) for endpoint, assessment in endpoints if not assessment.wrong]
    if others:
        yield ""
    for endpoint, assessment in others:
        prefix = f"{endpoint.vpc_endpoint_id}  {assessment.verdict.value:<7}  "
        yield from hang(prefix, clean(assessment.headline), width)


def _in_trouble(endpoint: Endpoint, assessment: Assessment, width: int) -> Iterator[str]:
    yield ""
    yield f"{endpoint.vpc_endpoint_id}  {assessment.verdict.value}"
    yield from wrap_text(clean(assessment.headline), width, indent="  ")
    for finding in assessment.findings:
        yield from _finding(finding, width)


def _finding(finding: Finding, width: int) -> Iterator[str]:
    full_stop = "" if finding.tone is Tone.ADVICE else "."
    yield from hang(f"  {finding.label:<{LABEL_WIDTH}}", clean(finding.sentence) + full_stop, width)
    indent = " " * (LABEL_WIDTH + 2)
    term_width = max((len(line.term) for line in finding.evidence), default=0)
    for line in finding.evidence:
        letter = f"{line.letter} " if line.letter else ""
        term = f"{clean(line.term):<{term_width}}  {letter}" if line.term else ""
        yield from hang(indent + term, clean(line.text), width, min_body=20)


def _subnets(snapshot: Snapshot, width: int) -> Iterator[str]:
    readings = ordered_subnets(snapshot)
    if not readings:
        return
    rows = [("subnet", "zone", "CIDR", "free", "/28", "map"), *(_subnet(snapshot, reading) for reading in readings)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield ""
    for row, notes in zip(rows, [[], *(_notes(snapshot, reading) for reading in readings)], strict=True):
        cells = (f"{cell:{'>' if n in RIGHT_ALIGNED else '<'}{widths[n]}}" for n, cell in enumerate(row))
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
    """Return the notes under the row of a subnet: its name, a long map in numbers, missing data."""
    blocks = reading.blocks
    notes = [name] if (name := clean(reading.subnet.name)) else []
    if reading.subnet.subnet_id not in snapshot.read_at:
        return [*notes, "no data: its ENIs were not read"]
    if len(blocks) > LONGEST_MAP:
        notes.append(", ".join(f"{n:,} {state.value}" for state, n in blocks.counts.items() if n))
        first = next((i for i, letter in enumerate(blocks.letters) if letter in ".P"), None)
        if first is not None:
            notes.append(f"first free {blocks.cidr_of(first)}")
    if reading.unaccounted:
        notes.append(f"incomplete, {reading.unaccounted:,} unaccounted")
    return notes
