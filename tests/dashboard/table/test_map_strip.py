"""A map in one line: what cannot show every block never looks like letters of blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.dashboard.table.map_strip import map_strip
from latticetop.dashboard.theme.palette import Palette
from latticetop.dashboard.theme.themes import DARK

PALETTE = Palette(DARK)
EKS = "R" + "f" * 114 + "A" * 102 + "." * 38 + "R"
"""A /20 with 256 blocks."""


@pytest.mark.parametrize(
    ("letters", "width", "strip"),
    [
        ("RLfR", 4, "RLfR"),
        ("RffffLL........R", 16, "RffffLL........R"),
        ("", 4, ""),
        (EKS, 32, "f 114 · A 102 · . 38 · R 2"),
        (EKS, 20, "f 114 A 102 . 38 R 2"),
        (EKS, 16, "f 114 A 102 . 38"),
        (EKS, 15, "██████▒▒▒▒▒▒▒▁▁"),
        (EKS, 4, "█▒▒▁"),
        ("R" + "f" * 254 + ".", 4, "▒▒▒▁"),
        ("R" + "f" * 254 + "R", 4, "▒▒▒▒"),
    ],
)
def test_a_map_is_exact_or_numbers_or_a_bar(letters: str, width: int, strip: str) -> None:
    shown = map_strip(letters, width, PALETTE).plain
    assert shown == strip


@given(st.text(alphabet="LARFfXP.", min_size=1, max_size=300), st.integers(4, 64))
def test_no_map_but_a_whole_one_can_be_taken_for_letters_of_blocks(letters: str, width: int) -> None:
    shown = map_strip(letters, width, PALETTE).plain
    assert len(shown) <= width
    if len(letters) <= width:
        assert shown == letters
    elif shown[0] in "█▓▒▁":
        assert set(shown) <= set("█▓▒▁") and len(shown) == width
        assert ("▁" in shown) == any(letter in ".P" for letter in letters)
    else:
        numbers = shown.replace(" · ", " ").split()
        counts = dict(zip(numbers[::2], map(int, numbers[1::2]), strict=True))
        assert counts == {letter: letters.count(letter) for letter in counts}
        assert set(letters) - set(counts) <= {"R"}
