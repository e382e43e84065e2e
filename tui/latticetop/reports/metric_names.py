"""The names of the metrics, with what they mean and their labels: for the text, and for the manual."""

from __future__ import annotations

_WHERE = ("account_id", "region")
_SCOPE, _SUBNET, _ENDPOINT = (*_WHERE, "scope"), (*_WHERE, "subnet_id"), (*_WHERE, "vpc_endpoint_id")
GAUGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "build_info": ("The version of latticetop.", ("version",)),
    "scope_up": (
        "Whether the last read brought all lists and ENIs of an account and Region; 0 before the first read.",
        _SCOPE,
    ),
    "scope_read_timestamp_seconds": ("End of the last read that brought all of them.", _SCOPE),
    "scope_read_duration_seconds": ("Duration of the last read, successful or not.", _SCOPE),
    "scope_interval_seconds": ("Time between two reads.", _SCOPE),
    "scope_problem": ("1 for each kind of problem of an operation, while it lasts.", (*_SCOPE, "kind", "operation")),
    "scope_reservations_oldest_timestamp_seconds": (
        "When the oldest CIDR reservations were read that the free blocks are derived from.",
        _SCOPE,
    ),
    "subnet_info": (
        "A subnet with its names.",
        (*_SUBNET, "scope", "vpc_id", "name", "cidr_block", "availability_zone", "availability_zone_id", "owner_id"),
    ),
    "subnet_available_addresses": ("AvailableIpAddressCount of AWS.", _SUBNET),
    "subnet_free_blocks_min": ("Free /28 blocks, at least; absent while data is missing.", _SUBNET),
    "subnet_free_blocks_max": ("Free /28 blocks, at most; absent while data is missing.", _SUBNET),
    "subnet_usable_blocks": (
        "The /28 blocks without addresses that AWS reserves: none in a /27 or /28.",
        _SUBNET,
    ),
    "subnet_needs_blocks": (
        "Whether an endpoint, an ENI with a prefix or an EKS node in the subnet needs /28 blocks.",
        _SUBNET,
    ),
    "subnet_unaccounted_addresses": ("Addresses that AWS counts as used, of no visible ENI.", _SUBNET),
    "subnet_missing_data": ("1 for each part of a subnet that was not read.", (*_SUBNET, "part", "cause")),
    "subnet_blocks": ("The /28 blocks in each state.", (*_SUBNET, "state")),
    "endpoint_info": (
        "A VPC endpoint with its names.",
        (*_ENDPOINT, "scope", "vpc_id", "name", "type", "service_network_name"),
    ),
    "endpoint_verdict": ("1 for the verdict on the endpoint, 0 for all others.", (*_ENDPOINT, "verdict")),
    "endpoint_associations": ("The associations of the endpoint.", _ENDPOINT),
    "endpoint_accessible_associations": ("The associations that AWS calls accessible; not a probe.", _ENDPOINT),
    "endpoint_creation_timestamp_seconds": ("When the endpoint was created.", _ENDPOINT),
    "endpoint_subnet": ("1 for each subnet of the endpoint.", (*_ENDPOINT, "subnet_id")),
}
"""The gauges in the order of the text, by their names without `latticetop_`: what they mean, and their labels."""
REQUESTS = "aws_requests_total"
"""The counter of requests, by its name without `latticetop_`."""
REQUEST_LABELS = ("service", "operation", "outcome")
REQUESTS_MEANING = "Requests to AWS since the start."
