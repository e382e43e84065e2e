"""What an update and a key set to work: what is as it was is neither made nor painted again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from threading import Thread, current_thread, main_thread
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
    published: list[Update] = []
    workers: list[Callable[[], Coroutine[None, None, None]]] = []
    queue = PrecomputeQueue(lambda update, view: published.append(update), workers.append)
    queue(large)
    queue(small)
    assert published == []
    await workers.pop()()
    assert workers == []
    assert published == [large, small]
    queue(large)
    assert published == [large, small, large]
    published.clear()
    queue(first := update(account([SubnetReading(reading.subnet, reading.interfaces) for reading in many])))
    queued = [update(account(many[:1]), Phase.READING) for _ in range(2 * MAX_QUEUED)]
    for each in queued:
        queue(each)
    await workers.pop()()
    assert published == [first, *queued[: MAX_QUEUED - 2], queued[-1]]

    unmapped = account([SubnetReading(reading.subnet, reading.interfaces) for reading in many])
    assert len(list(precompute_steps(SnapshotView(unmapped)))) == len(many)
    with patch("latticetop.model.snapshot.map_blocks", side_effect=AssertionError("a map was worked out")):
        FollowedScope(FakeSource()).apply(update(unmapped), NOW)


async def test_many_verdicts_are_worked_out_in_steps() -> None:
    published: list[SnapshotView | None] = []
    workers: list[Callable[[], Coroutine[None, None, None]]] = []
    queue = PrecomputeQueue(lambda update, view: published.append(view), workers.append)
    whole = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    endpoints = [endpoint(f"vpce-{number:017}", subnets=[A]) for number in range(200)]
    queue(update(account([whole], endpoints)))
    assert not published
    await workers.pop()()
    (view,) = published
    assert view is not None
    verdict_worked_out = AssertionError("a verdict was worked out")
    with patch("latticetop.model.endpoints.assessment._assess", side_effect=verdict_worked_out):
        assert len(view.assessments) == 200
    queue(update(view.snapshot))
    assert published == [view, view]


async def test_the_verdicts_on_failed_endpoints_leave_the_event_loop_to_keys() -> None:
    computed_by: list[Thread] = []
    workers: list[Callable[[], Coroutine[None, None, None]]] = []
    queue = PrecomputeQueue(lambda update, view: None, workers.append)
    whole = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    with patch(
        "latticetop.dashboard.state.snapshot_view.assess", side_effect=lambda *_: computed_by.append(current_thread())
    ):
        queue(update(account([whole], [endpoint(f"vpce-{n:017}", subnets=[A], state="Failed") for n in range(3)])))
        await workers.pop()()
    assert len(computed_by) == 3 and main_thread() not in computed_by
