"""The options that commands share."""

from __future__ import annotations

import json

import pytest

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
