"""An explanation drawn: the timeline, the findings, the maps then and now, where names lead, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from latticetop.dashboard.table.subnet_cells import map_strip
from latticetop.dashboard.widgets.findings import draw_finding
from latticetop.model.records.address import format_address
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.remedies import Remedy
    from latticetop.model.incident.explanation import Explanation, Happening, MapPair, NameFact


def tell(explanation: Explanation, palette: Palette, width: int) -> RenderableType:
    """The whole story, section after section; sections without content are left out."""
    parts: list[RenderableType] = [Text(clean(explanation.assessment.headline), palette["strong"])]
    if explanation.happenings or explanation.reach:
        parts += _titled("What happened", _happenings(explanation, palette, width), palette)
    for finding in explanation.findings:
        parts += [Text(), draw_finding(finding, palette, width)]
    if explanation.maps:
        parts += _titled("The blocks", Group(*_maps(explanation.maps, palette)), palette)
    if explanation.names or explanation.probes:
        parts += _titled("Where the names lead", Group(*_names(explanation, palette)), palette)
    if explanation.remedies:
        parts += _titled("What to do", _remedies(explanation.remedies, palette), palette)
    if explanation.gaps:
        gaps = (Text(shorten_ids(clean(gap)), palette["dim"]) for gap in explanation.gaps)
        parts += _titled("What is not known", Group(*gaps), palette)
    return Group(*parts)


def _titled(title: str, body: RenderableType, palette: Palette) -> list[RenderableType]:
    return [Text(), Text(title, palette["title"]), Padding(body, (0, 0, 0, 2))]


def _happenings(explanation: Explanation, palette: Palette, width: int) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    for happening in explanation.happenings:
        grid.add_row(*_happening(happening, palette, roomy=width >= 90))
    return Group(grid, Text(clean(explanation.reach), palette["dim"]))


def _happening(happening: Happening, palette: Palette, roomy: bool) -> Iterator[Text]:
    yield Text(f"{happening.first:%H:%M:%S}", palette["dim"])
    yield Text("" if happening.offset is None else f"{happening.offset:+.0f} s", palette["text"])
    zone = clean(happening.zone)
    yield Text(zone if roomy else zone[-1:], palette["dim"], no_wrap=True)
    yield Text(happening.role, palette["dim"], no_wrap=True)
    yield Text(shorten_ids(clean(happening.what)), palette["bad" if happening.failed else "text"])


def _maps(pairs: Iterable[MapPair], palette: Palette) -> Iterator[RenderableType]:
    for pair in pairs:
        yield Text.assemble((pair.cidr_block, palette["strong"]), "  ", (shorten_ids(pair.subnet_id), palette["dim"]))
        if pair.then is not None and pair.at is not None:
            yield Text.assemble((f"{pair.at:%H:%M:%S}  ", palette["dim"]), map_strip(pair.then, 64, palette))
        yield Text.assemble(("now       ", palette["dim"]), map_strip(pair.now, 64, palette))
        for note in pair.notes:
            yield Text(clean(note), palette["dim"])


def _names(explanation: Explanation, palette: Palette) -> Iterator[RenderableType]:
    for fact in explanation.names:
        yield Text(clean(fact.resolution.name), palette["text"])
        for line in _leads(fact):
            yield Padding(Text(line, palette["dim"]), (0, 0, 0, 2))
    for probe in explanation.probes:
        where = f"TCP to {format_address(probe.address)}:{probe.port}"
        tone = "good" if probe.outcome.value == "connected" else "bad"
        yield Text.assemble((f"{where}  ", palette["text"]), (probe.outcome.value, palette[tone]))


def _leads(fact: NameFact) -> Iterator[str]:
    if fact.resolution.problem:
        yield clean(fact.resolution.problem)
    for address, place in fact.places:
        if place is None:
            yield f"{format_address(address)}, in no subnet seen here"
        else:
            holder = f" of {place.network_interface_id}" if place.network_interface_id else ", held by no interface"
            yield f"{format_address(address)} in {place.within or place.block}{holder}"


def _remedies(remedies: Iterable[Remedy], palette: Palette) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    for number, remedy in enumerate(remedies, 1):
        grid.add_row(Text(f"{number}.", palette["advice"]), Text(shorten_ids(clean(remedy.action)), palette["text"]))
        gains = Text.assemble(("gains  ", palette["good"]), (shorten_ids(clean(remedy.gains)), palette["dim"]))
        costs = Text.assemble(("costs  ", palette["warn"]), (shorten_ids(clean(remedy.costs)), palette["dim"]))
        grid.add_row(Text(), gains)
        grid.add_row(Text(), costs)
    return grid
