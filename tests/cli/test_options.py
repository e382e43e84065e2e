"""The options that commands share."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from latticetop.cli.options import APPEARANCE, options
from latticetop.config.settings import Theme
from latticetop.simulator import ServerThread
from tests.command import KEYS, against, run


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


@click.command
@options(*APPEARANCE)
def print_theme(theme: Theme | None, ascii: bool | None) -> None:  # noqa: A002
    click.echo(repr(theme))


@pytest.mark.parametrize("theme", Theme)
def test_a_theme_has_the_name_that_the_settings_use(theme: Theme) -> None:
    assert CliRunner().invoke(print_theme, ["--theme", theme.value.upper()]).output == f"{theme!r}\n"


def test_without_the_option_there_is_no_theme() -> None:
    assert CliRunner().invoke(print_theme, []).output == "None\n"
