"""`latticetop check` as metrics, parsed as Prometheus does."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec import structs

from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check_metrics import render_check_metrics
from latticetop.reports.check_scopes import ScopeResult
from tests.exposed import Samples, samples
from tests.model.builders import ENDPOINT, NOW, A, B, incident

ACCOUNT = "123456789012"
DENIED = Problem(ProblemKind.NO_CREDENTIALS, "sts:AssumeRole", "AssumeRole was refused.", "Trust it.")
PARTLY = structs.replace(incident(), subnets={A: incident().subnets[A]}, problems=(DENIED,))


def rendered(*scopes: ScopeResult, unread: Iterable[Snapshot] = ()) -> Samples:
    return samples(render_check_metrics(scopes, lambda snapshot: all(snapshot is not each for each in unread)))


def test_a_scope_that_was_read_is_up_with_its_numbers() -> None:
    found = rendered(ScopeResult("prod", "", incident()))
    where = {"account_id": ACCOUNT, "region": "us-east-1"}
    assert found.values("scope_up", **where, scope="prod") == [1]
    assert found.values("scope_read_timestamp_seconds", **where) == [NOW.timestamp()]
    assert found.values("subnet_free_blocks_max", **where, subnet_id=A) == [0]
    assert found.values("subnet_free_blocks_max", **where, subnet_id=B) == [1]
    assert found.values("endpoint_verdict", verdict="failed-but-accessible", vpc_endpoint_id=ENDPOINT) == [1]


def test_a_scope_that_could_not_be_read_is_down_beside_the_others() -> None:
    found = rendered(
        ScopeResult("prod", "", incident()),
        ScopeResult("dev", "eu-west-1", DENIED, requested_account_id="111122223333"),
    )
    down = {"account_id": "111122223333", "region": "eu-west-1", "scope": "dev"}
    assert found.values("scope_up", **down) == [0]
    assert found.values("scope_problem", **down, kind="no-credentials", operation="sts:AssumeRole") == [1]
    assert found.values("scope_read_timestamp_seconds", **down) == []
    assert found.values("scope_up", scope="prod") == [1]


def test_a_scope_that_was_read_in_part_is_down_and_has_what_was_read() -> None:
    found = rendered(ScopeResult("prod", "", PARTLY), unread=[PARTLY])
    assert (found.values("scope_up"), found.values("scope_read_timestamp_seconds")) == ([0], [])
    assert found.values("subnet_available_addresses", subnet_id=A) == [40]


@pytest.mark.parametrize("better_first", [False, True])
def test_an_account_that_was_read_by_two_names_has_its_subnets_once_by_the_better_read(better_first: bool) -> None:
    scopes = [ScopeResult("one", "", PARTLY), ScopeResult("two", "", incident())]
    found = rendered(*(reversed(scopes) if better_first else scopes), unread=[PARTLY])
    assert [found.values("scope_up", scope=name) for name in ("one", "two")] == [[0], [1]]
    assert [found.values("subnet_available_addresses", subnet_id=key) for key in (A, B)] == [[40], [42]]
