"""ARNs of resources that EC2 and VPC Lattice identify by id (formats: Service Authorization Reference)."""

from __future__ import annotations

from latticetop.model.records.text import clean

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)
_RESOURCE_TYPES = {
    "subnet": ("ec2", "subnet"),
    "vpc": ("ec2", "vpc"),
    "vpce": ("ec2", "vpc-endpoint"),
    "eni": ("ec2", "network-interface"),
    "scr": ("ec2", "subnet-cidr-reservation"),
    "snsa": ("vpc-lattice", "servicenetworkserviceassociation"),
    "snra": ("vpc-lattice", "servicenetworkresourceassociation"),
    "snva": ("vpc-lattice", "servicenetworkvpcassociation"),
}
"""Service and resource type by prefix of the id. An association of an endpoint (`vpce-rsc-asc-…`) has no ARN."""


def partition_of(region: str) -> str:
    """Return the partition of a Region, such as `aws-cn` for cn-north-1."""
    return next((partition for prefix, partition in _PARTITIONS if region.startswith(prefix)), "aws")


def arn_of(resource_id: str, region: str, account_id: str) -> str:
    """Return the ARN of a resource by its id; empty if its type has none, or the account or Region is unknown."""
    prefix, _, rest = resource_id.partition("-")
    if prefix not in _RESOURCE_TYPES or "-" in rest or not (region and account_id):
        return ""
    service, resource_type = _RESOURCE_TYPES[prefix]
    return clean(f"arn:{partition_of(region)}:{service}:{region}:{account_id}:{resource_type}/{resource_id}")
