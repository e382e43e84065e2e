"""Events: when a verdict is worse, which changes share an event, and how names are joined."""

from __future__ import annotations

import pytest

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.history.change_events import (
    ChangeEvent,
    ChangeItem,
    ChangeKind,
    count_owners,
    describe_addresses,
    group_items,
    join_names,
)
from tests.model.builders import NOW, A, eni


@pytest.mark.parametrize(
    ("before", "after", "changed", "worse"),
    [
        (Verdict.FAILED, Verdict.HEALTHY, True, False),
        (Verdict.HEALTHY, Verdict.FAILED, True, True),
        (Verdict.HEALTHY, Verdict.FAILED_BUT_ACCESSIBLE, True, True),
        (Verdict.FAILED_BUT_ACCESSIBLE, Verdict.DEGRADED, True, True),
        (Verdict.DEGRADED, Verdict.FAILED, True, True),
        (Verdict.FAILED, Verdict.DEGRADED, True, False),
        (Verdict.PENDING, Verdict.HEALTHY, True, False),
        (Verdict.FAILED, Verdict.FAILED, False, False),
        (None, Verdict.PENDING, True, False),
        (None, Verdict.FAILED, True, True),
        (None, None, False, False),
    ],
)
def test_changed_and_worse_verdicts(before: Verdict | None, after: Verdict | None, changed: bool, worse: bool) -> None:
    event = ChangeEvent(NOW, None, ChangeKind.ENDPOINT_CHANGED, "", verdict_before=before, verdict=after)
    assert (event.verdict_changed, event.worse) == (changed, worse)


def test_three_items_get_an_event_each_and_four_share_one() -> None:
    items = [ChangeItem(f"eni-{n}", f"new eni-{n}", f"10.0.0.{n}") for n in range(4)]
    assert group_items(items[:3], lambda _: "") == [(f"new eni-{n}", (f"eni-{n}",), 1) for n in range(3)]
    assert group_items(items, lambda many: f"{len(many)} new") == [
        ("4 new", ("eni-0", "eni-1", "eni-2", "eni-3"), 4),
    ]


def test_a_shared_event_keeps_100_ids_and_counts_all() -> None:
    items = [ChangeItem(f"eni-{n}", "", "") for n in range(150)]
    ((_, ids, count),) = group_items(items, lambda _: "")
    assert (len(ids), ids[-1], count) == (100, "eni-99", 150)


@pytest.mark.parametrize(
    ("count", "text"), [(0, ""), (1, "a"), (3, "a, b, c"), (4, "a, b, c and 1 more"), (5, "a, b, c and 2 more")]
)
def test_join_names_names_the_first_three(count: int, text: str) -> None:
    assert join_names("abcde"[:count]) == text


def test_count_owners_puts_the_most_frequent_first() -> None:
    owners = ["instance", *["EKS node"] * 1_200]
    items = [ChangeItem(str(n), "", "", owner) for n, owner in enumerate(owners)]
    assert count_owners(items) == "1,200 EKS node, 1 instance"


def test_addresses_and_prefixes_of_an_interface() -> None:
    assert describe_addresses(eni("eni-1", A, "10.0.0.5", "10.0.0.16/28")) == "10.0.0.5, 10.0.0.16/28"
    assert describe_addresses(eni("eni-1", A)) == "no address"
