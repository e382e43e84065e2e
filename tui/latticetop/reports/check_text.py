"""What is wrong in a scope, as text for a person."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from latticetop.model.blocks import strip
from latticetop.model.findings import Tone
from latticetop.model.text import clean

from .check import ordered_endpoints, ordered_subnets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.model.findings import Finding
    from latticetop.model.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading
    from latticetop.model.verdict import Assessment

LABEL = 11
MAP_WIDTH = 16


def render_text(snapshot: Snapshot, width: int = 80) -> str:
    """Endpoints in trouble with the reason, the others a line each; then the subnets; then what could not be read."""
    lines = [_head(snapshot), *_endpoints(snapshot, width), *_subnets(snapshot), *_problems(snapshot, width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(snapshot: Snapshot) -> str:
    scope = snapshot.scope
    parts = (scope.profile, scope.account_id, scope.region, f"{snapshot.taken_at:%Y-%m-%d %H:%M:%S} UTC")
    return "  ".join(clean(part) for part in parts if part)


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
        yield f"{endpoint.vpc_endpoint_id}  {assessment.verdict.value:<9}  {clean(assessment.headline)}"


def _in_trouble(endpoint: Endpoint, assessment: Assessment, width: int) -> Iterator[str]:
    yield ""
    yield f"{endpoint.vpc_endpoint_id}  {assessment.verdict.value}"
    yield f"  {clean(assessment.headline)}"
    for finding in assessment.findings:
        yield from _finding(finding, width)


def _finding(finding: Finding, width: int) -> Iterator[str]:
    indent = " " * (LABEL + 2)
    stop = "" if finding.tone is Tone.ADVICE else "."
    sentence = wrap(clean(finding.sentence) + stop, max(30, width - LABEL - 2))
    yield f"  {finding.label:<{LABEL}}{sentence[0] if sentence else ''}"
    yield from (indent + line for line in sentence[1:])
    terms = max((len(line.term) for line in finding.evidence), default=0)
    for line in finding.evidence:
        lettered = f"{line.letter} " if line.letter else ""
        term = f"{clean(line.term):<{terms}}  {lettered}" if line.term else ""
        body = wrap(clean(line.text), max(20, width - len(indent) - len(term))) or [""]
        yield f"{indent}{term}{body[0]}"
        yield from (indent + " " * len(term) + more for more in body[1:])


def _subnets(snapshot: Snapshot) -> Iterator[str]:
    readings = ordered_subnets(snapshot)
    if not readings:
        return
    yield ""
    yield f"{'subnet':<24}  {'zone':<10}  {'CIDR':<18}  {'free':>6}  {'/28':>5}  map"
    for reading in readings:
        yield _subnet(snapshot, reading)
        if name := clean(reading.subnet.name):
            yield f"  {name}"


def _subnet(snapshot: Snapshot, reading: SubnetReading) -> str:
    subnet, blocks = reading.subnet, reading.blocks
    cidr = str(subnet.cidr_block) if subnet.cidr_block else "IPv6 only"
    if not blocks.letters:
        free, drawn = "-", ""
    elif subnet.subnet_id not in snapshot.read_at:
        free, drawn = "?", "its interfaces were not read"
    else:
        free, drawn = f"{blocks.free:,}", strip(blocks.letters, MAP_WIDTH)
        if reading.unaccounted:
            free = f"≤ {free}"
            drawn += f"  incomplete, {reading.unaccounted:,} unaccounted"
    addresses = f"{subnet.available_ip_address_count:,}" if subnet.cidr_block else "-"
    head = f"{subnet.subnet_id:<24}  {clean(subnet.availability_zone):<10}  {cidr:<18}"
    return f"{head}  {addresses:>6}  {free:>5}  {drawn}"


def _problems(snapshot: Snapshot, width: int) -> Iterator[str]:
    if not snapshot.problems:
        return
    yield ""
    yield "Not everything could be read:"
    for problem in dict.fromkeys(snapshot.problems):
        lines = wrap(clean(str(problem)), max(30, width - 4))
        yield from (("  - " if n == 0 else "    ") + line for n, line in enumerate(lines))
