from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from latticetop.aws import OPERATIONS, Settings
from latticetop.cli.main import cli
from latticetop.config.settings import Notify
from latticetop.dashboard.app import LatticetopApp
from latticetop.follow.subnet_selection import Selection
from latticetop.runtime.build import live
from latticetop.runtime.targets import Target
from latticetop.simulator import SCENARIOS, Account, ServerThread
from tests.command import KEYS, against, at_rest, run

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"


@pytest.fixture(scope="module")
def incident() -> Iterator[ServerThread]:
    with at_rest("incident") as server:
        yield server


def document(server: ServerThread, *arguments: str) -> dict[str, Any]:
    ended = against(server, "check", "--json", *arguments)
    answer: dict[str, Any] = json.loads(ended.out)
    return answer


def test_check_tells_the_incident(incident: ServerThread) -> None:
    ended = against(incident, "check")
    assert ended.code == 1
    assert f"{ENDPOINT}  failed-but-accessible" in ended.out
    assert "AWS calls 3 of 3 associations accessible" in ended.out
    for block in (".0/28", ".16/28", ".32/28", ".48/28"):
        assert block in ended.out
    assert "10.10.10.36" in ended.out
    assert "RLfR" in ended.out
    assert ended.err == ""


def test_the_json_has_the_keys_and_figures_of_the_incident(incident: ServerThread) -> None:
    found = document(incident)
    assert found["schema"] == "latticetop.check/1"
    assert (found["account_id"], found["region"]) == ("123456789012", "us-east-1")
    subnets = {subnet["subnet_id"]: subnet for subnet in found["subnets"]}
    a, b = subnets[A], subnets[B]
    assert (a["cidr_block"], a["availability_zone"], a["available_ip_address_count"]) == (
        "10.10.10.0/26",
        "us-east-1a",
        40,
    )
    assert (a["map"], a["free_cidr_blocks"], a["unaccounted_addresses"]) == ("RLfR", [], 0)
    assert a["blocks"] == {
        "total": 4,
        "free": 0,
        "prefix_reserved": 0,
        "lattice": 1,
        "allocated": 0,
        "reserved": 2,
        "full": 0,
        "fragmented": 1,
        "explicit": 0,
    }
    assert (b["map"], b["free_cidr_blocks"], b["available_ip_address_count"]) == ("R.LR", ["10.10.10.80/28"], 42)
    (endpoint,) = found["endpoints"]
    assert endpoint["vpc_endpoint_id"] == ENDPOINT
    assert (endpoint["state"], endpoint["verdict"]) == ("Failed", "failed-but-accessible")
    assert endpoint["subnet_ids"] == [A, B]
    assert endpoint["service_network_name"] == "test-service-network-a"
    assert (endpoint["associations"]["total"], endpoint["associations"]["accessible"]) == (3, 3)
    interfaces = {eni["network_interface_id"]: eni for eni in endpoint["network_interfaces"]}
    assert interfaces["eni-0f995ce7b1b9589de"]["role"] == "resource"
    assert interfaces["eni-0f995ce7b1b9589de"]["private_ip_address"] == "10.10.10.7"
    assert interfaces["eni-0f995ce7b1b9589de"]["ipv4_prefixes"] == ["10.10.10.16/28"]
    assert "10.10.10.36" in endpoint["why"]


def test_an_account_without_trouble_ends_with_0() -> None:
    with at_rest("empty") as server:
        ended = against(server, "check", "--all-subnets")
    assert ended.code == 0
    assert "No VPC Lattice endpoint." in ended.out


@pytest.mark.parametrize(
    ("scenario", "said"),
    [("experiment-4", "healthy  Available; it has no association."), ("resources", "70 of 70 associations")],
)
def test_healthy_endpoints_with_room_end_with_0(scenario: str, said: str) -> None:
    with at_rest(scenario) as server:
        ended = against(server, "check")
    assert (ended.code, ended.err) == (0, "")
    assert "Nothing is wrong." in ended.out
    assert said in ended.out


def test_hidden_addresses_that_may_break_the_last_block_leave_it_open() -> None:
    with at_rest("experiment-3") as server:
        server.call(lambda account: account.faults.set(["counts:5"]))
        ended = against(server, "check")
    assert ended.code == 3
    assert "≤ 1" in ended.out
    assert "incomplete, 5 unaccounted" in ended.out


def test_flags_may_stand_before_the_command(incident: ServerThread) -> None:
    ended = run("--endpoint-url", incident.url, "--region", "us-east-1", "check", "--json", **KEYS)
    assert json.loads(ended.out)["region"] == "us-east-1"


def test_a_flag_of_the_command_goes_before_one_of_the_group(incident: ServerThread) -> None:
    url = ("--endpoint-url", incident.url)
    ended = run("--region", "us-west-2", *url, "check", "--region", "us-east-1", "--json", **KEYS)
    assert json.loads(ended.out)["region"] == "us-east-1"


def test_only_the_subnet_asked_for(incident: ServerThread) -> None:
    found = document(incident, "--subnet-id", B)
    assert [subnet["subnet_id"] for subnet in found["subnets"]] == [B]


@pytest.mark.parametrize(("flag", "value"), [("--subnet-id", "subnet-0123456789abcdef0"), ("--vpc-id", "vpc-1")])
def test_what_does_not_exist_is_a_mistake_of_the_command(incident: ServerThread, flag: str, value: str) -> None:
    ended = against(incident, "check", flag, value)
    assert (ended.code, ended.out) == (2, "")
    assert value in ended.err


def test_without_credentials_it_says_what_to_do(incident: ServerThread) -> None:
    ended = run("check", "--endpoint-url", incident.url, "--region", "us-east-1")
    assert (ended.code, ended.out) == (3, "")
    assert "No AWS credentials" in ended.err
    assert "--profile" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_an_unknown_profile_is_named_with_the_nearest(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[profile production]\nregion = us-east-1\n", encoding="utf-8")
    ended = run("check", "--profile", "prodution", AWS_CONFIG_FILE=str(config))
    assert (ended.code, ended.out) == (2, "")
    assert "'prodution'" in ended.err
    assert "production" in ended.err


def test_an_unknown_region_is_a_mistake_of_the_command() -> None:
    ended = run("check", "--region", "us-eats-1", **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert "us-eats-1" in ended.err
    assert "us-east-1" in ended.err


def test_no_region_at_all() -> None:
    ended = run("check", **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert "--region" in ended.err


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        ended = run("check", "--endpoint-url", url, "--region", "us-east-1", **KEYS)
    assert (ended.code, ended.out) == (3, "")
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("url", ["foo", "ftp://127.0.0.1", "http://", "http://127.0.0.1:none"])
def test_an_endpoint_url_that_is_none(url: str) -> None:
    ended = run("check", "--endpoint-url", url, "--region", "us-east-1", **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert f"'{url}'" in ended.err


@pytest.mark.parametrize(
    ("fault", "code"),
    [("deny", 3), ("deny:ec2:DescribeSubnets", 1), ("deny:ec2:GetSubnetCidrReservations", 1), ("expire", 3)],
)
def test_what_aws_refuses_is_named_without_a_traceback(fault: str, code: int) -> None:
    with at_rest("incident") as server:
        server.call(lambda account: account.faults.set([fault]))
        ended = against(server, "check")
    assert ended.code == code
    action = fault.partition(":")[2]
    assert action in ended.out + ended.err
    assert len(ended.err.splitlines()) == (code == 3)


def test_a_denied_list_of_subnets_leaves_an_account_without_trouble_open() -> None:
    with at_rest("empty") as server:
        server.call(lambda account: account.faults.set(["deny:ec2:DescribeSubnets"]))
        ended = against(server, "check", "--json")
    assert ended.code == 3
    assert json.loads(ended.out)["problems"][0]["kind"] == "access-denied"


@pytest.mark.parametrize("interval", ["1", "-3", "inf", "nan"])
def test_an_interval_that_is_too_short(interval: str) -> None:
    ended = run("--interval", interval, "--region", "us-east-1")
    assert ended.code == 2
    assert "at least 5" in ended.err


def test_a_notice_of_an_unknown_kind() -> None:
    ended = run("--notify", "beep")
    assert (ended.code, ended.out) == (2, "")
    assert "'beep' is not one of 'off', 'bell', 'desktop'." in ended.err


def test_an_interval_from_the_environment_is_looked_at_too() -> None:
    ended = run("--region", "us-east-1", LATTICETOP_INTERVAL="often")
    assert ended.code == 2
    assert "LATTICETOP_INTERVAL" in ended.err


def test_check_has_no_interval_to_be_wrong_about(incident: ServerThread) -> None:
    assert against(incident, "check", LATTICETOP_INTERVAL="often").code == 1


@pytest.mark.parametrize("arguments", [("--region", "us-east-1"), ("demo",)])
def test_without_a_terminal_it_points_at_check(arguments: tuple[str, ...]) -> None:
    ended = run(*arguments, **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert "latticetop check" in ended.err


@pytest.mark.parametrize("speed", ["nan", "inf", "0"])
def test_a_speed_that_is_none(speed: str) -> None:
    assert run("simulate", "--speed", speed).code == 2


def test_an_unknown_scenario() -> None:
    ended = run("simulate", "--scenario", "incidnet")
    assert ended.code == 2
    assert "incident" in ended.err


def test_help_has_examples_and_the_version_is_told() -> None:
    ended = run("--help")
    assert ended.code == 0
    assert "latticetop check --json" in ended.out
    assert run("--version").out.startswith("latticetop")


def test_an_unknown_flag() -> None:
    ended = run("check", "--jsn")
    assert ended.code == 2
    assert "--json" in ended.err


SUBNET_KEYS = """subnet_id vpc_id name cidr_block availability_zone availability_zone_id available_ip_address_count
    unaccounted_addresses blocks free_cidr_blocks map"""
ENDPOINT_KEYS = """vpc_endpoint_id state verdict vpc_id subnet_ids service_network_arn service_network_name associations
    network_interfaces why"""
PROMISED = {
    "CheckDocument": "schema taken_at account_id region subnets endpoints problems",
    "SubnetItem": SUBNET_KEYS,
    "Blocks": "total free prefix_reserved lattice allocated reserved full fragmented explicit",
    "EndpointItem": ENDPOINT_KEYS,
    "Associations": "total accessible items",
    "AssociationItem": "id accessibility dns_name resource_arn",
    "InterfaceItem": "network_interface_id role subnet_id private_ip_address ipv4_prefixes",
    "ProblemItem": "kind operation message",
}
"""The keys that scripts may build on, by the name the schema gives to each object."""


def test_the_schema_names_every_key(incident: ServerThread) -> None:
    ended = run("check", "--schema")
    assert (ended.code, ended.err) == (0, "")
    schema = json.loads(ended.out)
    for name, promised in PROMISED.items():
        described = schema["$defs"][name]
        assert set(promised.split()) <= set(described["properties"])
        assert set(promised.split()) <= set(described["required"])
    assert undescribed(document(incident), schema, schema) == []


def undescribed(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """The keys of a document that its schema does not name."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        return [key for item in value for key in undescribed(item, schema["items"], root)]
    if not isinstance(value, dict):
        return []
    known = schema["properties"]
    found = [key for key in value if key not in known]
    return found + [key for name in value.keys() & known for key in undescribed(value[name], known[name], root)]


def test_the_scenarios_are_listed() -> None:
    ended = run("simulate", "--list")
    assert ended.code == 0
    assert {"incident", "empty", "fleet", "throttle"} <= {line.split(" ")[0] for line in ended.out.splitlines()}


def test_simulate_prints_its_url_alone_and_ends_when_interrupted() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "latticetop", "simulate"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        url = child.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        seen = run("check", "--endpoint-url", url, "--region", "us-east-1", "--all-subnets", "--json", **KEYS)
        assert {subnet["subnet_id"] for subnet in json.loads(seen.out)["subnets"]} == {A, B}
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    finally:
        child.kill()
    assert (child.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_a_check_that_is_interrupted_ends_with_130() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        child = subprocess.Popen(
            [sys.executable, "-m", "latticetop", "check", "--endpoint-url", url, "--region", "us-east-1"],
            env={**os.environ, **KEYS},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        connection, _ = silent.accept()
        with connection:
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=20)
    assert (child.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error(incident: ServerThread) -> None:
    where = f"--endpoint-url {incident.url} --region us-east-1"
    shell = f"{sys.executable} -m latticetop check --json {where} | head -1; exit ${{PIPESTATUS[0]}}"
    child = subprocess.run(
        ["bash", "-c", shell], env={**os.environ, **KEYS}, capture_output=True, text=True, timeout=50, check=False
    )
    assert child.stdout == "{\n"
    assert child.stderr == ""


@pytest.mark.fault("disk-full-report")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_a_sentence(incident: ServerThread) -> None:
    assert through_shell(incident, "check > /dev/full") == (
        3,
        "latticetop: stdout cannot be written: No space left on device.\n",
    )


def test_with_stdout_closed_the_exit_code_remains(incident: ServerThread) -> None:
    assert through_shell(incident, "check >&-") == (1, "")


def test_json_is_utf_8_and_text_what_the_terminal_can_show() -> None:
    with at_rest("empty") as server:
        server.call(lambda account: rename(account, "本番-é"))
        document = against(server, "check", "--all-subnets", "--json", PYTHONIOENCODING="ascii")
        text = against(server, "check", "--all-subnets", PYTHONIOENCODING="ascii")
    assert {subnet["name"] for subnet in json.loads(document.out)["subnets"]} == {"本番-é"}
    assert (text.code, "??-?" in text.out) == (0, True)


def test_the_readme_has_the_two_commands_to_the_letter_and_ci_runs_the_second() -> None:
    root = Path(__file__).parents[2]
    try_it = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/latticetop demo"
    test_it = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest"
    readme = (root / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in readme if line.startswith("python3 ")] == [try_it, test_it]
    assert test_it in (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_policy_in_the_readme_names_what_is_called() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    policy = json.loads(readme.partition("```json\n")[2].partition("```")[0])
    named = [action for statement in policy["Statement"] for action in statement["Action"]]
    assert sorted(named) == sorted(OPERATIONS - {"sts:GetCallerIdentity"})


def through_shell(server: ServerThread, command: str) -> tuple[int, str]:
    shell = f"{sys.executable} -m latticetop --endpoint-url {server.url} --region us-east-1 {command}"
    child = subprocess.run(
        ["bash", "-c", shell], env={**os.environ, **KEYS}, capture_output=True, text=True, timeout=50, check=False
    )
    return child.returncode, child.stderr


def rename(account: Account, name: str) -> None:
    subnets = account.region().subnets
    for subnet_id, subnet in subnets.items():
        subnets[subnet_id] = replace(subnet, tags={"Name": name})


def test_a_crashed_dashboard_does_not_end_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LatticetopApp, "run", lambda app: app.exit(return_code=1))
    assert live([Target(Settings())], 15.0, Selection()) == 3
    monkeypatch.setattr(LatticetopApp, "run", lambda app: app.exit(return_code=0))
    assert live([Target(Settings())], 15.0, Selection()) == 0


def test_the_demo_tells_of_verdicts_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def open_dashboard(*_: object, notify: Notify, **__: object) -> int:
        asked.append(notify)
        return 0

    monkeypatch.setenv("TEXTUAL_DRIVER", "elsewhere")
    monkeypatch.setattr("latticetop.runtime.build.live", open_dashboard)
    for flags in (["--notify", "bell"], []):
        CliRunner().invoke(cli, [*flags, "demo"])
    assert asked == [Notify.BELL, Notify.OFF]


def test_the_demo_goes_on_with_the_scenario_that_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[set[str]] = []

    def open_dashboard(*_: object, scenarios: Mapping[str, str], play: Callable[[str], None], **__: object) -> int:
        offered.append(set(SCENARIOS) - set(scenarios))
        if len(offered) == 1:
            play("empty")
        return 0

    monkeypatch.setenv("TEXTUAL_DRIVER", "elsewhere")
    monkeypatch.setattr("latticetop.runtime.build.live", open_dashboard)
    assert CliRunner().invoke(cli, ["demo"]).exit_code == 0
    assert offered == [{"incident"}, {"empty"}]


def test_a_password_in_an_endpoint_url_is_refused_and_not_repeated() -> None:
    ended = run("check", "--endpoint-url", "http://bob:secret@127.0.0.1:9", **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert "no name and password before its host" in ended.err
    assert "bob" not in ended.err and "secret" not in ended.err
