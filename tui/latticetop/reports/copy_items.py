"""Copy items: the texts that can be copied from a row on screen, such as its id, ARN, JSON, and commands that show it.

The commands only read. Items without a text are left out. The first item is what the copy key copies.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria
from latticetop.model.capacity.owner_ranking import owner_ranking
from latticetop.model.endpoints.endpoint_evidence import failed_endpoints
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.text import clean, resource_name
from latticetop.reports import cli_options
from latticetop.reports.arns import arn_of
from latticetop.reports.changes import change_row
from latticetop.reports.json_text import timestamp
from latticetop.reports.rows import (
    address_rows,
    association_row,
    block_row,
    endpoint_row,
    holder_of,
    interface_row,
    network_rows,
    owner_row,
    problem_row,
    scope_row,
    subnet_row,
)
from latticetop.reports.table_text import row_as_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from latticetop.model.capacity.owner_ranking import RankedOwner
    from latticetop.model.history.change_events import ChangeEvent
    from latticetop.model.records.lattice import ServiceNetwork
    from latticetop.model.records.problem import Problem
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
    from latticetop.reports.rows import Row

_INCLUDE_MANAGED = "--include-managed-resources"
_COMMAND = "latticetop"
"""Label of a command of latticetop."""


class CopyItem(NamedTuple):
    """One text to copy, with the label that the menu shows."""

    label: str
    text: str


CopyItems = tuple[CopyItem, ...]
"""The items of a row, most useful first; empty if there are none."""


def of_subnet(snapshot: Snapshot, reading: SubnetReading, criteria: Criteria = DEFAULT_CRITERIA) -> CopyItems:
    """Return the copy items of a subnet."""
    scope, subnet = snapshot.scope, reading.subnet
    return _items(
        ("id", subnet.subnet_id),
        ("ARN", arn_of(subnet.subnet_id, scope.region, subnet.owner_id or scope.account_id)),
        ("CIDR", str(subnet.cidr_block or "")),
        ("name", subnet.name),
        ("VPC", subnet.vpc_id),
        ("JSON", row_as_json(subnet_row(snapshot, reading, criteria))),
        (_aws_label(scope), aws(scope, "ec2", "describe-subnets", "--subnet-ids", subnet.subnet_id)),
        (f"{_aws_label(scope)}, interfaces", _find_interfaces(scope, reading, f"subnet-id,Values={subnet.subnet_id}")),
        (_COMMAND, latticetop(scope, "plan", "--subnet-ids", subnet.subnet_id)),
    )


def of_endpoint(snapshot: Snapshot, endpoint: Endpoint, criteria: Criteria = DEFAULT_CRITERIA) -> CopyItems:
    """Return the copy items of a VPC endpoint."""
    scope, endpoint_id = snapshot.scope, endpoint.vpc_endpoint_id
    return _items(
        ("id", endpoint_id),
        ("ARN", arn_of(endpoint_id, scope.region, endpoint.owner_id or scope.account_id)),
        ("name", endpoint.name),
        ("service network ARN", endpoint.service_network_arn),
        ("resource ARN", endpoint.resource_configuration_arn),
        ("JSON", row_as_json(endpoint_row(snapshot, endpoint, criteria))),
        (_aws_label(scope), aws(scope, "ec2", "describe-vpc-endpoints", "--vpc-endpoint-ids", endpoint_id)),
        (
            f"{_aws_label(scope)}, associations",
            aws(scope, "ec2", "describe-vpc-endpoint-associations", "--vpc-endpoint-ids", endpoint_id),
        ),
        (_COMMAND, latticetop(scope, "explain", endpoint_id)),
    )


def of_interface(snapshot: Snapshot, interface: NetworkInterface) -> CopyItems:
    """Return the copy items of an ENI."""
    scope, interface_id = snapshot.scope, interface.network_interface_id
    return _items(
        ("id", interface_id),
        ("ARN", arn_of(interface_id, scope.region, interface.owner_id or scope.account_id)),
        ("address", format_address(interface.addresses[0]) if interface.addresses else ""),
        ("CIDR", " ".join(map(str, interface.prefixes))),
        ("owner", str(owner_of(interface))),
        ("subnet", interface.subnet_id),
        ("description", interface.description),
        ("JSON", row_as_json(interface_row(snapshot, interface))),
        (_aws_label(scope), _describe_interfaces(scope, [interface])),
    )


def of_association(snapshot: Snapshot, association: Association) -> CopyItems:
    """Return the copy items of an association of an endpoint, which has no ARN of its own in EC2."""
    scope, name_filter = snapshot.scope, f"Name=association-id,Values={association.association_id}"
    return _items(
        ("id", association.association_id),
        ("resource ARN", association.resource_arn),
        ("DNS name", association.dns_name),
        ("private DNS name", association.private_dns_name),
        ("service network ARN", association.service_network_arn),
        ("endpoint", association.vpc_endpoint_id),
        ("JSON", row_as_json(association_row(snapshot, association))),
        (
            _aws_label(scope),
            aws(
                scope,
                "ec2",
                "describe-vpc-endpoint-associations",
                "--vpc-endpoint-ids",
                association.vpc_endpoint_id,
                "--filters",
                name_filter,
            ),
        ),
    )


def of_block(snapshot: Snapshot, reading: SubnetReading, index: int) -> CopyItems:
    """Return the copy items of the block at an index of a subnet; IndexError if there is none."""
    block, scope = reading.blocks.block(index), snapshot.scope
    row = block_row(reading, block)
    used = [use.interface for use in block.prefixes] + [use.interface for use in block.uses]
    interfaces = {interface.network_interface_id: interface for interface in used}
    return _items(
        ("CIDR", str(block.cidr)),
        ("state", f"{block.cidr}: {row['reason']}"),
        ("interfaces", " ".join(interfaces)),
        ("subnet", reading.subnet.subnet_id),
        ("JSON", row_as_json(row)),
        (_aws_label(scope), _describe_interfaces(scope, interfaces.values()) if interfaces else ""),
        (
            f"{_aws_label(scope)}, reservations",
            aws(scope, "ec2", "get-subnet-cidr-reservations", "--subnet-id", reading.subnet.subnet_id),
        ),
    )


def of_owners(snapshot: Snapshot, reading: SubnetReading, owners: Sequence[RankedOwner]) -> CopyItems:
    """Return the copy items of owners in a subnet, first the ids that make them go: of instances, else of ENIs.

    What to do is among them if these owners together free a block.
    """
    interfaces = [interface for owner in owners for interface in owner.interfaces]
    targets = [target for owner in owners for target in owner.targets]
    freed = owner_ranking(reading.blocks, failed_endpoints(snapshot)).freed_without(owners)
    actions = [removal.action for owner in owners for removal in owner.removals] if freed else []
    return _items(
        ("ids", " ".join(identifier for owner in owners for identifier in owner.ids)),
        ("interfaces", " ".join(interface.network_interface_id for interface in interfaces)),
        ("what to do", "; ".join(actions)),
        ("subnet", reading.subnet.subnet_id),
        ("JSON", "\n".join(row_as_json(owner_row(snapshot, reading, owner)) for owner in owners)),
        (_aws_label(snapshot.scope), _describe_interfaces(snapshot.scope, interfaces)),
        (
            _COMMAND,
            latticetop(snapshot.scope, "plan", "--subnet-ids", reading.subnet.subnet_id, "--without", *targets),
        ),
    )


def of_address(snapshot: Snapshot, reading: SubnetReading, address: int) -> CopyItems:
    """Return the copy items of an IPv4 address (as an integer) of a subnet; empty if it is in no block."""
    if (index := reading.blocks.index_of(address)) is None:
        return ()
    block, scope = reading.blocks.block(index), snapshot.scope
    row = next(row for row in address_rows(reading, block) if row["private_ip_address"] == format_address(address))
    holder = holder_of(block, address)
    by_address = _find_interfaces(scope, reading, f"addresses.private-ip-address,Values={format_address(address)}")
    return _items(
        ("address", format_address(address)),
        ("interface", holder.network_interface_id if holder else ""),
        ("owner", row["owner"] or ""),
        ("CIDR", str(block.cidr)),
        ("subnet", reading.subnet.subnet_id),
        ("JSON", row_as_json(row)),
        (_aws_label(scope), _describe_interfaces(scope, [holder]) if holder else by_address),
    )


_LIST_OPERATIONS = {
    "service": "list-service-network-service-associations",
    "resource": "list-service-network-resource-associations",
    "vpc": "list-service-network-vpc-associations",
    "endpoint": "list-service-network-vpc-endpoint-associations",
}


def of_network_part(scope: Scope, network: ServiceNetwork, association_id: str) -> CopyItems:
    """Return the copy items of an association of a service network, by its id; empty if it does not exist."""
    row = next((row for row in network_rows(network) if row["association_id"] == association_id), None)
    if row is None:
        return ()
    ids = [(key.removesuffix("_id").replace("_", " "), value) for key, value in row.items() if key.endswith("_id")]
    arns = [(f"{row['kind']} ARN", row[key]) for key in ("service_arn", "resource_configuration_arn") if key in row]
    network_option = ("--service-network-identifier", network.service_network_id or resource_name(network.arn))
    return _items(
        ("id", association_id),
        ("ARN", arn_of(association_id, scope.region, scope.account_id)),
        *((label, value) for label, value in ids if label != "association"),
        *arns,
        ("DNS name", row.get("dns_name", "")),
        ("service network ARN", network.arn),
        ("JSON", row_as_json(row)),
        (_aws_label(scope), aws(scope, "vpc-lattice", _LIST_OPERATIONS[row["kind"]], *network_option)),
    )


def of_scope(scope: Scope, row: Row) -> CopyItems:
    """Return the copy items of a scope, whose row on screen is `row`."""
    return _items(
        ("account", scope.account_id),
        ("Region", scope.region),
        ("profile", scope.profile),
        ("JSON", row_as_json(scope_row(scope) | row)),
        (_aws_label(scope), aws(scope, "sts", "get-caller-identity")),
        (_COMMAND, latticetop(scope)),
    )


def of_change(scope: Scope, change: ChangeEvent) -> CopyItems:
    """Return the copy items of a change, first the id of its subnet or endpoint."""
    return _items(
        ("id", change.subnet_id or change.vpc_endpoint_id),
        ("endpoint", change.vpc_endpoint_id if change.subnet_id else ""),
        ("ids", " ".join(change.ids)),
        ("sentence", f"{timestamp(change.at)} {change.subnet_id or change.vpc_endpoint_id}: {change.message}"),
        ("JSON", row_as_json(change_row(scope, change))),
    )


def of_problem(scope: Scope | None, problem: Problem) -> CopyItems:
    """Return the copy items of a problem, first its message."""
    return _items(
        ("problem", problem.message),
        ("next step", problem.next_step),
        ("operation", problem.operation),
        ("JSON", row_as_json(problem_row(scope, problem))),
    )


def _aws_label(scope: Scope) -> str:
    return "AWS CLI as the role" if scope.role else "AWS CLI"


def aws(scope: Scope, service: str, operation: str, *options: str) -> str:
    """Return a command of the AWS CLI for the scope, quoted for a POSIX shell."""
    return _quote(
        *cli_options.environment(scope), "aws", service, operation, *options, *_words(cli_options.aws_options(scope))
    )


def latticetop(scope: Scope, *arguments: str) -> str:
    """Return a command of latticetop for the scope, quoted for a POSIX shell."""
    return _quote(
        *cli_options.environment(scope), "latticetop", *arguments, *_words(cli_options.latticetop_options(scope))
    )


def _words(options: dict[str, str]) -> list[str]:
    return [word for pair in options.items() for word in pair]


def _describe_interfaces(scope: Scope, interfaces: Collection[NetworkInterface]) -> str:
    ids = [interface.network_interface_id for interface in interfaces]
    return aws(scope, "ec2", "describe-network-interfaces", *_managed(interfaces), "--network-interface-ids", *ids)


def _find_interfaces(scope: Scope, reading: SubnetReading, name_and_values: str) -> str:
    managed = (_INCLUDE_MANAGED,) if reading.unaccounted else _managed(reading.interfaces)
    return aws(scope, "ec2", "describe-network-interfaces", *managed, "--filters", f"Name={name_and_values}")


def _managed(interfaces: Iterable[NetworkInterface]) -> tuple[str, ...]:
    """The option without which EC2 may hide ENIs of other services: only where there are some.

    Versions of the AWS CLI before 2026 do not know it.
    """
    return (_INCLUDE_MANAGED,) if any(interface.operator for interface in interfaces) else ()


def _quote(*words: str) -> str:
    return shlex.join(map(clean, words))


def _items(*pairs: tuple[str, str]) -> CopyItems:
    return tuple(CopyItem(label, text if label == "JSON" else clean(text)) for label, text in pairs if clean(text))
