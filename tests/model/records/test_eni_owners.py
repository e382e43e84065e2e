"""Owners of ENIs, by descriptions, types and requesters as AWS, the EKS CNI and Cilium write them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec import structs

from latticetop.model.records.eni_owners import (
    EniRole,
    Owner,
    endpoint_of,
    how_to_free,
    is_lattice,
    owner_label,
    owner_of,
    role_of,
)
from latticetop.model.records.owner_kinds import Effort, OwnerKind
from latticetop.model.records.resources import NetworkInterface, Tag

BARE = NetworkInterface("eni-1", "subnet-1", status="in-use")
MANAGED = {"requester_managed": True}
EKS_TAGS = (Tag("node.k8s.amazonaws.com/instance_id", "i-0def"),)


def eni(**members: Any) -> NetworkInterface:
    return structs.replace(BARE, **members)


# What AWS or the CNI writes -> the label, the effort, and how the address comes free.
OWNERS: list[tuple[dict[str, Any], str, Effort, str]] = [
    (
        {"description": "VPC Endpoint Interface vpce-0e3b1bfc42d162c4a", **MANAGED},
        "vpce-0e3b1bfc42d162c4a",
        Effort.FIXED,
        "recreate VPC Lattice endpoint vpce-0e3b1bfc42d162c4a in another subnet",
    ),
    (
        {"description": "VPC Endpoint Interface: vpce-0cc199f605eaeace7", **MANAGED},
        "vpce-0cc199f605eaeace7",
        Effort.FIXED,
        "recreate VPC Lattice endpoint vpce-0cc199f605eaeace7 in another subnet",
    ),
    (
        {"tags": (Tag("VpcLatticeManaged", "true"),), **MANAGED},
        "VPC Lattice endpoint",
        Effort.FIXED,
        "recreate the VPC Lattice endpoint that uses eni-1 in another subnet",
    ),
    (
        {"description": "Resource Gateway Interface rgw-0bba03f3d56060135", **MANAGED},
        "rgw-0bba03f3d56060135",
        Effort.FIXED,
        (
            "replace resource gateway rgw-0bba03f3d56060135 with one that has fewer IPv4 addresses per ENI, or other "
            "subnets"
        ),
    ),
    (
        {"description": "VPC Endpoint Interface vpce-0777", "interface_type": "vpc_endpoint", **MANAGED},
        "vpce-0777",
        Effort.FIXED,
        "remove subnet-1 from interface endpoint vpce-0777 and add another subnet of the zone (modify-vpc-endpoint)",
    ),
    (
        {
            "description": "VPC Endpoint Interface vpce-0888",
            "interface_type": "gateway_load_balancer_endpoint",
            **MANAGED,
        },
        "Gateway Load Balancer endpoint vpce-0888",
        Effort.FIXED,
        "recreate Gateway Load Balancer endpoint vpce-0888 in another subnet, change the routes, and delete this one",
    ),
    (
        {"interface_type": "gateway_load_balancer_endpoint", **MANAGED},
        "Gateway Load Balancer endpoint",
        Effort.FIXED,
        (
            "recreate the Gateway Load Balancer endpoint that uses eni-1 in another subnet, change the routes, and "
            "delete this one"
        ),
    ),
    (
        {"interface_type": "ec2_instance_connect_endpoint", **MANAGED},
        "EC2 Instance Connect Endpoint",
        Effort.SERVICE,
        "recreate the EC2 Instance Connect Endpoint that uses eni-1 in another subnet",
    ),
    (
        {"description": "ClientVPN Endpoint resource", **MANAGED},
        "Client VPN endpoint",
        Effort.SERVICE,
        "disassociate subnet-1 from the Client VPN endpoint that uses eni-1",
    ),
    (
        {"description": "Route 53 Resolver: rslvr-in-0a1b2c3d:rni-0f1e2d3c", **MANAGED},
        "Route 53 Resolver endpoint rslvr-in-0a1b2c3d",
        Effort.SERVICE,
        (
            "add an IP address in another subnet to Route 53 Resolver endpoint rslvr-in-0a1b2c3d, then remove "
            "the one of eni-1"
        ),
    ),
    (
        {"description": "aws-K8S-i-0abc", "instance_id": "i-0abc"},
        "EKS node i-0abc",
        Effort.NODE,
        "drain i-0abc (EKS node) and terminate it",
    ),
    ({"tags": EKS_TAGS}, "EKS node i-0def", Effort.NODE, "drain i-0def (EKS node) and terminate it"),
    (
        {"instance_id": "i-0abc", "tags": (Tag("kubernetes.io/cluster/prod", "owned"),)},
        "EKS node i-0abc",
        Effort.NODE,
        "drain i-0abc (EKS node) and terminate it",
    ),
    (
        {"description": "aws-k8s-trunk-eni", "interface_type": "trunk", "instance_id": "i-0abc"},
        "EKS node i-0abc",
        Effort.NODE,
        "drain i-0abc (EKS node) and terminate it",
    ),
    (
        {"instance_id": "i-0abc", "tags": (Tag("eks:eni:owner", "eks-vpc-resource-controller"),)},
        "EKS node i-0abc",
        Effort.NODE,
        "drain i-0abc (EKS node) and terminate it",
    ),
    (
        {"instance_id": "i-0abc", "operator": "eks.amazonaws.com"},
        "EKS node i-0abc",
        Effort.NODE,
        "drain i-0abc (EKS node) and terminate it",
    ),
    (
        {"description": "Cilium-CNI (i-0abc)", "instance_id": "i-0abc"},
        "Cilium node i-0abc",
        Effort.NODE,
        "drain i-0abc (Cilium node) and terminate it",
    ),
    (
        {"instance_id": "i-0abc", "tags": (Tag("io.cilium/cilium-managed", "true"),)},
        "Cilium node i-0abc",
        Effort.NODE,
        "drain i-0abc (Cilium node) and terminate it",
    ),
    (
        {"description": "aws-k8s-branch-eni", "interface_type": "branch"},
        "EKS pod",
        Effort.TASK,
        "delete the pod that uses eni-1",
    ),
    (
        {"interface_type": "branch", "tags": (Tag("vpcresources.k8s.aws/vlan-id", "3"),)},
        "EKS pod",
        Effort.TASK,
        "delete the pod that uses eni-1",
    ),
    (
        {"description": "Amazon EKS blue", **MANAGED},
        "EKS control plane blue",
        Effort.SERVICE,
        "give EKS control plane blue other subnets (aws eks update-cluster-config)",
    ),
    (
        {"description": "ELB app/web/50dc6c495c0c9188", **MANAGED},
        "load balancer app/web/50dc6c495c0c9188",
        Effort.SERVICE,
        (
            "give load balancer app/web/50dc6c495c0c9188 another subnet instead of subnet-1 "
            "(aws elbv2 set-subnets), or recreate it there"
        ),
    ),
    (
        {"interface_type": "network_load_balancer", **MANAGED},
        "load balancer",
        Effort.SERVICE,
        (
            "give the load balancer that uses eni-1 another subnet instead of subnet-1 "
            "(aws elbv2 set-subnets), or recreate it there"
        ),
    ),
    (
        {"description": "arn:aws:ecs:us-east-1:123456789012:attachment/0c1d", **MANAGED},
        "ECS task attachment/0c1d",
        Effort.TASK,
        "force a new deployment of the ECS service whose task uses eni-1",
    ),
    (
        {"description": "arn:aws:ecs:us-east-1:123456789012:attachment/0c1d", "instance_id": "i-0abc"},
        "ECS task attachment/0c1d",
        Effort.TASK,
        "force a new deployment of the ECS service whose task uses eni-1",
    ),
    (
        {"description": "AWS Fargate", **MANAGED},
        "Fargate task",
        Effort.TASK,
        "force a new deployment of the service whose Fargate task uses eni-1, or delete its pod",
    ),
    (
        {
            "description": "AWS Lambda VPC ENI-orders-0f6a",
            "interface_type": "lambda",
            "security_group_ids": ("sg-1",),
            **MANAGED,
        },
        "Lambda",
        Effort.SERVICE,
        "give every Lambda function with security group sg-1 in subnet-1 other subnets",
    ),
    (
        {
            "description": "AWS Lambda VPC ENI: 0f0f0f0f-8b35-4f36-a046-0123456789ab",
            "requester_id": "123456789012:awslambda_5_2020",
            "security_group_ids": ("sg-1", "sg-2"),
            **MANAGED,
        },
        "Lambda",
        Effort.SERVICE,
        "give every Lambda function with security groups sg-1, sg-2 in subnet-1 other subnets",
    ),
    (
        {"requester_id": "123456789012:awslambda_5_2020", **MANAGED},
        "Lambda",
        Effort.SERVICE,
        "give every Lambda function with the groups of eni-1 in subnet-1 other subnets",
    ),
    (
        {"operator": "lambda.amazonaws.com"},
        "Lambda capacity provider",
        Effort.SERVICE,
        "give the Lambda capacity provider that uses eni-1 other subnets",
    ),
    (
        {
            "tags": (
                Tag("aws:lambda:capacity-provider", "arn:aws:lambda:us-east-1:123456789012:capacity-provider/gpu/1"),
            )
        },
        "Lambda capacity provider gpu",
        Effort.SERVICE,
        "give Lambda capacity provider gpu other subnets",
    ),
    (
        {"description": "RDSNetworkInterface", "requester_id": "amazon-rds", **MANAGED},
        "RDS",
        Effort.FIXED,
        "fail over to a database instance in another subnet, then replace the one that uses eni-1",
    ),
    (
        {"description": "made by hand", "requester_id": "amazon-rds", **MANAGED},
        "RDS",
        Effort.FIXED,
        "fail over to a database instance in another subnet, then replace the one that uses eni-1",
    ),
    (
        {"description": "Network interface for DBProxy orders", **MANAGED},
        "RDS Proxy orders",
        Effort.FIXED,
        "replace RDS Proxy orders with one in other subnets",
    ),
    (
        {"description": "DMSNetworkInterface", **MANAGED},
        "DMS replication instance",
        Effort.SERVICE,
        "recreate the DMS replication instance that uses eni-1 in another subnet",
    ),
    (
        {"requester_id": "237081731433", **MANAGED},
        "DMS replication instance",
        Effort.SERVICE,
        "recreate the DMS replication instance that uses eni-1 in another subnet",
    ),
    (
        {"description": "ElastiCache cache-001", **MANAGED},
        "ElastiCache cache-001",
        Effort.SERVICE,
        "replace the ElastiCache node that uses eni-1",
    ),
    (
        {"description": "ElastiCache+cache-001", "requester_id": "amazon-elasticache", **MANAGED},
        "ElastiCache cache-001",
        Effort.SERVICE,
        "replace the ElastiCache node that uses eni-1",
    ),
    ({"description": "DAX orders"}, "DAX orders", Effort.SERVICE, "replace the DAX node that uses eni-1"),
    (
        {"description": "RedshiftNetworkInterface", **MANAGED},
        "Redshift",
        Effort.FIXED,
        "restore the Redshift cluster that uses eni-1 into another subnet",
    ),
    (
        {
            "description": "DO NOT DELETE - Amazon MSK network interface for cluster "
            "arn:aws:kafka:us-east-1:123456789012:cluster/prod/3f0c-1",
            **MANAGED,
        },
        "MSK cluster prod",
        Effort.FIXED,
        "replace MSK cluster prod with one in other subnets",
    ),
    (
        {"description": "AWS ElasticMapReduce j-1", **MANAGED},
        "EMR cluster",
        Effort.SERVICE,
        "terminate the EMR cluster that uses eni-1",
    ),
    (
        {"description": "Attached to Glue using role: arn:aws:iam::123456789012:role/glue"},
        "Glue job",
        Effort.TASK,
        "wait until the Glue job that uses eni-1 ends, or stop it",
    ),
    (
        {"description": "datasync nightly", **MANAGED},
        "DataSync task nightly",
        Effort.TASK,
        "wait until DataSync task nightly ends, or cancel it",
    ),
    (
        {"description": "AWS CodeBuild", **MANAGED},
        "CodeBuild",
        Effort.TASK,
        "wait until the build that uses eni-1 ends, or stop it",
    ),
    (
        {"requester_id": "123456789012:AWSCodeBuild-7f3a", **MANAGED},
        "CodeBuild",
        Effort.TASK,
        "wait until the build that uses eni-1 ends, or stop it",
    ),
    (
        {"interface_type": "aws_codestar_connections_managed", **MANAGED},
        "CodeConnections host",
        Effort.SERVICE,
        "recreate the CodeConnections host that uses eni-1 in other subnets",
    ),
    (
        {"description": "AWS CodeStar Connections host", **MANAGED},
        "CodeConnections host",
        Effort.SERVICE,
        "recreate the CodeConnections host that uses eni-1 in other subnets",
    ),
    (
        {"description": "EFS mount target for fs-0a1b (fsmt-0c)", "interface_type": "efs", **MANAGED},
        "EFS mount target fs-0a1b",
        Effort.SERVICE,
        "delete the mount target of fs-0a1b in subnet-1 and create it in another subnet of the zone",
    ),
    (
        {"description": "AWS created network interface for directory d-90672f7a1b", **MANAGED},
        "Directory Service d-90672f7a1b",
        Effort.FIXED,
        "replace the directory d-90672f7a1b with one in other subnets",
    ),
    (
        {"description": "Created By Amazon Workspaces for AWS Account ID 123456789012", **MANAGED},
        "WorkSpace",
        Effort.SERVICE,
        "rebuild or migrate the WorkSpace that uses eni-1",
    ),
    (
        {
            "description": "[Do not delete] Network Interface created to access resources in your VPC for SageMaker "
            "Notebook Instance research",
            **MANAGED,
        },
        "SageMaker notebook research",
        Effort.SERVICE,
        "stop SageMaker notebook research",
    ),
    (
        {"description": "[DO NOT DELETE] ENI managed by SageMaker for Studio Domain(d-0f1e)", **MANAGED},
        "SageMaker Studio domain d-0f1e",
        Effort.SERVICE,
        "stop the apps of SageMaker Studio domain d-0f1e",
    ),
    (
        {"requester_id": "070621534519", **MANAGED},
        "SageMaker endpoint",
        Effort.SERVICE,
        "deploy the SageMaker endpoint that uses eni-1 to another subnet",
    ),
    (
        {"description": "ENI managed by APIGateway", "interface_type": "api_gateway_managed", **MANAGED},
        "API Gateway VPC link",
        Effort.SERVICE,
        "recreate the API Gateway VPC link that uses eni-1 in another subnet",
    ),
    (
        {"description": "CloudHSM Managed Interface", **MANAGED},
        "CloudHSM",
        Effort.SERVICE,
        "replace the HSM that uses eni-1 with one in another subnet",
    ),
    (
        {"description": "CloudHsm ENI", **MANAGED},
        "CloudHSM",
        Effort.SERVICE,
        "replace the HSM that uses eni-1 with one in another subnet",
    ),
    (
        {"interface_type": "quicksight", **MANAGED},
        "QuickSight VPC connection",
        Effort.SERVICE,
        "give the QuickSight VPC connection that uses eni-1 other subnets",
    ),
    (
        {"interface_type": "iot_rules_managed", **MANAGED},
        "IoT rule destination",
        Effort.SERVICE,
        "recreate the IoT rule destination that uses eni-1 in another subnet",
    ),
    (
        {"interface_type": "global_accelerator_managed", **MANAGED},
        "Global Accelerator",
        Effort.SERVICE,
        "remove the endpoint in subnet-1 from its accelerator",
    ),
    ({"interface_type": "evs", **MANAGED}, "EVS", Effort.FIXED, "replace the EVS environment that uses eni-1"),
    (
        {
            "description": "Interface for NAT Gateway nat-05dba92075d71c408",
            "interface_type": "nat_gateway",
            "requester_id": "036872051663",
            **MANAGED,
        },
        "NAT gateway nat-05dba92075d71c408",
        Effort.FIXED,
        "create a NAT gateway in another subnet, point the routes to it, then delete NAT gateway nat-05dba92075d71c408",
    ),
    (
        {"interface_type": "natGateway", **MANAGED},
        "NAT gateway",
        Effort.FIXED,
        "create a NAT gateway in another subnet, point the routes to it, then delete the NAT gateway that uses eni-1",
    ),
    (
        {
            "description": "Network Interface for Transit Gateway Attachment tgw-attach-0123456789abcdef0",
            "interface_type": "transit_gateway",
            **MANAGED,
        },
        "transit gateway attachment tgw-attach-0123456789abcdef0",
        Effort.FIXED,
        (
            "give transit gateway attachment tgw-attach-0123456789abcdef0 another subnet instead of subnet-1 "
            "(aws ec2 modify-transit-gateway-vpc-attachment)"
        ),
    ),
    (
        {"description": "AWS Something New", **MANAGED},
        "managed by AWS: Something New",
        Effort.FIXED,
        "change or delete what uses eni-1 in the AWS service that made it",
    ),
    (
        {"operator": "workspaces.amazonaws.com"},
        "managed by AWS: workspaces.amazonaws.com",
        Effort.FIXED,
        "change or delete what uses eni-1 in the AWS service that made it",
    ),
    (
        {"instance_id": "i-0aaa", **MANAGED},
        "managed by AWS: i-0aaa",
        Effort.FIXED,
        "change or delete what uses eni-1 in the AWS service that made it",
    ),
    ({"instance_id": "i-0aaa"}, "i-0aaa", Effort.INSTANCE, "terminate or replace i-0aaa"),
    (
        {"instance_id": "i-0aaa", "description": "datasync of my own"},
        "i-0aaa",
        Effort.INSTANCE,
        "terminate or replace i-0aaa",
    ),
    (
        {"status": "available", "description": "spare"},
        "detached: spare",
        Effort.LEFTOVER,
        "delete the detached eni-1",
    ),
    ({"status": "available"}, "detached", Effort.LEFTOVER, "delete the detached eni-1"),
    (
        {"status": "available", "description": "aws-K8S-i-0abc"},
        "detached: EKS node i-0abc",
        Effort.LEFTOVER,
        "delete the detached eni-1",
    ),
    (
        {"status": "available", "description": "AWS Lambda VPC ENI-f", "interface_type": "lambda", **MANAGED},
        "detached: Lambda",
        Effort.LEFTOVER,
        "delete the detached eni-1",
    ),
    (
        {"status": "available", "description": "Attached to Glue using role: arn:aws:iam::123456789012:role/glue"},
        "detached: Glue job",
        Effort.LEFTOVER,
        "delete the detached eni-1",
    ),
    ({"description": "[bold]"}, "other: [bold]", Effort.UNKNOWN, "find out what uses eni-1, then detach and delete it"),
]


@pytest.mark.parametrize(("members", "label", "effort", "how"), OWNERS)
def test_each_kind_of_owner_has_a_label_an_effort_and_a_way_to_free_it(
    members: dict[str, Any], label: str, effort: Effort, how: str
) -> None:
    interface = eni(**members)
    owner = owner_of(interface)
    assert (str(owner), owner.kind.effort) == (label, effort)
    assert how_to_free(owner, [interface])[0] == how
    assert not re.search(r"\b(\w+)\W+\1\b", label, re.IGNORECASE)


def test_every_kind_is_in_the_table() -> None:
    assert {owner_of(eni(**members)).kind for members, *_ in OWNERS} == set(OwnerKind)


def test_no_way_is_called_a_move_where_nothing_can_be_moved() -> None:
    for kind in OwnerKind:
        assert not kind.release.how.startswith("move")
        assert kind.release.how and kind.release.effort is kind.effort


def test_several_interfaces_of_one_owner_are_freed_together() -> None:
    interfaces = [eni(interface_type="lambda", security_group_ids=("sg-1",), network_interface_id=n) for n in "ab"]
    assert how_to_free(owner_of(interfaces[0]), interfaces) == (
        "give every Lambda function with security group sg-1 in subnet-1 other subnets",
        "the functions share these ENIs, which go with the last of them",
    )


def test_the_colon_tells_the_role() -> None:
    resource = eni(description="VPC Endpoint Interface vpce-0e3b1bfc42d162c4a")
    service = eni(description="VPC Endpoint Interface: vpce-0e3b1bfc42d162c4a")
    assert endpoint_of(resource) == ("vpce-0e3b1bfc42d162c4a", EniRole.RESOURCE)
    assert endpoint_of(service) == ("vpce-0e3b1bfc42d162c4a", EniRole.SERVICE)
    assert role_of(eni(description="Resource Gateway Interface rgw-0a")) is EniRole.GATEWAY


@pytest.mark.parametrize("interface_type", ["vpc_endpoint", "gateway_load_balancer_endpoint"])
def test_only_the_type_interface_has_a_role(interface_type: str) -> None:
    for description in ("VPC Endpoint Interface vpce-0777", "VPC Endpoint Interface: vpce-0777"):
        classic = eni(description=description, interface_type=interface_type)
        assert endpoint_of(classic) == ("vpce-0777", None)
        assert not is_lattice(classic)
        assert is_lattice(eni(description=description))
    assert role_of(eni(description="Resource Gateway Interface rgw-0a", interface_type=interface_type)) is None


def test_a_description_that_only_mentions_an_endpoint_names_none() -> None:
    assert endpoint_of(eni(description="not a VPC Endpoint Interface vpce-0777")) == ("", None)
    assert not is_lattice(BARE)


def test_an_owner_is_shown_by_its_id_where_that_shows_the_kind() -> None:
    assert str(Owner(OwnerKind.INSTANCE, "i-0aaa")) == "i-0aaa"
    assert str(Owner(OwnerKind.EKS_NODE, "i-0aaa")) == "EKS node i-0aaa"
    assert str(Owner(OwnerKind.RDS)) == "RDS"
    assert owner_label(BARE) == "eni-1"
    assert owner_label(eni(description="spare")) == "other: spare"
