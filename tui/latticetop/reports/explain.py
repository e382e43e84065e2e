"""The explanation of one endpoint as Markdown, ready to paste into a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.endpoints.findings import Tone
from latticetop.model.records.address import format_address
from latticetop.model.records.text import begin_upper, clean
from latticetop.reports.commands import shell_lines, step_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.model.endpoints.findings import Evidence, Finding
    from latticetop.model.incident.explanation import Explanation, MapPair, ResolvedName, TimelineRow
    from latticetop.model.incident.investigation import AddressLocation


def render_markdown(explanation: Explanation) -> str:
    """Render the explanation; sections without content are left out.

    Text from AWS is escaped, and stripped of control characters.
    """
    sections = [
        _head(explanation),
        _section("What happened", _timeline(explanation)),
        _section("Why", [line for finding in explanation.findings for line in _finding(finding)]),
        _section("The blocks", [line for pair in explanation.maps for line in _map_pair(pair)]),
        _section("DNS names", _names(explanation)),
        _section("What to do", _remedies(explanation)),
        _section("Missing data", [f"- {escape(sentence)}" for sentence in explanation.missing_data]),
    ]
    return "\n\n".join("\n".join(map(clean, lines)) for lines in sections if lines) + "\n"


def _head(explanation: Explanation) -> list[str]:
    assessment = explanation.assessment
    title = f"# {escape(assessment.vpc_endpoint_id)}: {assessment.verdict.words}"
    facts = [f"- {term}: {escape(value)}" for term, value in explanation.facts]
    return [title, "", escape(assessment.headline), "", *facts]


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return [f"## {title}", "", *body] if body else []


def _timeline(explanation: Explanation) -> Iterator[str]:
    if explanation.events:
        yield "| time (UTC) | after | zone | for | what |"
        yield "|---|---:|---|---|---|"
        yield from map(_timeline_row, explanation.events)
        yield ""
    if explanation.coverage:
        yield escape(explanation.coverage)


def _timeline_row(row: TimelineRow) -> str:
    time = f"{row.first:%H:%M:%S}"
    if row.last != row.first:
        time += f" to {row.last:%H:%M:%S}"
    offset = "" if row.offset is None else f"{row.offset:+.0f} s"
    text = f"**{escape(row.text)}**" if row.failed else escape(row.text)
    return f"| {time} | {offset} | {escape(row.zone)} | {row.role} | {text} |"


def _finding(finding: Finding) -> Iterator[str]:
    full_stop = "" if finding.tone is Tone.ADVICE else "."
    yield f"**{finding.label}**: {escape(finding.sentence)}{full_stop}"
    yield ""
    for line in finding.evidence:
        yield _evidence(line)
    if finding.evidence:
        yield ""


def _evidence(line: Evidence) -> str:
    letter = f" `{line.letter}`" if line.letter else ""
    term = f"{escape(line.term)}{letter} " if line.term else ""
    return f"- {term}{escape(line.text)}"


def _map_pair(pair: MapPair) -> Iterator[str]:
    yield f"{pair.cidr_block}, {escape(pair.subnet_id)}, {escape(pair.zone)}:"
    yield ""
    if pair.past is not None and pair.at is not None:
        yield f"- at {pair.at:%H:%M:%S} UTC, when it was refused: `{grouped(pair.past)}`"
    yield f"- now: `{grouped(pair.current)}`"
    for note in pair.notes:
        yield f"- {escape(note)}"
    yield ""
    if pair.blocks and pair.past is not None and pair.past != pair.current:
        yield "Block by block when it was refused:"
        yield ""
        yield from (_evidence(line) for line in pair.blocks)
        yield ""


def grouped(letters: str) -> str:
    """Separate the letters of a map in groups of 16, a /24 each."""
    return " ".join(letters[i : i + 16] for i in range(0, len(letters), 16))


def _names(explanation: Explanation) -> Iterator[str]:
    for resolved in explanation.names:
        yield from _name(resolved)
    for probe in explanation.probes:
        destination = f"{format_address(probe.address)}:{probe.port}"
        yield f"- TCP to {destination} ({escape(probe.name)}): {probe.outcome.value} after {probe.seconds:.3f} s"


def _name(resolved: ResolvedName) -> Iterator[str]:
    name = "`" + clean(resolved.resolution.name).replace("`", "'") + "`"
    if resolved.resolution.problem:
        yield f"- {name}: {escape(resolved.resolution.problem)}"
    for address, location in resolved.locations:
        yield f"- {name}: {escape(address_sentence(address, location))}"


def address_sentence(address: int, location: AddressLocation | None) -> str:
    """Say where an address of a name is, without a full stop."""
    text = format_address(address)
    if location is None:
        return f"{text}, which is in no subnet that was read"
    if location.network_interface_id:
        inside = f"in {location.prefix}" if location.prefix else f"in block {location.block}"
        return f"{text} {inside} of {location.network_interface_id}"
    return f"{text} in block {location.block}, held by no ENI that was read"


def _remedies(explanation: Explanation) -> Iterator[str]:
    for number, remedy in enumerate(explanation.remedies, 1):
        action, gains, costs = map(escape, (begin_upper(remedy.action), remedy.gains, remedy.costs))
        yield f"{number}. {action}. Gains: {gains}. Costs: {costs}."
        if len(remedy.steps) > 1:
            yield from (
                f"   {place}. {escape(begin_upper(step.action))}." for place, step in enumerate(remedy.steps, 1)
            )
        steps = [(step.action, step_commands(explanation.scope, explanation.endpoint, step)) for step in remedy.steps]
        if any(commands for _, commands in steps):
            yield from ("", "   ```sh", *(f"   {line}" for line in shell_lines(steps)), "   ```", "")


_ESCAPES = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#"})


def escape(text: str) -> str:
    """Escape text so that Markdown shows it as it is."""
    return clean(text).translate(_ESCAPES)
