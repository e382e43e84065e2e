"""`latticetop simulate`: the list of scenarios, and a server that other programs use."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from latticetop.cli.commands.simulate import _SETTINGS
from tests.command import KEYS, PATIENCE, launched, run

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"


@pytest.mark.parametrize("speed", ["nan", "inf", "0"])
def test_a_speed_that_is_none(speed: str) -> None:
    assert run("simulate", "--speed", speed).code == 2


def test_an_unknown_scenario() -> None:
    ended = run("simulate", "--scenario", "incidnet")
    assert ended.code == 2
    assert "incident" in ended.err


def test_the_scenarios_are_listed() -> None:
    ended = run("simulate", "--list")
    assert ended.code == 0
    assert {"incident", "empty", "fleet", "throttle"} <= {line.split(" ")[0] for line in ended.out.splitlines()}


def test_the_options_of_scenarios_are_listed_with_their_limits() -> None:
    listing = " ".join(run("simulate", "--list").out.split())
    assert "options (SCENARIO:OPTION=VALUE,…):" in listing
    assert "estate:interfaces 0 to 1,000,000: network interfaces of each account (default 20,000)" in listing
    assert "estate:regions 1 to 17: " in listing and "estate:accounts 1 to 50: " in listing


@pytest.mark.parametrize("command", ["simulate", "demo"])
def test_a_wrong_option_of_a_scenario_is_a_sentence(command: str) -> None:
    flags = ("--plain",) if command == "demo" else ()
    ended = run(command, *flags, "--scenario", "estate:interfaces=many")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "latticetop: 'many' is not a value of interfaces: write a number from 0 to 1,000,000.\n"


def test_it_prints_its_url_alone_and_ends_when_interrupted() -> None:
    with launched("simulate") as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        ended = run("check", "--endpoint-url", url, "--region", "us-east-1", "--all-subnets", "--json", **KEYS)
        assert {subnet["subnet_id"] for subnet in json.loads(ended.out)["subnets"]} == {A, B}
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_of_an_organization_it_prints_the_settings_that_follow_it(tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text(_SETTINGS)
    scenario = ("--scenario", "organization:accounts=2")
    with launched("simulate", *scenario) as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        ended = run("check", "--endpoint-url", url, "--json", LATTICETOP_CONFIG=str(path), **KEYS)
        assert [scope["name"] for scope in json.loads(ended.out)["scopes"]] == ["management", "payments"]
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=PATIENCE)
    assert _SETTINGS in err
