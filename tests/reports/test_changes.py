"""The export of changes: JSON lines that any tool reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.history.change_events import ChangeKind, ChangeEvent
from latticetop.model.snapshot import Scope
from latticetop.reports.changes import render_changes

SCOPE = Scope("123456789012", "us-east-1", "prod")
AT, SINCE = datetime(2024, 12, 19, 8, 20, 30, tzinfo=UTC), datetime(2024, 12, 19, 8, 20, 15, tzinfo=UTC)


def test_one_object_a_line() -> None:
    taken = ChangeEvent(AT, SINCE, ChangeKind.BLOCK_TAKEN, "10.10.10.16/28 taken", "subnet-1", "vpce-1", ("10.10.10.16/28",))
    failed = ChangeEvent(AT, SINCE, ChangeKind.ENDPOINT_CHANGED, "Pending → Failed: failed", "", "vpce-1",
                   verdict_before=Verdict.PENDING, verdict=Verdict.FAILED)  # fmt: skip
    lines = render_changes([(SCOPE, taken), (SCOPE, failed)]).decode().splitlines()
    assert [json.loads(line) for line in lines] == [
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
