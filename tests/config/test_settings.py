"""The settings of the dashboard, `latticetop config`, and what goes before what."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from latticetop.config.actions import ACTIONS
from latticetop.config.columns import TABLES
from latticetop.config.render import example
from latticetop.config.settings import ClickAction, Config, Thresholds, examine, parse_config
from tests.command import run


def test_a_file_says_keys_columns_thresholds_and_clicks() -> None:
    config = parse_config(b"""
        click = "open"
        thresholds = { free_blocks = 2, fits = 1 }
        columns = { subnets = ["cidr", "blocks"] }
        [keys]
        refresh = "f5"
        sort = ["z", ";"]
        """)
    assert (config.click, config.thresholds) == (ClickAction.OPEN, Thresholds(2, 1))
    assert config.columns == {"subnets": ("cidr", "blocks")}
    assert config.key_map == {"refresh": ("f5",), "sort": ("z", ";")}


@pytest.mark.parametrize(
    ("keys", "said"),
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
def test_a_mistake_in_the_keys_is_named(keys: str, said: str) -> None:
    assert examine(f"[keys]\n{keys}".encode())[1][0].startswith(f"keys: {said}")


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


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = b"""
        intervall = 5
        [thresholds]
        free_block = 1
        [[roles]]
        arm = "x"
        """
    assert examine(text)[1] == [
        "there is no setting 'intervall'. Did you mean 'interval'?",
        "there is no setting 'free_block'. Did you mean 'free_blocks'?",
        "there is no setting 'arm'. Did you mean 'arn'?",
    ]
    text = b"""
        interval = 1
        columns = { subnet = ["cidr"], endpoints = ["stat"] }
        keys = { sort = "e" }
        """
    found = examine(text)[1]
    assert found[0].startswith("The interval is 1 s;")
    assert [each.partition(":")[0] for each in found[1:]] == ["columns", "columns", "keys"]
    assert "no table 'subnet'. Did you mean 'subnets'?" in found[1]
    assert "endpoints has no column 'stat'. Did you mean 'state'?" in found[2]


def test_the_example_holds_every_setting_at_its_default_and_passes() -> None:
    config, problems = examine(example().encode())
    assert problems == []
    usual = {action.id: tuple(action.keys.split()) for action in ACTIONS}
    assert config.key_map == usual and set(config.keys) == {action.id for action in ACTIONS}
    assert msgspec.structs.replace(config, keys={}) == Config()
    before, columns, after = example().partition("[columns]\n")
    uncommented, problems = examine((before + columns + re.sub("^# (.* = \\[)", r"\1", after, flags=re.M)).encode())
    assert (uncommented.columns, problems) == (TABLES, [])
    assert all(name in example() for name in Config.__struct_fields__)


def test_the_command_checks_a_file(tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text(run("config", "--example").out)
    ended = run("config", "--check", str(path))
    assert (ended.code, ended.err) == (0, "")
    path.write_text('colours = "dark"\n')
    ended = run("config", "--check", LATTICETOP_CONFIG=str(path))
    assert ended.code == 2
    assert ended.out.startswith(f"{path}: there is no setting 'colours'. ")
    ended = run("config", "--check", str(tmp_path / "none.toml"))
    assert ended.code == 2 and "cannot be read: No such file" in ended.err and "Traceback" not in ended.err


def test_the_schema_is_of_the_settings() -> None:
    told = json.loads(run("config", "--schema").out)
    settings = told["$defs"]["Config"]["properties"]
    assert list(settings) == list(Config.__struct_fields__)
    assert all(each.get("description") for each in settings.values())
    assert "refresh" in settings["keys"]["propertyNames"]["enum"]


def test_a_flag_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"

    def told(*flags: str, **environment: str) -> tuple[str, list[str]]:
        ended = run(*flags, "config", LATTICETOP_CONFIG=str(path), **environment)
        line = next(line for line in ended.out.splitlines() if line.startswith("interval"))
        return ended.out.splitlines()[0], line.split()[1:]

    path.write_text("")
    assert told() == (str(path), ["default", "15.0"])
    path.write_text("interval = 60\n")
    assert told()[1] == ["file", "60.0"]
    assert told(LATTICETOP_INTERVAL="30")[1] == ["LATTICETOP_INTERVAL", "30.0"]
    assert told("--interval", "20", LATTICETOP_INTERVAL="30")[1] == ["flag", "20.0"]
    assert told("--interval", "0", LATTICETOP_INTERVAL="30")[1] == ["flag", "0.0"]
