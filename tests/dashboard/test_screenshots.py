"""The pictures of `screenshots/` say what the app says now; `python -m screenshots.make` draws them anew."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from screenshots.stories import STORIES, draw_trend
from screenshots.studio import Keep
from screenshots.svg import lines

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "screenshots"
CHEAP = [draw for draw in STORIES if draw is not draw_trend]
"""All stories but the one of three hours, which takes as long as the others together."""


@pytest.mark.parametrize("draw", CHEAP, ids=lambda draw: draw.__name__)
async def test_the_pictures_are_current(draw: Callable[[Keep], Coroutine[Any, Any, None]]) -> None:
    drawn: dict[str, str] = {}

    await draw(drawn.__setitem__)
    assert sorted(drawn) == sorted(STORIES[draw])
    for name, svg in drawn.items():
        assert lines((FOLDER / f"{name}.svg").read_text(encoding="utf-8")) == lines(svg), name


def test_every_picture_has_a_story() -> None:
    drawn = {name for names in STORIES.values() for name in names}
    assert drawn == {path.stem for path in FOLDER.glob("*.svg")}


def test_the_film_needs_no_script_and_nothing_from_elsewhere() -> None:
    text = (FOLDER / "film.svg").read_text(encoding="utf-8")
    tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(text).iter()}
    assert tags == {"svg", "title", "style", "rect", "g", "text", "tspan"}
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert len(text) < 600_000
