"""What is told of two snapshots that follow each other: the incident's own changes, and what is no change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.history.events import Change, Entry
from latticetop.model.history.log import entries_between
from latticetop.model.records.address import format_address
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from tests.model import builders
from tests.model.builders import ENDPOINT, NOW, A, B, associations, endpoint, eni, incident_readings, reading, snapshot

LATER = NOW + timedelta(seconds=15)
RESOURCE_A, RESOURCE_B = "eni-0f995ce7b1b9589de", "eni-09199f7c86c4cddf9"


def later(shown: Snapshot, seconds: float = 15) -> Snapshot:
    """The same, read so many seconds later."""
    at = NOW + timedelta(seconds=seconds)
    return structs.replace(shown, taken_at=at, read_at=dict.fromkeys(shown.read_at, at))


def before_the_endpoint() -> tuple[SubnetReading, SubnetReading]:
    a, b = incident_readings()
    return (
        structs.replace(
            a, subnet=structs.replace(a.subnet, available_ip_address_count=57), interfaces=a.interfaces[1:]
        ),
        structs.replace(b, subnet=structs.replace(b.subnet, available_ip_address_count=59), interfaces=()),
    )


def told(entries: list[Entry]) -> list[tuple[Change, str]]:
    return [(entry.change, entry.what) for entry in entries]


def of(entries: list[Entry], change: Change) -> Entry:
    found = [entry for entry in entries if entry.change is change]
    assert len(found) == 1, told(entries)
    return found[0]


def test_the_incident_the_endpoint_takes_a_block_in_each_subnet_and_fails() -> None:
    pending = snapshot(*before_the_endpoint(), endpoints=(endpoint("Pending", A, B),))
    entries = entries_between(pending, later(builders.incident()))
    taken = [(e.subnet_id, e.ids, e.vpc_endpoint_id) for e in entries if e.change is Change.BLOCK_TAKEN]
    assert taken == [(A, ("10.10.10.16/28",), ENDPOINT), (B, ("10.10.10.96/28",), ENDPOINT)]
    first = next(e for e in entries if e.change is Change.BLOCK_TAKEN)
    assert first.what == f"10.10.10.16/28 taken by {RESOURCE_A} of {ENDPOINT}, for resources"
    assert (first.at, first.since) == (LATER, NOW)
    came = [(e.subnet_id, e.ids) for e in entries if e.change is Change.INTERFACES_CAME]
    assert came == [(A, (RESOURCE_A,)), (B, (RESOURCE_B,))]
    assert next(e for e in entries if e.subnet_id == A and e.ids == (RESOURCE_A,)).what.endswith(
        "10.10.10.7, 10.10.10.16/28"
    )
    left = of(entries, Change.NO_BLOCK_LEFT)
    assert (left.subnet_id, left.what) == (A, "no free /28 block left")
    arrived = of(entries, Change.ASSOCIATIONS_CAME)
    assert (arrived.count, arrived.vpc_endpoint_id) == (3, ENDPOINT)
    failed = of(entries, Change.ENDPOINT_CHANGED)
    assert failed.what == "Pending → Failed: failed but accessible"
    assert (failed.verdict_before, failed.verdict, failed.worse) == (
        Verdict.PENDING, Verdict.FAILED_BUT_ACCESSIBLE, True,
    )  # fmt: skip
    assert entries[-1] is failed, "causes stand before effects"


def test_an_endpoint_that_has_just_come() -> None:
    bare = snapshot(*before_the_endpoint())
    created = snapshot(*before_the_endpoint(), endpoints=(endpoint("Pending", A, B),))
    entries = entries_between(created, later(created))
    assert entries == []
    came = of(entries_between(bare, later(created)), Change.ENDPOINT_CAME)
    assert (came.what, came.vpc_endpoint_id, came.worse) == ("new endpoint, Pending", ENDPOINT, False)
    gone = of(entries_between(created, later(bare)), Change.ENDPOINT_GONE)
    assert gone.what == "AWS no longer lists the endpoint, which was Pending"
    failed = snapshot(*before_the_endpoint(), endpoints=(endpoint("Failed", A, B),))
    assert of(entries_between(bare, later(failed)), Change.ENDPOINT_CAME).worse


def test_an_instance_that_ends_makes_a_block_whole_and_its_return_breaks_it() -> None:
    a, b = incident_readings()
    ended = structs.replace(a, interfaces=a.interfaces[:2])
    entries = entries_between(snapshot(a, b), later(snapshot(ended, b)))
    assert told(entries) == [
        (Change.INTERFACES_GONE, "gone eni-0aaaaaaaaaaaaaaa2 of i-0ae4b4d9c4e67eef0: 10.10.10.36"),
        (Change.BLOCK_FREED, "10.10.10.32/28 whole again: gone is one address: 10.10.10.36 (i-0ae4b4d9c4e67eef0)"),
        (Change.BLOCK_LEFT_AGAIN, "1 free /28 block again"),
    ]
    entries = entries_between(snapshot(ended, b), later(snapshot(a, b)))
    assert told(entries) == [
        (Change.INTERFACES_CAME, "new eni-0aaaaaaaaaaaaaaa2 of i-0ae4b4d9c4e67eef0: 10.10.10.36"),
        (Change.BLOCK_BROKEN, "10.10.10.32/28 broken by one address: 10.10.10.36 (i-0ae4b4d9c4e67eef0)"),
        (Change.NO_BLOCK_LEFT, "no free /28 block left"),
    ]


def test_a_block_that_passes_from_one_interface_to_another_was_freed_and_taken() -> None:
    one = reading(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.5", "10.0.0.16/28", instance_id="i-1"))
    other = reading(A, "10.0.0.0/24", eni("eni-2", A, "10.0.0.5", "10.0.0.16/28", instance_id="i-2"))
    entries = entries_between(snapshot(one), later(snapshot(other)))
    assert told(entries) == [
        (Change.INTERFACES_GONE, "gone eni-1 of i-1: 10.0.0.5, 10.0.0.16/28"),
        (Change.BLOCK_FREED, "10.0.0.16/28 freed by eni-1 of i-1"),
        (Change.INTERFACES_CAME, "new eni-2 of i-2: 10.0.0.5, 10.0.0.16/28"),
        (Change.BLOCK_TAKEN, "10.0.0.16/28 taken by eni-2 of i-2"),
    ]


def test_an_interface_that_gains_and_loses_addresses() -> None:
    one = reading(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.4", "10.0.0.5", instance_id="i-1"))
    other = reading(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.4", "10.0.0.6", instance_id="i-1"))
    entries = entries_between(snapshot(one), later(snapshot(other)))
    assert told(entries) == [(Change.ADDRESSES, "eni-1 of i-1 took 10.0.0.6 and gave back 10.0.0.5")]


def test_a_fleet_that_is_rolled_out_is_told_in_few_lines() -> None:
    nodes = [
        eni(f"eni-{n:03x}", A, format_address(0x0A140000 + n), f"{format_address(0x0A148000 + 16 * n)}/28",
            description=f"aws-K8S-i-{n:03x}")
        for n in range(4, 1004)
    ]  # fmt: skip
    empty, full = reading(A, "10.20.0.0/16"), reading(A, "10.20.0.0/16", *nodes)
    entries = entries_between(snapshot(empty), later(snapshot(full)))
    assert [(e.change, e.count, len(e.ids)) for e in entries] == [
        (Change.INTERFACES_CAME, 1000, 100),
        (Change.BLOCK_TAKEN, 1000, 100),
        (Change.BLOCK_BROKEN, 62, 62),
    ]
    assert entries[0].what == (
        "1,000 interfaces came (1,000 EKS node): 10.20.0.4, 10.20.128.64/28, 10.20.0.5, 10.20.128.80/28, "
        "10.20.0.6, 10.20.128.96/28 and 997 more"
    )
    assert entries[1].what == "1,000 blocks taken (1,000 EKS node): 10.20.128.64/28, 10.20.128.80/28, 10.20.128.96/28 and 997 more"  # fmt: skip # noqa: E501


def test_accessibility_that_changes_is_told_with_the_verdict() -> None:
    fine = snapshot(*incident_readings(), endpoints=(endpoint("Available", A, B),),
                    associations=associations("Accessible", "Accessible", "Accessible"))  # fmt: skip
    worse = structs.replace(
        fine,
        associations={a.association_id: a for a in associations("Accessible", "Inaccessible", "Inaccessible")},
    )
    entries = entries_between(fine, later(worse))
    assert told(entries) == [
        (
            Change.ACCESSIBILITY,
            "2 associations: Accessible → Inaccessible: vpce-rsc-asc-1, vpce-rsc-asc-2",
        ),
        (Change.ENDPOINT_CHANGED, "still Available: healthy → degraded"),
    ]
    assert entries[1].worse and not entries_between(worse, later(fine))[1].worse


@pytest.mark.parametrize(
    ("was", "now", "worse"),
    [
        ("Failed", "Available", False),
        ("Available", "Failed", True),
        ("Pending", "Available", False),
    ],
)
def test_what_is_worse(was: str, now: str, worse: bool) -> None:
    one, other = (snapshot(*incident_readings(), endpoints=(endpoint(state, A, B),)) for state in (was, now))
    entry = of(entries_between(one, later(other)), Change.ENDPOINT_CHANGED)
    assert (entry.of_a_verdict, entry.worse) == (True, worse)


def test_reservations_and_subnets_that_come_and_go() -> None:
    known = {f"reservations {A}": NOW}
    free = snapshot(reading(A, "10.0.0.0/24"))
    free = structs.replace(free, read_at=free.read_at | known)
    held = snapshot(reading(A, "10.0.0.0/24", reservations=(("10.0.0.32/27", "explicit"),)))
    held = structs.replace(held, read_at=held.read_at | known)
    assert told(entries_between(free, later(held))) == [
        (Change.RESERVATIONS, "explicit reservation 10.0.0.32/27 is new")
    ]
    assert told(entries_between(held, later(free))) == [
        (Change.RESERVATIONS, "explicit reservation 10.0.0.32/27 is gone")
    ]
    two = snapshot(*incident_readings())
    one = snapshot(incident_readings()[0])
    assert told(entries_between(one, later(two))) == [(Change.SUBNET_CAME, "new subnet 10.10.10.64/26 in us-east-1b")]
    assert told(entries_between(two, later(one))) == [
        (Change.SUBNET_GONE, "the subnet is gone: 10.10.10.64/26 in us-east-1b")
    ]


@pytest.mark.parametrize("unread", [(A, B), ("endpoints",), ("associations",), ("subnets",)], ids="-".join)
def test_what_was_only_not_read_is_no_change(unread: tuple[str, ...]) -> None:
    whole = builders.incident()
    a, b = (
        (structs.replace(each, interfaces=()) for each in incident_readings()) if A in unread else incident_readings()
    )
    readings = () if "subnets" in unread else (a, b)
    part = snapshot(
        *readings,
        endpoints=() if "endpoints" in unread else tuple(whole.endpoints.values()),
        associations=() if "associations" in unread else tuple(whole.associations.values()),
        unread=unread,
    )
    assert told(entries_between(part, later(whole))) == []
    assert told(entries_between(whole, later(part))) == []


def test_reservations_read_for_the_first_time_are_no_change() -> None:
    before = snapshot(reading(A, "10.0.0.0/27"), reading(B, "10.0.1.0/26"))
    held = reading(B, "10.0.1.0/26", reservations=(("10.0.1.0/26", "explicit"),))
    after = snapshot(reading(A, "10.0.0.0/27"), held)
    after = structs.replace(after, read_at=after.read_at | {f"reservations {B}": NOW})
    assert entries_between(before, later(after)) == []


def test_the_subnets_of_a_vpc_that_is_looked_into_for_a_new_endpoint_are_not_new() -> None:
    nothing = snapshot()
    first = snapshot(*incident_readings(), endpoints=(endpoint("Pending", A, B),))
    assert [e.change for e in entries_between(nothing, later(first))] == [Change.ENDPOINT_CAME]
    deleting = snapshot(endpoints=(endpoint("Deleting", A, B),))
    assert [e.change for e in entries_between(first, later(deleting))] == [Change.ENDPOINT_CHANGED]


def test_another_account_is_another_beginning() -> None:
    other = structs.replace(builders.incident(), scope=Scope("210987654321", "us-east-1"))
    assert entries_between(snapshot(*before_the_endpoint()), later(other)) == []
