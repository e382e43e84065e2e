"""Each change of endpoints and their associations whole: when, since when, in which words, about whom, of how many."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.history.events import Change, Entry
from latticetop.model.records.resources import Association
from latticetop.model.snapshot import Snapshot
from tests.model.builders import ENDPOINT, A, associations, endpoint, snapshot
from tests.model.dated import LATER, SINCE, between


@pytest.mark.parametrize(
    ("state", "accessible", "what", "verdict"),
    [
        ("Pending", (), "new endpoint, Pending", Verdict.PENDING),
        ("Available", ("Accessible",), "new endpoint, Available", Verdict.HEALTHY),
        ("Available", ("Inaccessible",), "new endpoint, Available: degraded", Verdict.DEGRADED),
        ("Failed", (), "new endpoint, Failed", Verdict.FAILED),
        ("Failed", ("Accessible",), "new endpoint, Failed: failed but accessible", Verdict.FAILED_BUT_ACCESSIBLE),
        ("", (), "new endpoint, without a state", Verdict.UNKNOWN),
    ],
)
def test_an_endpoint_that_comes_is_told_with_what_its_state_means(
    state: str, accessible: tuple[str, ...], what: str, verdict: Verdict
) -> None:
    held = associations(*accessible)
    before, after = snapshot(associations=held), snapshot(endpoints=(endpoint(state, A),), associations=held)
    assert between(before, after) == [
        Entry(LATER, SINCE["endpoints"], Change.ENDPOINT_CAME, what, "", ENDPOINT, verdict=verdict)
    ]


def test_an_endpoint_that_goes_is_told_with_its_last_state() -> None:
    was = "AWS no longer lists the endpoint, which was Deleting"
    assert between(snapshot(endpoints=(endpoint("Deleting", A),)), snapshot()) == [
        Entry(LATER, SINCE["endpoints"], Change.ENDPOINT_GONE, was, "", ENDPOINT)
    ]


def test_where_something_else_was_asked_for_no_endpoint_came_or_went() -> None:
    one, other = (snapshot(endpoints=(endpoint("Available", endpoint_id=name),)) for name in ("vpce-1", "vpce-2"))
    assert between(one, other, same_selection=False) == []
    assert len(between(one, other)) == 2


@pytest.mark.parametrize(
    ("was", "now", "what", "before", "after"),
    [
        ("Pending", "Available", "Pending → Available: healthy", Verdict.PENDING, Verdict.HEALTHY),
        ("Available", "Failed", "Available → Failed: healthy → failed", Verdict.HEALTHY, Verdict.FAILED),
        ("Deleting", "Deleted", "Deleting → Deleted", Verdict.GONE, Verdict.GONE),
        ("Odd", "", "Odd → without a state", Verdict.UNKNOWN, Verdict.UNKNOWN),
    ],
)
def test_another_state_is_told_with_another_verdict(
    was: str, now: str, what: str, before: Verdict, after: Verdict
) -> None:
    one, other = (snapshot(endpoints=(endpoint(state, A),)) for state in (was, now))
    other = structs.replace(other, associations=one.associations)
    assert between(one, other) == [
        Entry(
            LATER,
            SINCE["endpoints"],
            Change.ENDPOINT_CHANGED,
            what,
            "",
            ENDPOINT,
            verdict_before=before,
            verdict=after,
        )
    ]


def test_without_associations_only_the_state_is_another() -> None:
    one, other = (snapshot(endpoints=(endpoint(s, A),), unread=("associations",)) for s in ("Available", "Failed"))
    assert between(one, other) == [
        Entry(LATER, SINCE["endpoints"], Change.ENDPOINT_CHANGED, "Available → Failed", "", ENDPOINT)
    ]
    assert between(one, structs.replace(one, endpoints=dict(one.endpoints))) == []


def test_a_state_that_is_only_spelt_another_way_is_no_change() -> None:
    one, other = (snapshot(endpoints=(endpoint(state, A),)) for state in ("available", "Available"))
    assert between(one, other) == []


def associated(*held: Association) -> Snapshot:
    return snapshot(endpoints=(endpoint("Pending", A),), associations=held)


def test_associations_come_change_and_go() -> None:
    one, two, three = associations("Accessible", "", "Accessible")
    named = structs.replace(three, resource_arn="arn:aws:vpc-lattice:us-east-1:1:resourceconfiguration/rcfg-1")
    since = SINCE["associations"]

    def told(change: Change, what: str, *ids: str) -> Entry:
        return Entry(LATER, since, change, what, "", ENDPOINT, ids, len(ids))

    assert between(associated(), associated(one, two, named)) == [
        told(
            Change.ASSOCIATIONS_CAME,
            "2 associations are new, Accessible: vpce-rsc-asc-0, rcfg-1",
            "vpce-rsc-asc-0",
            "vpce-rsc-asc-2",
        ),
        told(Change.ASSOCIATIONS_CAME, "association vpce-rsc-asc-1 is new", "vpce-rsc-asc-1"),
    ]
    assert between(associated(one, two, named), associated(one)) == [
        told(
            Change.ASSOCIATIONS_GONE,
            "2 associations are gone: vpce-rsc-asc-1, rcfg-1",
            "vpce-rsc-asc-1",
            "vpce-rsc-asc-2",
        )
    ]
    silent = structs.replace(named, accessibility="")
    spelt = structs.replace(one, accessibility="ACCESSIBLE")
    assert between(associated(one, two, named), associated(spelt, two, silent)) == [
        told(Change.ACCESSIBILITY, "association rcfg-1: Accessible → nothing said", "vpce-rsc-asc-2")
    ]


def test_of_many_associations_a_hundred_are_kept_and_all_are_counted() -> None:
    (entry,) = between(associated(), associated(*associations(*["Accessible"] * 101)))
    assert (entry.count, len(entry.ids)) == (101, 100)
    assert entry.what.endswith("vpce-rsc-asc-0, vpce-rsc-asc-1, vpce-rsc-asc-2 and 98 more")
