"""Scrolls the text of a screen by the keys that move a cursor elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import ScrollableContainer

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget


def scroll_text(screen: Screen[Any], motion: str) -> None:
    """Scroll the text with the focus, or else the first one: `up`, `page_down`, `half_page_up`, `first`, `last`, …"""
    text = _text_of(screen)
    if text is None:
        return
    half_page = max(1, text.scrollable_content_region.height // 2)
    page = 2 * half_page
    lines = {
        "up": -1,
        "down": 1,
        "page_up": -page,
        "page_down": page,
        "half_page_up": -half_page,
        "half_page_down": half_page,
        "first": -text.max_scroll_y,
        "last": text.max_scroll_y,
    }[motion]
    text.scroll_relative(y=lines, animate=False)


def _text_of(screen: Screen[Any]) -> Widget | None:
    if isinstance(screen.focused, ScrollableContainer):
        return screen.focused
    return next(iter(screen.query(".scroll")), None)
