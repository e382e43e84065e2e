"""The forms of the ENIs of each owner, as DescribeNetworkInterfaces returns them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.interface_owners import OWNER_FORMS

if TYPE_CHECKING:
    from latticetop.simulator import SimulatedAccount
    from tests.simulator.clients import Clients

ID, UUID = "[0-9a-f]{17}", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ACCOUNT = "123456789012"
EXPECTED: dict[str, tuple[str, str, str | None, bool]] = {
    "rds": ("RDSNetworkInterface", "interface", "amazon-rds", True),
    "rds_proxy": ("Network interface for DBProxy orders", "interface", None, True),
    "dms": ("DMSNetworkInterface", "interface", "237081731433", True),
    "elasticache": ("ElastiCache orders", "interface", "amazon-elasticache", True),
    "elasticache_cluster": (r"ElastiCache\+orders", "interface", "amazon-elasticache", True),
    "redshift": ("RedshiftNetworkInterface", "interface", "amazon-redshift", True),
    "dax": ("DAX orders", "interface", None, True),
    "msk": (
        f"DO NOT DELETE - Amazon MSK network interface for cluster arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/orders/.*",
        "interface", None, True,
    ),
    "efs": (f"EFS mount target for fs-{ID} .fsmt-{ID}.", "efs", None, True),
    "datasync": ("datasync orders", "interface", None, True),
    "lambda": (f"AWS Lambda VPC ENI-orders-{UUID}", "lambda", None, True),
    "lambda_before_2019": (f"AWS Lambda VPC ENI: {UUID}", "interface", "AROAEXAMPLELAMBDA0001:awslambda_orders", False),
    "lambda_managed_instance": ("", "interface", None, False),
    "ecs_task": (f"arn:aws:ecs:us-east-1:{ACCOUNT}:attachment/{UUID}", "interface", None, True),
    "fargate": ("AWS Fargate", "interface", None, True),
    "glue": (f"Attached to Glue using role: arn:aws:iam::{ACCOUNT}:role/orders", "interface", None, False),
    "emr": ("AWS ElasticMapReduce", "interface", None, True),
    "codebuild": ("AWS CodeBuild", "interface", f"AROAEXAMPLEBUILD00001:AWSCodeBuild-{UUID}", False),
    "sagemaker_notebook": (
        r"\[Do not delete\] Network Interface created to access resources in your VPC for SageMaker Notebook .* orders",
        "interface", None, True,
    ),
    "sagemaker_studio": (
        r"\[DO NOT DELETE\] ENI managed by SageMaker for Studio Domain\(orders\)", "interface", None, True,
    ),
    "sagemaker_endpoint": ("", "interface", "070621534519", True),
    "workspaces": (f"Created By Amazon Workspaces for AWS Account ID {ACCOUNT}", "interface", None, True),
    "evs": ("", "evs", None, True),
    "quicksight": ("", "quicksight", None, True),
    "iot_rules": ("", "iot_rules_managed", None, True),
    "nat_gateway": (f"Interface for NAT Gateway nat-{ID}", "nat_gateway", "036872051663", True),
    "transit_gateway": (
        f"Network Interface for Transit Gateway Attachment tgw-attach-{ID}", "transit_gateway", None, True,
    ),
    "application_load_balancer": ("ELB app/orders/[0-9a-f]{16}", "interface", "amazon-elb", True),
    "network_load_balancer": ("ELB net/orders/[0-9a-f]{16}", "network_load_balancer", "amazon-elb", True),
    "gateway_load_balancer": ("ELB gwy/orders/[0-9a-f]{16}", "gateway_load_balancer", "amazon-elb", True),
    "classic_load_balancer": ("ELB orders", "interface", "amazon-elb", True),
    "interface_endpoint": (f"VPC Endpoint Interface vpce-{ID}", "vpc_endpoint", "727180483921", True),
    "gateway_load_balancer_endpoint": (
        f"VPC Endpoint Interface vpce-{ID}", "gateway_load_balancer_endpoint", "727180483921", True,
    ),
    "instance_connect_endpoint": ("", "ec2_instance_connect_endpoint", None, True),
    "vpc_link": ("ENI managed by APIGateway", "api_gateway_managed", None, True),
    "code_connections": ("AWS CodeStar Connections", "aws_codestar_connections_managed", None, True),
    "client_vpn": ("ClientVPN Endpoint resource", "interface", None, True),
    "route53_resolver": (f"Route 53 Resolver: rslvr-in-{ID}:rni-{ID}", "interface", None, True),
    "directory": ("AWS created network interface for directory orders", "interface", None, True),
    "cloudhsm": ("CloudHsm ENI", "interface", None, True),
    "cloudhsm_classic": ("CloudHSM Managed Interface", "interface", None, True),
    "global_accelerator": ("", "global_accelerator_managed", None, True),
    "eks_control_plane": ("Amazon EKS orders", "interface", None, True),
    "eks_auto_mode_node": ("", "interface", None, False),
    "eks_trunk": ("aws-k8s-trunk-eni", "trunk", "895095153028", False),
    "eks_branch": ("aws-k8s-branch-eni", "branch", "895095153028", False),
    "cilium": (f"Cilium-CNI .i-{ID}.", "interface", None, False),
}  # fmt: skip
"""By owner: the pattern of the description, the type, the pattern of the requester, and RequesterManaged."""


def test_every_owner_is_in_the_table() -> None:
    assert EXPECTED.keys() == OWNER_FORMS.keys()


def describe_all(clients: Clients) -> list[dict[str, Any]]:
    interfaces: list[dict[str, Any]] = clients.ec2.describe_network_interfaces(IncludeManagedResources=True)[
        "NetworkInterfaces"
    ]
    return interfaces


def test_the_form_of_each_owner(empty: Clients, subnet_id: str) -> None:
    def add(account: SimulatedAccount) -> dict[str, str]:
        region = account.region()
        factory, subnet = InterfaceFactory(region), region.subnet(subnet_id)
        return {factory.owned(subnet, owner, "orders").id: owner for owner in OWNER_FORMS}

    owners = empty.server.call(add)
    for interface in describe_all(empty):
        owner = owners[interface["NetworkInterfaceId"]]
        description, interface_type, requester, is_managed = EXPECTED[owner]
        assert re.fullmatch(description, interface["Description"]), owner
        assert (interface["InterfaceType"], interface["RequesterManaged"]) == (interface_type, is_managed), owner
        assert re.fullmatch(requester or "", interface.get("RequesterId", "")), owner
        assert interface["Status"] == "in-use"
        assert ("Attachment" in interface) is (owner != "eks_branch"), owner


def test_a_service_attachment_is_not_the_accounts(empty: Clients, subnet_id: str) -> None:
    def add(account: SimulatedAccount) -> None:
        factory, subnet = InterfaceFactory(account.region()), account.region().subnet(subnet_id)
        for owner in ("rds", "network_load_balancer", "directory", "eks_trunk"):
            factory.owned(subnet, owner)

    empty.server.call(add)
    attachments = [interface["Attachment"] for interface in describe_all(empty)]
    assert [attachment["InstanceOwnerId"] for attachment in attachments] == [
        "amazon-rds", "amazon-elb", "amazon-aws", ACCOUNT,
    ]  # fmt: skip
    assert [attachment["AttachmentId"].partition("-")[0] for attachment in attachments] == ["ela", "ela", "ela", "eni"]
    assert [attachment["DeleteOnTermination"] for attachment in attachments] == [False, False, False, True]


@pytest.mark.parametrize("owner", ["glue", "rds", "lambda", "eks_branch"])
def test_a_leftover_is_available_and_keeps_its_address(empty: Clients, subnet_id: str, owner: str) -> None:
    def add(account: SimulatedAccount) -> None:
        region = account.region()
        InterfaceFactory(region).owned(region.subnet(subnet_id), owner, address="10.0.0.20", is_leftover=True)

    empty.server.call(add)
    (interface,) = describe_all(empty)
    assert (interface["Status"], interface["PrivateIpAddress"]) == ("available", "10.0.0.20")
    assert "Attachment" not in interface
    empty.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    assert describe_all(empty) == []


def test_managed_owners_are_hidden_by_default(empty: Clients, subnet_id: str) -> None:
    def add(account: SimulatedAccount) -> None:
        factory, subnet = InterfaceFactory(account.region()), account.region().subnet(subnet_id)
        for owner in ("eks_auto_mode_node", "lambda_managed_instance", "rds"):
            factory.owned(subnet, owner, "orders")

    empty.server.call(add)
    assert len(empty.ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1
    operators = [interface["Operator"] for interface in describe_all(empty)]
    assert [operator.get("Principal") for operator in operators] == ["eks.amazonaws.com", "lambda.amazonaws.com", None]
    assert [operator["Managed"] for operator in operators] == [True, True, False]
