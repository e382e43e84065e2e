"""What an update and a key set to work: what is as it was is neither made nor painted again."""

from __future__ import annotations

from collections.abc import Coroutine
from unittest.mock import patch

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.precompute import MAX_QUEUED, PrecomputeQueue, precompute_steps
from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.follow.status import Phase, Update
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import NOW, A, B, account, endpoint, eni, subnet
from tests.dashboard.stage import FakeSource, update

ENDPOINTS = [endpoint("vpce-00000000000000001", subnets=[A]), endpoint("vpce-00000000000000002", subnets=[B])]


def two_subnets(*addresses: str) -> Snapshot:
    """Made anew each time; the second subnet has ENIs with these addresses."""
    interfaces = tuple(eni(f"eni-{number}", B, address) for number, address in enumerate(addresses))
    first = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    return account([first, SubnetReading(subnet(B, "10.10.10.64/26", 59 - len(addresses)), interfaces)], ENDPOINTS)


async def test_many_new_subnets_are_worked_out_in_steps_and_updates_keep_their_order() -> None:
    many = [
        SubnetReading(subnet(f"subnet-{n:017x}", f"10.{n}.0.0/16", 65_000), (eni(f"eni-{n}", A, f"10.{n}.0.9"),))
        for n in range(8)
    ]
    large, small = update(account(many)), update(account(many[:1]), Phase.READING)
    passed: list[Update] = []
    begun: list[Coroutine[None, None, None]] = []
    ahead = PrecomputeQueue(lambda update, view: passed.append(update), begun.append)
    ahead(large)
    ahead(small)
    assert passed == []
    await begun.pop()
    assert begun == []
    assert passed == [large, small]
    ahead(large)
    assert passed == [large, small, large]
    passed.clear()
    ahead(fresh := update(account([SubnetReading(reading.subnet, reading.interfaces) for reading in many])))
    late = [update(account(many[:1]), Phase.READING) for _ in range(2 * MAX_QUEUED)]
    for each in late:
        ahead(each)
    await begun.pop()
    assert passed == [fresh, *late[: MAX_QUEUED - 2], late[-1]]

    again = account([SubnetReading(reading.subnet, reading.interfaces) for reading in many])
    assert len(list(precompute_steps(SnapshotView(again)))) == len(many)
    with patch("latticetop.model.snapshot.map_blocks", side_effect=AssertionError("a map was worked out")):
        FollowedScope(FakeSource()).apply(update(again), NOW)


async def test_many_verdicts_are_worked_out_in_steps() -> None:
    passed: list[SnapshotView | None] = []
    begun: list[Coroutine[None, None, None]] = []
    ahead = PrecomputeQueue(lambda update, view: passed.append(view), begun.append)
    whole = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    endpoints = [endpoint(f"vpce-{number:017}", subnets=[A]) for number in range(200)]
    ahead(update(account([whole], endpoints)))
    assert not passed
    await begun.pop()
    (view,) = passed
    assert view is not None
    with patch(
        "latticetop.dashboard.state.snapshot_view.assess", side_effect=AssertionError("a verdict was worked out")
    ):
        assert len(view.assessments) == 200
    ahead(update(view.snapshot))
    assert passed == [view, view]
