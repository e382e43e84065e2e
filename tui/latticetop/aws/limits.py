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

ROLE_RETRY = 10.0
"""Seconds before a role that could not be assumed is assumed again. A new session does not wait for it."""

RESPONSE_SECONDS = 60.0
"""Seconds from the first byte of a request to the last of its response: a page of 1,000 ENIs, four megabytes, takes as
long over a line of half a megabit per second. The SDK's own timeout starts again with each byte."""
RESPONSE_BYTES = 32 << 20
"""Bytes of a response: 1,000 ENIs with 50 addresses each, the most that EC2 assigns to one, are about 20 million."""
CREDENTIAL_RESPONSE_BYTES = 1 << 20
"""Bytes of a response to a request that the SDK itself sends to get credentials: AWS's have a few kilobytes."""
XML_TAGS = 1_500_000
"""Tags of an XML response, opening and closing ones: those of 1,000 ENIs with 50 addresses and 50 tags each are 1.2
million. libxml2 takes 110 bytes for an element."""
XML_DEPTH = 256
"""Levels of an XML response: libxml2's own limit. EC2 uses eight."""
JSON_COMMAS = 1_000_000
"""Commas in a JSON response, those in texts included: 50 CloudTrail events of 256 KB each may have half of them."""
JSON_DEPTH = 100
"""Levels of a JSON response. VPC Lattice and CloudTrail use five."""
PAGE_RECORDS = 2_000
"""Records of a page, and of a list within a record: twice as many as are ever asked for."""
LIST_PAGES = 1_000
"""Pages of one list: LIST_RECORDS associations, of which a page has 100."""
LIST_RECORDS = 100_000
"""Records of one list but that of ENIs: 500 VPCs with 200 subnets each."""
LIST_INTERFACES = 250_000
"""ENIs of 200 subnets, as many as one list is of; they take about 250 MB."""
SUBNET_RESERVATIONS = 4_096
"""CIDR reservations of a subnet: the blocks of the largest, a /16. A list is read for each subnet."""
LIST_SECONDS = 600.0
"""Seconds that the requests of one list may take together: 250 pages of ENIs at two seconds each, and some."""
LOOKUP_PAGES = 200
"""Pages of one lookup of CloudTrail events, 10,000 events: 100 seconds at LookupEvents' rate."""
