"""ARNs of what EC2 and VPC Lattice give by id alone (formats: the Service Authorization Reference of each)."""

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
_KINDS = {
    "subnet": ("ec2", "subnet"),
    "vpc": ("ec2", "vpc"),
    "vpce": ("ec2", "vpc-endpoint"),
    "eni": ("ec2", "network-interface"),
    "scr": ("ec2", "subnet-cidr-reservation"),
    "snsa": ("vpc-lattice", "servicenetworkserviceassociation"),
    "snra": ("vpc-lattice", "servicenetworkresourceassociation"),
    "snva": ("vpc-lattice", "servicenetworkvpcassociation"),
}
"""By the beginning of the id: the service and the kind. An endpoint's association (`vpce-rsc-asc-…`) has no ARN."""


def partition_of(region: str) -> str:
    """The partition of a Region: `aws-cn` of cn-north-1."""
    return next((partition for start, partition in _PARTITIONS if region.startswith(start)), "aws")


def arn_of(resource_id: str, region: str, account_id: str) -> str:
    """The ARN of a resource by its id; empty when its kind has none, or account or Region is not known."""
    start, _, rest = resource_id.partition("-")
    if start not in _KINDS or "-" in rest or not (region and account_id):
        return ""
    service, kind = _KINDS[start]
    return clean(f"arn:{partition_of(region)}:{service}:{region}:{account_id}:{kind}/{resource_id}")
