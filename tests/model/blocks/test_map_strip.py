"""A map in fewer letters than it has blocks."""

from __future__ import annotations

import pytest

from latticetop.model.blocks.blocks import compress_map


@pytest.mark.parametrize(
    ("letters", "width", "drawn"),
    [
        ("R..R", 4, "R..R"),
        ("R..R", 16, "R..R"),
        ("", 4, ""),
        ("RRffFF..", 4, "RfF."),
        ("fffR.fPf", 2, "ff"),
        ("f.R.fPRX", 4, "..PR"),
        ("RfLLL", 2, "RL"),
        ("AAAAA.....", 3, "AA."),
    ],
)
def test_a_map_is_compressed_to_the_commonest_of_each_stretch(letters: str, width: int, drawn: str) -> None:
    """An assignable block is not drawn over where it is as common as another."""
    assert compress_map(letters, width) == drawn
