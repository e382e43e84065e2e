"""An SVG that moves without a script: each row is drawn once and shown in the frames that have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple
from xml.sax.saxutils import escape

from screenshots.svg import COLUMN, ROW, Run, rows, size

GROUND = "#11171d"
STRIP = 56
"""The height of the strip under the screen that holds the captions."""
MARGIN = 12
BASIS = (
    "text{font-family:Fira Code,DejaVu Sans Mono,Menlo,Consolas,monospace;font-size:20px;white-space:pre}"
    ".say{fill:#d9e1e8;font-size:22px}.key{fill:#f2b04a;font-weight:bold;font-size:22px}.count{fill:#83909c}"
)
CALM = "@media (prefers-reduced-motion:reduce){g{animation:none!important}}"


class Frame(NamedTuple):
    """A screen as Textual writes it, for how many seconds, what is said of it, and the keys that led to it."""

    svg: str
    seconds: float
    caption: str
    keys: str = ""


class Styles:
    """Short class names for how letters and their ground are drawn."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, declarations: str) -> str:
        """The class of some declarations."""
        return self._names.setdefault(declarations.replace(": ", ":").strip("; "), f"c{len(self._names)}")

    def css(self) -> str:
        """All of them."""
        return "".join(f".{name}{{{declarations}}}" for declarations, name in self._names.items())


def animate(frames: Sequence[Frame], title: str) -> str:
    """A film of some screens of one size, which begins again at its end.

    What shows no animation, or is asked for less motion, shows the first of the frames that are shown for longest.
    """
    styles = Styles()
    wide, high = (side + 2 * MARGIN for side in inside(frames[0].svg))
    still = max(range(len(frames)), key=lambda number: frames[number].seconds)
    moments, body = [], []
    for number, (shown, parts) in enumerate(by_frames(frames, styles, high)):
        attributes = ""
        if len(shown) < len(frames):
            moments.append(moment(number, shown, frames))
            attributes = f' class="t{number}"' + ("" if still in shown else ' visibility="hidden"')
        body.append("\n".join((f"<g{attributes}>", *parts, "</g>")))
    return "\n".join(
        (
            f'<svg viewBox="0 0 {wide:g} {high + STRIP:g}" xmlns="http://www.w3.org/2000/svg">',
            f"<title>{escape(title)}</title>",
            "\n".join(("<style>", BASIS, styles.css(), *moments, CALM, "</style>")),
            f'<rect width="{wide:g}" height="{high + STRIP:g}" rx="8" fill="{GROUND}"/>',
            *body,
            "</svg>\n",
        )
    )


def by_frames(frames: Sequence[Frame], styles: Styles, high: float) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """What is drawn, put together by the frames that show it."""
    seen: dict[str, list[int]] = {}
    for number, frame in enumerate(frames):
        for place, runs in enumerate(rows(frame.svg)):
            if drawn := "".join(draw(runs, styles)):
                at = f"translate({MARGIN},{MARGIN + place * ROW:g})"
                seen.setdefault(f'<g transform="{at}">{drawn}</g>', []).append(number)
        seen[caption(frame, f"{number + 1}/{len(frames)}", high)] = [number]
    together = sorted(seen.items(), key=lambda each: each[1])
    for shown, parts in groupby(together, key=lambda each: tuple(each[1])):
        yield shown, [part for part, _ in parts]


def draw(runs: Iterable[Run], styles: Styles) -> Iterator[str]:
    """One row; neighbours on the same ground share it, and the ground of the screen is there already."""
    grounds = [each for each in runs if not each.text]
    for fill, group in groupby(grounds, key=lambda each: each.style):
        cells = list(group)
        if fill != GROUND:
            x, width = cells[0].column * COLUMN, sum(each.width for each in cells) * COLUMN
            yield f'<rect x="{x:g}" width="{width:g}" height="24.65" class="{styles.name(f"fill: {fill}")}"/>'
    for run in runs:
        if run.text:
            blanks = len(run.text) - len(run.text.lstrip())
            x, text = (run.column + blanks) * COLUMN, run.text.strip()
            length = (run.width - len(run.text) + len(text)) * COLUMN
            yield (
                f'<text x="{x:g}" y="18.5" textLength="{length:g}" class="{styles.name(run.style)}">'
                f"{escape(text)}</text>"
            )


def caption(frame: Frame, count: str, high: float) -> str:
    """The line below the screen."""
    keys = f'<tspan class="key">{escape(frame.keys)}</tspan>  ' if frame.keys else ""
    return (
        f'<g transform="translate({2 * MARGIN},{high + STRIP / 2:g})">'
        f'<text class="say">{keys}{escape(frame.caption)}</text>'
        f'<text class="count" x="{inside(frame.svg)[0] - 2 * MARGIN:g}" text-anchor="end">{count}</text></g>'
    )


def inside(svg: str) -> tuple[float, float]:
    """The size of the screen in a picture, without the window around it."""
    width, height = size(svg)
    return width - 18, height - 52


def moment(number: int, shown: Sequence[int], frames: Sequence[Frame]) -> str:
    """The rule that shows a group in some of the frames and hides it in the others."""
    ends = list(accumulate(frame.seconds for frame in frames))
    steps, last = [], None
    for each, end in enumerate(ends):
        state = "visible" if each in shown else "hidden"
        if state != last:
            steps.append(f"{(end - frames[each].seconds) / ends[-1]:.4%}{{visibility:{state}}}")
        last = state
    name = f"t{number}"
    return f"@keyframes {name}{{{''.join(steps)}}}.{name}{{animation:{name} {ends[-1]:g}s step-end infinite}}"
