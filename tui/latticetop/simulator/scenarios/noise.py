"""Events of an account that have nothing to do with endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.trail import Caller, user_caller

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.simulator.region import Region


def make_noise(region: Region, gaps: Sequence[float]) -> Iterator[float]:
    """A script: after each gap in seconds, a ``StartQuery`` or a ``PutEvaluations``, by turns."""
    config = "config.amazonaws.com"
    role = "AWSServiceRoleForConfig"
    rules = Caller(
        identity={
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{region.account.id}:assumed-role/{role}/AWSConfig-Rules",
            "accountId": region.account.id,
            "invokedBy": config,
        },
        username="AWSConfig-Rules",
        address=config,
        agent=config,
    )
    for number, gap in enumerate(gaps):
        yield gap
        if number % 2:
            evaluations = {"evaluations": [], "resultToken": "HIDDEN_DUE_TO_SECURITY_REASONS"}
            region.trail.record("PutEvaluations", rules, evaluations, None, source=config)
        else:
            query = {"logGroupNames": ["/aws/lambda/orders"], "queryString": "stats count(*) by bin(5m)"}
            me = user_caller(region.account)
            region.trail.record("StartQuery", me, query, None, source="logs.amazonaws.com")
