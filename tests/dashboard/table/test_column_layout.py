"""Flexible columns are whole where there is room; else they are cut so that rows stay apart, later rows included."""

from __future__ import annotations

from rich.text import Text

from latticetop.dashboard.table.column_layout import ColumnLayout
from latticetop.dashboard.table.rows import Column, Row

COLUMNS = (
    Column("id", "endpoint", gap=0, flexible=True),
    Column("state", "state"),
    Column("network", "network", flexible=True),
)
SENTENCES = (Column("name", "name", gap=0, flexible=True), Column("why", "why", flexible=True, sentence=True))
ID = "vpce-0e3b1bfc42d162c4a"


def layout(columns: tuple[Column, ...], width: int) -> ColumnLayout:
    result = ColumnLayout(lambda _: "")
    result.set_columns(columns, width, None)
    return result


def row(key: str, **cells: str) -> Row:
    return Row(key, {column: Text(text, "red") for column, text in cells.items()})


def shown(rows: dict[str, Row], column: str) -> list[str]:
    return [each.cells[column].plain for each in rows.values()]


def test_ids_are_whole_where_everything_fits() -> None:
    rows = {"1": row("1", id=ID, state="Failed", network="test-service-network-a")}
    cut = layout(COLUMNS, 60).cut_rows(rows, 60)
    assert cut["1"] is rows["1"]
    narrower = layout(COLUMNS, 50).cut_rows(rows, 50)
    assert shown(narrower, "id") == ["vpce-0e3b…2c4a"] and shown(narrower, "network") == ["test-service-network-a"]
    narrow = layout(COLUMNS, 40).cut_rows(rows, 40)
    assert shown(narrow, "id") == ["vpce-0e3b…2c4a"] and shown(narrow, "network") == ["test-serv…ork-a"]
    assert narrow["1"].cells["id"].style == "red"


def test_a_new_row_changes_the_cut_of_the_rows_that_it_is_like() -> None:
    columns, width = (Column("name", "name", gap=0, flexible=True),), 15
    table = layout(columns, width)
    rows = {"1": row("1", name="production-endpoints-a"), "2": row("2", name="data-a")}
    before = table.cut_rows(rows, width)
    assert shown(before, "name") == ["product…ts-a", "data-a"]
    assert table.cut_rows(rows, width)["1"] is before["1"]
    more = table.cut_rows(rows | {"3": row("3", name="production-public-a")}, width)
    assert shown(more, "name") == ["…endpoints-a", "data-a", "…public-a"]
    assert more["2"] is before["2"]
    assert shown(table.cut_rows(rows, width), "name") == ["product…ts-a", "data-a"]


def test_a_sentence_is_cut_at_its_end_with_one_ellipsis() -> None:
    rows = {"1": row("1", name="data-a", why="terminate i-07c6… and then all of the others")}
    for width in range(14, 45):
        (why,) = shown(layout(SENTENCES, width).cut_rows(rows, width), "why")
        assert "……" not in why and "terminate i-07c6… and then all of the others".startswith(why.rstrip("…"))
