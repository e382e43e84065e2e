"""The verdict for each state, and the sets of states."""

from __future__ import annotations

import pytest

from latticetop.model.endpoints.verdict import Verdict, has_ended, is_being_created, is_deleted, verdict_for
from tests.model.builders import associations

YES, NO = "Accessible", "Inaccessible"


@pytest.mark.parametrize(
    ("state", "words", "verdict"),
    [
        ("Failed", (YES, YES, YES), Verdict.FAILED_BUT_ACCESSIBLE),
        ("failed", (NO, "ACCESSIBLE"), Verdict.FAILED_BUT_ACCESSIBLE),
        ("Failed", (NO,), Verdict.FAILED),
        ("Failed", (), Verdict.FAILED),
        ("Available", (YES, NO), Verdict.DEGRADED),
        ("Partial", (NO,), Verdict.DEGRADED),
        ("Partial", (YES,), Verdict.DEGRADED),
        ("PARTIAL", (), Verdict.DEGRADED),
        ("available", (YES,), Verdict.HEALTHY),
        ("Available", (), Verdict.HEALTHY),
        ("Pending", (), Verdict.PENDING),
        ("PENDING", (NO,), Verdict.PENDING),
        ("pendingAcceptance", (), Verdict.WAITING_FOR_ACCEPTANCE),
        ("PendingAcceptance", (NO,), Verdict.WAITING_FOR_ACCEPTANCE),
        ("Deleting", (YES,), Verdict.GONE),
        ("Deleted", (), Verdict.GONE),
        ("Rejected", (), Verdict.FAILED),
        ("rejected", (YES,), Verdict.FAILED),
        ("Expired", (), Verdict.FAILED),
        ("EXPIRED", (YES,), Verdict.FAILED),
        ("Hibernating", (YES,), Verdict.UNKNOWN),
        ("", (), Verdict.UNKNOWN),
    ],
)
def test_the_table_of_verdicts(state: str, words: tuple[str, ...], verdict: Verdict) -> None:
    assert verdict_for(state, associations(*words)) is verdict


@pytest.mark.parametrize(
    ("verdict", "wrong", "inconclusive"),
    [
        (Verdict.FAILED_BUT_ACCESSIBLE, True, False),
        (Verdict.FAILED, True, False),
        (Verdict.DEGRADED, True, False),
        (Verdict.WAITING_FOR_ACCEPTANCE, False, False),
        (Verdict.PENDING, False, False),
        (Verdict.UNKNOWN, False, True),
        (Verdict.HEALTHY, False, False),
        (Verdict.GONE, False, False),
    ],
)
def test_what_a_verdict_means_for_check_in_the_order_of_the_ranks(
    verdict: Verdict, wrong: bool, inconclusive: bool
) -> None:
    assert (verdict.wrong, verdict.inconclusive) == (wrong, inconclusive)
    assert list(Verdict)[verdict.rank] is verdict


def test_the_ranks_put_trouble_first() -> None:
    ranks = [verdict.rank for verdict in (Verdict.FAILED_BUT_ACCESSIBLE, Verdict.FAILED, Verdict.DEGRADED)]
    assert max(ranks) < min(v.rank for v in Verdict if not v.wrong)


@pytest.mark.parametrize(
    ("state", "being_created", "deleted", "ended"),
    [
        ("pending", True, False, False),
        ("Pending", True, False, False),
        ("PendingAcceptance", False, False, False),
        ("Deleting", False, True, True),
        ("deleted", False, True, True),
        ("Rejected", False, False, True),
        ("EXPIRED", False, False, True),
        ("Failed", False, False, False),
        ("", False, False, False),
    ],
)
def test_states_are_grouped_without_regard_to_case(state: str, being_created: bool, deleted: bool, ended: bool) -> None:
    assert (is_being_created(state), is_deleted(state), has_ended(state)) == (being_created, deleted, ended)
