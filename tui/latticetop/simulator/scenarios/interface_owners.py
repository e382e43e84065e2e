"""The forms of the ENIs of each owner: description, type, requester and attachment as AWS writes them.

They follow public text: samples of DescribeNetworkInterfaces, Terraform state, and three public classifiers of ENIs.
Where only a type or a prefix of the description is public, the rest is left empty. ``{name}`` is a name that the
caller chooses, ``{id}`` 17 hexadecimal digits, ``{uuid}`` a UUID, ``{account}`` and ``{region}`` those of the Region.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from latticetop.simulator.ec2_resources import SimulatedOperator
from latticetop.simulator.endpoint_creation import ENDPOINT_REQUESTER_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

EKS_REQUESTER_ID = "895095153028"
NAT_GATEWAY_REQUESTER_ID = "036872051663"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerForm:
    """The form of an ENI: attached to an instance of the account, to one of a service, or to nothing.

    ``instance_owner_id`` is the owner of the service's instance.
    """

    description: str = ""
    interface_type: str = "interface"
    requester_id: str | None = None
    requester_managed: bool = True
    attached_to: Literal["instance", "service", "nothing"] = "service"
    instance_owner_id: str = "amazon-aws"
    operator: SimulatedOperator | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


_DATABASES = {
    "rds": OwnerForm(description="RDSNetworkInterface", requester_id="amazon-rds", instance_owner_id="amazon-rds"),
    "rds_proxy": OwnerForm(description="Network interface for DBProxy {name}"),
    "dms": OwnerForm(description="DMSNetworkInterface", requester_id="237081731433"),
    "elasticache": OwnerForm(description="ElastiCache {name}", requester_id="amazon-elasticache"),
    "elasticache_cluster": OwnerForm(description="ElastiCache+{name}", requester_id="amazon-elasticache"),
    "redshift": OwnerForm(description="RedshiftNetworkInterface", requester_id="amazon-redshift"),
    "dax": OwnerForm(description="DAX {name}"),
    "msk": OwnerForm(
        description=(
            "DO NOT DELETE - Amazon MSK network interface for cluster "
            "arn:aws:kafka:{region}:{account}:cluster/{name}/{uuid}-2."
        )
    ),
    "efs": OwnerForm(description="EFS mount target for fs-{id} (fsmt-{id})", interface_type="efs"),
    "datasync": OwnerForm(description="datasync {name}"),
}
_COMPUTE = {
    "lambda": OwnerForm(
        description="AWS Lambda VPC ENI-{name}-{uuid}", interface_type="lambda", instance_owner_id="aws-lambda"
    ),
    "lambda_before_2019": OwnerForm(
        description="AWS Lambda VPC ENI: {uuid}",
        requester_id="AROAEXAMPLELAMBDA0001:awslambda_{name}",
        requester_managed=False,
    ),
    "lambda_managed_instance": OwnerForm(
        requester_managed=False,
        attached_to="instance",
        operator=SimulatedOperator(principal="lambda.amazonaws.com", hidden_by_default=True),
        tags={"aws:lambda:capacity-provider": "{name}"},
    ),
    "ecs_task": OwnerForm(description="arn:aws:ecs:{region}:{account}:attachment/{uuid}"),
    "fargate": OwnerForm(description="AWS Fargate"),
    "glue": OwnerForm(
        description="Attached to Glue using role: arn:aws:iam::{account}:role/{name}", requester_managed=False
    ),
    "emr": OwnerForm(description="AWS ElasticMapReduce"),
    "codebuild": OwnerForm(
        description="AWS CodeBuild", requester_id="AROAEXAMPLEBUILD00001:AWSCodeBuild-{uuid}", requester_managed=False
    ),
    "sagemaker_notebook": OwnerForm(
        description=(
            "[Do not delete] Network Interface created to access resources in your VPC "
            "for SageMaker Notebook Instance {name}"
        )
    ),
    "sagemaker_studio": OwnerForm(description="[DO NOT DELETE] ENI managed by SageMaker for Studio Domain({name})"),
    "sagemaker_endpoint": OwnerForm(requester_id="070621534519"),
    "workspaces": OwnerForm(description="Created By Amazon Workspaces for AWS Account ID {account}"),
    "evs": OwnerForm(interface_type="evs"),
    "quicksight": OwnerForm(interface_type="quicksight"),
    "iot_rules": OwnerForm(interface_type="iot_rules_managed"),
}
_NETWORK = {
    "nat_gateway": OwnerForm(
        description="Interface for NAT Gateway nat-{id}",
        interface_type="nat_gateway",
        requester_id=NAT_GATEWAY_REQUESTER_ID,
    ),
    "transit_gateway": OwnerForm(
        description="Network Interface for Transit Gateway Attachment tgw-attach-{id}", interface_type="transit_gateway"
    ),
    "application_load_balancer": OwnerForm(
        description="ELB app/{name}/{digits}", requester_id="amazon-elb", instance_owner_id="amazon-elb"
    ),
    "network_load_balancer": OwnerForm(
        description="ELB net/{name}/{digits}",
        interface_type="network_load_balancer",
        requester_id="amazon-elb",
        instance_owner_id="amazon-elb",
    ),
    "gateway_load_balancer": OwnerForm(
        description="ELB gwy/{name}/{digits}",
        interface_type="gateway_load_balancer",
        requester_id="amazon-elb",
        instance_owner_id="amazon-elb",
    ),
    "classic_load_balancer": OwnerForm(
        description="ELB {name}", requester_id="amazon-elb", instance_owner_id="amazon-elb"
    ),
    "interface_endpoint": OwnerForm(
        description="VPC Endpoint Interface vpce-{id}",
        interface_type="vpc_endpoint",
        requester_id=ENDPOINT_REQUESTER_ID,
    ),
    "gateway_load_balancer_endpoint": OwnerForm(
        description="VPC Endpoint Interface vpce-{id}",
        interface_type="gateway_load_balancer_endpoint",
        requester_id=ENDPOINT_REQUESTER_ID,
    ),
    "instance_connect_endpoint": OwnerForm(interface_type="ec2_instance_connect_endpoint"),
    "vpc_link": OwnerForm(description="ENI managed by APIGateway", interface_type="api_gateway_managed"),
    "code_connections": OwnerForm(
        description="AWS CodeStar Connections", interface_type="aws_codestar_connections_managed"
    ),
    "client_vpn": OwnerForm(description="ClientVPN Endpoint resource"),
    "route53_resolver": OwnerForm(description="Route 53 Resolver: rslvr-in-{id}:rni-{id}"),
    "directory": OwnerForm(description="AWS created network interface for directory {name}"),
    "cloudhsm": OwnerForm(description="CloudHsm ENI"),
    "cloudhsm_classic": OwnerForm(description="CloudHSM Managed Interface"),
    "global_accelerator": OwnerForm(interface_type="global_accelerator_managed"),
}
_KUBERNETES = {
    "eks_control_plane": OwnerForm(description="Amazon EKS {name}"),
    "eks_auto_mode_node": OwnerForm(
        requester_managed=False,
        attached_to="instance",
        operator=SimulatedOperator(principal="eks.amazonaws.com", hidden_by_default=True),
    ),
    "eks_trunk": OwnerForm(
        description="aws-k8s-trunk-eni",
        interface_type="trunk",
        requester_id=EKS_REQUESTER_ID,
        requester_managed=False,
        attached_to="instance",
        tags={"eks:eni:owner": "eks-vpc-resource-controller", "kubernetes.io/cluster/{name}": "owned"},
    ),
    "eks_branch": OwnerForm(
        description="aws-k8s-branch-eni",
        interface_type="branch",
        requester_id=EKS_REQUESTER_ID,
        requester_managed=False,
        attached_to="nothing",
        tags={"eks:eni:owner": "eks-vpc-resource-controller", "vpcresources.k8s.aws/vlan-id": "1"},
    ),
    "cilium": OwnerForm(description="Cilium-CNI ({instance})", requester_managed=False, attached_to="instance"),
}
OWNER_FORMS: Mapping[str, OwnerForm] = MappingProxyType({**_DATABASES, **_COMPUTE, **_NETWORK, **_KUBERNETES})
"""The forms by owner; those of instances, EKS nodes and resource gateways are methods of ``InterfaceFactory``."""


def cni_tags(cluster: str, instance_id: str) -> dict[str, str]:
    """The tags of an ENI that the VPC CNI creates (aws/amazon-vpc-cni-k8s, pkg/awsutils)."""
    return {
        **node_tags(cluster, instance_id),
        "node.k8s.amazonaws.com/createdAt": "2026-11-20T07:14:02Z",
        "eks:eni:owner": "amazon-vpc-cni",
    }


def node_tags(cluster: str, instance_id: str) -> dict[str, str]:
    """The tags that the CNI puts on every ENI of a node, the primary one among them."""
    return {"cluster.k8s.amazonaws.com/name": cluster, "node.k8s.amazonaws.com/instance_id": instance_id}
