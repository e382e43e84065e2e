"""Commands of the AWS CLI and kubectl that free what an owner holds. latticetop itself runs none of them.

What only the user knows is a shell variable, as in `"$ECS_SERVICE"`. An owner without an entry is freed in its own
service, as its sentence says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from latticetop.model.records.address import format_address
from latticetop.model.records.owner_kinds import Effort, OwnerKind
from latticetop.reports.cli_options import aws_command, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from latticetop.model.capacity.removal import Removal
    from latticetop.model.snapshot import Scope

SUBNET_VARIABLE = "SUBNET_ID"
"""The shell variable for the subnet that the user chooses instead."""
_MANAGED = "--include-managed-resources"
_MOUNT_TARGET = re.compile(r"fsmt-[0-9a-f]+")


def removal_commands(scope: Scope, removal: Removal) -> list[str]:
    """Return the commands that carry out a removal, in order; empty if there are none that are known to fit."""
    if removal.endpoint_id:
        return [delete_endpoint(scope, removal.endpoint_id)]
    if not removal.whole:
        return list(_unassign(scope, removal))
    if removal.effort is Effort.NODE:
        return _drain(scope, removal)
    commands = _COMMANDS.get(removal.owner.kind)
    return commands(scope, removal) if commands else []


def wait_for_removal(scope: Scope, removal: Removal) -> list[str]:
    """Return a shell loop that ends once the addresses are free; empty where the commands do not return before."""
    if removal.endpoint_id:
        return [wait_for_endpoint(scope, removal.endpoint_id)]
    detaches = removal.owner.kind is OwnerKind.INSTANCE and removal.interface.device_index
    if not removal.whole or removal.owner.kind is OwnerKind.DETACHED or detaches:
        return []
    ids = ",".join(interface.network_interface_id for interface in removal.interfaces)
    managed = [_MANAGED] if any(interface.operator for interface in removal.interfaces) else []
    options = [*managed, f"--filters {quoted(f'Name=network-interface-id,Values={ids}')}"]
    query = "--query 'length(NetworkInterfaces)'"
    return [_until_none(aws_command(scope, "ec2", "describe-network-interfaces", [*options, query], " "))]


def wait_for_endpoint(scope: Scope, endpoint_id: str) -> str:
    """Return a shell loop that ends once an endpoint is deleted: the AWS CLI has no waiter for that."""
    options = [f"--filters {quoted(f'Name=vpc-endpoint-id,Values={endpoint_id}')}"]
    # AWS writes the states of some types with a capital letter, and JMESPath minds the case.
    options.append("--query \"length(VpcEndpoints[?State!='deleted' && State!='Deleted'])\"")
    return _until_none(aws_command(scope, "ec2", "describe-vpc-endpoints", options, " "))


def _until_none(command: str) -> str:
    return f'until [ "$({command} --output text)" = 0 ]; do sleep 10; done'


def delete_endpoint(scope: Scope, endpoint_id: str) -> str:
    """Return `aws ec2 delete-vpc-endpoints`."""
    return aws_command(scope, "ec2", "delete-vpc-endpoints", [f"--vpc-endpoint-ids {quoted(endpoint_id)}"])


def _unassign(scope: Scope, removal: Removal) -> Iterable[str]:
    interface = f"--network-interface-id {quoted(removal.interface.network_interface_id)}"
    options = [interface]
    if removal.addresses:
        options.append(f"--private-ip-addresses {' '.join(map(format_address, removal.addresses))}")
    if removal.prefixes:
        options.append(f"--ipv4-prefixes {' '.join(map(str, removal.prefixes))}")
    yield aws_command(scope, "ec2", "unassign-private-ip-addresses", options)


def _drain(scope: Scope, removal: Removal) -> list[str]:
    """Drain by the node's name, which on EC2 is its private DNS name. EKS terminates the nodes that it manages."""
    instance = quoted(removal.owner.name)
    managed = any(interface.operator for interface in removal.interfaces)
    options = [_MANAGED] if managed else []
    options += [f"--instance-ids {instance}", "--query 'Reservations[].Instances[].PrivateDnsName'", "--output text"]
    node = f'"$({aws_command(scope, "ec2", "describe-instances", options, " ")})"'
    drain = f"kubectl drain {node} --ignore-daemonsets --delete-emptydir-data"
    return [drain, f"kubectl delete node {node}"] if managed else [drain, *_terminate(scope, removal)]


def _terminate(scope: Scope, removal: Removal) -> list[str]:
    return [aws_command(scope, "ec2", "terminate-instances", [f"--instance-ids {quoted(removal.owner.name)}"])]


def _instance(scope: Scope, removal: Removal) -> list[str]:
    interface = removal.interface
    if not interface.device_index:
        return _terminate(scope, removal)
    interface_id = quoted(interface.network_interface_id)
    query = [
        *([_MANAGED] if interface.operator else []),
        f"--network-interface-ids {interface_id}",
        "--query 'NetworkInterfaces[].Attachment.AttachmentId'",
        "--output text",
    ]
    attachment = f'"$({aws_command(scope, "ec2", "describe-network-interfaces", query, " ")})"'
    return [
        aws_command(scope, "ec2", "detach-network-interface", [f"--attachment-id {attachment}"]),
        aws_command(scope, "ec2", "wait network-interface-available", [f"--network-interface-ids {interface_id}"]),
        *_delete(scope, removal),
    ]


def _delete(scope: Scope, removal: Removal) -> list[str]:
    ids = (quoted(interface.network_interface_id) for interface in removal.interfaces)
    return [aws_command(scope, "ec2", "delete-network-interface", [f"--network-interface-id {each}"]) for each in ids]


def _deploy_again(scope: Scope, _: Removal) -> list[str]:
    options = ['--cluster "$ECS_CLUSTER"', '--service "$ECS_SERVICE"', "--force-new-deployment"]
    return [aws_command(scope, "ecs", "update-service", options)]


def _delete_pod(_: Scope, removal: Removal) -> list[str]:
    addresses = "|".join(removal.address_texts)
    return [f"kubectl get pods -A -o wide | grep -wE '{addresses}'", 'kubectl delete pod -n "$NAMESPACE" "$POD"']


def _functions(scope: Scope, removal: Removal) -> list[str]:
    subnet_id = removal.interface.subnet_id
    query = f"Functions[?VpcConfig.SubnetIds && contains(VpcConfig.SubnetIds, '{subnet_id}')].[FunctionName,VpcConfig]"
    change = ['--function-name "$FUNCTION"', '--vpc-config "SubnetIds=$SUBNET_IDS"']
    return [
        aws_command(scope, "lambda", "list-functions", [f"--query {quoted(query)}"]),
        aws_command(scope, "lambda", "update-function-configuration", change),
    ]


def _mount_target(scope: Scope, removal: Removal) -> list[str]:
    match = _MOUNT_TARGET.search(removal.interface.description)
    if match is None:
        return []
    create = [f"--file-system-id {quoted(removal.owner.name)}", f'--subnet-id "${SUBNET_VARIABLE}"']
    return [
        aws_command(scope, "efs", "delete-mount-target", [f"--mount-target-id {match[0]}"]),
        aws_command(scope, "efs", "create-mount-target", create),
    ]


def _resolver(scope: Scope, removal: Removal) -> list[str]:
    endpoint, subnet_id = f"--resolver-endpoint-id {quoted(removal.owner.name)}", removal.interface.subnet_id
    address = removal.address_texts[0]
    old = quoted(f"SubnetId={subnet_id},Ip={address}")
    return [
        aws_command(
            scope,
            "route53resolver",
            "associate-resolver-endpoint-ip-address",
            [endpoint, f'--ip-address "SubnetId=${SUBNET_VARIABLE}"'],
        ),
        aws_command(
            scope, "route53resolver", "disassociate-resolver-endpoint-ip-address", [endpoint, f"--ip-address {old}"]
        ),
    ]


def _other_subnet(operation: str, id_option: str) -> Callable[[Scope, Removal], list[str]]:
    """A command of EC2 that replaces the subnet of a resource by another one of the zone."""

    def commands(scope: Scope, removal: Removal) -> list[str]:
        if not removal.owner.name:
            return []
        options = [
            f"{id_option} {quoted(removal.owner.name)}",
            f"--remove-subnet-ids {quoted(removal.interface.subnet_id)}",
            f'--add-subnet-ids "${SUBNET_VARIABLE}"',
        ]
        return [aws_command(scope, "ec2", operation, options)]

    return commands


_COMMANDS: dict[OwnerKind, Callable[[Scope, Removal], list[str]]] = {
    OwnerKind.DETACHED: _delete,
    OwnerKind.INSTANCE: _instance,
    OwnerKind.ECS_TASK: _deploy_again,
    OwnerKind.FARGATE: _deploy_again,
    OwnerKind.EKS_POD: _delete_pod,
    OwnerKind.LAMBDA: _functions,
    OwnerKind.EFS: _mount_target,
    OwnerKind.RESOLVER_ENDPOINT: _resolver,
    OwnerKind.INTERFACE_ENDPOINT: _other_subnet("modify-vpc-endpoint", "--vpc-endpoint-id"),
    OwnerKind.TRANSIT_GATEWAY: _other_subnet(
        "modify-transit-gateway-vpc-attachment", "--transit-gateway-attachment-id"
    ),
}
