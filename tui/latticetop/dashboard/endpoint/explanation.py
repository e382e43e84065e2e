"""An explanation as rich text: timeline, findings, maps then and now, DNS names, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from latticetop.dashboard.table.map_strip import map_strip
from latticetop.dashboard.widgets.beside import side_by_side
from latticetop.dashboard.widgets.findings import draw_finding
from latticetop.model.records.address import format_address
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.remedies import Remedy
    from latticetop.model.incident.explanation import Explanation, MapPair, ResolvedName, TimelineRow


ROOMY_WIDTH, MAP_WIDTH, MAP_LABEL = 90, 64, "now       "


def render_explanation(explanation: Explanation, palette: Palette, width: int) -> RenderableType:
    """Render the sections of an explanation; those without content are left out."""
    parts: list[RenderableType] = [Text(clean(explanation.assessment.headline), palette["strong"])]
    if explanation.events or explanation.coverage:
        parts += _section("What happened", _timeline(explanation, palette, width), palette)
    for finding in explanation.findings:
        parts += [Text(), draw_finding(finding, palette, width)]
    if explanation.maps:
        parts += _section("The blocks", Group(*_maps(explanation.maps, palette)), palette)
    if explanation.names or explanation.probes:
        parts += _section("DNS names", Group(*_names(explanation, palette)), palette)
    if explanation.remedies:
        parts += _section("What to do", _remedies(explanation.remedies, palette), palette)
    if explanation.missing_data:
        sentences = (Text(shorten_ids(clean(sentence)), palette["dim"]) for sentence in explanation.missing_data)
        parts += _section("Missing data", Group(*sentences), palette)
    return Group(*parts)


def _section(title: str, body: RenderableType, palette: Palette) -> list[RenderableType]:
    return [Text(), Text(title, palette["title"]), Padding(body, (0, 0, 0, 2))]


def _timeline(explanation: Explanation, palette: Palette, width: int) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    for row in explanation.events:
        grid.add_row(*_timeline_row(row, palette, roomy=width >= ROOMY_WIDTH))
    return Group(grid, Text(clean(explanation.coverage), palette["dim"]))


def _timeline_row(row: TimelineRow, palette: Palette, roomy: bool) -> Iterator[Text]:
    yield Text(f"{row.first:%H:%M:%S}", palette["dim"])
    yield Text("" if row.offset is None else f"{row.offset:+.0f} s", palette["text"])
    zone = clean(row.zone)
    yield Text(zone if roomy else zone[-1:], palette["dim"], no_wrap=True)
    yield Text(row.role, palette["dim"], no_wrap=True)
    yield Text(shorten_ids(clean(row.text)), palette["bad" if row.failed else "text"])


def _maps(pairs: Iterable[MapPair], palette: Palette) -> Iterator[RenderableType]:
    for pair in pairs:
        yield Text.assemble((pair.cidr_block, palette["strong"]), "  ", (shorten_ids(pair.subnet_id), palette["dim"]))
        if pair.past is not None and pair.at is not None:
            label = f"{pair.at:%H:%M:%S}".ljust(len(MAP_LABEL))
            yield Text.assemble((label, palette["dim"]), map_strip(pair.past, MAP_WIDTH, palette))
        yield Text.assemble((MAP_LABEL, palette["dim"]), map_strip(pair.current, MAP_WIDTH, palette))
        for note in pair.notes:
            yield Text(clean(note), palette["dim"])


def _names(explanation: Explanation, palette: Palette) -> Iterator[RenderableType]:
    for name in explanation.names:
        yield Text(clean(name.resolution.name), palette["text"])
        for line in _addresses(name):
            yield Padding(Text(line, palette["dim"]), (0, 0, 0, 2))
    for probe in explanation.probes:
        target = f"TCP to {format_address(probe.address)}:{probe.port}"
        tone = "good" if probe.outcome.value == "connected" else "bad"
        yield Text.assemble((f"{target}  ", palette["text"]), (probe.outcome.value, palette[tone]))


def _addresses(name: ResolvedName) -> Iterator[str]:
    if name.resolution.problem:
        yield clean(name.resolution.problem)
    for address, location in name.locations:
        if location is None:
            yield f"{format_address(address)}, in no subnet that was read"
        else:
            interface_id = location.network_interface_id
            owner = f" of {interface_id}" if interface_id else ", of no interface"
            yield f"{format_address(address)} in {location.prefix or location.block}{owner}"


def _remedies(remedies: Iterable[Remedy], palette: Palette) -> RenderableType:
    rows: list[tuple[Text, RenderableType]] = []
    for number, remedy in enumerate(remedies, 1):
        action = Text(shorten_ids(clean(remedy.action)), palette["text"])
        rows.append((Text(f"{number}.", palette["advice"]), action))
        for place, step in enumerate(remedy.steps if len(remedy.steps) > 1 else (), 1):
            rows.append((Text(), Text(f"{number}.{place}  {clean(step.action)}", palette["text"])))
        gains = Text.assemble(("gains  ", palette["good"]), (shorten_ids(clean(remedy.gains)), palette["dim"]))
        costs = Text.assemble(("costs  ", palette["warn"]), (shorten_ids(clean(remedy.costs)), palette["dim"]))
        rows += [(Text(), gains), (Text(), costs)]
    return side_by_side(rows, gap=1)
