"""`latticetop check` as a child process."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from latticetop.simulator import ServerThread
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.command import IMPATIENT, KEYS, against, at_rest, run
from tests.json_schema import printed_schema, schema_errors
from tests.terminal import Terminal
from tests.workflow_commands import parsed_commands

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"


def document(server: ServerThread, *arguments: str) -> dict[str, Any]:
    ended = against(server, "check", "--json", *arguments)
    answer: dict[str, Any] = json.loads(ended.out)
    return answer


def test_the_incident_as_text(incident: ServerThread) -> None:
    ended = against(incident, "check")
    assert ended.code == 1
    assert f"{ENDPOINT}  failed-but-accessible" in ended.out
    assert "AWS calls 3 of 3 associations accessible" in ended.out
    for block in ("10.10.10.0/28", "10.10.10.16/28", "10.10.10.32/28", "10.10.10.48/28"):
        assert block in ended.out
    assert "10.10.10.36" in ended.out
    assert "RLfR" in ended.out
    assert ended.err == ""


def test_only_a_terminal_gets_wrapped_lines(incident: ServerThread) -> None:
    sentence = "Wrong: 1 endpoint failed-but-accessible, 1 subnet without a free /28."
    piped = against(incident, "check", COLUMNS="60").out
    assert sentence in piped.splitlines()
    where = ("--endpoint-url", incident.url, "--region", "us-east-1")
    terminal = Terminal("check", *where, COLUMNS="60", **KEYS)
    assert terminal.to_end() == 1
    lines = terminal.text.splitlines()
    assert sentence not in lines and sentence in " ".join(lines)


def test_the_json_has_the_keys_and_figures_of_the_incident(incident: ServerThread) -> None:
    result = document(incident)
    assert result["schema"] == "latticetop.check/1"
    assert (result["account_id"], result["region"]) == ("123456789012", "us-east-1")
    subnets = {subnet["subnet_id"]: subnet for subnet in result["subnets"]}
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
    (endpoint,) = result["endpoints"]
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
    ("scenario", "message"),
    [("experiment-4", "healthy  Available; it has no association."), ("resources", "70 of 70 associations")],
)
def test_healthy_endpoints_with_room_end_with_0(scenario: str, message: str) -> None:
    with at_rest(scenario) as server:
        ended = against(server, "check")
    assert (ended.code, ended.err) == (0, "")
    assert "Nothing is wrong." in ended.out
    assert message in ended.out


def test_hidden_addresses_that_may_fragment_the_last_block_make_the_result_unknown() -> None:
    with at_rest("experiment-3") as server:
        server.call(lambda account: account.faults.set(["counts:5"]))
        ended = against(server, "check", program=IMPATIENT)
    assert ended.code == 3
    assert "  0-1  " in ended.out
    assert "5 addresses in use belong to no visible ENI" in ended.out


def test_a_subnet_needs_as_many_free_blocks_as_asked_for(incident: ServerThread) -> None:
    assert (
        against(incident, "check", "--subnet-id", B, "--min-free-blocks", "2").out.count("fewer than 2 free /28") == 1
    )
    reasons = document(incident, "--min-free-blocks", "2")["reasons"]
    assert {reason["id"] for reason in reasons} == {ENDPOINT, A, B}


def many_subnets(account: SimulatedAccount) -> None:
    """Add five VPCs, each with 60 subnets and an endpoint in two of them."""
    region = account.region()
    network = add_service_network(region, "platform", resources=("db",))
    for number in range(5):
        vpc = add_vpc(region, f"10.{number}.0.0/16")
        subnets = [
            add_subnet(region, vpc.id, f"10.{number}.{n}.0/24", availability_zone=f"us-east-1{'ab'[n % 2]}")
            for n in range(60)
        ]
        create_endpoint_as_user(region, network, subnets[:2], f"platform-{number}")


def test_reservations_cost_no_more_calls_than_the_answer_needs(tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    with ServerThread("empty") as server:
        server.call(many_subnets)
        ended = against(server, "check", "--log", str(log))
    assert "CIDR reservations of 290 subnets were not read" in " ".join(ended.out.split())
    assert log.read_text().count("GetSubnetCidrReservations") == 10


def test_without_an_endpoint_every_subnet_is_looked_at_and_the_first_line_says_so() -> None:
    with ServerThread("empty") as server:
        ended = against(server, "check")
    assert ended.code == 0
    first = " ".join(ended.out.splitlines()[:2])
    assert first.startswith("There is no service-network, Resource or Tunnel endpoint in us-east-1, so every subnet")


def test_only_the_subnet_asked_for(incident: ServerThread) -> None:
    result = document(incident, "--subnet-id", B)
    assert [subnet["subnet_id"] for subnet in result["subnets"]] == [B]


@pytest.mark.parametrize(("flag", "value"), [("--subnet-id", "subnet-0123456789abcdef0"), ("--vpc-id", "vpc-1")])
def test_what_does_not_exist_is_a_mistake_of_the_command(incident: ServerThread, flag: str, value: str) -> None:
    ended = against(incident, "check", flag, value)
    assert (ended.code, ended.out) == (2, "")
    assert value in ended.err


def test_without_credentials_it_says_what_to_do(incident: ServerThread) -> None:
    where = ("--endpoint-url", incident.url, "--region", "us-east-1")
    ended = run("check", *where)
    assert (ended.code, ended.out) == (3, "")
    assert "No credentials found." in ended.err
    assert "--profile" in ended.err
    assert len(ended.err.splitlines()) == 1
    as_json = run("check", "--json", *where)
    unread = json.loads(as_json.out)
    assert (as_json.code, as_json.err) == (3, ended.err)
    assert schema_errors(unread, printed_schema("check")) == []
    assert (unread["schema"], unread["region"], unread["subnets"]) == ("latticetop.check/1", "us-east-1", [])
    assert [problem["kind"] for problem in unread["problems"]] == ["no-credentials"]
    assert [(reason["id"], reason["rule"]) for reason in unread["reasons"]] == [
        ("endpoints", "list-unread"),
        ("associations", "list-unread"),
        ("subnets", "list-unread"),
    ]
    assert {reason["fix"] for reason in unread["reasons"]} == {unread["problems"][0]["next_step"]}


def test_all_regions_that_could_not_be_read_are_a_document_of_scopes(incident: ServerThread) -> None:
    ended = run("check", "--json", "--endpoint-url", incident.url, "--region", "all")
    unread = json.loads(ended.out)
    assert schema_errors(unread, printed_schema("check", "--region", "all")) == []
    assert (ended.code, unread["schema"]) == (3, "latticetop.check-scopes/1")
    assert [scope["problem"]["kind"] for scope in unread["scopes"]] == ["no-credentials"]


def test_each_reason_says_what_helps(incident: ServerThread) -> None:
    reasons = {reason["rule"]: reason for reason in document(incident)["reasons"]}
    assert reasons.keys() == {"endpoint-wrong", "too-few-free-blocks"}
    assert reasons["endpoint-wrong"]["id"] == ENDPOINT and reasons["too-few-free-blocks"]["id"] == A
    for reason in reasons.values():
        assert "i-0ae4b4d9c4e67eef0" in reason["fix"] and "10.10.10.32/28" in reason["fix"]
        assert reason["fix"][0].isupper() and reason["fix"].endswith(".")


def ci_step() -> list[str]:
    """The arguments of the first CI step of the README."""
    text = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    command = text.partition("```yaml\n")[2].partition("  run: latticetop ")[2].partition("\n")[0]
    return command.replace("--region us-east-1", "").split()


@pytest.mark.parametrize(
    ("scenario", "fault", "free_blocks", "code", "annotations"),
    [
        (
            "incident",
            "",
            0,
            1,
            [("error", f"{ENDPOINT}: Failed, yet AWS calls 3 of 3"), ("error", f"{A}: No free /28 in 10.10.10.0/26")],
        ),
        (
            "reserved",
            "",
            9,
            1,
            [
                ("error", "subnet-00a5d2f346baa9455: 3 free /28 in 10.74.0.0/25 (10 needed), with 73"),
                ("error", "subnet-0f728b4fa42485e3a: 3 free /28 in 10.74.1.0/25 (10 needed), with 73"),
            ],
        ),
        ("reserved", "", 0, 0, []),
        ("incident", "expire", 0, 3, [("warning", "us-east-1: ")]),
        (
            "incident",
            "deny:ec2:DescribeSubnets",
            0,
            1,
            [("error", f"{ENDPOINT}: "), ("warning", "subnets: The subnets")],
        ),
    ],
)
def test_the_ci_step_of_the_readme_annotates_every_reason(
    tmp_path: Path, scenario: str, fault: str, free_blocks: int, code: int, annotations: list[tuple[str, str]]
) -> None:
    settings = tmp_path / "latticetop.toml"
    settings.write_text(f"thresholds = {{ free_blocks = {free_blocks} }}\n")
    with at_rest(scenario) as server:
        server.call(lambda account: account.faults.set([fault] if fault else []))
        ended = against(server, *ci_step(), LATTICETOP_CONFIG=str(settings))
    *commands, _ = parsed_commands(ended.out)
    assert ended.code == code, ended.err
    begun = [(c.name, c.message[: len(text)]) for c, (_, text) in zip(commands, annotations, strict=True)]
    assert begun == annotations


def test_the_threshold_of_the_settings_is_that_of_check(tmp_path: Path) -> None:
    path = tmp_path / "latticetop.toml"
    path.write_text("thresholds = { free_blocks = 9 }\n")
    environment = {"LATTICETOP_CONFIG": str(path)}
    with at_rest("reserved") as server:
        assert against(server, "check").code == 0
        ended = against(server, "check", **environment)
        assert (ended.code, "with fewer than 10 free /28" in ended.out) == (1, True)
        assert against(server, "check", "--min-free-blocks", "1", **environment).code == 0
        assert "(10 needed)" in against(server, "watch", "--for", "2", **environment).out


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
        ended = run("check", "--endpoint-url", url, "--region", "us-east-1", program=IMPATIENT, **KEYS)
    assert (ended.code, ended.out) == (3, "")
    assert len(ended.err.splitlines()) == 1


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


def test_a_denied_list_of_subnets_makes_the_result_unknown() -> None:
    with at_rest("empty") as server:
        server.call(lambda account: account.faults.set(["deny:ec2:DescribeSubnets"]))
        ended = against(server, "check", "--json")
    assert ended.code == 3
    assert json.loads(ended.out)["problems"][0]["kind"] == "access-denied"


def test_check_has_no_interval_to_be_wrong_about(incident: ServerThread) -> None:
    assert against(incident, "check", LATTICETOP_INTERVAL="often").code == 1


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


def test_the_schema_names_every_key_that_scripts_depend_on() -> None:
    schema = printed_schema("check")
    for name, promised in PROMISED.items():
        definition = schema["$defs"][name]
        assert set(promised.split()) <= set(definition["properties"])
        assert set(promised.split()) <= set(definition["required"])


def test_the_document_is_valid_by_the_printed_schema(incident: ServerThread) -> None:
    assert schema_errors(document(incident, "--all-endpoints", "--all-subnets"), printed_schema("check")) == []
