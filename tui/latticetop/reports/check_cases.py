"""The results of `check` as test cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.capacity.counting_subnets import counting_subnets
from latticetop.model.snapshot import Snapshot
from latticetop.reports.cases import WHOLE_ACCOUNT, Case, CaseGroup, CaseStatus, account_title, unread_case
from latticetop.reports.check import ordered_subnets
from latticetop.reports.check_reasons import Rule, fix_for, selected_endpoints, wrong_and_unknown
from latticetop.reports.exit_codes import ExitCode

if TYPE_CHECKING:
    from latticetop.reports.check_reasons import Reason
    from latticetop.reports.check_scopes import ScopeResult


def check_cases(scope: ScopeResult) -> CaseGroup:
    """Return a case for each selected endpoint and each subnet that counts, and for each list that was not read.

    Without any, the account is a case that passed: Jenkins takes a report without cases for a build that failed.
    """
    account = account_title(scope.account_id, scope.name)
    if not isinstance(scope.result, Snapshot):
        return CaseGroup(account, scope.region, None, (unread_case(scope.result),))
    snapshot, criteria = scope.result, scope.criteria
    reasons = {reason.id: reason for reason in wrong_and_unknown(snapshot, criteria)}
    endpoints = {endpoint.vpc_endpoint_id: endpoint.name for endpoint, _ in selected_endpoints(snapshot, criteria)}
    counting = counting_subnets(snapshot, criteria)
    subnets = {key: r.subnet.name for r in ordered_subnets(snapshot) if (key := r.subnet.subnet_id) in counting}
    lists = {reason.id: "" for reason in reasons.values() if reason.rule is Rule.LIST_UNREAD}
    cases = [
        _checked(scope, snapshot, case_id, name, reasons.get(case_id))
        for case_id, name in (lists | endpoints | subnets).items()
    ]
    return CaseGroup(account, scope.read_region, snapshot.taken_at, tuple(cases) or (Case(WHOLE_ACCOUNT),))


def _checked(scope: ScopeResult, snapshot: Snapshot, case_id: str, name: str, reason: Reason | None) -> Case:
    if reason is None:
        return Case(case_id, name)
    status = CaseStatus.WRONG if reason.rule.code is ExitCode.WRONG else CaseStatus.UNKNOWN
    return Case(case_id, name, status, reason.rule.value, reason.sentence, fix_for(snapshot, reason, scope.criteria))
