"""What can be taken of a thing on screen: its id, its ARN, the row as JSON, the commands that show the same.

The commands only read. A part that is not known is left out; the first part is what one key copies.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.text import clean, resource_name
from latticetop.reports import cli_options as reach
from latticetop.reports.arns import arn_of
from latticetop.reports.changes import change_row
from latticetop.reports.rows import (
    address_rows,
    association_row,
    block_row,
    endpoint_row,
    holder_of,
    interface_row,
    network_rows,
    problem_row,
    scope_row,
    subnet_row,
)
from latticetop.reports.table_text import row_as_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.history.events import Entry
    from latticetop.model.records.lattice import ServiceNetwork
    from latticetop.model.records.problem import Problem
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
    from latticetop.reports.rows import Row

OWN = "latticetop"


class CopyItem(NamedTuple):
    """One thing to take: what it is, and its text."""

    label: str
    text: str


CopyItems = tuple[CopyItem, ...]
"""What there is to take of a thing, the best first; empty when there is nothing."""


def of_subnet(snapshot: Snapshot, reading: SubnetReading) -> CopyItems:
    """A subnet."""
    scope, subnet = snapshot.scope, reading.subnet
    return _take(
        ("id", subnet.subnet_id),
        ("ARN", arn_of(subnet.subnet_id, scope.region, subnet.owner_id or scope.account_id)),
        ("CIDR", str(subnet.cidr_block or "")),
        ("name", subnet.name),
        ("VPC", subnet.vpc_id),
        ("JSON", row_as_json(subnet_row(snapshot, reading))),
        (_cli(scope), aws(scope, "ec2", "describe-subnets", "--subnet-ids", subnet.subnet_id)),
        (f"{_cli(scope)}, interfaces", _interfaces_where(scope, f"subnet-id,Values={subnet.subnet_id}")),
        (OWN, latticetop(scope, "plan", "--subnet-ids", subnet.subnet_id)),
    )


def of_endpoint(snapshot: Snapshot, endpoint: Endpoint) -> CopyItems:
    """A VPC endpoint."""
    scope, endpoint_id = snapshot.scope, endpoint.vpc_endpoint_id
    return _take(
        ("id", endpoint_id),
        ("ARN", arn_of(endpoint_id, scope.region, endpoint.owner_id or scope.account_id)),
        ("name", endpoint.name),
        ("service network ARN", endpoint.service_network_arn),
        ("resource ARN", endpoint.resource_configuration_arn),
        ("JSON", row_as_json(endpoint_row(snapshot, endpoint))),
        (_cli(scope), aws(scope, "ec2", "describe-vpc-endpoints", "--vpc-endpoint-ids", endpoint_id)),
        (
            f"{_cli(scope)}, associations",
            aws(scope, "ec2", "describe-vpc-endpoint-associations", "--vpc-endpoint-ids", endpoint_id),
        ),
        (OWN, latticetop(scope, "explain", endpoint_id)),
    )


def of_interface(snapshot: Snapshot, interface: NetworkInterface) -> CopyItems:
    """An ENI."""
    scope, interface_id = snapshot.scope, interface.network_interface_id
    return _take(
        ("id", interface_id),
        ("ARN", arn_of(interface_id, scope.region, interface.owner_id or scope.account_id)),
        ("address", format_address(interface.addresses[0]) if interface.addresses else ""),
        ("CIDR", " ".join(map(str, interface.prefixes))),
        ("owner", str(owner_of(interface))),
        ("subnet", interface.subnet_id),
        ("description", interface.description),
        ("JSON", row_as_json(interface_row(snapshot, interface))),
        (_cli(scope), _interfaces(scope, [interface_id])),
    )


def of_association(snapshot: Snapshot, association: Association) -> CopyItems:
    """An association of an endpoint; EC2 gives it no ARN of its own."""
    scope, found = snapshot.scope, f"Name=association-id,Values={association.association_id}"
    return _take(
        ("id", association.association_id),
        ("resource ARN", association.resource_arn),
        ("DNS name", association.dns_name),
        ("private DNS name", association.private_dns_name),
        ("service network ARN", association.service_network_arn),
        ("endpoint", association.vpc_endpoint_id),
        ("JSON", row_as_json(association_row(snapshot, association))),
        (
            _cli(scope),
            aws(
                scope,
                "ec2",
                "describe-vpc-endpoint-associations",
                "--vpc-endpoint-ids",
                association.vpc_endpoint_id,
                "--filters",
                found,
            ),
        ),
    )


def of_block(snapshot: Snapshot, reading: SubnetReading, index: int) -> CopyItems:
    """A block of a subnet; IndexError when the subnet has no such block."""
    block, scope = reading.blocks.block(index), snapshot.scope
    row = block_row(reading, block)
    ids = row["network_interface_ids"]
    return _take(
        ("CIDR", str(block.cidr)),
        ("state", f"{block.cidr}: {row['reason']}"),
        ("interfaces", " ".join(ids)),
        ("subnet", reading.subnet.subnet_id),
        ("JSON", row_as_json(row)),
        (_cli(scope), _interfaces(scope, ids) if ids else ""),
        (
            f"{_cli(scope)}, reservations",
            aws(scope, "ec2", "get-subnet-cidr-reservations", "--subnet-id", reading.subnet.subnet_id),
        ),
    )


def of_address(snapshot: Snapshot, reading: SubnetReading, address: int) -> CopyItems:
    """An address of a subnet; empty when no block holds it."""
    if (index := reading.blocks.index_of(address)) is None:
        return ()
    block, scope = reading.blocks.block(index), snapshot.scope
    row = next(row for row in address_rows(reading, block) if row["private_ip_address"] == format_address(address))
    holder = holder_of(block, address)
    unheld = _interfaces_where(scope, f"addresses.private-ip-address,Values={format_address(address)}")
    return _take(
        ("address", format_address(address)),
        ("interface", holder.network_interface_id if holder else ""),
        ("owner", row["owner"] or ""),
        ("CIDR", str(block.cidr)),
        ("subnet", reading.subnet.subnet_id),
        ("JSON", row_as_json(row)),
        (_cli(scope), _interfaces(scope, [holder.network_interface_id]) if holder else unheld),
    )


_LISTS = {
    "service": "list-service-network-service-associations",
    "resource": "list-service-network-resource-associations",
    "vpc": "list-service-network-vpc-associations",
    "endpoint": "list-service-network-vpc-endpoint-associations",
}


def of_network_part(scope: Scope, network: ServiceNetwork, association_id: str) -> CopyItems:
    """Something that hangs on a service network, by the id of its association; empty when it is not there."""
    row = next((row for row in network_rows(network) if row["association_id"] == association_id), None)
    if row is None:
        return ()
    things = [(key.removesuffix("_id").replace("_", " "), value) for key, value in row.items() if key.endswith("_id")]
    arns = [(f"{row['kind']} ARN", row[key]) for key in ("service_arn", "resource_configuration_arn") if key in row]
    of_network = ("--service-network-identifier", network.service_network_id or resource_name(network.arn))
    return _take(
        ("id", association_id),
        ("ARN", arn_of(association_id, scope.region, scope.account_id)),
        *((label, value) for label, value in things if label != "association"),
        *arns,
        ("DNS name", row.get("dns_name", "")),
        ("service network ARN", network.arn),
        ("JSON", row_as_json(row)),
        (_cli(scope), aws(scope, "vpc-lattice", _LISTS[row["kind"]], *of_network)),
    )


def of_scope(scope: Scope, row: Row) -> CopyItems:
    """A scope; the row is what the screen shows of it."""
    return _take(
        ("account", scope.account_id),
        ("Region", scope.region),
        ("profile", scope.profile),
        ("JSON", row_as_json(scope_row(scope) | row)),
        (_cli(scope), aws(scope, "sts", "get-caller-identity")),
        (OWN, latticetop(scope)),
    )


def of_change(scope: Scope, entry: Entry) -> CopyItems:
    """A change: first the id of the subnet or the endpoint where it is."""
    return _take(
        ("id", entry.subnet_id or entry.vpc_endpoint_id),
        ("endpoint", entry.vpc_endpoint_id if entry.subnet_id else ""),
        ("ids", " ".join(entry.ids)),
        ("sentence", f"{entry.at:%Y-%m-%dT%H:%M:%SZ} {entry.subnet_id or entry.vpc_endpoint_id}: {entry.what}"),
        ("JSON", row_as_json(change_row(scope, entry))),
    )


def of_problem(scope: Scope | None, problem: Problem) -> CopyItems:
    """A problem: first the sentence that tells of it."""
    return _take(
        ("problem", problem.message),
        ("next step", problem.next_step),
        ("operation", problem.operation),
        ("JSON", row_as_json(problem_row(scope, problem))),
    )


def _cli(scope: Scope) -> str:
    return "AWS CLI as the role" if scope.role else "AWS CLI"


def aws(scope: Scope, service: str, operation: str, *options: str) -> str:
    """A command of the AWS CLI in the scope, ready for a POSIX shell."""
    return _line(*reach.environment(scope), "aws", service, operation, *options, *_words(reach.aws_options(scope)))


def latticetop(scope: Scope, *arguments: str) -> str:
    """A command of latticetop in the scope, ready for a POSIX shell."""
    return _line(*reach.environment(scope), "latticetop", *arguments, *_words(reach.latticetop_options(scope)))


def _words(options: dict[str, str]) -> list[str]:
    return [word for pair in options.items() for word in pair]


def _interfaces(scope: Scope, ids: Iterable[str]) -> str:
    return aws(scope, "ec2", "describe-network-interfaces", "--network-interface-ids", *ids)


def _interfaces_where(scope: Scope, found: str) -> str:
    return aws(scope, "ec2", "describe-network-interfaces", "--filters", f"Name={found}")


def _line(*words: str) -> str:
    return shlex.join(map(clean, words))


def _take(*parts: tuple[str, str]) -> CopyItems:
    return tuple(CopyItem(label, text if label == "JSON" else clean(text)) for label, text in parts if clean(text))
