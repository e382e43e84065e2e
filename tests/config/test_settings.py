"""latticetop.toml: where it is, what it sets, and the problems that are reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from latticetop.config.settings import (
    ClickAction,
    Config,
    ConfigError,
    Notify,
    Thresholds,
    config_path,
    examine,
    load_config,
    parse_config,
)


@pytest.fixture(autouse=True)
def config_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LATTICETOP_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_a_file_sets_keys_columns_thresholds_and_clicks() -> None:
    config = parse_config(b"""
        click = "open"
        thresholds = { free_blocks = 2, fits = 1 }
        columns = { subnets = ["cidr", "blocks"] }
        [keys]
        refresh = "f5"
        sort = ["m", ";"]
        """)
    assert (config.click, config.thresholds) == (ClickAction.OPEN, Thresholds(2, 1))
    assert config.columns == {"subnets": ("cidr", "blocks")}
    assert config.key_map == {"refresh": ("f5",), "sort": ("m", ";")}


def test_all_problems_are_reported_at_once() -> None:
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
        "object missing required field `arn` - at `$.roles[0]`.",
    ]
    text = b"""
        interval = 1
        columns = { subnet = ["cidr"], endpoints = ["stat"] }
        keys = { sort = "e" }
        """
    problems = examine(text)[1]
    assert problems[0].startswith("The interval is 1 s;")
    assert [problem.partition(":")[0] for problem in problems[1:]] == ["columns", "columns", "keys"]
    assert "no table 'subnet'. Did you mean 'subnets'?" in problems[1]
    assert "endpoints has no column 'stat'. Did you mean 'state'?" in problems[2]


def test_a_file_sets_the_notification() -> None:
    assert parse_config(b"").notify is Notify.OFF
    assert parse_config(b'notify = "bell"').notify is Notify.BELL


def test_a_file_names_the_command_that_signs_in_word_by_word() -> None:
    assert parse_config(b'sign_in = ["my-login", "{profile}"]').sign_in == ("my-login", "{profile}")
    for wrong, message in ((b'sign_in = [""]', "sign_in has no command"), (b'sign_in = "my-login"', "sign_in")):
        with pytest.raises(ConfigError, match=message):
            parse_config(wrong)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("intervall = 5", "there is no setting 'intervall'. Did you mean 'interval'?"),
        ("hue = 5", "there is no setting 'hue'. There are: profiles, "),
        ('[[roles]]\narn = "x"\nprofil = "y"', "there is no setting 'profil'. Did you mean 'profile'?"),
        ("interval = 'soon'", "expected `float`, got `str` - at `$.interval`."),
        ("interval = 2", "The interval is 2 s;"),
        ("notify = 'beep'", "invalid enum value 'beep' - at `$.notify`; use off, bell or desktop."),
        ("at_once = 0", "expected `int` >= 1 - at `$.at_once`."),
        ("max_calls = 3", "3 API calls per minute are too few"),
        ('endpoint_url = "nonsense"', "'nonsense' is not a valid URL."),
        ('endpoint_url = "http://bob:secret@127.0.0.1:9"', "Remove the user name and password from the endpoint URL"),
        ('[[roles]]\narn = "arn:aws:iam::1:role/x"', "'arn:aws:iam::1:role/x' is not the ARN of a role:"),
        ("[[roles]]\nname = 'x'", "object missing required field `arn`"),
        ("regions = ", "it is not valid TOML:"),
        (
            '[[roles]]\narn = "arn:aws:iam::210987654321:role/a"\n[[roles]]\narn = "arn:aws:iam::210987654321:role/b"',
            "Two accounts have the name '210987654321'",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(text.encode())
    assert message in str(error.value)


def test_a_file_that_is_no_text_is_named() -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        parse_config(b"\xff\xfe")


def test_the_file_lies_where_the_system_keeps_configurations(tmp_path: Path) -> None:
    assert load_config() == Config()
    path = tmp_path / "latticetop" / "latticetop.toml"
    assert config_path() == path
    path.parent.mkdir()
    path.write_text("interval = 60\n")
    assert load_config().interval == 60


def test_the_environment_names_another_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    monkeypatch.setenv("LATTICETOP_CONFIG", str(path))
    with pytest.raises(ConfigError, match="named by LATTICETOP_CONFIG, does not exist"):
        load_config()
    path.write_text("intervall = 60\n")
    with pytest.raises(ConfigError, match=r"mine\.toml: there is no setting"):
        load_config()
