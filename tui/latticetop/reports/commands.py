"""AWS CLI commands and Terraform that carry out a plan or a remedy. latticetop itself runs none of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from latticetop.model.endpoints.recreation import StepKind
from latticetop.model.records.text import begin_upper, clean
from latticetop.reports.cli_options import aws_command, quoted
from latticetop.reports.removal_commands import (
    delete_endpoint,
    removal_commands,
    wait_for_endpoint,
    wait_for_removal,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latticetop.model.endpoints.recreation import Step
    from latticetop.model.records.address import Cidr
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Scope

NETWORK_VARIABLE = "SERVICE_NETWORK_ARN"
"""The shell variable for the ARN of a service network that is unknown."""


def step_commands(scope: Scope, endpoint: Endpoint, step: Step) -> list[str]:
    """Return the commands for one step of a remedy for an endpoint, ended by a loop until it is done; or none."""
    match step.kind:
        case StepKind.READ:
            return []
        case StepKind.RESERVE:
            return [create_reservation(scope, step.subnet_ids[0], cidr) for cidr in step.ranges]
        case StepKind.FREE:
            removal = step.removal
            return [*removal_commands(scope, removal), *wait_for_removal(scope, removal)] if removal else []
        case StepKind.DELETE_ENDPOINT:
            return [delete_endpoint(scope, step.endpoint_id), wait_for_endpoint(scope, step.endpoint_id)]
        case StepKind.CREATE_ENDPOINT:
            return [
                create_endpoint(
                    scope,
                    endpoint.vpc_id,
                    step.subnet_ids,
                    endpoint.service_network_arn,
                    endpoint.security_group_ids,
                    endpoint.ip_address_type.lower(),
                )
            ]
        case StepKind.ASSOCIATE_VPC:
            return [associate_vpc(scope, endpoint.vpc_id, endpoint.service_network_arn)]


def shell_lines(steps: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Yield the lines of a script for steps (a text and its commands).

    Of several steps each has a comment: what no command is known for is not left out.
    """
    for number, (text, commands) in enumerate(steps, 1):
        if len(steps) > 1:
            yield f"# {number}. {begin_upper(text)}"
        for command in commands:
            yield from command.split("\n")


def create_endpoint(
    scope: Scope,
    vpc_id: str,
    subnet_ids: Sequence[str],
    network_arn: str = "",
    group_ids: Sequence[str] = (),
    ip_address_type: str = "",
) -> str:
    """Return `aws ec2 create-vpc-endpoint` for a service network.

    Without `group_ids`, AWS uses the default security group of the VPC; without `ip_address_type`, its own default.
    """
    options = [
        "--vpc-endpoint-type ServiceNetwork",
        f"--vpc-id {quoted(vpc_id)}",
        f"--service-network-arn {_network(network_arn)}",
        f"--subnet-ids {' '.join(map(quoted, subnet_ids))}",
    ]
    if group_ids:
        options.append(f"--security-group-ids {' '.join(map(quoted, group_ids))}")
    if ip_address_type:
        options.append(f"--ip-address-type {quoted(ip_address_type)}")
    return aws_command(scope, "ec2", "create-vpc-endpoint", options)


def create_reservation(scope: Scope, subnet_id: str, cidr: Cidr) -> str:
    """Return `aws ec2 create-subnet-cidr-reservation` for a reservation of type `prefix`."""
    options = [f"--subnet-id {quoted(subnet_id)}", f"--cidr {cidr}", "--reservation-type prefix"]
    return aws_command(scope, "ec2", "create-subnet-cidr-reservation", options)


def associate_vpc(scope: Scope, vpc_id: str, network_arn: str = "") -> str:
    """Return `aws vpc-lattice create-service-network-vpc-association`."""
    options = [f"--service-network-identifier {_network(network_arn)}", f"--vpc-identifier {quoted(vpc_id)}"]
    return aws_command(scope, "vpc-lattice", "create-service-network-vpc-association", options)


def terraform(
    vpc_id: str,
    subnet_ids: Sequence[str],
    network_arn: str = "",
    group_ids: Sequence[str] = (),
    reserved: Iterable[tuple[str, Cidr]] = (),
    ip_address_type: str = "",
) -> str:
    """Return an `aws_vpc_endpoint` block, after one block for each reservation (subnet id and CIDR) in `reserved`."""
    blocks, names = [], []
    for subnet_id, cidr in reserved:
        names.append(f"aws_ec2_subnet_cidr_reservation.{_name(f'endpoints-{cidr}')}")
        values = {"subnet_id": _hcl(subnet_id), "cidr_block": _hcl(str(cidr)), "reservation_type": _hcl("prefix")}
        blocks.append(_block("aws_ec2_subnet_cidr_reservation", _name(f"endpoints-{cidr}"), values))
    values = {
        "vpc_endpoint_type": _hcl("ServiceNetwork"),
        "vpc_id": _hcl(vpc_id),
        "service_network_arn": _hcl(network_arn) if network_arn else f"var.{NETWORK_VARIABLE.lower()}",
        "subnet_ids": f"[{', '.join(map(_hcl, subnet_ids))}]",
    }
    if group_ids:
        values["security_group_ids"] = f"[{', '.join(map(_hcl, group_ids))}]"
    if ip_address_type:
        values["ip_address_type"] = _hcl(ip_address_type)
    if names:
        values["depends_on"] = f"[{', '.join(names)}]"
    return "\n".join([*blocks, _block("aws_vpc_endpoint", "service_network", values)])


def _network(network_arn: str) -> str:
    return quoted(network_arn) if network_arn else f'"${NETWORK_VARIABLE}"'


def _block(kind: str, name: str, values: dict[str, str]) -> str:
    width = max(map(len, values))
    lines = "".join(f"  {key:<{width}} = {value}\n" for key, value in values.items())
    return f'resource "{kind}" "{name}" {{\n{lines}}}\n'


def _name(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z_]+", "_", text)


def _hcl(text: str) -> str:
    """Write a string in HCL, where `${` and `%{` start a template unless escaped."""
    return msgspec.json.encode(clean(text)).decode().replace("${", "$${").replace("%{", "%%{")
