"""The owner of an ENI, derived from its description, type, requester, tags, operator and attachment.

Sources: requester-managed-eni in the EC2 guide, privatelink-access-service-networks in the PrivateLink guide, and the
projects named at the rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from latticetop.model.records.owner_kinds import OwnerKind
from latticetop.model.records.resources import NetworkInterface, Tag
from latticetop.model.records.text import plural


class EniRole(StrEnum):
    """The role of a VPC Lattice ENI: for resources or services of an endpoint, or for a resource gateway."""

    RESOURCE = "resource"
    SERVICE = "service"
    GATEWAY = "gateway"


_IDENTIFIED_BY_ID = (
    OwnerKind.INSTANCE,
    OwnerKind.LATTICE_ENDPOINT,
    OwnerKind.INTERFACE_ENDPOINT,
    OwnerKind.RESOURCE_GATEWAY,
)
"""Kinds that the form of the id shows: `i-…`, `vpce-…`, `rgw-…`."""
_DESCRIBED_ONLY = (OwnerKind.DETACHED, OwnerKind.MANAGED, OwnerKind.OTHER)
"""Kinds whose name is no id but a text."""


class Owner(Struct, frozen=True):
    """The owner of an ENI: its kind, and an id or name where AWS gives one.

    The name of a detached ENI is what it was made for.
    """

    kind: OwnerKind
    name: str = ""

    def __str__(self) -> str:
        if self.name.startswith(("i-", "vpce-", "rgw-")) and self.kind in _IDENTIFIED_BY_ID:
            return self.name
        if self.name and self.kind in _DESCRIBED_ONLY:
            return f"{self.kind.value}: {self.name}"
        return f"{self.kind.value} {self.name}".rstrip()


_DETACH = "detach {eni} from {name} and delete it"
"""How a secondary ENI of an instance (device index above 0) is freed: the instance goes on."""
_ON_INSTANCES = (OwnerKind.ECS_TASK, OwnerKind.EMR)
"""Kinds of which a service attaches ENIs to instances of the account."""

_ENDPOINT = re.compile(r"^VPC Endpoint Interface(:?)\s+(vpce-[0-9a-f]+)")
_GATEWAY = re.compile(r"^Resource Gateway Interface:?\s+(rgw-[0-9a-f]+)")
_OF_LATTICE = re.compile(f"(?P<gateway>{_GATEWAY.pattern})|{_ENDPOINT.pattern}")
_NODE = "aws-K8S-"
_TRUNK, _BRANCH = "aws-k8s-trunk-eni", "aws-k8s-branch-eni"
_CILIUM = re.compile(r"^Cilium-CNI \((i-[^)]+)\)")
_MANAGED = Tag("VpcLatticeManaged", "true")
_BRANCH_TAGS = frozenset({"vpcresources.k8s.aws/vlan-id", "vpcresources.k8s.aws/trunk-eni-id"})
_CILIUM_TAG = "io.cilium/cilium-managed"
_CAPACITY_PROVIDER_TAG = "aws:lambda:capacity-provider"

# Descriptions that AWS services give their ENIs: awslabs/aws-support-tools (EKS/subnet-fragmentation),
# cloud-custodian, and Terraform dumps. The group is the name; what is before it identifies the kind.
_DESCRIPTIONS = (
    (re.compile(r"^Amazon EKS\s*(.*)"), OwnerKind.EKS_CONTROL_PLANE),
    (re.compile(r"^ELB (.*)"), OwnerKind.LOAD_BALANCER),
    (re.compile(r"^arn:aws[\w-]*:ecs:[^:]*:[^:]*:(.*)"), OwnerKind.ECS_TASK),
    (re.compile(r"^AWS Fargate()"), OwnerKind.FARGATE),
    (re.compile(r"^RDSNetworkInterface()"), OwnerKind.RDS),
    (re.compile(r"^Network interface for DBProxy\s*(.*)"), OwnerKind.RDS_PROXY),
    (re.compile(r"^DMSNetworkInterface()"), OwnerKind.DMS),
    (re.compile(r"^ElastiCache[\s+]*(.*)"), OwnerKind.ELASTICACHE),
    (re.compile(r"^RedshiftNetworkInterface()"), OwnerKind.REDSHIFT),
    (re.compile(r"^DAX\s*(.*)"), OwnerKind.DAX),
    (re.compile(r"^DO NOT DELETE - Amazon MSK network interface for cluster\s*(.*)"), OwnerKind.MSK),
    (re.compile(r"^AWS ElasticMapReduce()"), OwnerKind.EMR),
    (re.compile(r"^Attached to Glue using role:()"), OwnerKind.GLUE),
    (re.compile(r"^datasync\s+(.*)", re.IGNORECASE), OwnerKind.DATASYNC),
    (re.compile(r"^AWS CodeBuild()"), OwnerKind.CODEBUILD),
    (re.compile(r"^AWS CodeStar Connections()"), OwnerKind.CODE_CONNECTIONS),
    (re.compile(r"^EFS mount target for (\S+)"), OwnerKind.EFS),
    (re.compile(r"^AWS created network interface for directory\s*(\S*)"), OwnerKind.DIRECTORY),
    (re.compile(r"^Created By Amazon Workspaces for AWS Account ID()", re.IGNORECASE), OwnerKind.WORKSPACE),
    (
        re.compile(
            r"^\[Do not delete\] Network Interface created to access resources in your VPC "
            r"for SageMaker Notebook Instance\s*(.*)",
            re.IGNORECASE,
        ),
        OwnerKind.SAGEMAKER_NOTEBOOK,
    ),
    (
        re.compile(r"^\[Do not delete\] ENI managed by SageMaker for Studio Domain\s*\(?([^\s)]*)", re.IGNORECASE),
        OwnerKind.SAGEMAKER_DOMAIN,
    ),
    (re.compile(r"^Route 53 Resolver:\s*([^\s:]*)"), OwnerKind.RESOLVER_ENDPOINT),
    (re.compile(r"^ENI managed by APIGateway()"), OwnerKind.API_GATEWAY),
    (re.compile(r"^CloudHSM (?:Managed Interface|ENI)()", re.IGNORECASE), OwnerKind.CLOUDHSM),
    (re.compile(r"^ClientVPN Endpoint resource()"), OwnerKind.CLIENT_VPN),
    (re.compile(r"^AWS Lambda VPC ENI[:\s-]*()"), OwnerKind.LAMBDA),
    (re.compile(r"^Interface for NAT Gateway (\S+)"), OwnerKind.NAT_GATEWAY),
    (re.compile(r"^Network Interface for Transit Gateway Attachment\s*(\S*)"), OwnerKind.TRANSIT_GATEWAY),
)

# EC2 spells some types in two ways: natGateway in the response, nat_gateway in the filter.
_TYPES = {
    "vpc_endpoint": OwnerKind.INTERFACE_ENDPOINT,
    "gateway_load_balancer_endpoint": OwnerKind.GATEWAY_LOAD_BALANCER_ENDPOINT,
    "ec2_instance_connect_endpoint": OwnerKind.INSTANCE_CONNECT_ENDPOINT,
    "natgateway": OwnerKind.NAT_GATEWAY,
    "nat_gateway": OwnerKind.NAT_GATEWAY,
    "transit_gateway": OwnerKind.TRANSIT_GATEWAY,
    "lambda": OwnerKind.LAMBDA,
    "load_balancer": OwnerKind.LOAD_BALANCER,
    "network_load_balancer": OwnerKind.LOAD_BALANCER,
    "gateway_load_balancer": OwnerKind.LOAD_BALANCER,
    "efs": OwnerKind.EFS,
    "evs": OwnerKind.EVS,
    "quicksight": OwnerKind.QUICKSIGHT,
    "iot_rules_managed": OwnerKind.IOT_RULES,
    "global_accelerator_managed": OwnerKind.GLOBAL_ACCELERATOR,
    "api_gateway_managed": OwnerKind.API_GATEWAY,
    "aws_codestar_connections_managed": OwnerKind.CODE_CONNECTIONS,
}

# RequesterIds of AWS: an account of a service, its name, or a session of its role in the caller's account.
_REQUESTERS = (
    (re.compile(r"237081731433"), OwnerKind.DMS),
    (re.compile(r"070621534519"), OwnerKind.SAGEMAKER_ENDPOINT),
    (re.compile(r"amazon-rds"), OwnerKind.RDS),
    (re.compile(r"amazon-elasticache"), OwnerKind.ELASTICACHE),
    (re.compile(r"\d{12}:AWSCodeBuild-.*"), OwnerKind.CODEBUILD),
    (re.compile(r"\d{12}:awslambda_.*"), OwnerKind.LAMBDA),
)


_MOST_KNOWN = 4096
_KNOWN_OWNERS: dict[int, tuple[NetworkInterface, Owner]] = {}
"""By the identity of the ENI, which is kept with it: hashing an ENI takes longer than most of the rules."""


def endpoint_of(interface: NetworkInterface) -> tuple[str, EniRole | None]:
    """Return the VPC endpoint named in the description and the role of the ENI; `("", None)` if it names none.

    `VPC Endpoint Interface: vpce-…`, with a colon, is for services, without a colon for resources. That is inferred
    from AWS's samples and from observation; no AWS document states it. An ENI of any other type than `interface`, such
    as that of a classic interface endpoint (`vpc_endpoint`), has no role.
    """
    match = _ENDPOINT.match(interface.description)
    if not match:
        return "", None
    if interface.interface_type.lower() != "interface":
        return match[2], None
    return match[2], EniRole.SERVICE if match[1] else EniRole.RESOURCE


def role_of(interface: NetworkInterface) -> EniRole | None:
    """Return the role of a VPC Lattice ENI; None for any other ENI."""
    if not (match := _OF_LATTICE.match(interface.description)) or interface.interface_type.lower() != "interface":
        return None
    return EniRole.GATEWAY if match["gateway"] else endpoint_of(interface)[1]


def is_lattice(interface: NetworkInterface) -> bool:
    """Whether the ENI belongs to a VPC Lattice endpoint or a resource gateway."""
    return role_of(interface) is not None or _MANAGED in interface.tags


def owner_of(interface: NetworkInterface) -> Owner:
    """Return the owner of an ENI. The rules go from the surest sign to the weakest; the first that matches wins.

    An ENI that is attached to nothing (status `available`) is detached, whoever made it: it can be deleted
    (requester-managed-eni, EC2 guide). Those of the latest ENIs are kept: a subnet is passed over several times.
    """
    known = _KNOWN_OWNERS.get(id(interface))
    if known is not None:
        return known[1]
    if len(_KNOWN_OWNERS) >= _MOST_KNOWN:
        _KNOWN_OWNERS.clear()
    owner = _determine_owner(interface)
    _KNOWN_OWNERS[id(interface)] = interface, owner
    return owner


def _determine_owner(interface: NetworkInterface) -> Owner:
    owner = (
        _lattice_owner(interface)
        or _node_owner(interface)
        or _described_owner(interface)
        or _typed_owner(interface)
        or _attached_owner(interface)
    )
    if interface.status.lower() != "available":
        return owner
    return Owner(OwnerKind.DETACHED, owner.name if owner.kind is OwnerKind.OTHER else str(owner))


def owner_label(interface: NetworkInterface) -> str:
    """Return the owner as text; the ENI's id if nothing is known of the owner."""
    owner = owner_of(interface)
    return interface.network_interface_id if owner == Owner(OwnerKind.OTHER) else str(owner)


def how_to_free(owner: Owner, interfaces: Sequence[NetworkInterface]) -> tuple[str, str]:
    """Say how the addresses of an owner come free in the subnet of these ENIs.

    Return a clause in the imperative, with full ids, and one that explains it, which may be empty.
    """
    ids = ", ".join(interface.network_interface_id for interface in interfaces)
    groups = dict.fromkeys(group for interface in interfaces for group in interface.security_group_ids)
    words = {
        "name": owner.name,
        "label": owner.kind.value,
        "thing": f"{owner.kind.value} {owner.name}" if owner.name else f"the {owner.kind.value} that uses {ids}",
        "eni": ids,
        "subnet": interfaces[0].subnet_id,
        "groups": f"{plural(len(groups), 'security group')} {', '.join(groups)}" if groups else f"the groups of {ids}",
    }
    release = owner.kind.release
    how = _DETACH if owner.kind is OwnerKind.INSTANCE and interfaces[0].device_index else release.how
    return how.format(**words), release.note


def identifying_prefix(description: str) -> str:
    """Return the beginning of a description that identifies the kind of owner; empty if none does."""
    if match := _ENDPOINT.match(description) or _GATEWAY.match(description) or _CILIUM.match(description):
        return match[0]
    if known := next((text for text in (_NODE, _TRUNK, _BRANCH) if description.startswith(text)), ""):
        return known
    starts = (match.start(1) for pattern, _ in _DESCRIPTIONS if (match := pattern.match(description)))
    return description[: next(starts, 0)]


def identifying_requester(requester_id: str) -> str:
    """Return the part of a RequesterId that identifies a service of AWS, without account or name; empty if none does.

    That is all of `237081731433`, and `awslambda_` of `123456789012:awslambda_5_20201201`.
    """
    if not any(pattern.fullmatch(requester_id) for pattern, _ in _REQUESTERS):
        return ""
    session = requester_id.partition(":")[2]
    return re.split(r"(?<=[-_])", session)[0] if session else requester_id


def _lattice_owner(interface: NetworkInterface) -> Owner | None:
    if match := _GATEWAY.match(interface.description):
        return Owner(OwnerKind.RESOURCE_GATEWAY, match[1])
    endpoint_id, role = endpoint_of(interface)
    if role:
        return Owner(OwnerKind.LATTICE_ENDPOINT, endpoint_id)
    if endpoint_id:
        kind = _TYPES.get(interface.interface_type.lower())
        gateway = OwnerKind.GATEWAY_LOAD_BALANCER_ENDPOINT
        return Owner(gateway if kind is gateway else OwnerKind.INTERFACE_ENDPOINT, endpoint_id)
    return Owner(OwnerKind.LATTICE_ENDPOINT) if _MANAGED in interface.tags else None


def _node_owner(interface: NetworkInterface) -> Owner | None:
    """Recognise an ENI of a Kubernetes node or of a pod with its own security groups.

    Sources: aws/amazon-vpc-cni-k8s (pkg/awsutils/awsutils.go), aws/amazon-vpc-resource-controller-k8s, cilium/cilium.
    """
    description, instance_id = interface.description, interface.instance_id
    tags = {tag.key: tag.value for tag in interface.tags}
    if description.startswith(_BRANCH) or not _BRANCH_TAGS.isdisjoint(tags):
        return Owner(OwnerKind.EKS_POD)
    if (match := _CILIUM.match(description)) or (_CILIUM_TAG in tags and instance_id):
        return Owner(OwnerKind.CILIUM_NODE, instance_id or (match[1] if match else ""))
    node = tags.get("node.k8s.amazonaws.com/instance_id", "")
    if node or description.startswith(_NODE):
        return Owner(OwnerKind.EKS_NODE, node or instance_id or description[len(_NODE) :])
    if not instance_id:
        return None
    by_tag = any(key.startswith(("kubernetes.io/cluster/", "eks:")) for key in tags)
    if by_tag or description.startswith(_TRUNK) or interface.operator.startswith("eks"):
        return Owner(OwnerKind.EKS_NODE, instance_id)
    return None


def _described_owner(interface: NetworkInterface) -> Owner | None:
    """Recognise the description of a service; on an instance of the account a user may have written it."""
    for pattern, kind in _DESCRIPTIONS if interface.description else ():
        if match := pattern.match(interface.description):
            return Owner(kind, _name_in(match[1].strip())) if _may_own(interface, kind) else None
    return None


def _may_own(interface: NetworkInterface, kind: OwnerKind) -> bool:
    return not interface.instance_id or interface.requester_managed or kind in _ON_INSTANCES


def _name_in(text: str) -> str:
    """Cut the name from an ARN: `prod` of `arn:aws:kafka:us-east-1:123456789012:cluster/prod/3f0c…`."""
    return re.sub(r"^arn:[^/]*/([^/]+).*", r"\1", text)


def _typed_owner(interface: NetworkInterface) -> Owner | None:
    if kind := _TYPES.get(interface.interface_type.lower()):
        return Owner(kind)
    for pattern, kind in _REQUESTERS if interface.requester_id else ():
        if pattern.fullmatch(interface.requester_id):
            return Owner(kind)
    provider = next((tag.value for tag in interface.tags if tag.key == _CAPACITY_PROVIDER_TAG), None)
    if provider is not None or interface.operator.startswith("lambda."):
        return Owner(OwnerKind.LAMBDA_CAPACITY_PROVIDER, _name_in(provider or ""))
    if interface.operator:
        return Owner(OwnerKind.MANAGED, interface.operator)
    return None


def _attached_owner(interface: NetworkInterface) -> Owner:
    if interface.requester_managed:
        return Owner(OwnerKind.MANAGED, interface.description.removeprefix("AWS ") or interface.instance_id)
    if interface.instance_id:
        return Owner(OwnerKind.INSTANCE, interface.instance_id)
    return Owner(OwnerKind.OTHER, interface.description)
