"""Changes, starts and problems as JSON lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.history.change_events import ChangeEvent, ChangeKind
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope
from latticetop.reports.changes import lines_json_schema, render_changes, render_event
from latticetop.reports.watch_events import WatchProblem, WatchStarted
from tests.json_schema import schema_errors
from tests.model.builders import ENDPOINT, A, incident

SCOPE = Scope("123456789012", "us-east-1", "prod")
AT, SINCE = datetime(2024, 12, 19, 8, 20, 30, tzinfo=UTC), datetime(2024, 12, 19, 8, 20, 15, tzinfo=UTC)


def test_one_object_a_line() -> None:
    cidr = "10.10.10.16/28"
    taken = ChangeEvent(AT, SINCE, ChangeKind.BLOCK_TAKEN, f"{cidr} taken", "subnet-1", "vpce-1", (cidr,))
    failed = ChangeEvent(
        AT,
        SINCE,
        ChangeKind.ENDPOINT_CHANGED,
        "Pending → Failed: failed",
        vpc_endpoint_id="vpce-1",
        verdict_before=Verdict.PENDING,
        verdict=Verdict.FAILED,
    )
    lines = render_changes([(SCOPE, taken), (SCOPE, failed)]).decode().splitlines()
    documents = [json.loads(line) for line in lines]
    assert [error for document in documents for error in schema_errors(document, lines_json_schema())] == []
    assert documents == [
        {
            "schema": "latticetop.change/1", "at": "2024-12-19T08:20:30Z", "since": "2024-12-19T08:20:15Z",
            "account_id": "123456789012", "region": "us-east-1", "profile": "prod", "change": "block-taken",
            "what": "10.10.10.16/28 taken", "subnet_id": "subnet-1", "vpc_endpoint_id": "vpce-1",
            "ids": ["10.10.10.16/28"], "count": 1, "verdict_before": None, "verdict": None,
        },
        {
            "schema": "latticetop.change/1", "at": "2024-12-19T08:20:30Z", "since": "2024-12-19T08:20:15Z",
            "account_id": "123456789012", "region": "us-east-1", "profile": "prod", "change": "endpoint-changed",
            "what": "Pending → Failed: failed", "subnet_id": "", "vpc_endpoint_id": "vpce-1",
            "ids": [], "count": 1, "verdict_before": "pending", "verdict": "failed",
        },
    ]  # fmt: skip


def test_what_others_named_cannot_break_a_line_or_the_encoding() -> None:
    hostile = ChangeEvent(AT, None, ChangeKind.INTERFACES_ADDED, "eni-1 of \x1b]0;x\x07\n\ud800‮other", "subnet-1")
    (line,) = render_changes([(SCOPE, hostile)]).decode().splitlines()
    assert json.loads(line)["what"] == "eni-1 of ]0;xother"


def test_the_start_has_what_is_wrong() -> None:
    account = incident()
    line = json.loads(render_event(WatchStarted(AT, account.scope, account)))
    assert schema_errors(line, lines_json_schema()) == []
    (trouble,) = line.pop("in_trouble")
    assert line == {
        "schema": "latticetop.start/1", "at": "2024-12-19T08:20:30Z", "account_id": "123456789012",
        "region": "us-east-1", "profile": "", "exit_code": 1, "endpoints": 1, "subnets": 2,
        "without_block": [
            {"subnet_id": A, "name": "", "cidr_block": "10.10.10.0/26", "available_ip_address_count": 40}
        ],
    }  # fmt: skip
    assert (trouble["vpc_endpoint_id"], trouble["state"], trouble["verdict"]) == (
        ENDPOINT,
        "Failed",
        "failed-but-accessible",
    )


def test_a_problem_says_whether_it_is_over() -> None:
    problem = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", "It is denied.", "Allow it.")
    for over in (False, True):
        line = json.loads(render_event(WatchProblem(AT, Scope("", "us-east-1", "prod"), problem, over)))
        assert schema_errors(line, lines_json_schema()) == []
        assert line == {
            "schema": "latticetop.problem/1", "at": "2024-12-19T08:20:30Z", "account_id": "", "region": "us-east-1",
            "profile": "prod", "over": over, "kind": "access-denied", "operation": "ec2:DescribeSubnets",
            "message": "It is denied.", "next_step": "Allow it.",
        }  # fmt: skip


def test_a_problem_of_what_is_followed_says_that_latticetop_retries() -> None:
    problem = Problem(ProblemKind.SERVICE_ERROR, "ec2:DescribeSubnets", "AWS failed.", "Wait.")
    line = json.loads(render_event(WatchProblem(AT, Scope("", "us-east-1"), problem, over=False)))
    assert line["next_step"] == "Wait. latticetop retries."
