"""Ages of data as text."""

from __future__ import annotations

import pytest

from latticetop.dashboard.text.format import ago


@pytest.mark.parametrize(
    "seconds, text",
    [
        (-1.0, "just now"), (0.0, "just now"), (4.9, "just now"), (5.0, "5 s ago"), (9.9, "5 s ago"),
        (99.9, "95 s ago"), (100.0, "1 min ago"), (299.0, "4 min ago"), (300.0, "5 min ago"), (7_200.0, "2 h ago"),
    ],
)  # fmt: skip
def test_how_long_ago_is_told_in_steps_of_five_seconds(seconds: float, text: str) -> None:
    assert ago(seconds) == text
