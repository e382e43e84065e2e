"""The screen owes nothing to the terminal the tests run in."""

from __future__ import annotations

import os

import pytest

from tests.dashboard.settle import settle_at_once
from tests.dashboard.style_sheets import parse_once

SWAYING = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "COLORTERM", "TERM", "TERM_PROGRAM", "TMUX", "STY")


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name in SWAYING or (name.startswith("TEXTUAL_") and "SNAPSHOT" not in name):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settle_at_once(monkeypatch)


@pytest.fixture(autouse=True)
def style_sheets_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parse_once(monkeypatch)
