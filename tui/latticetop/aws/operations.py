"""The operations latticetop may call: all of them only read. A hook refuses any other before it is signed."""

from __future__ import annotations

from typing import Any

OPERATIONS = frozenset(
    {
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRegions",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpointAssociations",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
        "ec2:GetSubnetCidrReservations",
        "cloudtrail:LookupEvents",
        "sts:GetCallerIdentity",
        "vpc-lattice:ListResourceConfigurations",
        "vpc-lattice:ListResourceGateways",
        "vpc-lattice:ListServiceNetworkResourceAssociations",
        "vpc-lattice:ListServiceNetworkServiceAssociations",
        "vpc-lattice:ListServiceNetworkVpcAssociations",
        "vpc-lattice:ListServiceNetworkVpcEndpointAssociations",
        "vpc-lattice:ListServiceNetworks",
    }
)
"""As IAM spells them. `sts:GetCallerIdentity` needs no permission."""


class OperationRefusedError(RuntimeError):
    """The program tried to call an operation that is not in OPERATIONS."""


def refuse(name: str) -> None:
    """OperationRefusedError for a `service:Operation` that is not in OPERATIONS."""
    if name not in OPERATIONS:
        raise OperationRefusedError(f"{name} is not one of the calls latticetop makes")


def refuse_others(model: Any, **_: object) -> None:
    """A handler of botocore's `provide-client-params`; OperationRefusedError for an operation not in OPERATIONS."""
    refuse(f"{model.service_model.service_id.hyphenize()}:{model.name}")
