"""Limits of the AWS APIs: page sizes and request rates. Each is written here and nowhere else in `aws`."""

from __future__ import annotations

from msgspec import Struct

from latticetop.model.records.aws_actions import EC2_PAGE_SIZE


class PageSizes(Struct, frozen=True):
    """Records per page to request. The defaults are the most each API returns; tests request fewer.

    `ec2` is for every paged EC2 call except DescribeVpcEndpointAssociations, which has `associations`. `vpc_lattice`
    is for every List call, `cloudtrail` for LookupEvents.
    """

    ec2: int = EC2_PAGE_SIZE
    associations: int = 100
    vpc_lattice: int = 100
    cloudtrail: int = 50


EC2_BURST, EC2_REQUESTS_PER_SECOND = 90, 18.0
"""Requests of one EC2 operation: at once, and per second after that.

AWS allows 100 and 20 for each Describe and Get operation of an account and Region
(docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html). A tenth is left for the account's other users.
"""
LOOKUPS_PER_SECOND = 2.0
"""LookupEvents requests per second, for the whole account and Region
(docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html)."""
LATTICE_CONCURRENCY = 4
"""VPC Lattice requests in flight. AWS publishes no rate for the List operations, and no screen waits for them."""
