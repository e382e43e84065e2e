"""The explanation of one endpoint as plain text, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.records.address import format_address
from latticetop.model.records.text import begin_upper, clean
from latticetop.reports.commands import shell_lines, step_commands
from latticetop.reports.explain import address_sentence, grouped
from latticetop.reports.finding_text import evidence_lines, finding_lines
from latticetop.reports.text_wrap import hang, wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latticetop.model.incident.explanation import Explanation, MapPair, TimelineRow


def render_text(explanation: Explanation, width: int = 80) -> str:
    """Render the explanation in lines of about `width` columns; commands are not wrapped.

    Sections without content are left out.
    """
    findings = [line for finding in explanation.findings for line in finding_lines(finding, width)]
    sections = [
        _head(explanation, width),
        _section("What happened", _timeline(explanation, width)),
        _section("Why", findings),
        _section("The blocks", [line for pair in explanation.maps for line in _map_pair(pair, width)]),
        _section("DNS names", _names(explanation, width)),
        _section("What to do", _remedies(explanation, width)),
        _section("Missing data", _missing_data(explanation, width)),
    ]
    return "\n\n".join("\n".join(clean(line).rstrip() for line in lines) for lines in sections if lines) + "\n"


def _head(explanation: Explanation, width: int) -> list[str]:
    assessment = explanation.assessment
    term_width = max((len(term) for term, _ in explanation.facts), default=0)
    facts = [
        line for term, value in explanation.facts for line in _fact(f"  {term:<{term_width}}  ", clean(value), width)
    ]
    title = f"{assessment.vpc_endpoint_id}  {assessment.verdict.value}"
    return [title, *wrap_text(clean(assessment.headline), width, indent="  "), "", *facts]


def _fact(prefix: str, value: str, width: int) -> Iterable[str]:
    """Wrap a fact, unless that would cut an ARN, which could not be copied then."""
    if max(map(len, value.split()), default=0) > width - len(prefix):
        return [prefix + value]
    return hang(prefix, value, width, break_on_hyphens=False)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return [title, *body] if body else []


def _timeline(explanation: Explanation, width: int) -> Iterator[str]:
    cells = [_cells(row) for row in explanation.events]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row, texts in zip(explanation.events, cells, strict=True):
        columns = [f"{text:<{size}}" for text, size in zip(texts, widths, strict=True) if size]
        yield from hang(f"  {'  '.join(columns)}  ", clean(row.text), width, break_on_hyphens=False)
    if explanation.coverage:
        yield from wrap_text(clean(explanation.coverage), width, indent="  ", break_on_hyphens=False)


def _cells(row: TimelineRow) -> tuple[str, str, str, str]:
    offset = "" if row.offset is None else f"{row.offset:+.0f} s"
    return f"{row.first:%H:%M:%S}", offset, clean(row.zone), row.role


def _map_pair(pair: MapPair, width: int) -> Iterator[str]:
    name = f"{pair.cidr_block}  {clean(pair.subnet_id)}  {clean(pair.zone)}"
    yield from wrap_text(name, width, indent="  ", break_on_hyphens=False)
    maps = {"now": pair.current}
    if pair.past is not None and pair.at is not None:
        maps = {f"{pair.at:%H:%M:%S} UTC, when it was refused": pair.past, **maps}
    label_width = max(map(len, maps))
    for label, letters in maps.items():
        yield from hang(f"    {label:<{label_width}}  ", grouped(letters), width)
    for note in pair.notes:
        yield from hang("    ", clean(note), width, break_on_hyphens=False)
    if pair.blocks and pair.past is not None and pair.past != pair.current:
        yield "    Block by block when it was refused:"
        yield from evidence_lines(pair.blocks, width, "      ")


def _names(explanation: Explanation, width: int) -> Iterator[str]:
    for resolved in explanation.names:
        name = clean(resolved.resolution.name)
        sentences = [address_sentence(address, location) for address, location in resolved.locations]
        if resolved.resolution.problem:
            sentences.insert(0, resolved.resolution.problem)
        for sentence in sentences:
            yield from hang("  ", f"{name}: {clean(sentence)}", width, break_on_hyphens=False)
    for probe in explanation.probes:
        destination = f"{format_address(probe.address)}:{probe.port}"
        text = f"TCP to {destination} ({clean(probe.name)}): {probe.outcome.value} after {probe.seconds:.3f} s"
        yield from hang("  ", text, width, break_on_hyphens=False)


def _remedies(explanation: Explanation, width: int) -> Iterator[str]:
    for number, remedy in enumerate(explanation.remedies, 1):
        if number > 1:
            yield ""
        margin = f"  {number}. "
        yield from hang(margin, f"{clean(begin_upper(remedy.action))}.", width, break_on_hyphens=False)
        yield from hang("     Gains  ", f"{clean(remedy.gains)}.", width, break_on_hyphens=False)
        yield from hang("     Costs  ", f"{clean(remedy.costs)}.", width, break_on_hyphens=False)
        steps = [(step.action, step_commands(explanation.scope, explanation.endpoint, step)) for step in remedy.steps]
        yield from _steps(steps, width)


def _steps(steps: Sequence[tuple[str, Sequence[str]]], width: int) -> Iterator[str]:
    if any(commands for _, commands in steps):
        yield from (f"     {line}" for line in shell_lines(steps))
    elif len(steps) > 1:
        for place, (action, _) in enumerate(steps, 1):
            yield from hang(f"     {place}. ", f"{clean(begin_upper(action))}.", width, break_on_hyphens=False)


def _missing_data(explanation: Explanation, width: int) -> Iterator[str]:
    for sentence in explanation.missing_data:
        yield from hang("  ", clean(sentence), width, break_on_hyphens=False)
