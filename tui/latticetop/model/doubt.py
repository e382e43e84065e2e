"""What was not read of a subnet, so that what is known of it is not enough to say yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .snapshot import Snapshot

RESERVATIONS = "ec2:GetSubnetCidrReservations"
"""The operation of a problem that leaves the CIDR reservations unknown."""


def doubt_about(snapshot: Snapshot, subnet_id: str) -> str:
    """What was not read of a subnet and would be needed to say yes, as a clause; empty when nothing is missing."""
    if subnet_id not in snapshot.read_at:
        return "its network interfaces were not read"
    if any(problem.operation == RESERVATIONS for problem in snapshot.problems):
        return "its CIDR reservations were not read"
    return ""
