"""The story of one endpoint as Markdown, ready to paste into a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.records.address import format_address
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.model.endpoints.findings import Evidence, Finding
    from latticetop.model.incident.explanation import Explanation, Happening, MapPair, NameFact


def render_markdown(explanation: Explanation) -> str:
    """The whole story; sections without content are left out. Text from AWS is escaped, without control characters."""
    sections = [
        _head(explanation),
        _section("What happened", _happenings(explanation)),
        _section("Why", [line for finding in explanation.findings for line in _finding(finding)]),
        _section("The blocks", [line for pair in explanation.maps for line in _map_pair(pair)]),
        _section("Where the names lead", _names(explanation)),
        _section("What to do", _remedies(explanation)),
        _section("What is not known", [f"- {escape(gap)}" for gap in explanation.gaps]),
    ]
    return "\n\n".join("\n".join(map(clean, lines)) for lines in sections if lines) + "\n"


def _head(explanation: Explanation) -> list[str]:
    assessment = explanation.assessment
    title = f"# {escape(assessment.vpc_endpoint_id)}: {assessment.verdict.value.replace('-', ' ')}"
    facts = [f"- {term}: {escape(value)}" for term, value in explanation.facts]
    return [title, "", escape(assessment.headline), "", *facts]


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return [f"## {title}", "", *body] if body else []


def _happenings(explanation: Explanation) -> Iterator[str]:
    if not explanation.happenings and not explanation.reach:
        return
    yield "| time (UTC) | after | zone | for | what |"
    yield "|---|---:|---|---|---|"
    for happening in explanation.happenings:
        yield _happening(happening)
    yield ""
    yield escape(explanation.reach)


def _happening(happening: Happening) -> str:
    time = f"{happening.first:%H:%M:%S}"
    if happening.last != happening.first:
        time += f" to {happening.last:%H:%M:%S}"
    offset = "" if happening.offset is None else f"{happening.offset:+.0f} s"
    what = f"**{escape(happening.what)}**" if happening.failed else escape(happening.what)
    return f"| {time} | {offset} | {escape(happening.zone)} | {happening.role} | {what} |"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"**{finding.label}**: {escape(finding.sentence)}."
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
    if pair.then is not None and pair.at is not None:
        yield f"- at {pair.at:%H:%M:%S} UTC, when it was refused: `{_wrapped(pair.then)}`"
    yield f"- now: `{_wrapped(pair.now)}`"
    for note in pair.notes:
        yield f"- {escape(note)}"
    yield ""
    if pair.blocks and pair.then is not None and pair.then != pair.now:
        yield "Block by block when it was refused:"
        yield ""
        yield from (_evidence(line) for line in pair.blocks)
        yield ""


def _wrapped(letters: str) -> str:
    """A map in groups of sixteen, a /24 each."""
    return " ".join(letters[i : i + 16] for i in range(0, len(letters), 16))


def _names(explanation: Explanation) -> Iterator[str]:
    for fact in explanation.names:
        yield from _name(fact)
    for probe in explanation.probes:
        where = f"{format_address(probe.address)}:{probe.port}"
        yield f"- TCP to {where} ({escape(probe.name)}): {probe.outcome.value} after {probe.seconds:.3f} s"


def _name(fact: NameFact) -> Iterator[str]:
    name = "`" + clean(fact.resolution.name).replace("`", "'") + "`"
    if fact.resolution.problem:
        yield f"- {name}: {escape(fact.resolution.problem)}"
    for address, place in fact.places:
        if place is None:
            yield f"- {name}: {format_address(address)}, which lies in no subnet seen here"
        elif place.network_interface_id:
            inside = f" in {place.within}" if place.within else f" in block {place.block}"
            yield f"- {name}: {format_address(address)}{inside} of {escape(place.network_interface_id)}"
        else:
            yield f"- {name}: {format_address(address)} in block {place.block}, held by no interface seen here"


def _remedies(explanation: Explanation) -> Iterator[str]:
    for number, remedy in enumerate(explanation.remedies, 1):
        action = remedy.action[0].upper() + remedy.action[1:]
        yield f"{number}. {escape(action)}. Gains: {escape(remedy.gains)}. Costs: {escape(remedy.costs)}."


_ESCAPES = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#"})


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return clean(text).translate(_ESCAPES)
