"""ARNs, compared with botocore's data."""

from __future__ import annotations

import botocore.loaders

from latticetop.reports.arns import arn_of, partition_of
from tests.dashboard.accounts import A

ACCOUNT = "123456789012"


def test_every_region_has_its_partition() -> None:
    for partition in botocore.loaders.Loader().load_data("partitions")["partitions"]:
        for region in partition["regions"]:
            if not region.endswith("-global"):
                assert partition_of(region) == partition["id"]


def test_what_has_no_arn_gets_none() -> None:
    assert arn_of("vpce-rsc-asc-0123456789abcdef0", "us-east-1", ACCOUNT) == ""
    assert arn_of(A, "us-east-1", "") == ""
    assert arn_of("i-1", "us-east-1", ACCOUNT) == ""
    assert arn_of(A, "cn-north-1", ACCOUNT) == f"arn:aws-cn:ec2:cn-north-1:{ACCOUNT}:subnet/{A}"
