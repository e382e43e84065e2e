"""The commands that free what an owner holds."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from msgspec import structs

from latticetop.model.capacity.defragment import defragment
from latticetop.model.capacity.removal import Removal
from latticetop.model.records.owner_kinds import OwnerKind
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import Scope
from latticetop.reports.removal_commands import removal_commands
from tests.model.builders import A, eni, reading

SCOPE = Scope("123456789012", "us-east-1", "prod")
OPTIONS = "--profile prod --region us-east-1"
MANAGED = "--include-managed-resources"


def removal_of(*interfaces: NetworkInterface) -> Removal:
    return defragment(reading(A, "10.0.0.0/26", *interfaces).blocks).removals[0]


def commands_for(*addresses: str, **members: Any) -> list[str]:
    """The commands that free a block in which one ENI has these addresses, each on one line."""
    interface = structs.replace(eni("eni-1", A, *addresses or ("10.0.0.17",)), **members)
    return [" ".join(text.replace("\\\n", "").split()) for text in removal_commands(SCOPE, removal_of(interface))]


@pytest.mark.parametrize(
    ("members", "commands"),
    [
        ({"status": "available"}, [f"aws ec2 delete-network-interface {OPTIONS} --network-interface-id eni-1"]),
        ({"instance_id": "i-1"}, [f"aws ec2 terminate-instances {OPTIONS} --instance-ids i-1"]),
        (
            {"description": "aws-K8S-i-1", "instance_id": "i-1"},
            [
                (
                    f'kubectl drain "$(aws ec2 describe-instances {OPTIONS} --instance-ids i-1 '
                    "--query 'Reservations[].Instances[].PrivateDnsName' --output text)\" "
                    "--ignore-daemonsets --delete-emptydir-data"
                ),
                f"aws ec2 terminate-instances {OPTIONS} --instance-ids i-1",
            ],
        ),
        (
            {"description": "arn:aws:ecs:us-east-1:123456789012:attachment/0c1d", "requester_managed": True},
            [
                (
                    f'aws ecs update-service {OPTIONS} --cluster "$ECS_CLUSTER" --service "$ECS_SERVICE" '
                    "--force-new-deployment"
                )
            ],
        ),
        (
            {"description": "aws-k8s-branch-eni"},
            ["kubectl get pods -A -o wide | grep -wE '10.0.0.17'", 'kubectl delete pod -n "$NAMESPACE" "$POD"'],
        ),
        (
            {"interface_type": "lambda", "requester_managed": True},
            [
                (
                    f"aws lambda list-functions {OPTIONS} --query "
                    f"'Functions[?VpcConfig.SubnetIds && contains(VpcConfig.SubnetIds, '\"'\"'{A}'\"'\"')]"
                    ".[FunctionName,VpcConfig]'"
                ),
                (
                    f'aws lambda update-function-configuration {OPTIONS} --function-name "$FUNCTION" '
                    '--vpc-config "SubnetIds=$SUBNET_IDS"'
                ),
            ],
        ),
        (
            {"description": "EFS mount target for fs-0a1b (fsmt-0c1d)"},
            [
                f"aws efs delete-mount-target {OPTIONS} --mount-target-id fsmt-0c1d",
                f'aws efs create-mount-target {OPTIONS} --file-system-id fs-0a1b --subnet-id "$SUBNET_ID"',
            ],
        ),
        ({"description": "EFS mount target for fs-0a1b"}, []),
        (
            {"description": "Route 53 Resolver: rslvr-in-1:rni-1"},
            [
                (
                    f"aws route53resolver associate-resolver-endpoint-ip-address {OPTIONS} "
                    '--resolver-endpoint-id rslvr-in-1 --ip-address "SubnetId=$SUBNET_ID"'
                ),
                (
                    f"aws route53resolver disassociate-resolver-endpoint-ip-address {OPTIONS} "
                    f"--resolver-endpoint-id rslvr-in-1 --ip-address SubnetId={A},Ip=10.0.0.17"
                ),
            ],
        ),
        (
            {"description": "VPC Endpoint Interface vpce-0777", "interface_type": "vpc_endpoint"},
            [
                (
                    f"aws ec2 modify-vpc-endpoint {OPTIONS} --vpc-endpoint-id vpce-0777 --remove-subnet-ids {A} "
                    '--add-subnet-ids "$SUBNET_ID"'
                )
            ],
        ),
        (
            {
                "description": "Network Interface for Transit Gateway Attachment tgw-attach-1",
                "interface_type": "transit_gateway",
            },
            [
                (
                    f"aws ec2 modify-transit-gateway-vpc-attachment {OPTIONS} "
                    "--transit-gateway-attachment-id tgw-attach-1 "
                    f'--remove-subnet-ids {A} --add-subnet-ids "$SUBNET_ID"'
                )
            ],
        ),
        ({"interface_type": "transit_gateway"}, []),
        ({"description": "RDSNetworkInterface"}, []),
        ({"status": "in-use"}, []),
    ],
)
def test_each_owner_has_the_commands_that_free_it(members: dict[str, Any], commands: list[str]) -> None:
    assert commands_for(**members) == commands


def test_addresses_and_prefixes_are_unassigned_with_one_call() -> None:
    (command,) = commands_for("10.0.0.4", "10.0.0.17", "10.0.0.18", instance_id="i-1")
    assert command.endswith("--network-interface-id eni-1 --private-ip-addresses 10.0.0.17 10.0.0.18")
    (command,) = commands_for("10.0.0.4", "10.0.0.16/28", instance_id="i-1")
    assert command.endswith("--network-interface-id eni-1 --ipv4-prefixes 10.0.0.16/28")


def test_a_secondary_interface_is_detached_before_it_is_deleted() -> None:
    detach, wait, delete = commands_for(instance_id="i-1", device_index=1)
    query = (
        f"aws ec2 describe-network-interfaces {OPTIONS} --network-interface-ids eni-1 "
        "--query 'NetworkInterfaces[].Attachment.AttachmentId' --output text"
    )
    assert detach == f'aws ec2 detach-network-interface {OPTIONS} --attachment-id "$({query})"'
    assert wait == f"aws ec2 wait network-interface-available {OPTIONS} --network-interface-ids eni-1"
    assert delete == f"aws ec2 delete-network-interface {OPTIONS} --network-interface-id eni-1"


def test_a_node_that_eks_manages_is_found_though_it_is_hidden_and_left_to_eks() -> None:
    drain, delete = commands_for(instance_id="i-1", operator="eks.amazonaws.com")
    assert f"describe-instances {OPTIONS} {MANAGED} --instance-ids i-1" in drain
    assert delete.startswith(f'kubectl delete node "$(aws ec2 describe-instances {OPTIONS} {MANAGED}')


def test_a_failed_endpoint_is_deleted() -> None:
    interface = eni("eni-1", A, "10.0.0.16/28", description="VPC Endpoint Interface: vpce-1")
    (removal,) = defragment(reading(A, "10.0.0.0/26", interface).blocks, 1, ["vpce-1"]).removals
    (command,) = removal_commands(SCOPE, removal)
    assert shlex.split(command.replace("\\\n", ""))[-2:] == ["--vpc-endpoint-ids", "vpce-1"]


def test_names_from_outside_are_one_word() -> None:
    removal = removal_of(eni("eni-1", A, "10.0.0.17", instance_id="i-1; rm -rf /"))
    assert removal.owner.kind is OwnerKind.INSTANCE
    assert shlex.split(removal_commands(SCOPE, removal)[0].replace("\\\n", ""))[-1] == "i-1; rm -rf /"
