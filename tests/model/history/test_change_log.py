"""The change log: the events between two snapshots, how many are kept, and what a replay that goes back drops."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.history.change_events import ChangeEvent, ChangeKind
from latticetop.model.history.change_log import ChangeLog, events_between
from latticetop.model.records.address import format_address
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import Scope, SubnetReading
from tests.model import builders
from tests.model.builders import ENDPOINT, NOW, A, B, associations, endpoint, eni, incident_readings, reading, snapshot
from tests.model.history.comparison import later

READ_LATER = later(snapshot()).taken_at
RESOURCE_A, RESOURCE_B = "eni-0f995ce7b1b9589de", "eni-09199f7c86c4cddf9"


def readings_before_the_endpoint() -> tuple[SubnetReading, SubnetReading]:
    a, b = incident_readings()
    return (
        structs.replace(
            a, subnet=structs.replace(a.subnet, available_ip_address_count=57), interfaces=a.interfaces[1:]
        ),
        structs.replace(b, subnet=structs.replace(b.subnet, available_ip_address_count=59), interfaces=()),
    )


def kinds_and_messages(events: list[ChangeEvent]) -> list[tuple[ChangeKind, str]]:
    return [(event.kind, event.message) for event in events]


def only(events: list[ChangeEvent], kind: ChangeKind) -> ChangeEvent:
    (event,) = (event for event in events if event.kind is kind)
    return event


def test_the_incident_takes_a_block_in_each_subnet_and_fails() -> None:
    pending = snapshot(*readings_before_the_endpoint(), endpoints=(endpoint("Pending", A, B),))
    events = events_between(pending, later(builders.incident()))
    taken = [event for event in events if event.kind is ChangeKind.BLOCK_TAKEN]
    assert [(e.subnet_id, e.ids, e.vpc_endpoint_id) for e in taken] == [
        (A, ("10.10.10.16/28",), ENDPOINT),
        (B, ("10.10.10.96/28",), ENDPOINT),
    ]
    assert taken[0].message == f"10.10.10.16/28 taken by {RESOURCE_A} of {ENDPOINT}, for resources"
    assert (taken[0].at, taken[0].since) == (READ_LATER, NOW)
    added = [event for event in events if event.kind is ChangeKind.INTERFACES_ADDED]
    assert [(e.subnet_id, e.ids) for e in added] == [(A, (RESOURCE_A,)), (B, (RESOURCE_B,))]
    assert added[0].message.endswith("10.10.10.7, 10.10.10.16/28")
    no_block = only(events, ChangeKind.NO_FREE_BLOCK)
    assert (no_block.subnet_id, no_block.message) == (A, "no free /28 block left")
    new_associations = only(events, ChangeKind.ASSOCIATIONS_ADDED)
    assert (new_associations.count, new_associations.vpc_endpoint_id) == (3, ENDPOINT)
    failed = only(events, ChangeKind.ENDPOINT_CHANGED)
    assert failed.message == "Pending → Failed: failed but accessible"
    assert (failed.verdict_before, failed.verdict, failed.worse) == (
        Verdict.PENDING, Verdict.FAILED_BUT_ACCESSIBLE, True,
    )  # fmt: skip
    assert events[-1] is failed, "causes come before effects"


def test_a_new_endpoint_and_one_that_aws_no_longer_lists() -> None:
    without = snapshot(*readings_before_the_endpoint())
    pending, failed = (
        snapshot(*readings_before_the_endpoint(), endpoints=(endpoint(state, A, B),)) for state in ("Pending", "Failed")
    )
    assert events_between(pending, later(pending)) == []
    added = only(events_between(without, later(pending)), ChangeKind.ENDPOINT_ADDED)
    assert (added.message, added.vpc_endpoint_id, added.worse) == ("new endpoint, Pending", ENDPOINT, False)
    removed = only(events_between(pending, later(without)), ChangeKind.ENDPOINT_REMOVED)
    assert removed.message == "AWS no longer lists the endpoint; its last state was Pending"
    assert only(events_between(without, later(failed)), ChangeKind.ENDPOINT_ADDED).worse


def test_a_terminated_instance_frees_a_block_and_a_new_one_fragments_it() -> None:
    a, b = incident_readings()
    terminated = structs.replace(a, interfaces=a.interfaces[:2])
    events = events_between(snapshot(a, b), later(snapshot(terminated, b)))
    assert kinds_and_messages(events) == [
        (ChangeKind.INTERFACES_REMOVED, "removed eni-0aaaaaaaaaaaaaaa2 of i-0ae4b4d9c4e67eef0: 10.10.10.36"),
        (
            ChangeKind.BLOCK_FREED,
            "10.10.10.32/28 no longer in use; it held one address: 10.10.10.36 (i-0ae4b4d9c4e67eef0)",
        ),
        (ChangeKind.FREE_BLOCK_AGAIN, "1 free /28 block again"),
    ]
    events = events_between(snapshot(terminated, b), later(snapshot(a, b)))
    assert kinds_and_messages(events) == [
        (ChangeKind.INTERFACES_ADDED, "new eni-0aaaaaaaaaaaaaaa2 of i-0ae4b4d9c4e67eef0: 10.10.10.36"),
        (ChangeKind.BLOCK_FRAGMENTED, "10.10.10.32/28 fragmented by one address: 10.10.10.36 (i-0ae4b4d9c4e67eef0)"),
        (ChangeKind.NO_FREE_BLOCK, "no free /28 block left"),
    ]


def test_a_block_that_passes_from_one_interface_to_another_is_freed_and_taken() -> None:
    before = reading(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.5", "10.0.0.16/28", instance_id="i-1"))
    after = reading(A, "10.0.0.0/24", eni("eni-2", A, "10.0.0.5", "10.0.0.16/28", instance_id="i-2"))
    assert kinds_and_messages(events_between(snapshot(before), later(snapshot(after)))) == [
        (ChangeKind.INTERFACES_REMOVED, "removed eni-1 of i-1: 10.0.0.5, 10.0.0.16/28"),
        (ChangeKind.BLOCK_FREED, "10.0.0.16/28 freed by eni-1 of i-1"),
        (ChangeKind.INTERFACES_ADDED, "new eni-2 of i-2: 10.0.0.5, 10.0.0.16/28"),
        (ChangeKind.BLOCK_TAKEN, "10.0.0.16/28 taken by eni-2 of i-2"),
    ]


def test_an_interface_that_gains_and_loses_addresses() -> None:
    before = reading(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.4", "10.0.0.5", instance_id="i-1"))
    after = reading(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.4", "10.0.0.6", instance_id="i-1"))
    assert kinds_and_messages(events_between(snapshot(before), later(snapshot(after)))) == [
        (ChangeKind.ADDRESSES, "eni-1 of i-1 gained 10.0.0.6 and lost 10.0.0.5")
    ]


def test_a_rollout_of_1000_nodes_is_three_events() -> None:
    nodes = [
        eni(f"eni-{n:03x}", A, format_address(0x0A140000 + n), f"{format_address(0x0A148000 + 16 * n)}/28",
            description=f"aws-K8S-i-{n:03x}")
        for n in range(4, 1004)
    ]  # fmt: skip
    empty, full = reading(A, "10.20.0.0/16"), reading(A, "10.20.0.0/16", *nodes)
    events = events_between(snapshot(empty), later(snapshot(full)))
    assert [(event.kind, event.count, len(event.ids)) for event in events] == [
        (ChangeKind.INTERFACES_ADDED, 1000, 100),
        (ChangeKind.BLOCK_TAKEN, 1000, 100),
        (ChangeKind.BLOCK_FRAGMENTED, 62, 62),
    ]
    assert events[0].message == (
        "1,000 interfaces added (1,000 EKS node): 10.20.0.4, 10.20.128.64/28, 10.20.0.5, 10.20.128.80/28, "
        "10.20.0.6, 10.20.128.96/28 and 997 more"
    )
    assert events[1].message == (
        "1,000 blocks taken (1,000 EKS node): 10.20.128.64/28, 10.20.128.80/28, 10.20.128.96/28 and 997 more"
    )


def test_changed_accessibility_comes_with_the_changed_verdict() -> None:
    healthy = snapshot(*incident_readings(), endpoints=(endpoint("Available", A, B),),
                       associations=associations("Accessible", "Accessible", "Accessible"))  # fmt: skip
    degraded = structs.replace(
        healthy,
        associations={a.association_id: a for a in associations("Accessible", "Inaccessible", "Inaccessible")},
    )
    events = events_between(healthy, later(degraded))
    assert kinds_and_messages(events) == [
        (ChangeKind.ACCESSIBILITY, "2 associations: Accessible → Inaccessible: vpce-rsc-asc-1, vpce-rsc-asc-2"),
        (ChangeKind.ENDPOINT_CHANGED, "still Available: healthy → degraded"),
    ]
    assert events[1].worse
    assert not events_between(degraded, later(healthy))[1].worse


def test_reservations_and_subnets_added_and_removed() -> None:
    reservations_read = {f"reservations {A}": NOW}
    free = snapshot(reading(A, "10.0.0.0/24"))
    free = structs.replace(free, read_at=free.read_at | reservations_read)
    reserved = snapshot(reading(A, "10.0.0.0/24", reservations=(("10.0.0.32/27", "explicit"),)))
    reserved = structs.replace(reserved, read_at=reserved.read_at | reservations_read)
    assert kinds_and_messages(events_between(free, later(reserved))) == [
        (ChangeKind.RESERVATIONS, "explicit reservation 10.0.0.32/27 added")
    ]
    assert kinds_and_messages(events_between(reserved, later(free))) == [
        (ChangeKind.RESERVATIONS, "explicit reservation 10.0.0.32/27 removed")
    ]
    both, one = snapshot(*incident_readings()), snapshot(incident_readings()[0])
    assert kinds_and_messages(events_between(one, later(both))) == [
        (ChangeKind.SUBNET_ADDED, "subnet added: 10.10.10.64/26 in us-east-1b")
    ]
    assert kinds_and_messages(events_between(both, later(one))) == [
        (ChangeKind.SUBNET_REMOVED, "subnet removed: 10.10.10.64/26 in us-east-1b")
    ]


@pytest.mark.parametrize("unread", [(A, B), ("endpoints",), ("associations",), ("subnets",)], ids="-".join)
def test_parts_that_were_not_read_are_no_change(unread: tuple[str, ...]) -> None:
    complete = builders.incident()
    a, b = incident_readings()
    if A in unread:
        a, b = structs.replace(a, interfaces=()), structs.replace(b, interfaces=())
    incomplete = snapshot(
        *(() if "subnets" in unread else (a, b)),
        endpoints=() if "endpoints" in unread else tuple(complete.endpoints.values()),
        associations=() if "associations" in unread else tuple(complete.associations.values()),
        unread=unread,
    )
    assert events_between(incomplete, later(complete)) == []
    assert events_between(complete, later(incomplete)) == []


def test_reservations_read_for_the_first_time_are_no_change() -> None:
    before = snapshot(reading(A, "10.0.0.0/27"), reading(B, "10.0.1.0/26"), unread=(f"reservations {B}",))
    reserved = reading(B, "10.0.1.0/26", reservations=(("10.0.1.0/26", "explicit"),))
    after = snapshot(reading(A, "10.0.0.0/27"), reserved)
    assert events_between(before, later(after)) == []


def test_subnets_of_a_vpc_that_becomes_selected_are_not_new() -> None:
    empty = snapshot()
    selected = snapshot(*incident_readings(), endpoints=(endpoint("Pending", A, B),))
    assert [event.kind for event in events_between(empty, later(selected))] == [ChangeKind.ENDPOINT_ADDED]
    deleting = snapshot(endpoints=(endpoint("Deleting", A, B),))
    assert [event.kind for event in events_between(selected, later(deleting))] == [ChangeKind.ENDPOINT_CHANGED]


def test_snapshots_of_different_accounts_are_not_compared() -> None:
    other = structs.replace(builders.incident(), scope=Scope("210987654321", "us-east-1"))
    assert events_between(snapshot(*readings_before_the_endpoint()), later(other)) == []


def test_no_events_for_the_first_snapshot_and_while_the_selection_changes() -> None:
    log = ChangeLog()
    complete = builders.incident()
    one = structs.replace(snapshot(incident_readings()[0]), associations=complete.associations)
    assert log.add_snapshot(one) == []
    log.begin_selection_change()
    assert log.add_snapshot(later(complete)) == []
    log.end_selection_change()
    without_b = later(structs.replace(complete, subnets={A: complete.subnets[A]}), 30)
    assert [event.kind for event in log.add_snapshot(without_b)] == [ChangeKind.SUBNET_REMOVED]
    assert (len(log.events), log.total) == (1, 1)


def test_without_a_selection_change_a_new_endpoint_is_an_event() -> None:
    log = ChangeLog()
    complete = builders.incident()
    log.add_snapshot(structs.replace(snapshot(*incident_readings()), associations=complete.associations))
    assert [event.kind for event in log.add_snapshot(later(complete))] == [ChangeKind.ENDPOINT_ADDED]


def alternate(log: ChangeLog, numbers: range) -> None:
    """Add snapshots 15 s apart: subnet A with its free block at even numbers, without at odd ones."""
    a, b = incident_readings()
    fewer = structs.replace(a, interfaces=a.interfaces[:2])
    for n in numbers:
        log.add_snapshot(later(snapshot(a if n % 2 else fewer, b), 15 * n))


def test_the_log_keeps_a_maximum_and_counts_all() -> None:
    log = ChangeLog(max_events=3)
    alternate(log, range(5))
    assert log.total == 12
    assert [event.kind for event in log.events] == [
        ChangeKind.INTERFACES_REMOVED,
        ChangeKind.BLOCK_FREED,
        ChangeKind.FREE_BLOCK_AGAIN,
    ]
    assert {event.at for event in log.events} == {later(snapshot(), 60).taken_at}


def test_snapshots_taken_at_the_same_time_are_compared() -> None:
    log = ChangeLog()
    a, b = incident_readings()
    log.add_snapshot(snapshot(b))
    assert [event.kind for event in log.add_snapshot(snapshot(a, b))] == [ChangeKind.SUBNET_ADDED]


def test_going_back_in_time_drops_the_events_after_that_time() -> None:
    log = ChangeLog()
    a, b = incident_readings()
    fewer = structs.replace(a, interfaces=a.interfaces[:2])
    for n, subnet in enumerate((a, fewer, a)):
        log.add_snapshot(later(snapshot(subnet, b), 15 * n))
    assert len(log.events) == 6
    assert log.add_snapshot(later(snapshot(fewer, b), 20)) == []
    assert {event.at for event in log.events} == {READ_LATER}
    assert log.add_snapshot(later(snapshot(fewer, b), 15)) == []
    assert {event.at for event in log.events} == {READ_LATER}, "events of that very snapshot stay"


def test_going_back_in_time_without_events_after_it_changes_nothing() -> None:
    log = ChangeLog()
    a, b = incident_readings()
    for shown in (snapshot(b), later(snapshot(a, b)), later(snapshot(a, b), 30)):
        log.add_snapshot(shown)
    assert log.add_snapshot(later(snapshot(a, b), 20)) == []
    assert (len(log.events), log.total) == (1, 1)


def test_after_going_back_the_maximum_still_holds_and_the_total_grows() -> None:
    log = ChangeLog(max_events=3)
    alternate(log, range(5))
    total = log.total
    log.add_snapshot(later(builders.incident(), 50))
    assert (len(log.events), log.total) == (0, total + 1)
    alternate(log, range(4, 9))
    assert len(log.events) == 3


def test_a_cycle_without_changes_in_a_large_account_takes_less_than_a_millisecond() -> None:
    enis = tuple(NetworkInterface(f"eni-{n}", A, addresses=(0x0A000000 + n,)) for n in range(4, 500))
    readings = {f"subnet-{n}": SubnetReading(reading(f"subnet-{n}", "10.0.0.0/20").subnet, enis) for n in range(200)}
    read_at = dict.fromkeys(("endpoints", "associations", "subnets", *readings), NOW)
    account = structs.replace(snapshot(), subnets=readings, read_at=read_at)
    log = ChangeLog()
    log.add_snapshot(account)
    snapshots = [later(account, n) for n in range(1, 201)]
    start = time.process_time()
    for unchanged in snapshots:
        assert log.add_snapshot(unchanged) == []
    assert (time.process_time() - start) / len(snapshots) < 0.001


def test_times_are_moved_with_the_clock_and_no_later_change_is_lost() -> None:
    """A clock that is set back is not a replay that goes back."""
    before = snapshot(*readings_before_the_endpoint())
    log = ChangeLog()
    log.add_snapshot(before)
    first = len(log.add_snapshot(later(builders.incident())))
    hour = timedelta(hours=1)
    log.restate_times(-hour)
    assert {(event.at, event.since) for event in log.events} == {(READ_LATER - hour, NOW - hour)}
    assert log.total == first + 1, "they have become others"
    again = log.add_snapshot(structs.replace(later(before, 30), taken_at=later(before, 30).taken_at - hour))
    assert again and len(log.events) == first + len(again)
    assert {event.since for event in again} == {READ_LATER - hour}


def test_after_the_clock_was_set_no_more_events_are_kept_than_before() -> None:
    log = ChangeLog(max_events=2)
    changes = [snapshot(endpoints=(endpoint(state, A),)) for state in ("Pending", "Available", "Failed", "Deleting")]
    for number, one in enumerate(changes):
        log.add_snapshot(later(one, number))
        log.restate_times(timedelta(0))
    assert [event.message.partition(":")[0] for event in log.events] == ["Available → Failed", "Failed → Deleting"]
