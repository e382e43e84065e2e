"""The kinds of owner of an ENI, and how the addresses of each come free.

Sources: requester-managed-eni in the EC2 guide, and the guide of each service. Where a service documents no way to
move its ENIs, what it documents instead is named.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple


class Effort(IntEnum):
    """The effort to free the addresses of an ENI, from the least to the most."""

    LEFTOVER = 0
    """Attached to nothing: delete it."""
    ADDRESS = 1
    """A secondary address or a prefix of an instance: unassign it."""
    TASK = 2
    """A task, a pod or a job: it ends, or is started again elsewhere."""
    NODE = 3
    """A Kubernetes node: drain and terminate it."""
    INSTANCE = 4
    """An instance: terminate or replace it."""
    SERVICE = 5
    """A resource of a service that can be given another subnet, or be created again."""
    UNKNOWN = 6
    """In use by an owner that is not known."""
    FIXED = 7
    """A resource whose ENIs AWS lets nobody move: it has to be replaced."""


class Release(NamedTuple):
    """How the addresses of a kind of owner come free.

    `how` is a clause in the imperative, and `note` one that explains it; both are templates. `{thing}` is the owner,
    `{name}` its id, `{eni}` the ENIs, `{subnet}` the subnet and `{groups}` the security groups. If `shared`, all ENIs
    of the owner in the subnet are freed together.
    """

    effort: Effort
    how: str
    note: str = ""
    shared: bool = False


class OwnerKind(StrEnum):
    """The kind of owner; the value is its label, shown to users."""

    LATTICE_ENDPOINT = "VPC Lattice endpoint"
    RESOURCE_GATEWAY = "resource gateway"
    INTERFACE_ENDPOINT = "interface endpoint"
    GATEWAY_LOAD_BALANCER_ENDPOINT = "Gateway Load Balancer endpoint"
    INSTANCE_CONNECT_ENDPOINT = "EC2 Instance Connect Endpoint"
    CLIENT_VPN = "Client VPN endpoint"
    RESOLVER_ENDPOINT = "Route 53 Resolver endpoint"
    EKS_NODE = "EKS node"
    CILIUM_NODE = "Cilium node"
    EKS_POD = "EKS pod"
    EKS_CONTROL_PLANE = "EKS control plane"
    LOAD_BALANCER = "load balancer"
    ECS_TASK = "ECS task"
    FARGATE = "Fargate task"
    LAMBDA = "Lambda"
    LAMBDA_CAPACITY_PROVIDER = "Lambda capacity provider"
    RDS = "RDS"
    RDS_PROXY = "RDS Proxy"
    DMS = "DMS replication instance"
    ELASTICACHE = "ElastiCache"
    DAX = "DAX"
    REDSHIFT = "Redshift"
    MSK = "MSK cluster"
    EMR = "EMR cluster"
    GLUE = "Glue job"
    DATASYNC = "DataSync task"
    CODEBUILD = "CodeBuild"
    CODE_CONNECTIONS = "CodeConnections host"
    EFS = "EFS mount target"
    DIRECTORY = "Directory Service"
    WORKSPACE = "WorkSpace"
    SAGEMAKER_NOTEBOOK = "SageMaker notebook"
    SAGEMAKER_DOMAIN = "SageMaker Studio domain"
    SAGEMAKER_ENDPOINT = "SageMaker endpoint"
    API_GATEWAY = "API Gateway VPC link"
    CLOUDHSM = "CloudHSM"
    QUICKSIGHT = "QuickSight VPC connection"
    IOT_RULES = "IoT rule destination"
    GLOBAL_ACCELERATOR = "Global Accelerator"
    EVS = "EVS"
    NAT_GATEWAY = "NAT gateway"
    TRANSIT_GATEWAY = "transit gateway attachment"
    MANAGED = "managed by AWS"
    INSTANCE = "instance"
    DETACHED = "detached"
    OTHER = "other"

    @property
    def release(self) -> Release:
        """How the addresses of this kind of owner come free."""
        return _RELEASES[self]

    @property
    def effort(self) -> Effort:
        """The effort to free the addresses of this kind of owner."""
        return _RELEASES[self].effort


_NOT_MOVABLE = "its ENIs cannot be moved"
_NODE = Release(Effort.NODE, "drain {name} ({label}) and terminate it", shared=True)
_RELEASES = {
    OwnerKind.LATTICE_ENDPOINT: Release(
        Effort.FIXED, "recreate {thing} in another subnet", f"{_NOT_MOVABLE}; its traffic stops", True
    ),
    OwnerKind.RESOURCE_GATEWAY: Release(
        Effort.FIXED,
        "replace {thing} with one that has fewer IPv4 addresses per ENI, or other subnets",
        "its subnets and its addresses per ENI are fixed",
        True,
    ),
    OwnerKind.INTERFACE_ENDPOINT: Release(
        Effort.FIXED,
        "remove {subnet} from {thing} and add another subnet of the zone (modify-vpc-endpoint)",
        f"{_NOT_MOVABLE}; its address in the zone changes",
        True,
    ),
    OwnerKind.GATEWAY_LOAD_BALANCER_ENDPOINT: Release(
        Effort.FIXED,
        "recreate {thing} in another subnet, change the routes, and delete this one",
        _NOT_MOVABLE,
        True,
    ),
    OwnerKind.INSTANCE_CONNECT_ENDPOINT: Release(Effort.SERVICE, "recreate {thing} in another subnet"),
    OwnerKind.CLIENT_VPN: Release(Effort.SERVICE, "disassociate {subnet} from {thing}", "its connections there end"),
    OwnerKind.RESOLVER_ENDPOINT: Release(
        Effort.SERVICE, "add an IP address in another subnet to {thing}, then remove the one of {eni}"
    ),
    OwnerKind.EKS_NODE: _NODE,
    OwnerKind.CILIUM_NODE: _NODE,
    OwnerKind.EKS_POD: Release(Effort.TASK, "delete the pod that uses {eni}", "its branch interface goes with it"),
    OwnerKind.EKS_CONTROL_PLANE: Release(
        Effort.SERVICE, "give {thing} other subnets (aws eks update-cluster-config)", shared=True
    ),
    OwnerKind.LOAD_BALANCER: Release(
        Effort.SERVICE,
        "give {thing} another subnet instead of {subnet} (aws elbv2 set-subnets), or recreate it there",
        shared=True,
    ),
    OwnerKind.ECS_TASK: Release(Effort.TASK, "force a new deployment of the ECS service whose task uses {eni}"),
    OwnerKind.FARGATE: Release(
        Effort.TASK, "force a new deployment of the service whose Fargate task uses {eni}, or delete its pod"
    ),
    OwnerKind.LAMBDA: Release(
        Effort.SERVICE,
        "give every Lambda function with {groups} in {subnet} other subnets",
        "the functions share these ENIs, which go with the last of them",
        True,
    ),
    OwnerKind.LAMBDA_CAPACITY_PROVIDER: Release(Effort.SERVICE, "give {thing} other subnets", shared=True),
    OwnerKind.RDS: Release(
        Effort.FIXED,
        "fail over to a database instance in another subnet, then replace the one that uses {eni}",
        _NOT_MOVABLE,
    ),
    OwnerKind.RDS_PROXY: Release(
        Effort.FIXED, "replace {thing} with one in other subnets", "the subnets of a proxy are fixed", True
    ),
    OwnerKind.DMS: Release(Effort.SERVICE, "recreate {thing} in another subnet"),
    OwnerKind.ELASTICACHE: Release(Effort.SERVICE, "replace the ElastiCache node that uses {eni}"),
    OwnerKind.DAX: Release(Effort.SERVICE, "replace the DAX node that uses {eni}"),
    OwnerKind.REDSHIFT: Release(
        Effort.FIXED, "restore the Redshift cluster that uses {eni} into another subnet", _NOT_MOVABLE
    ),
    OwnerKind.MSK: Release(Effort.FIXED, "replace {thing} with one in other subnets", _NOT_MOVABLE, True),
    OwnerKind.EMR: Release(Effort.SERVICE, "terminate {thing}"),
    OwnerKind.GLUE: Release(Effort.TASK, "wait until {thing} ends, or stop it"),
    OwnerKind.DATASYNC: Release(Effort.TASK, "wait until {thing} ends, or cancel it"),
    OwnerKind.CODEBUILD: Release(Effort.TASK, "wait until the build that uses {eni} ends, or stop it"),
    OwnerKind.CODE_CONNECTIONS: Release(Effort.SERVICE, "recreate {thing} in other subnets"),
    OwnerKind.EFS: Release(
        Effort.SERVICE,
        "delete the mount target of {name} in {subnet} and create it in another subnet of the zone",
        "the file system cannot be reached from the zone meanwhile",
        True,
    ),
    OwnerKind.DIRECTORY: Release(
        Effort.FIXED, "replace the directory {name} with one in other subnets", _NOT_MOVABLE, True
    ),
    OwnerKind.WORKSPACE: Release(Effort.SERVICE, "rebuild or migrate {thing}"),
    OwnerKind.SAGEMAKER_NOTEBOOK: Release(Effort.SERVICE, "stop {thing}", shared=True),
    OwnerKind.SAGEMAKER_DOMAIN: Release(Effort.SERVICE, "stop the apps of {thing}", shared=True),
    OwnerKind.SAGEMAKER_ENDPOINT: Release(Effort.SERVICE, "deploy {thing} to another subnet"),
    OwnerKind.API_GATEWAY: Release(Effort.SERVICE, "recreate {thing} in another subnet"),
    OwnerKind.CLOUDHSM: Release(Effort.SERVICE, "replace the HSM that uses {eni} with one in another subnet"),
    OwnerKind.QUICKSIGHT: Release(Effort.SERVICE, "give {thing} other subnets"),
    OwnerKind.IOT_RULES: Release(Effort.SERVICE, "recreate {thing} in another subnet"),
    OwnerKind.GLOBAL_ACCELERATOR: Release(Effort.SERVICE, "remove the endpoint in {subnet} from its accelerator"),
    OwnerKind.EVS: Release(Effort.FIXED, "replace the EVS environment that uses {eni}", _NOT_MOVABLE),
    OwnerKind.NAT_GATEWAY: Release(
        Effort.FIXED,
        "create a NAT gateway in another subnet, point the routes to it, then delete {thing}",
        "the primary address of a NAT gateway cannot be changed",
        True,
    ),
    OwnerKind.TRANSIT_GATEWAY: Release(
        Effort.FIXED,
        "give {thing} another subnet instead of {subnet} (aws ec2 modify-transit-gateway-vpc-attachment)",
        f"{_NOT_MOVABLE}; the zone has no route through it meanwhile",
        True,
    ),
    OwnerKind.MANAGED: Release(
        Effort.FIXED,
        "change or delete what uses {eni} in the AWS service that made it",
        "AWS lets nobody else take addresses from it",
    ),
    OwnerKind.INSTANCE: Release(Effort.INSTANCE, "terminate or replace {name}"),
    OwnerKind.DETACHED: Release(Effort.LEFTOVER, "delete the detached {eni}"),
    OwnerKind.OTHER: Release(Effort.UNKNOWN, "find out what uses {eni}, then detach and delete it"),
}
