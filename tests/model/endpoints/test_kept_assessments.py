"""What the next snapshot keeps of what was derived of the one before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from msgspec import structs

from latticetop.model.endpoints.assessment import assess, is_assessed
from latticetop.model.endpoints.kept_assessments import keep_derived
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import A, account, endpoint, subnet

READ = SubnetReading(subnet(A, "10.10.10.0/26", 59))
FAILED = endpoint("vpce-00000000000000001", subnets=[A], state="Failed")
PENDING = endpoint("vpce-00000000000000002", subnets=[A], state="Pending")


def first() -> Snapshot:
    snapshot = account([READ], [FAILED, PENDING])
    for each in (FAILED, PENDING):
        assess(snapshot, each)
    return snapshot


def later(snapshot: Snapshot, **changes: Any) -> Snapshot:
    """Read again fifteen seconds later."""
    seconds = timedelta(seconds=15)
    read_at = {part: at + seconds for part, at in snapshot.read_at.items()}
    return structs.replace(snapshot, **{"taken_at": snapshot.taken_at + seconds, "read_at": read_at} | changes)


def test_where_only_times_differ_the_assessment_is_kept() -> None:
    before = first()
    after = later(before)
    keep_derived(before, after)
    with patch("latticetop.model.endpoints.assessment._assess", side_effect=AssertionError("assessed again")):
        assert assess(after, FAILED) is assess(before, FAILED)
    assert after.associations_by_endpoint is before.associations_by_endpoint


def test_how_long_an_endpoint_has_been_pending_is_said_anew() -> None:
    before = first()
    after = later(before)
    keep_derived(before, after)
    assert not is_assessed(after, PENDING)


@pytest.mark.parametrize(
    "changes",
    [
        lambda _: {"subnets": {A: SubnetReading(subnet(A, "10.10.10.0/26", 58))}},
        lambda _: {"subnets": {}},
        lambda _: {"endpoints": {FAILED.vpc_endpoint_id: FAILED}},
        lambda before: {"read_at": {part: at for part, at in before.read_at.items() if part != A}},
        lambda _: {"problems": (Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeVpcs", "Denied."),)},
        lambda before: {"scope": structs.replace(before.scope, account_id="111122223333")},
        lambda _: {"failures": {"reservations subnet-1": ProblemKind.ACCESS_DENIED}},
    ],
)
def test_where_data_differs_nothing_is_kept(changes: Callable[[Snapshot], dict[str, Any]]) -> None:
    before = first()
    after = later(before, **changes(before))
    keep_derived(before, after)
    assert not is_assessed(after, FAILED)
