"""The subnets of a plan: which are chosen, and the outcome in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from latticetop.config.actions import KeyContext
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.table.subnet_cells import capacity_text, map_strip, subnet_name
from latticetop.model.capacity.decide import Outcome, capacity_of
from latticetop.model.capacity.wording import without_demand
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from textual.binding import BindingType

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.decide import Decision

OUTCOME_TONES = {Outcome.FITS: "good", Outcome.MAY: "warn", Outcome.UNKNOWN: "warn", Outcome.CANNOT: "bad"}
OUTCOME_LABELS = {
    Outcome.FITS: "fits",
    Outcome.MAY: "may fit",
    Outcome.UNKNOWN: "unknown",
    Outcome.CANNOT: "cannot fit",
}
MAP_WIDTH = 16


class PlanTable(KeyedTable):
    """A row for each subnet; the key is its id."""

    SETTINGS_NAME = "plan"
    ROW_NOUN = "subnet"
    COLUMNS = (
        Column("chosen", "", gap=0),
        Column("name", "subnet", gap=1),
        Column("zone", "az", 60),
        Column("cidr", "CIDR"),
        Column("fits", "fits", 50, right=True),
        Column("map", "map", 80, value=False),
        Column("answer", "this plan"),
        Column("why", "because", 90, flexible=True, sentence=True),
    )
    DEFAULT_SORT = "zone"
    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.CHOOSING)


def plan_rows(decisions: Iterable[Decision], chosen: Collection[str], palette: Palette) -> list[Row]:
    """The rows in the order of the decisions; `chosen` are the ids of the chosen subnets."""
    return [_row(decision, decision.reading.subnet.subnet_id in chosen, palette) for decision in decisions]


def _row(decision: Decision, chosen: bool, palette: Palette) -> Row:
    reading, subnet = decision.reading, decision.reading.subnet
    text = palette["text" if chosen else "dim"]
    cells = {
        "chosen": Text("[x]" if chosen else "[ ]", palette["strong" if chosen else "dim"]),
        "name": Text(subnet_name(reading, True), text),
        "zone": Text(clean(subnet.zone_letter), palette["dim"]),
        "cidr": Text(subnet.range_text, text),
        "fits": capacity_text(capacity_of(reading, decision.demand, decision.missing), palette),
        "map": map_strip(reading.blocks.letters, MAP_WIDTH, palette),
        "answer": Text(OUTCOME_LABELS[decision.outcome], palette[OUTCOME_TONES[decision.outcome] if chosen else "dim"]),
        "why": Text(clean(without_demand(decision.reason)), palette["dim"]),
    }
    sort_values = {"zone": subnet.availability_zone, "cidr": subnet.cidr_block, "answer": decision.outcome.rank}
    return Row(subnet.subnet_id, cells, sort_values)
