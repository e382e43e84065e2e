"""Columns of each kind of row in CSV and Markdown; `a.b` is the key `b` in `a`."""

from __future__ import annotations

from latticetop.reports.rows import SCOPE_KEYS

SUBNET = (
    "name",
    "subnet_id",
    "cidr_block",
    "availability_zone",
    "vpc_id",
    "available_ip_address_count",
    "unaccounted_addresses",
    *(f"blocks.{state}" for state in ("total", "free", "prefix_reserved", "lattice", "allocated", "reserved")),
    *(f"blocks.{state}" for state in ("full", "fragmented", "explicit")),
    "free_cidr_blocks",
    "read",
    "free_blocks_min",
    "free_blocks_max",
    "owner_id",
)
ENDPOINT = (
    "vpc_endpoint_id",
    "name",
    "state",
    "verdict",
    "associations.accessible",
    "associations.total",
    "vpc_endpoint_type",
    "vpc_id",
    "subnet_ids",
    "service_network_name",
    "service_network_arn",
    "why",
)
INTERFACE = (
    "network_interface_id",
    "role",
    "owner",
    "subnet_id",
    "private_ip_addresses",
    "ipv4_prefixes",
    "status",
    "description",
)
ASSOCIATION = (
    "id",
    "vpc_endpoint_id",
    "accessibility",
    "resource_arn",
    "dns_name",
    "private_dns_name",
    "failure_code",
    "failure_reason",
)
BLOCK = (
    "cidr_block",
    "letter",
    "state",
    "assignable",
    "reason",
    "owners",
    "network_interface_ids",
    "private_ip_addresses",
    "ipv4_prefixes",
)
ADDRESS = ("private_ip_address", "state", "owner", "network_interface_id", "description")
OWNER = (
    "owner",
    "kind",
    "interfaces",
    "addresses",
    "broken_blocks",
    "broken_alone",
    "freed_blocks",
    "action",
)
PROBLEM = ("now", "kind", "message", "next_step", "operation", "times", "first", "last")
NETWORK = (
    "service_id",
    "service_name",
    "resource_configuration_id",
    "resource_configuration_name",
    "vpc_id",
    "dns_name",
)
CHANGE = (
    "at",
    "since",
    *SCOPE_KEYS,
    "change",
    "what",
    "subnet_id",
    "vpc_endpoint_id",
    "ids",
    "verdict_before",
    "verdict",
)
PLAN = (
    "subnet_id",
    "name",
    "cidr_block",
    "availability_zone",
    "outcome",
    "bound",
    "assignable_blocks",
    "safe_blocks",
    "open_addresses",
    "fits.certain",
    "fits.possible",
)
SCOPE = ("in_trouble", "subnets", "without_block", "reading", "state", "read_seconds_ago", "problem")
TROUBLE = ("trouble", "state", "id", "why", "next_step")
