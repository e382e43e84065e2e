"""What is exported of a scope, its subnets and its endpoints; what is not known is absent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import structs

from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Scope, Snapshot
from latticetop.reports.metrics import ScopeRead, oldest_reservations
from latticetop.reports.metrics_text import render_metrics
from tests.exposed import Samples, samples
from tests.model.builders import (
    ENDPOINT,
    A,
    B,
    associations,
    endpoint,
    eni,
    incident,
    reading,
    snapshot,
)

S = "subnet-1"
ACCOUNT = "123456789012"
READ = ScopeRead("prod", ACCOUNT, "us-east-1", up=True)
SMALL_ACCOUNT = snapshot(reading(S, "10.0.0.0/24", eni("eni-1", S, "10.0.0.20"), available=250))


def exported(
    one: Snapshot | None, scope: ScopeRead = READ, criteria: Criteria = DEFAULT_CRITERIA, *, block_states: bool = False
) -> Samples:
    return samples(render_metrics([(scope, one)], criteria, block_states=block_states))


def test_the_incident() -> None:
    found = exported(incident())
    assert found.values("endpoint_verdict", verdict="failed-but-accessible") == [1]
    assert sum(found.values("endpoint_verdict")) == 1
    assert {labels["verdict"] for labels in found.labels("endpoint_verdict")} == set(Verdict)
    assert found.values("endpoint_associations") == found.values("endpoint_accessible_associations") == [3]
    assert {labels["subnet_id"] for labels in found.labels("endpoint_subnet", vpc_endpoint_id=ENDPOINT)} == {A, B}
    assert found.values("subnet_needs_blocks", subnet_id=A) == [1]
    assert found.values("subnet_usable_blocks", subnet_id=A) == [2]
    assert found.values("subnet_free_blocks_min", subnet_id=A) == [0]
    assert found.values("subnet_free_blocks_max", subnet_id=A) == [0]
    assert found.labels("subnet_info", subnet_id=A)[0]["cidr_block"] == "10.10.10.0/26"


def test_no_eni_is_a_label() -> None:
    assert "eni-" not in render_metrics([(READ, incident())], block_states=True)


@pytest.mark.parametrize(("length", "usable"), [(28, 0), (27, 0), (26, 2), (24, 14)])
def test_the_first_and_the_last_block_are_never_usable(length: int, usable: int) -> None:
    found = exported(snapshot(reading(S, f"10.0.0.0/{length}")))
    assert found.values("subnet_usable_blocks") == [usable]


def test_unaccounted_addresses_make_bounds() -> None:
    # 14 blocks can be free; 3 addresses that nobody sees break three of them at most.
    found = exported(snapshot(reading(S, "10.0.0.0/24", available=248, unaccounted=3)))
    assert found.values("subnet_free_blocks_min") == [11]
    assert found.values("subnet_free_blocks_max") == [14]
    assert found.values("subnet_unaccounted_addresses") == [3]


def test_what_was_not_read_is_absent() -> None:
    found = exported(snapshot(reading(S, "10.0.0.0/24", available=251), unread=(S,)))
    assert (
        found.names
        & {
            "subnet_free_blocks_min",
            "subnet_free_blocks_max",
            "subnet_unaccounted_addresses",
            "subnet_needs_blocks",
            "subnet_blocks",
        }
        == set()
    )
    assert found.labels("subnet_missing_data")[0]["part"] == "network interfaces"
    assert found.values("subnet_available_addresses") == [251]


def test_without_its_reservations_the_free_blocks_of_a_subnet_are_absent() -> None:
    found = exported(snapshot(SMALL_ACCOUNT.subnets[S], unread=(reservations_part(S),)), block_states=True)
    assert not found.values("subnet_free_blocks_min") + found.values("subnet_free_blocks_max")
    assert [labels["part"] for labels in found.labels("subnet_missing_data")] == ["CIDR reservations"]
    assert found.values("subnet_blocks", state="fragmented") == [1]


def test_an_impossible_count_of_aws_is_absent() -> None:
    assert exported(snapshot(reading(S, "10.0.0.0/24", available=9999))).values("subnet_available_addresses") == []


def test_without_ipv4_only_the_names_are_exported() -> None:
    assert exported(snapshot(reading(S, None))).names == {"build_info", "scope_up", "subnet_info"}


def test_without_associations_read_their_numbers_are_absent() -> None:
    one = snapshot(reading(S, "10.0.0.0/24"), endpoints=(endpoint("Available", S),), unread=("associations",))
    found = exported(one)
    assert found.values("endpoint_associations") == found.values("endpoint_accessible_associations") == []
    assert found.values("endpoint_verdict", verdict="unknown") == [1]


def test_a_subnet_needs_blocks_where_anything_in_it_does() -> None:
    prefix = reading(S, "10.0.0.0/24", eni("eni-1", S, "10.0.0.16/28"), available=235)
    assert exported(snapshot(prefix)).values("subnet_needs_blocks") == [1]
    assert exported(SMALL_ACCOUNT).values("subnet_needs_blocks") == [0]
    assert exported(SMALL_ACCOUNT, criteria=Criteria(subnet_ids=(S,))).values("subnet_needs_blocks") == [1]


def test_hidden_enis_of_other_accounts_leave_open_whether_a_subnet_needs_blocks() -> None:
    shared = reading(S, "10.0.0.0/24", available=200, unaccounted=51)
    shared = structs.replace(shared, subnet=structs.replace(shared.subnet, owner_id="111122223333"))
    one = structs.replace(snapshot(shared), scope=Scope(ACCOUNT, "us-east-1"))
    assert exported(one).values("subnet_needs_blocks") == []


def test_the_blocks_by_state_are_exported_if_they_are_asked_for() -> None:
    assert "subnet_blocks" not in exported(SMALL_ACCOUNT).names
    found = exported(SMALL_ACCOUNT, block_states=True)
    states = {
        labels["state"]: found.values("subnet_blocks", state=labels["state"])
        for labels in found.labels("subnet_blocks")
    }
    assert len(states) == 8
    assert (states["free"], states["fragmented"], states["reserved"], states["lattice"]) == ([13], [1], [2], [0])


def test_a_scope_that_was_never_read_is_down_and_says_why() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "sts:AssumeRole", "Refused.")
    found = exported(None, ScopeRead("prod", ACCOUNT, "us-east-1", problems=(denied, denied)))
    assert found.names == {"build_info", "scope_up", "scope_problem"}
    assert found.values("scope_up", scope="prod", account_id=ACCOUNT, region="us-east-1") == [0]
    assert found.labels("scope_problem") == [
        {
            "account_id": ACCOUNT,
            "region": "us-east-1",
            "scope": "prod",
            "kind": "access-denied",
            "operation": "sts:AssumeRole",
        }
    ]


def test_a_scope_has_its_times_in_seconds() -> None:
    at, before = datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, 0, tzinfo=UTC)
    scope = structs.replace(READ, read_at=at, duration=1.5, interval=300.0, reservations_read_at=before)
    found = exported(None, scope)
    assert found.values("scope_up") == [1]
    assert found.values("scope_read_timestamp_seconds") == [1_767_225_600]
    assert found.values("scope_reservations_oldest_timestamp_seconds") == [1_767_222_000]
    assert found.values("scope_read_duration_seconds") == [1.5]
    assert found.values("scope_interval_seconds") == [300]


def test_the_oldest_reservations_count() -> None:
    one = snapshot(reading(S, "10.0.0.0/24"), reading("subnet-2", "10.0.1.0/24"))
    times = datetime(2026, 1, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 2, tzinfo=UTC)
    read_at = dict(zip(map(reservations_part, (S, "subnet-2")), times, strict=True))
    assert oldest_reservations(structs.replace(one, read_at=read_at)) == times[0]
    assert oldest_reservations(structs.replace(one, read_at={})) is None


def test_names_from_aws_cannot_break_a_line_or_the_encoding() -> None:
    hostile = 'a"b\\c\nlatticetop_scope_up 1\n# HELP x y\ud800\x1b[31m'
    one = snapshot(reading(S, "10.0.0.0/24"), endpoints=(structs.replace(endpoint("Available", S), name=hostile),))
    subnet = structs.replace(one.subnets[S].subnet, name=hostile)
    one = structs.replace(one, subnets={S: structs.replace(one.subnets[S], subnet=subnet)})
    found = exported(one, structs.replace(READ, name=hostile))
    harmless = 'a"b\\clatticetop_scope_up 1# HELP x y[31m'
    assert found.labels("subnet_info")[0]["name"] == harmless
    assert found.labels("endpoint_info")[0]["name"] == harmless
    assert found.labels("scope_up") == [{"account_id": ACCOUNT, "region": "us-east-1", "scope": harmless}]


def test_redacted_metrics_name_nothing() -> None:
    one = incident()
    subnet = structs.replace(one.subnets[A].subnet, name="payments", owner_id=ACCOUNT)
    one = structs.replace(
        one,
        scope=Scope(ACCOUNT, "us-east-1"),
        subnets=one.subnets | {A: structs.replace(one.subnets[A], subnet=subnet)},
        endpoints={ENDPOINT: structs.replace(one.endpoints[ENDPOINT], name="ledger")},
    )
    text = render_metrics([(structs.replace(READ, name=ACCOUNT), one)], redactor=Redactor())
    assert not [name for name in (ACCOUNT, "payments", "ledger", "test-service-network") if name in text]
    found = samples(text)
    assert len({labels["account_id"] for labels in found.labels("scope_up") + found.labels("subnet_info")}) == 1
    assert found.values("subnet_free_blocks_max", subnet_id=A) == [0]


def test_an_endpoint_without_its_enis_read_is_not_called_healthy() -> None:
    one = snapshot(
        reading(S, "10.0.0.0/24"),
        endpoints=(endpoint("Available", S),),
        associations=associations("Accessible"),
        unread=(S,),
    )
    assert exported(one).values("endpoint_verdict", verdict="healthy") == [0]
