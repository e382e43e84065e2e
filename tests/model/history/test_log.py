"""The entries of one scope as they are kept: from when on, how many, and after going back in time."""

from __future__ import annotations

import time

from msgspec import structs

from latticetop.model.history.events import Change
from latticetop.model.history.log import Journal
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model import builders
from tests.model.builders import NOW, A, incident_readings, snapshot
from tests.model.history.test_events import LATER, later


def test_the_first_read_is_no_change_and_another_selection_neither() -> None:
    journal = Journal()
    whole = builders.incident()
    one = structs.replace(snapshot(incident_readings()[0]), associations=whole.associations)
    assert journal.follow(one) == []
    journal.expect_another_selection()
    assert journal.follow(later(whole)) == []
    journal.settled()
    gone = later(structs.replace(whole, subnets={A: whole.subnets[A]}), 30)
    assert [e.change for e in journal.follow(gone)] == [Change.SUBNET_GONE]
    assert (len(journal.entries), journal.total) == (1, 1)
    fresh = Journal()
    fresh.follow(one)
    assert [e.change for e in fresh.follow(later(whole))] == [Change.ENDPOINT_CAME], (
        "unless something else is asked for"
    )


def test_it_keeps_so_many_and_counts_all() -> None:
    journal = Journal(most=3)
    a, b = incident_readings()
    fewer = structs.replace(a, interfaces=a.interfaces[:2])
    for n in range(5):
        journal.follow(later(snapshot(a if n % 2 else fewer, b), 15 * n))
    assert (len(journal.entries), journal.total) == (3, 12)
    assert journal.entries[-1].change is Change.NO_BLOCK_LEFT or journal.entries[-1].change is Change.BLOCK_LEFT_AGAIN


def test_what_is_read_in_the_same_moment_is_told() -> None:
    journal = Journal()
    a, b = incident_readings()
    journal.follow(snapshot(b))
    assert [entry.change for entry in journal.follow(snapshot(a, b))] == [Change.SUBNET_CAME]


def test_going_back_to_where_nothing_came_after_changes_nothing() -> None:
    journal = Journal()
    a, b = incident_readings()
    for shown in (snapshot(b), later(snapshot(a, b)), later(snapshot(a, b), 30)):
        journal.follow(shown)
    assert journal.follow(later(snapshot(a, b), 20)) == []
    assert (len(journal.entries), journal.total) == (1, 1)


def test_after_going_back_it_keeps_no_more_than_before_and_the_total_still_grows() -> None:
    journal, shown = Journal(most=3), builders.incident()
    a, b = incident_readings()
    fewer = structs.replace(a, interfaces=a.interfaces[:2])
    for n in range(5):
        journal.follow(later(snapshot(a if n % 2 else fewer, b), 15 * n))
    before = journal.total
    journal.follow(later(shown, 50))
    assert (len(journal.entries), journal.total > before) == (0, True)
    for n in range(4, 9):
        journal.follow(later(snapshot(a if n % 2 else fewer, b), 15 * n))
    assert len(journal.entries) == 3


def test_going_back_in_time_forgets_what_came_after() -> None:
    journal = Journal()
    a, b = incident_readings()
    fewer = structs.replace(a, interfaces=a.interfaces[:2])
    for n, each in enumerate((a, fewer, a)):
        journal.follow(later(snapshot(each, b), 15 * n))
    assert len(journal.entries) == 6
    assert journal.follow(later(snapshot(fewer, b), 20)) == []
    assert {entry.at for entry in journal.entries} == {LATER}
    assert journal.follow(later(snapshot(fewer, b), 15)) == []
    assert {entry.at for entry in journal.entries} == {LATER}, "what was seen in that very read stays"


def test_a_quiet_cycle_of_a_great_account_costs_next_to_nothing() -> None:
    enis = tuple(NetworkInterface(f"eni-{n}", A, addresses=(0x0A000000 + n,)) for n in range(4, 500))
    readings = {
        f"subnet-{n}": SubnetReading(builders.reading(f"subnet-{n}", "10.0.0.0/20").subnet, enis) for n in range(200)
    }
    one = structs.replace(
        snapshot(), subnets=readings, read_at={"endpoints": NOW, "associations": NOW, "subnets": NOW}
        | dict.fromkeys(readings, NOW),
    )  # fmt: skip
    journal = Journal()
    journal.follow(one)
    quiet = [later(one, n) for n in range(1, 201)]
    start = time.process_time()
    for each in quiet:
        assert journal.follow(each) == []
    assert (time.process_time() - start) / len(quiet) < 0.001
    assert parse_cidr("10.0.0.0/20").size == 4096
