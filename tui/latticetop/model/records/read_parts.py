"""The parts in which a scope is read, by their names in `Snapshot.read_at` and in recordings.

The ENIs of a subnet have the id of the subnet as their name.
"""

from __future__ import annotations

ENDPOINTS = "endpoints"
ASSOCIATIONS = "associations"
SUBNETS = "subnets"
VPCS = "vpcs"
LATTICE = "lattice"
"""The VPC Lattice records."""
RESERVATIONS = "reservations"
"""The beginning of the name of each subnet's CIDR reservations; see `reservations_part`."""
CLUSTER = "cluster"
"""The beginning of the name of each selected EKS cluster; see `cluster_part`."""

REQUIRED_LISTS = (ENDPOINTS, ASSOCIATIONS, SUBNETS)
"""The lists without which the trouble of a scope is not known."""
LISTS = (*REQUIRED_LISTS, VPCS, LATTICE)


def cluster_part(name: str) -> str:
    """Return the name of the part with an EKS cluster."""
    return f"{CLUSTER} {name}"


def reservations_part(subnet_id: str) -> str:
    """Return the name of the part with a subnet's CIDR reservations."""
    return f"{RESERVATIONS} {subnet_id}"
