"""The AWS CLI commands and the Terraform of a plan."""

from __future__ import annotations

import shlex

from msgspec import structs

from latticetop.model.endpoints.remedies import RemedyKind, remedies_for
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.lattice import Lattice
from latticetop.model.snapshot import Scope
from latticetop.reports.commands import create_endpoint, create_reservation, step_commands, terraform
from tests.model.builders import ENDPOINT, VPC, A, B, incident
from tests.reports.test_plan import NETWORK


def test_commands_quote_what_comes_from_outside() -> None:
    scope = Scope("123456789012", "us-east-1", "pro d; rm -rf /")
    split = shlex.split(create_endpoint(scope, VPC, [A, B], "arn:$(x)\x1b[2J", ["sg-1"]).replace("\\\n", ""))
    assert split[3:7] == ["--profile", "pro d; rm -rf /", "--region", "us-east-1"]
    assert split[split.index("--service-network-arn") + 1] == "arn:$(x)[2J"
    assert split[-2:] == ["--security-group-ids", "sg-1"]
    assert "--cidr 10.0.0.16/28" in create_reservation(scope, A, parse_cidr("10.0.0.16/28"))
    assert '"$${x}%%{y}\\"\\\\"' in terraform(VPC, [A], '${x}%{y}"\\')


def test_terraform_waits_for_the_reservations() -> None:
    assert (
        terraform(VPC, [A], NETWORK, ["sg-1"], [(A, parse_cidr("10.0.0.16/28"))])
        == f"""\
resource "aws_ec2_subnet_cidr_reservation" "endpoints_10_0_0_16_28" {{
  subnet_id        = "{A}"
  cidr_block       = "10.0.0.16/28"
  reservation_type = "prefix"
}}

resource "aws_vpc_endpoint" "service_network" {{
  vpc_endpoint_type   = "ServiceNetwork"
  vpc_id              = "{VPC}"
  service_network_arn = "{NETWORK}"
  subnet_ids          = ["{A}"]
  security_group_ids  = ["sg-1"]
  depends_on          = [aws_ec2_subnet_cidr_reservation.endpoints_10_0_0_16_28]
}}
"""
    )


def test_terraform_has_the_address_type_unless_it_is_the_default() -> None:
    assert 'ip_address_type     = "dualstack"' in terraform(VPC, [A], NETWORK, ip_address_type="dualstack")
    assert "ip_address_type" not in terraform(VPC, [A], NETWORK)


def _until_none(operation: str, name: str, query: str) -> str:
    options = f"--region us-east-1 --filters Name={name} --query {query} --output text"
    return f'until [ "$(aws ec2 {operation} {options})" = 0 ]; do sleep 10; done'


def test_each_step_of_a_remedy_has_its_commands() -> None:
    scene = structs.replace(incident(), lattice=Lattice(vpc_associations={VPC: ()}))
    failed = structs.replace(
        scene.endpoints[ENDPOINT], service_network_arn=NETWORK, security_group_ids=("sg-1", "sg-2")
    )
    by_kind = {remedy.kind: remedy for remedy in remedies_for(scene, failed)}
    steps = by_kind[RemedyKind.DELETE_FIRST].steps
    lines = [
        " ".join(text.replace("\\\n", "").split())
        for step in steps
        for text in step_commands(scene.scope, failed, step)
    ]
    reserve = "aws ec2 create-subnet-cidr-reservation --region us-east-1 --subnet-id"
    assert lines == [
        *(f"{reserve} {A} --cidr {cidr} --reservation-type prefix" for cidr in ("10.10.10.16/28", "10.10.10.32/28")),
        *(f"{reserve} {B} --cidr {cidr} --reservation-type prefix" for cidr in ("10.10.10.80/28", "10.10.10.96/28")),
        "aws ec2 terminate-instances --region us-east-1 --instance-ids i-0ae4b4d9c4e67eef0",
        _until_none(
            "describe-network-interfaces",
            "network-interface-id,Values=eni-0aaaaaaaaaaaaaaa2",
            "'length(NetworkInterfaces)'",
        ),
        f"aws ec2 delete-vpc-endpoints --region us-east-1 --vpc-endpoint-ids {ENDPOINT}",
        _until_none(
            "describe-vpc-endpoints",
            f"vpc-endpoint-id,Values={ENDPOINT}",
            "\"length(VpcEndpoints[?State!='deleted' && State!='Deleted'])\"",
        ),
        (
            f"aws ec2 create-vpc-endpoint --region us-east-1 --vpc-endpoint-type ServiceNetwork --vpc-id {VPC} "
            f"--service-network-arn {NETWORK} --subnet-ids {A} {B} --security-group-ids sg-1 sg-2 "
            "--ip-address-type ipv4"
        ),
    ]
    (association,) = by_kind[RemedyKind.VPC_ASSOCIATION].steps
    (command,) = step_commands(scene.scope, failed, association)
    assert shlex.split(command.replace("\\\n", "")) == [
        *("aws", "vpc-lattice", "create-service-network-vpc-association", "--region", "us-east-1"),
        *("--service-network-identifier", NETWORK, "--vpc-identifier", VPC),
    ]
