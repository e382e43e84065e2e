"""What a line and a cell lose on their way to the terminal, and what they keep."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color

from latticetop.dashboard.text.printable import PrintableFilter, one_line
from tests.dashboard.accounts import account
from tests.dashboard.stage import showing
from tests.hostile import ESCAPES, EVIL
from tests.unseen import unseen

BLACK = Color(0, 0, 0)
RED, BOLD = Style.parse("red"), Style.parse("bold")


@pytest.mark.parametrize("text", [*EVIL, *ESCAPES, "a\ufe0fb\u200dc", "\ue000\u0378", "\U0001f469\u200d\U0001f466"])
def test_a_line_loses_what_is_acted_upon_and_keeps_its_width(text: str) -> None:
    line = [Segment("│ ", RED), Segment(text, BOLD), Segment(" │", RED)]
    drawn = PrintableFilter().apply(line, BLACK)
    assert unseen("".join(segment.text for segment in drawn)) == []
    assert [segment.style for segment in drawn] == [RED, BOLD, RED]
    assert [cell_len(segment.text) for segment in drawn] == [cell_len(segment.text) for segment in line]


def test_a_line_has_no_links() -> None:
    link = RED + Style(link="https://example.com/\x1b]52;c;eA==\a")
    (drawn,) = PrintableFilter().apply([Segment("here", link)], BLACK)
    assert (drawn.text, drawn.style and drawn.style.link, drawn.style) == ("here", None, RED)


def test_a_line_with_nothing_to_remove_is_not_made_again() -> None:
    line = [Segment("│ 本番 é ● ", RED), Segment("vpce-0e3b…2c4a"), Segment("")]
    assert PrintableFilter().apply(line, BLACK) is line


def test_a_cell_is_one_line_with_its_styles_where_they_were() -> None:
    cell = Text.assemble(("a\x1b[2J\n", "red"), ("b\u202ec", "bold"), "\u200b")
    drawn = one_line(cell)
    assert drawn.plain == "a[2Jbc"
    assert [(span.start, span.end, span.style) for span in drawn.spans] == [(0, 4, "red"), (4, 6, "bold")]
    clean = Text("vpce-0e3b…2c4a")
    assert one_line(clean) is clean


async def test_a_notice_is_one_line_of_text() -> None:
    async with showing(account([])) as stage:
        stage.app.notify("a\x1b]52;c;eA==\a\nb \u202e[bold]c[/bold]", title="d\x9b2J")
        await stage.pilot.pause()
        (notice,) = stage.app._notifications
        assert (notice.message, notice.title, notice.markup) == ("a]52;c;eA==b [bold]c[/bold]", "d2J", False)


async def test_what_a_crash_prints_is_text() -> None:
    printed = io.StringIO()
    async with showing(account([])) as stage:
        stage.app.error_console.file = printed
        stage.app.panic(Text("a\x1b]52;c;eA==\a\x9b2J\n\u202eb"))
    stage.app._print_error_renderables()
    assert "a]52;c;eA==2J" in printed.getvalue()
    assert unseen(printed.getvalue(), "\n") == []
