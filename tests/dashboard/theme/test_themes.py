"""The themes: legible, told apart by every eye, put on while it runs; no colours at all; ASCII alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import click
import pytest
from rich.style import Style

from latticetop.cli.commands.demo import demo
from latticetop.cli.group import cli
from latticetop.cli.options import appearance_of
from latticetop.config.settings import Appearance, ConfigError, Theme, parse_config
from latticetop.dashboard.theme.ascii import to_ascii
from latticetop.dashboard.theme.themes import PLAIN, THEMES, Colours
from latticetop.follow.recording.reader import Recording
from latticetop.model.blocks.blocks import BlockState
from tests.dashboard import colours as eyes
from tests.dashboard.accounts import A, account, cluster, endpoint, incident
from tests.dashboard.replay.test_app import incident_snapshots, playing_recording
from tests.dashboard.stage import Stage, build, showing
from tests.recordings import write_recording

TEXT, MARK = 4.5, 3.0
"""WCAG AA: text, however bold (a terminal's is not large); borders, marks and bars, which are not text."""
APART = 20.0
"""Delta E between two states of blocks: ten times what can just be told apart side by side."""
RED_GREEN = (eyes.PROTANOPIA, eyes.DEUTERANOPIA, eyes.PROTANOPIA_1999, eyes.DEUTERANOPIA_1999)
REAL = [colours for colours in THEMES.values() if not colours.ansi]
MARKS = frozenset("─│╭╮╰╯═║╔╗╚╝▌▐●·▁▂▃▄▅▆▇█")


def test_the_reckoning_agrees_with_what_is_published() -> None:
    assert eyes.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert eyes.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert eyes.difference("#ff0000", "#00ff00") == pytest.approx(170.6, abs=0.5)
    for matrix in (*RED_GREEN, eyes.TRITANOPIA):
        assert [sum(row) for row in matrix] == pytest.approx([1, 1, 1], abs=1e-4), "white stays white"


def test_the_settings_name_every_theme() -> None:
    assert [theme.value for theme in Theme] == list(THEMES)


@pytest.mark.parametrize("theme", REAL, ids=lambda theme: theme.name)
def test_every_pair_is_legible(theme: Colours) -> None:
    grounds = {name: getattr(theme, name) for name in ("background", "panel", "cursor", "cursor_unfocused")}
    inks = dict(theme.text) | {state.name: ink for state, (_, _, ink) in theme.blocks.items()}
    pairs = {f"{word} on {ground}": (inks[word], grounds[ground]) for word in inks for ground in grounds}
    pairs |= {f"letter of {state.name}": (letter, ground) for state, (letter, ground, _) in theme.blocks.items()}
    least = TEXT if theme.name != "contrast" else 7.0
    assert {name: eyes.contrast(*pair) for name, pair in pairs.items() if eyes.contrast(*pair) < least} == {}
    for ground in (theme.background, theme.panel):
        assert eyes.contrast(theme.border, ground) >= MARK


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        *((theme.name, (eyes.NORMAL,)) for theme in REAL),
        ("colour-blind", RED_GREEN),
        ("colour-blind-blue", (eyes.TRITANOPIA,)),
    ],
)
def test_states_are_told_apart(name: str, kinds: tuple[eyes.Matrix, ...]) -> None:
    theme = THEMES[name]
    grounds = {state.name: ground for state, (_, ground, _) in theme.blocks.items()}
    words = {word: theme.text[word] for word in ("good", "bad", "warn")}
    for kind in kinds:
        for colours_by_name in (grounds, words):
            near = {
                pair: eyes.difference(colours_by_name[pair[0]], colours_by_name[pair[1]], kind)
                for pair in combinations(colours_by_name, 2)
            }
            assert {pair: far for pair, far in near.items() if far < APART} == {}


def look(*arguments: str, theme: Theme | None = None, **of_command: bool | None) -> Appearance:
    """What `latticetop [arguments] demo` comes to, with these flags of demo's own."""
    parent = cli.make_context("latticetop", [*arguments, "demo"])
    parent.obj = parent.params
    return appearance_of(click.Context(demo, parent=parent), theme, of_command.get("ascii"))


def test_flags_beat_the_environment_and_that_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text('theme = "light"\nascii = true\n')
    monkeypatch.setenv("LATTICETOP_CONFIG", str(path))
    assert look() == Appearance(Theme.LIGHT, ascii=True)
    monkeypatch.setenv("LATTICETOP_THEME", "contrast")
    monkeypatch.setenv("LATTICETOP_ASCII", "0")
    assert look() == Appearance(Theme.CONTRAST, ascii=False)
    assert look("--theme", "terminal", "--ascii") == Appearance(Theme.TERMINAL, ascii=True)
    assert look("--theme", "terminal", theme=Theme.DARK, ascii=True) == Appearance(Theme.DARK, ascii=True)
    with pytest.raises(click.BadParameter, match="'dark', 'light'"):
        look("--theme", "mauve")
    with pytest.raises(ConfigError, match=r"use dark, light, contrast, .* or terminal"):
        parse_config(b'theme = "mauve"')


def test_signs_keep_their_columns() -> None:
    assert to_ascii("╭─ vpce-0e3b…2c4a · 0–1 ─╮") == "+- vpce-0e3b~2c4a - 0-1 -+"
    assert to_ascii("≤ 3 ≤3 → ●") == "<=3 <3 > *"
    assert to_ascii("会計 Café") == "会計 Café", "a name stays what it is"


def cells(stage: Stage) -> Iterator[tuple[str, Style]]:
    """What is painted, piece by piece."""
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            if segment.text.strip():
                yield segment.text.strip(), segment.style or Style()


def colours_on(stage: Stage) -> set[str]:
    found = (colour for _, style in cells(stage) for colour in (style.color, style.bgcolor) if colour)
    return {colour.triplet.hex for colour in found if colour.triplet}


def illegible(stage: Stage) -> list[str]:
    """What is painted with less contrast than WCAG AA asks for."""
    found = []
    for text, style in cells(stage):
        if style.color and style.color.triplet and style.bgcolor and style.bgcolor.triplet:
            least = MARK if MARKS.issuperset(text.replace(" ", "")) else TEXT
            if eyes.contrast(style.color.triplet.hex, style.bgcolor.triplet.hex) < least:
                found.append(text)
    return found


def of(theme: Colours) -> set[str]:
    named = {theme.background, theme.panel, theme.border, theme.cursor, theme.cursor_unfocused, *theme.text.values()}
    return named.union(*theme.blocks.values())


async def test_a_theme_is_put_on_while_it_runs() -> None:
    """Every screen on the stack changes with it, and nothing of the theme before is left."""
    nodes = cluster()
    known = account([*incident().subnets.values(), nodes], [endpoint("vpce-00000000000000001", subnets=[A])])
    grid, back = ["tab", "end", "enter"], ["escape", "shift+tab", "shift+tab", "enter"]
    screens: list[list[str]] = [[], grid, ["enter"], back, ["escape", "p"]]
    async with showing(known) as stage:
        assert list(stage.app.available_themes) == list(THEMES), "none of Textual's own"
        for keys, theme in zip(screens, REAL[::-1], strict=True):
            await stage.press(*keys)
            stage.app.theme = theme.name
            await stage.pilot.pause()
            await stage.pilot.pause()
            assert colours_on(stage) <= of(theme), (theme.name, stage.screen_name)
            assert illegible(stage) == [], (theme.name, stage.screen_name)
        await stage.press("escape")
        assert colours_on(stage) <= of(REAL[0]), "the main screen was redrawn beneath the others"


async def test_a_recording_changes_its_colours_too(tmp_path: Path) -> None:
    recording = Recording(write_recording(tmp_path / "incident.rec", incident_snapshots()))
    async with playing_recording(recording) as play:
        play.stage.app.theme = "light"
        await play.stage.pilot.pause()
        await play.stage.pilot.pause()
        assert colours_on(play.stage) <= of(THEMES["light"])
    recording.close()


def test_the_terminal_has_a_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert build(None).theme == "dark"
    assert build(None, theme="light").theme == "light"
    monkeypatch.setenv("NO_COLOR", "")
    assert not build(None).plain, "an empty NO_COLOR asks for nothing"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.delenv("COLORTERM")
    assert build(None).theme == "dark", "256 colours are enough"
    monkeypatch.setenv("TERM", "linux")
    assert build(None).theme == "terminal", "of sixteen the terminal knows best which are legible"
    assert build(None, theme="contrast").theme == "contrast"
    monkeypatch.setenv("TERM", "dumb")
    assert build(None, theme="light").plain


async def test_without_colours_words_and_letters_tell_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with showing(incident(), theme="light") as stage:
        assert list(stage.app.available_themes) == [PLAIN.name]
        for keys in ([], ["question_mark"], ["escape", "p"], ["escape", "enter"]):
            await stage.press(*keys)
            assert {str(colour.name) for _, s in cells(stage) for colour in (s.color, s.bgcolor) if colour} <= {
                "default"
            }, stage.screen_name
        await stage.press("escape")
        row = next(style for text, style in cells(stage) if text.startswith("Failed"))
        assert row.reverse, "the row of the cursor"
        assert "╔═ Endpoints" in stage.text and "╭─ Subnets" in stage.text, "the pane with the focus"
        free = [style for text, style in cells(stage) if text == "."]
        assert any(style.reverse and style.bold for style in free), "what is free stands out"
        assert "1 of 2 have no free /28" in stage.text


async def test_in_ascii_nothing_else_is_painted() -> None:
    nodes = cluster()
    known = account([*incident().subnets.values(), nodes], [endpoint("vpce-00000000000000001", subnets=[A])])
    async with showing(known, ascii_only=True) as stage:
        grid = "escape escape tab end enter"
        for pressed in ("", "enter", "e", grid, "enter", "escape p", "escape question_mark"):
            await stage.press(*pressed.split())
            assert stage.text.isascii(), (stage.screen_name, {sign for sign in stage.text if not sign.isascii()})
        stage.app.notify("Done.", title="A notice")
        await stage.press("escape", "exclamation_mark")
        assert stage.text.isascii()


@pytest.mark.parametrize("state", list(BlockState), ids=lambda state: state.name)
def test_plain_letters_differ_in_weight_where_it_matters(state: BlockState) -> None:
    weight = PLAIN.attributes.get(state.value, "")
    assert ("reverse" in weight) == (state in (BlockState.FREE, BlockState.PREFIX_RESERVED))
