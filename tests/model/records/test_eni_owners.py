"""Owners of ENIs, by descriptions as AWS and the EKS CNI write them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from latticetop.model.records.eni_owners import EniRole, Owner, OwnerKind, endpoint_of, is_lattice, owner_of, role_of
from latticetop.model.records.resources import NetworkInterface, Tag

BARE = NetworkInterface("eni-1", "subnet-1", status="in-use")


def eni(**members: Any) -> NetworkInterface:
    return structs.replace(BARE, **members)


@pytest.mark.parametrize(
    ("members", "kind", "name"),
    [
        (
            {"description": "VPC Endpoint Interface vpce-0e3b1bfc42d162c4a"},
            OwnerKind.LATTICE_ENDPOINT,
            "vpce-0e3b1bfc42d162c4a",
        ),
        (
            {"description": "VPC Endpoint Interface: vpce-0cc199f605eaeace7"},
            OwnerKind.LATTICE_ENDPOINT,
            "vpce-0cc199f605eaeace7",
        ),
        (
            {"description": "VPC Endpoint Interface vpce-0777aaaa", "interface_type": "vpc_endpoint"},
            OwnerKind.INTERFACE_ENDPOINT,
            "vpce-0777aaaa",
        ),
        (
            {"description": "Resource Gateway Interface rgw-0bba03f3d56060135"},
            OwnerKind.RESOURCE_GATEWAY,
            "rgw-0bba03f3d56060135",
        ),
        ({"tags": (Tag("VpcLatticeManaged", "true"),)}, OwnerKind.LATTICE_ENDPOINT, ""),
        ({"description": "aws-K8S-i-0abc", "instance_id": "i-0abc"}, OwnerKind.EKS_NODE, "i-0abc"),
        ({"description": "aws-K8S-i-0abc"}, OwnerKind.EKS_NODE, "i-0abc"),
        ({"tags": (Tag("node.k8s.amazonaws.com/instance_id", "i-0def"),)}, OwnerKind.EKS_NODE, "i-0def"),
        (
            {"instance_id": "i-0123", "tags": (Tag("kubernetes.io/cluster/blue", "owned"),)},
            OwnerKind.EKS_NODE,
            "i-0123",
        ),
        ({"description": "Amazon EKS blue"}, OwnerKind.EKS_CONTROL_PLANE, "blue"),
        ({"description": "ELB app/web/50dc6c495c0c9188"}, OwnerKind.LOAD_BALANCER, "app/web/50dc6c495c0c9188"),
        (
            {"description": "arn:aws:ecs:us-east-1:123456789012:attachment/0c1d"},
            OwnerKind.ECS_TASK,
            "attachment/0c1d",
        ),
        ({"description": "RDSNetworkInterface"}, OwnerKind.RDS, ""),
        ({"description": "ElastiCache cache-001"}, OwnerKind.ELASTICACHE, "cache-001"),
        ({"description": "RedshiftNetworkInterface"}, OwnerKind.REDSHIFT, ""),
        ({"description": "EFS mount target for fs-0a1b (fsmt-0c)"}, OwnerKind.EFS, "fs-0a1b"),
        (
            {"description": "AWS Lambda VPC ENI-worker-1f", "interface_type": "lambda"},
            OwnerKind.LAMBDA,
            "worker-1f",
        ),
        (
            {"description": "Interface for NAT Gateway nat-05dba92075d71c408", "interface_type": "natGateway"},
            OwnerKind.NAT_GATEWAY,
            "nat-05dba92075d71c408",
        ),
        ({"interface_type": "nat_gateway"}, OwnerKind.NAT_GATEWAY, ""),
        ({"interface_type": "transit_gateway", "description": "tgw"}, OwnerKind.TRANSIT_GATEWAY, "tgw"),
        ({"operator": "eks-auto.amazonaws.com"}, OwnerKind.MANAGED, "eks-auto.amazonaws.com"),
        ({"instance_id": "i-0aaa"}, OwnerKind.INSTANCE, "i-0aaa"),
        ({"status": "available", "description": "spare"}, OwnerKind.DETACHED, "spare"),
        ({"requester_managed": True, "description": "something"}, OwnerKind.MANAGED, "something"),
        ({"description": "[bold]"}, OwnerKind.OTHER, "[bold]"),
    ],
)
def test_the_owner_is_read_from_the_surest_sign(members: dict[str, Any], kind: OwnerKind, name: str) -> None:
    assert owner_of(eni(**members)) == Owner(kind, name)


def test_the_colon_tells_the_role() -> None:
    resource = eni(description="VPC Endpoint Interface vpce-0e3b1bfc42d162c4a")
    service = eni(description="VPC Endpoint Interface: vpce-0e3b1bfc42d162c4a")
    assert endpoint_of(resource) == ("vpce-0e3b1bfc42d162c4a", EniRole.RESOURCE)
    assert endpoint_of(service) == ("vpce-0e3b1bfc42d162c4a", EniRole.SERVICE)
    assert role_of(eni(description="Resource Gateway Interface rgw-0a")) is EniRole.GATEWAY


def test_a_classic_interface_endpoint_is_no_lattice() -> None:
    classic = eni(description="VPC Endpoint Interface vpce-0777", interface_type="vpc_endpoint")
    assert endpoint_of(classic) == ("vpce-0777", None)
    assert not is_lattice(classic)
    assert is_lattice(eni(description="VPC Endpoint Interface vpce-0777"))


def test_a_description_that_only_mentions_an_endpoint_names_none() -> None:
    assert endpoint_of(eni(description="not a VPC Endpoint Interface vpce-0777")) == ("", None)
    assert not is_lattice(BARE)


def test_an_instance_is_shown_by_its_id_alone() -> None:
    assert str(Owner(OwnerKind.INSTANCE, "i-0aaa")) == "i-0aaa"
    assert str(Owner(OwnerKind.EKS_NODE, "i-0aaa")) == "EKS node i-0aaa"
    assert str(Owner(OwnerKind.RDS)) == "RDS"
