"""The results of `check` as test cases."""

from __future__ import annotations

from msgspec import structs

from latticetop.model.capacity.counting_subnets import Criteria
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.reports.cases import Case, CaseStatus
from latticetop.reports.check_cases import check_cases
from latticetop.reports.check_scopes import ScopeResult
from tests.model.builders import ENDPOINT, A, B, associations, endpoint, eni, incident, reading, snapshot

DENIED = Problem(ProblemKind.NO_CREDENTIALS, "sts:AssumeRole", "AssumeRole was refused.", "Trust it.")


def test_each_endpoint_and_each_subnet_that_counts_is_a_case() -> None:
    idle = reading("subnet-idle", "10.0.0.0/24")
    account = incident()
    account = structs.replace(
        account,
        subnets=account.subnets | {"subnet-idle": idle},
        read_at=account.read_at | {"subnet-idle": account.taken_at},
    )
    group = check_cases(ScopeResult("prod", "eu-west-1", account))
    assert (group.title, group.at) == ("123456789012 prod us-east-1", account.taken_at)
    assert [(case.id, case.status, case.rule) for case in group.cases] == [
        (ENDPOINT, CaseStatus.WRONG, "endpoint-wrong"),
        (A, CaseStatus.WRONG, "too-few-free-blocks"),
        (B, CaseStatus.PASSED, ""),
    ]
    assert group.cases[1].text.startswith(
        "No free /28 in 10.10.10.0/26, with 40 free addresses. Reserve 10.10.10.32/28"
    )


def test_what_is_unknown_is_a_case_beside_what_is_wrong() -> None:
    """The exit code is 1 for the endpoint alone, and the subnet whose ENIs were denied is still unknown."""
    account = snapshot(
        reading(A, "10.10.10.0/26"),
        reading(B, "10.10.10.64/26"),
        endpoints=(endpoint("Failed", A, B),),
        associations=associations("Accessible"),
        unread=(B,),
    )
    statuses = {case.id: case.status for case in check_cases(ScopeResult("", "", account)).cases}
    assert statuses == {ENDPOINT: CaseStatus.WRONG, A: CaseStatus.PASSED, B: CaseStatus.UNKNOWN}


def test_a_list_that_was_not_read_is_an_unknown_case() -> None:
    account = snapshot(reading(A, "10.10.10.0/26"), unread=("associations",))
    cases = check_cases(ScopeResult("", "", account)).cases
    assert [(case.id, case.status) for case in cases] == [("associations", CaseStatus.UNKNOWN)]


def test_what_is_outside_the_selection_is_no_case() -> None:
    outside = ScopeResult("", "", incident(), Criteria(subnet_ids=(B,)))
    assert [case.id for case in check_cases(outside).cases] == [ENDPOINT, A, B]
    elsewhere = snapshot(
        reading(B, "10.10.10.64/26", eni("eni-1", B, "10.10.10.72", "10.10.10.96/28")),
        endpoints=(endpoint("Failed", A),),
    )
    assert [case.id for case in check_cases(ScopeResult("", "", elsewhere, Criteria(subnet_ids=(B,)))).cases] == [B]


def test_an_account_with_nothing_to_check_is_a_case_that_passed() -> None:
    """Jenkins ends the build with an error where a report has no case at all."""
    account = snapshot(reading("subnet-idle", "10.0.0.0/24"))
    assert check_cases(ScopeResult("", "", account)).cases == (Case("account"),)


def test_an_account_of_which_nothing_was_read_is_one_unknown_case() -> None:
    group = check_cases(ScopeResult("prod", "eu-west-1", DENIED, requested_account_id="111122223333"))
    assert (group.title, group.at) == ("111122223333 prod eu-west-1", None)
    assert group.cases == (
        Case("account", "", CaseStatus.UNKNOWN, "no-credentials", "AssumeRole was refused.", "Trust it."),
    )
