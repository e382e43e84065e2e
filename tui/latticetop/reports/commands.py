"""AWS CLI commands and Terraform that carry out a plan. latticetop itself runs none of them."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import msgspec

from latticetop.model.records.text import clean
from latticetop.reports import cli_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latticetop.model.records.address import Cidr
    from latticetop.model.snapshot import Scope

NETWORK_VARIABLE = "SERVICE_NETWORK_ARN"
"""The shell variable for the ARN of a service network that is unknown."""


def create_endpoint(
    scope: Scope, vpc_id: str, subnet_ids: Sequence[str], network_arn: str = "", group_ids: Sequence[str] = ()
) -> str:
    """Return `aws ec2 create-vpc-endpoint` for a service network.

    Without `group_ids`, AWS uses the default security group of the VPC.
    """
    network = _quoted(network_arn) if network_arn else f'"${NETWORK_VARIABLE}"'
    options = [
        "--vpc-endpoint-type ServiceNetwork",
        f"--vpc-id {_quoted(vpc_id)}",
        f"--service-network-arn {network}",
        f"--subnet-ids {' '.join(map(_quoted, subnet_ids))}",
    ]
    if group_ids:
        options.append(f"--security-group-ids {' '.join(map(_quoted, group_ids))}")
    return _command("create-vpc-endpoint", scope, options)


def create_reservation(scope: Scope, subnet_id: str, cidr: Cidr) -> str:
    """Return `aws ec2 create-subnet-cidr-reservation` for a reservation of type `prefix`."""
    return _command(
        "create-subnet-cidr-reservation",
        scope,
        [f"--subnet-id {_quoted(subnet_id)}", f"--cidr {cidr}", "--reservation-type prefix"],
    )


def terraform(
    vpc_id: str,
    subnet_ids: Sequence[str],
    network_arn: str = "",
    group_ids: Sequence[str] = (),
    reserved: Iterable[tuple[str, Cidr]] = (),
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
    if names:
        values["depends_on"] = f"[{', '.join(names)}]"
    return "\n".join([*blocks, _block("aws_vpc_endpoint", "service_network", values)])


def _command(name: str, scope: Scope, options: Iterable[str]) -> str:
    scope_options = [f"{option} {_quoted(value)}" for option, value in cli_options.aws_options(scope).items()]
    return " \\\n  ".join([" ".join([*cli_options.environment(scope), "aws", "ec2", name]), *scope_options, *options])


def _block(kind: str, name: str, values: dict[str, str]) -> str:
    width = max(map(len, values))
    lines = "".join(f"  {key:<{width}} = {value}\n" for key, value in values.items())
    return f'resource "{kind}" "{name}" {{\n{lines}}}\n'


def _name(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z_]+", "_", text)


def _quoted(text: str) -> str:
    return shlex.quote(clean(text))


def _hcl(text: str) -> str:
    """Write a string in HCL, where `${` and `%{` start a template unless escaped."""
    return msgspec.json.encode(clean(text)).decode().replace("${", "$${").replace("%{", "%%{")
