"""The answer of `plan` as test cases."""

from __future__ import annotations

from msgspec import structs

from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.plan import make_plan, plan_by_behaviour
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.snapshot import Scope
from latticetop.reports.cases import Case, CaseStatus
from latticetop.reports.plan_cases import plan_cases, unread_cases
from tests.model.builders import A, B, incident, reading, snapshot

PREFIX = Demand(0, prefixes=1)


def test_a_subnet_in_which_it_does_not_fit_is_wrong_with_what_makes_it_fit() -> None:
    account = incident()
    group = plan_cases(account, make_plan(account, [A, B], PREFIX))
    a, b = group.cases
    assert (a.id, a.status, a.rule) == (A, CaseStatus.WRONG, "cannot")
    assert a.sentence == "Cannot fit. Needs one /28 block; no /28 block is free."
    assert "10.10.10.36" in a.fix and "10.10.10.32/28" in a.fix
    assert b == Case(B)


def test_only_the_subnets_that_the_answer_depends_on_are_cases() -> None:
    account = incident()
    group = plan_cases(account, make_plan(account, [A, B], PREFIX, any_subnet=True))
    assert group.cases == (Case(B),)


def test_the_worse_behaviour_counts() -> None:
    """As AWS documents it an endpoint takes a block, and as the ENIs of the incident show two. B has one."""
    account = incident()
    (today,) = plan_cases(account, make_plan(account, [B], Demand())).cases
    (case,) = plan_cases(account, plan_by_behaviour(account, [B], Demand())).cases
    assert [(each.status, each.rule) for each in (today, case)] == [
        (CaseStatus.WRONG, "may"),
        (CaseStatus.WRONG, "cannot"),
    ]
    assert "Needs 2 /28 blocks" in case.sentence and "one /28 block is free" in case.sentence


def test_a_subnet_whose_enis_were_not_read_is_unknown() -> None:
    account = snapshot(reading(B, "10.10.10.64/26", available=59), unread=(B,))
    (case,) = plan_cases(account, make_plan(account, [B], PREFIX)).cases
    assert (case.status, case.rule) == (CaseStatus.UNKNOWN, "cannot-tell")
    assert case.sentence.startswith("Unknown. Needs one /28 block; at most")
    assert case.fix


def test_what_was_not_read_is_no_fix_where_it_decides_nothing() -> None:
    """A /28 holds no prefix, whatever is reserved in it."""
    account = snapshot(reading(B, "10.10.10.64/28"), unread=(reservations_part(B),))
    (case,) = plan_cases(account, make_plan(account, [B], PREFIX)).cases
    assert (case.status, case.rule, case.fix) == (CaseStatus.WRONG, "cannot", "")


def test_in_a_subnet_of_another_account_its_owner_is_named() -> None:
    account = incident()
    a = account.subnets[A]
    shared = structs.replace(a, subnet=structs.replace(a.subnet, owner_id="111122223333"))
    account = structs.replace(account, subnets=account.subnets | {A: shared})
    (case,) = plan_cases(account, make_plan(account, [A], Demand())).cases
    assert (case.status, case.rule, case.fix) == (CaseStatus.WRONG, "shared-subnet", "Ask its owner, 111122223333.")


def test_an_account_of_which_nothing_was_read_is_one_unknown_case() -> None:
    problem = Problem(ProblemKind.UNREACHABLE, "", "AWS did not answer.", "Check the network.")
    group = unread_cases(Scope("", "us-east-1", "prod"), problem)
    assert (group.title, [(case.id, case.status, case.text) for case in group.cases]) == (
        "prod us-east-1",
        [("account", CaseStatus.UNKNOWN, "AWS did not answer. Check the network.")],
    )
