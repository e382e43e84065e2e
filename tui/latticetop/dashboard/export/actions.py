"""Taking things out of the app: the id under the cursor, a menu of more, the view at hand as a file."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from platformdirs import user_state_path

from latticetop.dashboard.export import views as sheets
from latticetop.dashboard.export.clipboard import LONGEST, Copied, Way, copy
from latticetop.dashboard.export.menu_screen import ChoiceScreen
from latticetop.dashboard.host import host_of
from latticetop.dashboard.text.format import cut, plural
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from textual.app import App

    from latticetop.dashboard.export.views import Sheet
    from latticetop.reports.takeaway import Part, Take


MOST_TRIES = 100


def write_new(folder: Path, stem: str, ending: str, at: datetime, content: bytes) -> Path:
    """Write a new file named after a stem and a time, and give its path; OSError when it cannot be written."""
    name = f"{stem}-{at:%Y%m%dT%H%M%SZ}"
    for number in range(1, MOST_TRIES + 1):
        path = folder / f"{name}{'' if number == 1 else f'-{number}'}{ending}"
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            continue
        return path.absolute()
    raise FileExistsError(17, "there are too many files of that name", str(folder / name))


NOTHING = "There is nothing here to copy."


NO_VIEW = "There is nothing here to write to a file yet."


_VARIABLES = re.compile(r"^(?:[A-Z_]+=\S* )+")


SHOWN = 60
"""Columns of a text that a notice shows."""


@runtime_checkable
class Offers(Protocol):
    """A screen from which something can be taken."""

    def take(self) -> Take:
        """What can be copied of the thing under the cursor; empty when there is none."""

    def sheet(self) -> Sheet | None:
        """The view at hand, to be written to a file; None when there is none."""


async def copy_first(app: App[Any]) -> None:
    """Copy the id, or what stands for it, of the thing under the cursor."""
    if take := _take(app):
        await copy_part(app, take[0])


def offer_parts(app: App[Any]) -> None:
    """Show what else can be copied of it, and copy what is chosen."""
    take = _take(app)

    async def chosen(index: int | None) -> None:
        if index is not None:
            await copy_part(app, take[index])

    if take:
        lines = [(part.label, _telling(" ".join(part.text.split()))) for part in take]
        app.push_screen(ChoiceScreen(f"Copy of {_short(take[0].text)}", lines), chosen)


def offer_forms(app: App[Any]) -> None:
    """Show the forms that the view at hand can be written in, and write it in the one that is chosen."""
    screen = app.screen
    sheet = screen.sheet() if isinstance(screen, Offers) else None
    forms = [*(sheet.forms if sheet else ()), sheets.SVG]

    def chosen(index: int | None) -> None:
        if index is not None:
            app.call_after_refresh(_write, app, sheet, forms[index])

    if isinstance(screen, Offers):
        lines = [(form, sheets.MEANING[form]) for form in forms]
        app.push_screen(ChoiceScreen("Write what is on screen to a file", lines), chosen)


async def copy_part(app: App[Any], part: Part) -> None:
    """Copy a part, and say what was copied and where it went."""
    try:
        copied = await copy(app, part.text, user_state_path("latticetop", appauthor=False))
    except OSError as error:
        why = f"Nothing was copied: {_reason(part)}, and no file could be written: {error.strerror} ({error.filename})."
        app.notify(clean(why), severity="error", markup=False)
    else:
        app.notify(clean(_told(part, copied)), markup=False)


def _take(app: App[Any]) -> Take:
    take = app.screen.take() if isinstance(app.screen, Offers) else ()
    if not take:
        app.notify(NOTHING, markup=False)
    return take


def _told(part: Part, copied: Copied) -> str:
    lines = part.text.count("\n")
    what = f"{part.label}, {plural(lines, 'line')}" if lines else _short(part.text)
    if copied.path is not None:
        return f"{_reason(part)[0].upper()}{_reason(part)[1:]}: {what} is in {copied.path}."
    return f"Copied {what}{', also for tmux to paste' if copied.way is Way.TMUX else ''}."


def _reason(part: Part) -> str:
    if len(part.text.encode()) > LONGEST:
        return "this is too long for a terminal's clipboard"
    return "this terminal has no clipboard for programs"


def _short(text: str) -> str:
    return cut(shorten_ids(clean(_telling(text.split("\n", 1)[0]))), SHOWN)


def _telling(text: str) -> str:
    """A command without the variables that are set for it."""
    return _VARIABLES.sub("", text)


async def _write(app: App[Any], sheet: Sheet | None, form: str) -> None:
    at = host_of(app).now()
    if form == sheets.SVG:
        text = app.export_screenshot(title=app.title)
    elif sheet is not None:
        text = await asyncio.to_thread(sheet.forms[form], at)
    stem = sheet.file_stem() if sheet else "latticetop-screen"
    try:
        path = write_new(Path(), stem, sheets.ENDINGS[form], at, text.encode())
    except OSError as error:
        why = f"No file could be written here: {error.strerror}. Start latticetop in a folder you may write to."
        app.notify(why, severity="error", markup=False)
    else:
        app.notify(f"Written to {path}.", markup=False)
