"""The AWS CLI commands and the Terraform of a plan."""

from __future__ import annotations

import shlex

from latticetop.model.records.address import parse_cidr
from latticetop.model.snapshot import Scope
from latticetop.reports.commands import create_endpoint, create_reservation, terraform
from tests.model.builders import VPC, A, B
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
