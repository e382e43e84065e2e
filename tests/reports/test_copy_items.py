"""What can be taken of each thing, checked against AWS's own words: its ARN formats, its CLI, `check --json`."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.loaders
import msgspec
import pytest
from botocore import xform_name
from msgspec import structs

from latticetop.model.history.change_events import ChangeEvent, ChangeKind
from latticetop.model.records.address import parse_address
from latticetop.model.records.lattice import ResourceAssociation, ServiceAssociation, ServiceNetwork, VpcAssociation
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot
from latticetop.reports import copy_items
from latticetop.reports.check import document
from latticetop.reports.commands import create_endpoint
from latticetop.reports.copy_items import CopyItems
from latticetop.reports.rows import network_rows
from tests.command import PATIENCE, at_rest, start
from tests.dashboard.accounts import ENDPOINT, RESOURCE_A, THIRTY_SIX, A, B, incident
from tests.model import builders

ACCOUNT = "123456789012"
NETWORK_ARN = f"arn:aws:vpc-lattice:us-east-1:{ACCOUNT}:servicenetwork/sn-0fc4c78a8f94d8f09"
NETWORK = ServiceNetwork(
    NETWORK_ARN,
    "sn-0fc4c78a8f94d8f09",
    "network",
    services=(ServiceAssociation("snsa-0123456789abcdef0", "ACTIVE", "svc-0123456789abcdef0", "orders"),),
    resources=(ResourceAssociation("snra-0123456789abcdef0", "ACTIVE", "rcfg-0123456789abcdef0", "db"),),
    vpcs=(VpcAssociation("snva-0123456789abcdef0", "ACTIVE", "vpc-0123456789abcdef0"),),
)
AT = datetime(2024, 12, 19, 8, 20, 15, tzinfo=UTC)


@cache
def incident_end() -> Snapshot:
    return incident()


def parts(take: CopyItems) -> dict[str, str]:
    result = dict(take)
    assert len(result) == len(take), "no two parts have one label"
    assert all(result.values())
    return result


def subnet_take(snapshot: Snapshot, subnet_id: str = A) -> CopyItems:
    return copy_items.of_subnet(snapshot, snapshot.subnets[subnet_id])


def test_a_subnet() -> None:
    result = parts(subnet_take(incident_end()))
    assert next(iter(result)) == "id"
    assert result["id"] == A
    assert result["ARN"] == f"arn:aws:ec2:us-east-1:{ACCOUNT}:subnet/{A}"
    assert result["CIDR"] == "10.10.10.0/26"
    assert result["AWS CLI"] == f"aws ec2 describe-subnets --subnet-ids {A} --region us-east-1"
    assert result["latticetop"] == f"latticetop plan --subnet-ids {A} --region us-east-1"
    assert "name" not in result, "it has none"


def test_a_row_has_the_keys_and_the_values_of_check() -> None:
    checked = msgspec.to_builtins(document(incident_end()))
    place = {"account_id": ACCOUNT, "region": "us-east-1", "profile": ""}
    subnet = next(item for item in checked["subnets"] if item["subnet_id"] == A)
    assert json.loads(parts(subnet_take(incident_end()))["JSON"]) == place | subnet
    endpoint = json.loads(parts(copy_items.of_endpoint(incident_end(), incident_end().endpoints[ENDPOINT]))["JSON"])
    assert endpoint == place | checked["endpoints"][0]


def test_an_endpoint_and_its_associations() -> None:
    result = parts(copy_items.of_endpoint(incident_end(), incident_end().endpoints[ENDPOINT]))
    assert result["id"] == ENDPOINT
    assert result["ARN"] == f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-endpoint/{ENDPOINT}"
    assert result["service network ARN"].endswith("servicenetwork/sn-0fc4c78a8f94d8f09")
    assert result["latticetop"] == f"latticetop explain {ENDPOINT} --region us-east-1"
    association = next(iter(incident_end().associations.values()))
    of_it = parts(copy_items.of_association(incident_end(), association))
    assert of_it["id"] == association.association_id
    assert "resourceconfiguration/rcfg-" in of_it["resource ARN"]
    assert "ARN" not in of_it
    assert json.loads(of_it["JSON"])["vpc_endpoint_id"] == ENDPOINT


def test_an_interface() -> None:
    interface = incident_end().interface(RESOURCE_A)
    assert interface is not None
    result = parts(copy_items.of_interface(incident_end(), structs.replace(interface, owner_id="210987654321")))
    assert result["ARN"] == f"arn:aws:ec2:us-east-1:210987654321:network-interface/{RESOURCE_A}"
    assert (result["address"], result["CIDR"], result["owner"]) == ("10.10.10.7", "10.10.10.16/28", ENDPOINT)
    assert json.loads(result["JSON"])["ipv4_prefixes"] == ["10.10.10.16/28"]


def test_a_block_and_an_address() -> None:
    reading = incident_end().subnets[A]
    result = parts(copy_items.of_block(incident_end(), reading, 2))
    assert next(iter(result.values())) == "10.10.10.32/28"
    assert result["interfaces"] == THIRTY_SIX
    assert json.loads(result["JSON"])["letter"] == "f"
    in_use = parts(copy_items.of_address(incident_end(), reading, reading.blocks.cidr_of(2).first + 4))
    assert (in_use["address"], in_use["interface"]) == ("10.10.10.36", THIRTY_SIX)
    unheld = parts(copy_items.of_address(incident_end(), reading, reading.blocks.cidr_of(2).first + 5))
    assert "interface" not in unheld
    assert "Name=addresses.private-ip-address,Values=10.10.10.37" in unheld["AWS CLI"]
    assert copy_items.of_address(incident_end(), reading, 1) == ()
    with pytest.raises(IndexError):
        copy_items.of_block(incident_end(), reading, 4)


def test_what_hangs_on_a_service_network_has_arns_as_botocore_writes_them() -> None:
    shapes = botocore.loaders.Loader().load_service_model("vpc-lattice", "service-2")["shapes"]
    for row in network_rows(NETWORK):
        result = parts(copy_items.of_network_part(incident_end().scope, NETWORK, row["association_id"]))
        kind = {"service": "Service", "resource": "Resource", "vpc": "Vpc"}[row["kind"]]
        assert re.fullmatch(shapes[f"ServiceNetwork{kind}AssociationArn"]["pattern"], result["ARN"])
    assert copy_items.of_network_part(incident_end().scope, NETWORK, "snsa-1") == ()


def test_a_change_a_problem_a_scope() -> None:
    scope = Scope(ACCOUNT, "eu-west-1", "prod account")
    entry = ChangeEvent(AT, None, ChangeKind.NO_FREE_BLOCK, "no free /28 block left", A, ids=(RESOURCE_A,))
    assert parts(copy_items.of_change(scope, entry))["id"] == A
    assert parts(copy_items.of_change(scope, entry))["sentence"].endswith(f"{A}: no free /28 block left")
    problem = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", "Not allowed.", "Ask for it.")
    assert list(parts(copy_items.of_problem(None, problem))) == ["problem", "next step", "operation", "JSON"]
    result = parts(copy_items.of_scope(scope, {"subnets": 3}))
    assert result["AWS CLI"] == "aws sts get-caller-identity --profile 'prod account' --region eu-west-1"
    assert json.loads(result["JSON"])["subnets"] == 3


def test_hostile_names_stay_one_word_of_the_shell() -> None:
    scope = Scope(ACCOUNT, "us-east-1", "$(reboot); `x`\x1b[2J")
    words = shlex.split(copy_items.aws(scope, "ec2", "describe-subnets"))
    assert words[4] == "$(reboot); `x`[2J"


def commands(snapshot: Snapshot) -> list[str]:
    """Every command for the AWS CLI that can be taken from the incident's end."""
    endpoint, reading = snapshot.endpoints[ENDPOINT], snapshot.subnets[B]
    interface = snapshot.interfaces_by_endpoint[ENDPOINT][0]
    association = snapshot.associations_by_endpoint[ENDPOINT][0]
    takes = [
        copy_items.of_endpoint(snapshot, endpoint),
        copy_items.of_subnet(snapshot, reading),
        copy_items.of_interface(snapshot, interface),
        copy_items.of_association(snapshot, association),
        copy_items.of_block(snapshot, reading, 0),
        copy_items.of_address(snapshot, reading, reading.blocks.cidr_of(0).first + 9),
        copy_items.of_network_part(snapshot.scope, NETWORK, "snra-0123456789abcdef0"),
        copy_items.of_network_part(snapshot.scope, NETWORK, "snsa-0123456789abcdef0"),
        copy_items.of_network_part(snapshot.scope, NETWORK, "snva-0123456789abcdef0"),
        copy_items.of_scope(snapshot.scope, {}),
    ]
    return [text for take in takes for label, text in take if label.startswith("AWS CLI")]


def call(url: str, command: str) -> tuple[str, Any]:
    """Make the call that a command of the AWS CLI makes: the same operation, by the same model of the service."""
    _, service, operation, *options = shlex.split(command)
    client = boto3.client(
        service, "us-east-1", endpoint_url=url, aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret"
    )
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    members = {xform_name(name, "-"): name for name in shape.members}
    options_by_name: dict[str, list[str]] = {}
    for word in options:
        if word.startswith("--"):
            options_by_name[word] = []
        else:
            options_by_name[next(reversed(options_by_name))].append(word)
    assert options_by_name.pop("--region") == ["us-east-1"]
    arguments: dict[str, Any] = {}
    for option, values in options_by_name.items():
        name = members[option.removeprefix("--")]
        value: Any = values if shape.members[name].type_name == "list" else values[0]
        if option == "--filters":
            pairs = dict(pair.split("=") for pair in values[0].split(","))
            value = [{"Name": pairs["Name"], "Values": [pairs["Values"]]}]
        arguments[name] = value
    with closing(client):
        return operation, getattr(client, method)(**arguments)


def test_every_command_is_one_that_aws_knows_and_shows_the_thing() -> None:
    with at_rest("incident") as server:
        answers = [call(server.url, command) for command in commands(incident_end())]
    result = [(operation, json.dumps(answer, default=str)) for operation, answer in answers]
    assert len(result) == 13
    for operation, text in (
        ("describe-vpc-endpoints", ENDPOINT),
        ("describe-vpc-endpoint-associations", "vpce-rsc-asc-06a4438e30d46815f"),
        ("describe-subnets", B),
        ("describe-network-interfaces", RESOURCE_A),
        ("list-service-network-resource-associations", "snra-"),
        ("get-caller-identity", ACCOUNT),
    ):
        assert any(operation == item and text in answer for item, answer in result), operation


def at(url: str) -> Snapshot:
    """The incident's end as it was read from there."""
    return structs.replace(incident_end(), scope=structs.replace(incident_end().scope, endpoint_url=url))


def in_a_shell(command: str, tmp_path: Path) -> str:
    """What a command prints for somebody who has no AWS configuration at all."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")} | {"PATH": path}
    alone = environment | {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    child = start("sh", "-c", command, env=alone, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = child.communicate(timeout=PATIENCE)
    assert child.returncode in (0, 1), err
    return str(out)


@pytest.mark.skipif(not shutil.which("aws"), reason="the AWS CLI is not installed")
def test_the_aws_cli_takes_a_command_as_it_is(tmp_path: Path) -> None:
    association = incident_end().associations_by_endpoint[ENDPOINT][0]
    with at_rest("incident") as server:
        command = parts(copy_items.of_association(at(server.url), association))["AWS CLI"]
        output = in_a_shell(f"{command} --output json", tmp_path)
    assert [item["Id"] for item in json.loads(output)["VpcEndpointAssociations"]] == [association.association_id]


@pytest.mark.skipif(not shutil.which("aws"), reason="the AWS CLI is not installed")
def test_what_would_create_an_endpoint_creates_it_in_a_simulated_account(tmp_path: Path) -> None:
    with at_rest("incident") as server:
        command = create_endpoint(at(server.url).scope, incident_end().subnets[B].subnet.vpc_id, [B], NETWORK_ARN)
        created = json.loads(in_a_shell(f"{command} --output json", tmp_path))["VpcEndpoint"]
        assert created["VpcEndpointId"] in server.call(lambda account: account.region("us-east-1").endpoints)


def test_the_commands_for_latticetop_itself_are_its_own(tmp_path: Path) -> None:
    with at_rest("incident") as server:
        there = at(server.url)
        output = in_a_shell(parts(subnet_take(there))["latticetop"], tmp_path)
        assert A in output
        output = in_a_shell(parts(copy_items.of_endpoint(there, there.endpoints[ENDPOINT]))["latticetop"], tmp_path)
        assert ENDPOINT in output


def described_interfaces(*items: CopyItems) -> list[str]:
    """The commands that describe ENIs, one of each row."""
    return [next(item.text for item in row if "describe-network-interfaces" in item.text) for row in items]


@pytest.mark.parametrize(
    ("operator", "unaccounted", "wide", "narrow"),
    [("", 0, False, False), ("eks.amazonaws.com", 0, True, True), ("", 1, True, False)],
)
def test_a_command_that_would_hide_what_it_shows_asks_for_managed_resources(
    operator: str, unaccounted: int, wide: bool, narrow: bool
) -> None:
    """Only then: older versions of the AWS CLI do not know the option."""
    interface = structs.replace(builders.eni("eni-1", builders.A, "10.0.0.17"), operator=operator)
    where = builders.reading(builders.A, "10.0.0.0/26", interface, unaccounted=unaccounted)
    scene, unused = builders.snapshot(where), parse_address("10.0.0.18")
    by_subnet = described_interfaces(copy_items.of_subnet(scene, where), copy_items.of_address(scene, where, unused))
    by_id = described_interfaces(
        copy_items.of_block(scene, where, 1),
        copy_items.of_interface(scene, interface),
        copy_items.of_address(scene, where, interface.addresses[0]),
    )
    assert {"--include-managed-resources" in text for text in by_subnet} == {wide}
    assert {"--include-managed-resources" in text for text in by_id} == {narrow}
