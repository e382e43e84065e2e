"""Key maps: names of keys, and conflicts."""

from __future__ import annotations

import pytest

from latticetop.config.settings import examine


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('refesh = "x"', "there is no action 'refesh'. Did you mean 'refresh'?"),
        ('pause = "spacebar"', "there is no key 'spacebar'. Did you mean 'space'?"),
        ('help = "question_mark"', "'question_mark' is written '?'."),
        ('sort = "shift+s"', "shift+s is written 'S'."),
        ("sort = []", "sort has no key; give it one."),
        ('sort = "e"', "'e' is both sort and explain in a table; give one of them another key."),
        ('sort = "r"', "'r' is both refresh and sort in a table; give one of them another key."),
        ('refresh = "j"', "'j' is both refresh and down in a table; give one of them another key."),
        ('step = "o"', "'o' is both step and estate everywhere; give one of them another key."),
    ],
)
def test_a_mistake_in_the_keys_is_named(keys: str, message: str) -> None:
    assert examine(f"[keys]\n{keys}".encode())[1][0].startswith(f"keys: {message}")


@pytest.mark.parametrize(
    "keys",
    [
        'sort = "e"\nexplain = "s"',  # Swapped.
        'choose = "v"',  # On another screen than trend-of.
        'step = "r"',  # A recording is not read anew.
        'back = ["escape", "b"]\nbest-subnets = "B"',
        'commands = ["ctrl+k", ":"]\nnext-pane = ["tab", "alt+right"]\nfaster = "f12"',
    ],
)
def test_a_key_map_that_can_be_had(keys: str) -> None:
    assert examine(f"[keys]\n{keys}".encode())[1] == []
