"""Copy what is under the cursor, or write the screen to a file, at once or by a choice from a menu."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from platformdirs import user_state_path

from latticetop.dashboard.export import views
from latticetop.dashboard.export.clipboard import MAX_OSC52_BYTES, CopyMethod, CopyResult, copy
from latticetop.dashboard.export.menu_screen import MenuScreen
from latticetop.dashboard.host import host_of
from latticetop.dashboard.text.format import cut
from latticetop.model.records.text import begin_upper, clean, counted, shorten_ids

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import App

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.reports.copy_items import CopyItem, CopyItems

NOTHING_TO_COPY = "There is nothing here to copy."
NOTICE_WIDTH = 60
"""Columns of a copied text that a notice repeats."""
MAX_NUMBERED_FILES = 100
"""Files of the same name and second that are told apart by a number."""
_ENVIRONMENT = re.compile(r"^(?:[A-Z_]+=\S* )+")


@runtime_checkable
class ExportableScreen(Protocol):
    """A screen that can be copied from and written to a file."""

    def copy_items(self) -> CopyItems:
        """What can be copied of the thing under the cursor; empty when there is none."""

    def exportable_view(self) -> ExportableView | None:
        """What the screen shows, to be written to a file; None when there is nothing."""


async def copy_first(app: App[Any]) -> None:
    """Copy the id of what is under the cursor, or what stands for an id."""
    if items := _copy_items(app):
        await copy_item(app, items[0])


def open_copy_menu(app: App[Any]) -> None:
    """Show everything that can be copied of what is under the cursor, and copy the item that is chosen."""
    items = _copy_items(app)

    async def copy_chosen(index: int | None) -> None:
        if index is not None:
            await copy_item(app, items[index])

    if items:
        lines = [(item.label, _without_environment(" ".join(item.text.split()))) for item in items]
        app.push_screen(MenuScreen(f"Copy of {_shortened(items[0].text)}", lines), copy_chosen)


def open_export_menu(app: App[Any]) -> None:
    """Show the formats in which the screen can be written to a file, and write the one that is chosen."""
    screen = app.screen
    if not isinstance(screen, ExportableScreen):
        return
    view = screen.exportable_view()
    formats = [*(view.formats if view else ()), views.SVG]

    def write_chosen(index: int | None) -> None:
        if index is not None:
            app.call_after_refresh(_write, app, view, formats[index])

    lines = [(name, views.FORMAT_USES[name]) for name in formats]
    app.push_screen(MenuScreen("Write what is on screen to a file", lines), write_chosen)


async def copy_item(app: App[Any], item: CopyItem) -> None:
    """Copy an item, and show a notice that says what was copied and where it went."""
    try:
        result = await copy(app, item.text, user_state_path("latticetop", appauthor=False))
    except OSError as error:
        file_error = f"no file could be written: {error.strerror} ({error.filename})"
        app.notify(f"Nothing was copied: {_why_a_file(item)}, and {file_error}.", severity="error", markup=False)
    else:
        app.notify(_copy_notice(item, result), markup=False)


def _copy_items(app: App[Any]) -> CopyItems:
    items = app.screen.copy_items() if isinstance(app.screen, ExportableScreen) else ()
    if not items:
        app.notify(NOTHING_TO_COPY, markup=False)
    return items


def _copy_notice(item: CopyItem, result: CopyResult) -> str:
    lines = item.text.count("\n")
    what = f"{item.label}, {counted(lines, 'line')}" if lines else _shortened(item.text)
    if result.path is not None:
        why = _why_a_file(item)
        return f"{begin_upper(why)}: {what} is in {result.path}."
    return f"Copied {what}{', also for tmux to paste' if result.method is CopyMethod.TMUX else ''}."


def _why_a_file(item: CopyItem) -> str:
    if len(item.text.encode()) > MAX_OSC52_BYTES:
        return "this is too long for a terminal's clipboard"
    return "this terminal has no clipboard for programs"


def _shortened(text: str) -> str:
    return cut(shorten_ids(clean(_without_environment(text.split("\n", 1)[0]))), NOTICE_WIDTH)


def _without_environment(text: str) -> str:
    """A command without the variables that are set for it."""
    return _ENVIRONMENT.sub("", text)


async def _write(app: App[Any], view: ExportableView | None, format_name: str) -> None:
    at = host_of(app).now()
    if format_name == views.SVG:
        text = app.export_screenshot(title=app.title)
    elif view is not None:
        text = await asyncio.to_thread(view.formats[format_name], at)
    stem = view.file_stem() if view else "latticetop-screen"
    try:
        path = write_new_file(Path(), stem, views.FILE_EXTENSIONS[format_name], at, text.encode())
    except OSError as error:
        hint = "Start latticetop in a folder you may write to."
        app.notify(f"No file could be written here: {error.strerror}. {hint}", severity="error", markup=False)
    else:
        app.notify(f"Written to {path}.", markup=False)


def write_new_file(folder: Path, stem: str, extension: str, at: datetime, content: bytes) -> Path:
    """Write a new file named after a stem and a time and return its path; raises OSError."""
    name = f"{stem}-{at:%Y%m%dT%H%M%SZ}"
    for number in range(1, MAX_NUMBERED_FILES + 1):
        path = folder / f"{name}{'' if number == 1 else f'-{number}'}{extension}"
        try:
            file = path.open("xb")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(content)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path.absolute()
    raise FileExistsError(17, "there are too many files of that name", str(folder / name))
