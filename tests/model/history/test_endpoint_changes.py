"""The events of endpoints and associations, field by field: times, kind, message, endpoint, ids and count."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.history.change_events import ChangeEvent, ChangeKind
from latticetop.model.records.resources import Association
from latticetop.model.snapshot import Snapshot
from tests.model.builders import ENDPOINT, A, associations, endpoint, snapshot
from tests.model.history.comparison import LATER, SINCE, compare


@pytest.mark.parametrize(
    ("state", "accessibility", "message", "verdict"),
    [
        ("Pending", (), "new endpoint, Pending", Verdict.PENDING),
        ("Available", ("Accessible",), "new endpoint, Available", Verdict.HEALTHY),
        ("Available", ("Inaccessible",), "new endpoint, Available: degraded", Verdict.DEGRADED),
        ("Failed", (), "new endpoint, Failed", Verdict.FAILED),
        ("Failed", ("Accessible",), "new endpoint, Failed: failed but accessible", Verdict.FAILED_BUT_ACCESSIBLE),
        ("", (), "new endpoint, no state", Verdict.UNKNOWN),
    ],
)
def test_a_new_endpoint_with_its_state_and_verdict(
    state: str, accessibility: tuple[str, ...], message: str, verdict: Verdict
) -> None:
    existing = associations(*accessibility)
    before, after = snapshot(associations=existing), snapshot(endpoints=(endpoint(state, A),), associations=existing)
    assert compare(before, after) == [
        ChangeEvent(LATER, SINCE["endpoints"], ChangeKind.ENDPOINT_ADDED, message, "", ENDPOINT, verdict=verdict)
    ]


def test_a_removed_endpoint_with_its_last_state() -> None:
    message = "AWS no longer lists the endpoint; its last state was Deleting"
    assert compare(snapshot(endpoints=(endpoint("Deleting", A),)), snapshot()) == [
        ChangeEvent(LATER, SINCE["endpoints"], ChangeKind.ENDPOINT_REMOVED, message, "", ENDPOINT)
    ]


def test_another_selection_adds_and_removes_no_endpoint() -> None:
    one, other = (snapshot(endpoints=(endpoint("Available", endpoint_id=name),)) for name in ("vpce-1", "vpce-2"))
    assert compare(one, other, same_selection=False) == []
    assert len(compare(one, other)) == 2


@pytest.mark.parametrize(
    ("old_state", "new_state", "message", "before", "after"),
    [
        ("Pending", "Available", "Pending → Available: healthy", Verdict.PENDING, Verdict.HEALTHY),
        ("Available", "Failed", "Available → Failed: healthy → failed", Verdict.HEALTHY, Verdict.FAILED),
        ("Deleting", "Deleted", "Deleting → Deleted", Verdict.GONE, Verdict.GONE),
        ("Odd", "", "Odd → no state", Verdict.UNKNOWN, Verdict.UNKNOWN),
    ],
)
def test_a_changed_state_with_its_verdicts(
    old_state: str, new_state: str, message: str, before: Verdict, after: Verdict
) -> None:
    one, other = (snapshot(endpoints=(endpoint(state, A),)) for state in (old_state, new_state))
    other = structs.replace(other, associations=one.associations)
    assert compare(one, other) == [
        ChangeEvent(
            LATER,
            SINCE["endpoints"],
            ChangeKind.ENDPOINT_CHANGED,
            message,
            "",
            ENDPOINT,
            verdict_before=before,
            verdict=after,
        )
    ]


def test_without_associations_only_the_state_is_compared() -> None:
    one, other = (snapshot(endpoints=(endpoint(s, A),), unread=("associations",)) for s in ("Available", "Failed"))
    assert compare(one, other) == [
        ChangeEvent(LATER, SINCE["endpoints"], ChangeKind.ENDPOINT_CHANGED, "Available → Failed", "", ENDPOINT)
    ]
    assert compare(one, structs.replace(one, endpoints=dict(one.endpoints))) == []


def test_states_are_compared_without_regard_to_case() -> None:
    one, other = (snapshot(endpoints=(endpoint(state, A),)) for state in ("available", "Available"))
    assert compare(one, other) == []


def associated(*existing: Association) -> Snapshot:
    return snapshot(endpoints=(endpoint("Pending", A),), associations=existing)


def test_associations_added_changed_and_removed() -> None:
    one, two, three = associations("Accessible", "", "Accessible")
    named = structs.replace(three, resource_arn="arn:aws:vpc-lattice:us-east-1:1:resourceconfiguration/rcfg-1")
    since = SINCE["associations"]

    def event(kind: ChangeKind, message: str, *ids: str) -> ChangeEvent:
        return ChangeEvent(LATER, since, kind, message, "", ENDPOINT, ids, len(ids))

    assert compare(associated(), associated(one, two, named)) == [
        event(
            ChangeKind.ASSOCIATIONS_ADDED,
            "2 associations added, Accessible: vpce-rsc-asc-0, rcfg-1",
            "vpce-rsc-asc-0",
            "vpce-rsc-asc-2",
        ),
        event(ChangeKind.ASSOCIATIONS_ADDED, "association vpce-rsc-asc-1 added", "vpce-rsc-asc-1"),
    ]
    assert compare(associated(one, two, named), associated(one)) == [
        event(
            ChangeKind.ASSOCIATIONS_REMOVED,
            "2 associations removed: vpce-rsc-asc-1, rcfg-1",
            "vpce-rsc-asc-1",
            "vpce-rsc-asc-2",
        )
    ]
    silent = structs.replace(named, accessibility="")
    spelt = structs.replace(one, accessibility="ACCESSIBLE")
    assert compare(associated(one, two, named), associated(spelt, two, silent)) == [
        event(ChangeKind.ACCESSIBILITY, "association rcfg-1: Accessible → no accessibility", "vpce-rsc-asc-2")
    ]


def test_an_event_keeps_100_associations_and_counts_all() -> None:
    (event,) = compare(associated(), associated(*associations(*["Accessible"] * 101)))
    assert (event.count, len(event.ids)) == (101, 100)
    assert event.message.endswith("vpce-rsc-asc-0, vpce-rsc-asc-1, vpce-rsc-asc-2 and 98 more")
