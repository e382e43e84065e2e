"""The subnets of a plan: which are chosen, and what the plan comes to in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from latticetop.config.actions import Place
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.table.subnet_cells import fits_text, map_strip, subnet_name
from latticetop.model.capacity.decide import Outcome, fits
from latticetop.model.capacity.wording import without_the_wish
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from textual.binding import BindingType

    from latticetop.dashboard.theme.palette import Palette
from latticetop.model.capacity.decide import Answer

TONES = {Outcome.FITS: "good", Outcome.MAY: "warn", Outcome.CANNOT_TELL: "warn", Outcome.CANNOT: "bad"}
WORDS = {
    Outcome.FITS: "fits",
    Outcome.MAY: "may fit",
    Outcome.CANNOT_TELL: "cannot tell",
    Outcome.CANNOT: "cannot fit",
}


class PlanTable(KeyedTable):
    """One row a subnet; the key is its id."""

    NAME = "plan"
    NOUN = "subnet"
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
    OWN = "zone"
    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.CHOOSING)


def plan_rows(answers: Iterable[Answer], chosen: Collection[str], palette: Palette) -> list[Row]:
    """The rows in the order of the answers."""
    return [_row(answer, answer.reading.subnet.subnet_id in chosen, palette) for answer in answers]


def _row(answer: Answer, chosen: bool, palette: Palette) -> Row:
    reading = answer.reading
    subnet = reading.subnet
    tone = palette[TONES[answer.outcome] if chosen else "dim"]
    cells = {
        "chosen": Text("[x]" if chosen else "[ ]", palette["strong" if chosen else "dim"]),
        "name": Text(subnet_name(reading, True), palette["text" if chosen else "dim"]),
        "zone": Text(clean(subnet.zone_letter), palette["dim"]),
        "cidr": Text(subnet.range_text, palette["text" if chosen else "dim"]),
        "fits": fits_text(fits(reading, answer.demand), palette),
        "map": map_strip(reading.blocks.letters, 16, palette),
        "answer": Text(WORDS[answer.outcome], tone),
        "why": Text(clean(without_the_wish(answer.bound)), palette["dim"]),
    }
    ranks = {"zone": subnet.availability_zone, "cidr": subnet.cidr_block, "answer": answer.outcome.rank}
    return Row(subnet.subnet_id, cells, ranks)
