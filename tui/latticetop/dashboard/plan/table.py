"""The subnets of a plan: which are chosen, and the outcome in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from latticetop.config.actions import KeyContext
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.map_strip import map_strip
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.table.subnet_cells import (
    capacity_text,
    free_blocks_text,
    subnet_name,
    subnet_sort_values,
)
from latticetop.model.capacity.decide import Outcome, capacity_of
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.capacity.wording import without_demand
from latticetop.model.records.missing_data import lacks_interfaces
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
REFUSED = "refused by AWS"
"""The answer in a subnet of another account, where only that account can create an endpoint."""
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
        Column("addresses", "addr", 50, right=True),
        Column("blocks", "/28", right=True),
        Column("fits", "fits", 70, right=True),
        Column("map", "map", 90, value=False),
        Column("answer", "this plan"),
        Column("why", "because", 110, flexible=True, sentence=True),
    )
    DEFAULT_SORT = "zone"
    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.CHOOSING)


def plan_rows(
    decisions: Iterable[Decision], chosen: Collection[str], refused: Collection[str], palette: Palette
) -> list[Row]:
    """The rows in the order of the decisions; in the `refused` subnets AWS lets this account create no endpoint."""
    rows = []
    for decision in decisions:
        subnet_id = decision.reading.subnet.subnet_id
        rows.append(_row(decision, subnet_id in chosen, subnet_id in refused, palette))
    return rows


def _row(decision: Decision, chosen: bool, refused: bool, palette: Palette) -> Row:
    reading, subnet = decision.reading, decision.reading.subnet
    free = free_blocks_in(reading, decision.missing)
    answer, tone = (REFUSED, "bad") if refused else (OUTCOME_LABELS[decision.outcome], OUTCOME_TONES[decision.outcome])
    reason = f"account {subnet.owner_id} shares this subnet" if refused else without_demand(decision.reason)
    text = palette["text" if chosen else "dim"]
    cells = {
        "chosen": Text("[x]" if chosen else "[ ]", palette["strong" if chosen else "dim"]),
        "name": Text(subnet_name(reading, True), text),
        "zone": Text(clean(subnet.zone_letter), palette["dim"]),
        "cidr": Text(subnet.range_text, text),
        "addresses": Text(subnet.address_count_text, text),
        "blocks": free_blocks_text(free, palette),
        "fits": _fits_text(decision, palette),
        "map": Text() if lacks_interfaces(decision.missing) else map_strip(reading.blocks.letters, MAP_WIDTH, palette),
        "answer": Text(answer, palette[tone if chosen else "dim"]),
        "why": Text(clean(reason), palette["dim"]),
    }
    rank = len(Outcome) if refused else decision.outcome.rank
    sort_values = subnet_sort_values(reading, free) | {"zone": subnet.availability_zone, "answer": rank}
    return Row(subnet.subnet_id, cells, sort_values)


def _fits_text(decision: Decision, palette: Palette) -> Text:
    if decision.demand.without_ipv4 and decision.outcome is Outcome.FITS:
        return Text("-", palette["dim"])
    return capacity_text(capacity_of(decision.reading, decision.demand, decision.missing), palette)
