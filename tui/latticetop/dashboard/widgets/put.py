"""Another text into a widget that is as high as its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.widgets import Static


def put(widget: Static, text: RenderableType) -> None:
    """Show a text; the screen is laid out anew only when it takes another number of lines."""
    widget.update(text, layout=False)
    width, height = widget.content_size
    if not height or widget.visual.get_height({}, width) != height:
        widget.refresh(layout=True)
