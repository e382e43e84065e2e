"""The owner of an ENI, derived from its description, type, tags, operator and attachment.

Sources: requester-managed-eni in the EC2 guide, privatelink-access-service-networks in the PrivateLink guide, and the
projects named at the rules.
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

from latticetop.model.records.resources import NetworkInterface, Tag


class EniRole(StrEnum):
    """The role of a VPC Lattice ENI: for resources or services of an endpoint, or for a resource gateway."""

    RESOURCE = "resource"
    SERVICE = "service"
    GATEWAY = "gateway"


class OwnerKind(StrEnum):
    """The kind of owner; the value is shown to users."""

    LATTICE_ENDPOINT = "VPC Lattice endpoint"
    RESOURCE_GATEWAY = "resource gateway"
    INTERFACE_ENDPOINT = "interface endpoint"
    EKS_NODE = "EKS node"
    EKS_CONTROL_PLANE = "EKS control plane"
    LOAD_BALANCER = "load balancer"
    ECS_TASK = "ECS task"
    RDS = "RDS"
    ELASTICACHE = "ElastiCache"
    REDSHIFT = "Redshift"
    CODEBUILD = "CodeBuild"
    DAX = "DAX"
    EFS = "EFS mount target"
    LAMBDA = "Lambda"
    NAT_GATEWAY = "NAT gateway"
    TRANSIT_GATEWAY = "transit gateway"
    MANAGED = "managed by AWS"
    INSTANCE = "instance"
    DETACHED = "detached"
    OTHER = "other"


_IDENTIFIED_BY_ID = (
    OwnerKind.INSTANCE,
    OwnerKind.LATTICE_ENDPOINT,
    OwnerKind.INTERFACE_ENDPOINT,
    OwnerKind.RESOURCE_GATEWAY,
)
"""Kinds that the form of the id shows: `i-…`, `vpce-…`, `rgw-…`."""


class Owner(Struct, frozen=True):
    """The owner of an ENI: its kind, and an id or name where AWS gives one."""

    kind: OwnerKind
    name: str = ""

    def __str__(self) -> str:
        if self.name.startswith(("i-", "vpce-", "rgw-")) and self.kind in _IDENTIFIED_BY_ID:
            return self.name
        return f"{self.kind.value} {self.name}".rstrip()


_ENDPOINT = re.compile(r"^VPC Endpoint Interface(:?)\s+(vpce-[0-9a-f]+)")
_GATEWAY = re.compile(r"^Resource Gateway Interface:?\s+(rgw-[0-9a-f]+)")
_NODE = "aws-K8S-"
_MANAGED = Tag("VpcLatticeManaged", "true")

# Descriptions that AWS services give their ENIs (awslabs/aws-support-tools, EKS/subnet-fragmentation).
_DESCRIPTIONS = (
    (re.compile(r"^Amazon EKS\s*(.*)"), OwnerKind.EKS_CONTROL_PLANE),
    (re.compile(r"^ELB (.*)"), OwnerKind.LOAD_BALANCER),
    (re.compile(r"^arn:aws[\w-]*:ecs:[^:]*:[^:]*:(.*)"), OwnerKind.ECS_TASK),
    (re.compile(r"^RDSNetworkInterface()"), OwnerKind.RDS),
    (re.compile(r"^ElastiCache\s*(.*)"), OwnerKind.ELASTICACHE),
    (re.compile(r"^RedshiftNetworkInterface()"), OwnerKind.REDSHIFT),
    (re.compile(r"^AWS CodeBuild()"), OwnerKind.CODEBUILD),
    (re.compile(r"^DAX\s*(.*)"), OwnerKind.DAX),
    (re.compile(r"^EFS mount target for (\S+)"), OwnerKind.EFS),
    (re.compile(r"^AWS Lambda VPC ENI-?(.*)"), OwnerKind.LAMBDA),
    (re.compile(r"^Interface for NAT Gateway (\S+)"), OwnerKind.NAT_GATEWAY),
)

# EC2 spells some types in two ways: natGateway in the response, nat_gateway in the filter.
_TYPES = {
    "vpc_endpoint": OwnerKind.INTERFACE_ENDPOINT,
    "natgateway": OwnerKind.NAT_GATEWAY,
    "nat_gateway": OwnerKind.NAT_GATEWAY,
    "lambda": OwnerKind.LAMBDA,
    "load_balancer": OwnerKind.LOAD_BALANCER,
    "network_load_balancer": OwnerKind.LOAD_BALANCER,
    "gateway_load_balancer": OwnerKind.LOAD_BALANCER,
    "gateway_load_balancer_endpoint": OwnerKind.INTERFACE_ENDPOINT,
    "transit_gateway": OwnerKind.TRANSIT_GATEWAY,
    "efs": OwnerKind.EFS,
}


def endpoint_of(interface: NetworkInterface) -> tuple[str, EniRole | None]:
    """Return the VPC endpoint named in the description and the role of the ENI; `("", None)` if it names none.

    `VPC Endpoint Interface: vpce-…`, with a colon, is for services, without a colon for resources. That is inferred
    from AWS's samples and from observation; no AWS document states it. An ENI of a classic interface endpoint (type
    `vpc_endpoint`) has no role.
    """
    match = _ENDPOINT.match(interface.description)
    if not match:
        return "", None
    if interface.interface_type.lower() == "vpc_endpoint":
        return match[2], None
    return match[2], EniRole.SERVICE if match[1] else EniRole.RESOURCE


def role_of(interface: NetworkInterface) -> EniRole | None:
    """Return the role of a VPC Lattice ENI; None for any other ENI."""
    if _GATEWAY.match(interface.description):
        return EniRole.GATEWAY
    return endpoint_of(interface)[1]


def is_lattice(interface: NetworkInterface) -> bool:
    """Whether the ENI belongs to a VPC Lattice endpoint or a resource gateway."""
    return role_of(interface) is not None or _MANAGED in interface.tags


def owner_of(interface: NetworkInterface) -> Owner:
    """Return the owner of an ENI. The rules go from the surest sign to the weakest; the first that matches wins."""
    return (
        _lattice_owner(interface)
        or _node_owner(interface)
        or _described_owner(interface)
        or _typed_owner(interface)
        or _attached_owner(interface)
    )


def owner_label(interface: NetworkInterface) -> str:
    """Return the owner as text; the ENI's id if nothing is known of the owner."""
    owner = owner_of(interface)
    return interface.network_interface_id if owner == Owner(OwnerKind.OTHER) else str(owner)


def identifying_prefix(description: str) -> str:
    """Return the beginning of a description that identifies the kind of owner; empty if none does."""
    if match := _ENDPOINT.match(description) or _GATEWAY.match(description):
        return match[0]
    if description.startswith(_NODE):
        return _NODE
    starts = (match.start(1) for pattern, _ in _DESCRIPTIONS if (match := pattern.match(description)))
    return description[: next(starts, 0)]


def _lattice_owner(interface: NetworkInterface) -> Owner | None:
    if match := _GATEWAY.match(interface.description):
        return Owner(OwnerKind.RESOURCE_GATEWAY, match[1])
    endpoint_id, role = endpoint_of(interface)
    if role:
        return Owner(OwnerKind.LATTICE_ENDPOINT, endpoint_id)
    if endpoint_id:
        return Owner(OwnerKind.INTERFACE_ENDPOINT, endpoint_id)
    return Owner(OwnerKind.LATTICE_ENDPOINT) if is_lattice(interface) else None


def _node_owner(interface: NetworkInterface) -> Owner | None:
    """Recognise an ENI of the EKS VPC CNI (aws/amazon-vpc-cni-k8s, pkg/awsutils/awsutils.go)."""
    tags = {tag.key: tag.value for tag in interface.tags}
    node = tags.get("node.k8s.amazonaws.com/instance_id", "")
    if node or interface.description.startswith(_NODE):
        return Owner(OwnerKind.EKS_NODE, node or interface.instance_id or interface.description[len(_NODE) :])
    if interface.instance_id and any(key.startswith(("kubernetes.io/cluster/", "eks:")) for key in tags):
        return Owner(OwnerKind.EKS_NODE, interface.instance_id)
    return None


def _described_owner(interface: NetworkInterface) -> Owner | None:
    for pattern, kind in _DESCRIPTIONS:
        if match := pattern.match(interface.description):
            return Owner(kind, match[1].strip())
    return None


def _typed_owner(interface: NetworkInterface) -> Owner | None:
    kind = _TYPES.get(interface.interface_type.lower())
    if kind:
        return Owner(kind, interface.description)
    if interface.operator:
        return Owner(OwnerKind.MANAGED, interface.operator)
    return None


def _attached_owner(interface: NetworkInterface) -> Owner:
    if interface.instance_id:
        return Owner(OwnerKind.INSTANCE, interface.instance_id)
    if interface.status.lower() == "available":
        return Owner(OwnerKind.DETACHED, interface.description)
    if interface.requester_managed:
        return Owner(OwnerKind.MANAGED, interface.description)
    return Owner(OwnerKind.OTHER, interface.description)
