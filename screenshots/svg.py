"""Pictures as Textual writes them, taken apart: their text, their rows, several on one sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

SVG = "{http://www.w3.org/2000/svg}"
COLUMN, ROW = 12.2, 24.4
"""The size of a cell."""
_FIRST = 20.0
_STYLE = re.compile(r"\.([\w-]+-r\d+) \{ ([^}]*?) \}")


class Run(NamedTuple):
    """Some cells of a row: the first one, how many, their text (empty for their ground) and how they are drawn."""

    column: int
    width: int
    text: str
    style: str


def lines(svg: str) -> list[str]:
    """The text of a picture, line by line, each in its column, without its colours."""
    texts_by_line = []
    for parent in ElementTree.fromstring(svg).iter():
        texts = [each for each in parent if each.tag == f"{SVG}text"]
        for _, line in groupby(texts, lambda each: each.get("y")):
            text = ""
            for each in line:
                text = text.ljust(round(float(each.get("x", 0)) / COLUMN)) + _text(each)
            texts_by_line.append(text.rstrip())
    return texts_by_line


def rows(svg: str) -> list[tuple[Run, ...]]:
    """A picture row by row: for each the ground of its cells, then their text."""
    styles = dict(_STYLE.findall(svg))
    runs_by_row: dict[int, list[Run]] = {}
    for element in _inside(svg):
        x, width = float(element.get("x", 0)), float(element.get("width") or element.get("textLength") or 0)
        y = float(element.get("y", 0))
        is_text = element.tag == f"{SVG}text"
        row = round((y - (_FIRST if is_text else 1.5)) / ROW)
        style = styles[element.get("class", "")] if is_text else element.get("fill", "")
        text = _text(element) if is_text else ""
        run = Run(round(x / COLUMN), round(width / COLUMN), text, style)
        if not is_text or text.strip():
            runs_by_row.setdefault(row, []).append(run)
    return [tuple(runs_by_row.get(row, ())) for row in range(max(runs_by_row) + 1)]


def _text(element: ElementTree.Element) -> str:
    return (element.text or "").replace("\N{NO-BREAK SPACE}", " ").rstrip("\n")


def _inside(svg: str) -> Iterator[ElementTree.Element]:
    """The grounds and texts of the cells, without the window around them."""
    groups = ElementTree.fromstring(svg).iter(f"{SVG}g")
    (screen,) = (each for each in groups if each.get("transform", "").startswith("translate(9,"))
    for element in screen.iter():
        if element.tag in (f"{SVG}rect", f"{SVG}text"):
            yield element


def size(svg: str) -> tuple[float, float]:
    """The width and height of a picture."""
    box = ElementTree.fromstring(svg).get("viewBox", "").split()
    return float(box[2]), float(box[3])


def sheet(pictures: Mapping[str, str], scale: float = 0.75) -> str:
    """Several pictures of one size on a sheet, two in a row, each above its name."""
    wide, high = (scale * side for side in size(next(iter(pictures.values()))))
    width, height, parts = wide + 12, high + 40, []
    for place, (name, svg) in enumerate(pictures.items()):
        x, y = place % 2 * width, place // 2 * height
        parts.append(svg.replace("<svg ", f'<svg x="{x + 6:g}" y="{y + 6:g}" width="{wide:g}" height="{high:g}" ', 1))
        parts.append(f'<text x="{x + width / 2:g}" y="{y + high + 30:g}" class="name">{escape(name)}</text>')
    full = f"{2 * width:g} {(len(pictures) + 1) // 2 * height:g}"
    style = "<style>.name { font: 18px Fira Code, monospace; text-anchor: middle; fill: #83909c }</style>"
    return "\n".join((f'<svg viewBox="0 0 {full}" xmlns="http://www.w3.org/2000/svg">', style, *parts, "</svg>\n"))
