"""What was derived of a snapshot, kept for the next one where nothing but the times of reading is another."""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING

from latticetop.model.endpoints.assessment import keep_assessments

if TYPE_CHECKING:
    from latticetop.model.snapshot import Snapshot

_COMPARED = ("scope", "vpcs", "endpoints", "associations", "problems", "lattice", "failures")


def keep_derived(before: Snapshot, after: Snapshot) -> None:
    """Keep the indexes and the assessments of a snapshot for the next one, if only their times differ.

    A failed endpoint of a large account takes some 40 ms to assess, and a quiet account is read every 15 s.
    """
    if _differ_in_times_alone(before, after):
        after.__dict__.update(before.__dict__.copy())
        keep_assessments(before, after)


def _differ_in_times_alone(before: Snapshot, after: Snapshot) -> bool:
    return (
        before.read_at.keys() == after.read_at.keys()
        and len(before.subnets) == len(after.subnets)
        and all(map(is_, before.subnets.values(), after.subnets.values()))
        and all(getattr(before, name) == getattr(after, name) for name in _COMPARED)
    )
