"""The options that commands share."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from latticetop.cli.options import APPEARANCE, options
from latticetop.config.settings import Theme
from latticetop.simulator import ServerThread
from tests.command import IMPATIENT, KEYS, against, run


@pytest.mark.parametrize("url", ["foo", "ftp://127.0.0.1", "http://", "http://127.0.0.1:none"])
def test_an_endpoint_url_that_is_invalid(url: str) -> None:
    ended = run("check", "--endpoint-url", url, "--region", "us-east-1", **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert f"'{url}' is not a valid URL." in ended.err


def test_a_password_in_an_endpoint_url_is_refused_and_not_repeated() -> None:
    ended = run("check", "--endpoint-url", "http://bob:secret@127.0.0.1:9", **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert "Remove the user name and password from the endpoint URL" in ended.err
    assert "bob" not in ended.err and "secret" not in ended.err


def test_a_maximum_of_calls_that_is_too_low(incident: ServerThread) -> None:
    ended = against(incident, "check", "--max-calls", "3")
    assert (ended.code, ended.out) == (2, "")
    assert "the minimum is 10" in ended.err


def test_flags_may_stand_before_the_command(incident: ServerThread) -> None:
    ended = run("--endpoint-url", incident.url, "--region", "us-east-1", "check", "--json", **KEYS)
    assert json.loads(ended.out)["region"] == "us-east-1"


def test_a_flag_of_the_command_overrides_that_of_the_group(incident: ServerThread) -> None:
    url = ("--endpoint-url", incident.url)
    ended = run("--region", "us-west-2", *url, "check", "--region", "us-east-1", "--json", **KEYS)
    assert json.loads(ended.out)["region"] == "us-east-1"


def test_the_url_of_the_environment_overrides_that_of_the_file(incident: ServerThread, tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text('endpoint_url = "http://127.0.0.1:1"\n')
    environment = {"LATTICETOP_CONFIG": str(path), "AWS_ENDPOINT_URL": incident.url, "AWS_REGION": "us-east-1", **KEYS}
    assert json.loads(run("check", "--json", **environment).out)["account_id"] == "123456789012"
    unread = run("check", "--json", program=IMPATIENT, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true", **environment)
    assert (unread.code, json.loads(unread.out)["account_id"]) == (3, "")


@pytest.mark.parametrize(
    ("environment", "flags", "name", "wrong"),
    [
        ({"LATTICETOP_THEME": "colour_blind"}, (), "'LATTICETOP_THEME'", "'colour_blind' is not one of 'dark', "),
        ({"LATTICETOP_ASCII": "maybe"}, (), "'LATTICETOP_ASCII'", "'maybe' is not a valid boolean"),
        ({"LATTICETOP_THEME": "light"}, ("--theme", "grey"), "'--theme'", "'grey' is not one of 'dark', "),
    ],
)
def test_a_wrong_appearance_is_told_by_where_it_stands(
    environment: dict[str, str], flags: tuple[str, ...], name: str, wrong: str
) -> None:
    ended = run(*flags, "config", **environment)
    assert (ended.code, ended.out) == (2, "")
    assert f"Invalid value for {name}: {wrong}" in ended.err


@click.command
@options(*APPEARANCE)
def print_theme(theme: Theme | None, ascii: bool | None) -> None:  # noqa: A002
    click.echo(repr(theme))


@pytest.mark.parametrize("theme", Theme)
def test_a_theme_has_the_name_that_the_settings_use(theme: Theme) -> None:
    assert CliRunner().invoke(print_theme, ["--theme", theme.value.upper()]).output == f"{theme!r}\n"


def test_without_the_option_there_is_no_theme() -> None:
    assert CliRunner().invoke(print_theme, []).output == "None\n"
