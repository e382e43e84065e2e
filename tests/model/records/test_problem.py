"""Failures as text, and which of them a retry cannot help."""

from __future__ import annotations

import pytest

from latticetop.model.records.problem import Problem, ProblemKind, ReadError


def test_a_read_error_says_what_happened_and_what_to_do() -> None:
    problem = Problem(ProblemKind.EXPIRED, "ec2:DescribeSubnets", "The credentials have expired.", "Sign in again.")
    assert str(ReadError(problem)) == "The credentials have expired. Sign in again."
    assert str(ReadError(Problem(ProblemKind.DISK, "", "The disk is full."))) == "The disk is full."


def test_only_new_credentials_help_where_they_are_missing_or_have_expired() -> None:
    kinds = {kind for kind in ProblemKind if kind.needs_new_credentials}
    assert kinds == {ProblemKind.NO_CREDENTIALS, ProblemKind.EXPIRED, ProblemKind.LOGIN_NEEDED}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (ProblemKind.THROTTLED, "Look. latticetop waits and sends fewer requests."),
        (ProblemKind.BAD_ANSWER, "Look. latticetop retries."),
        (ProblemKind.SERVICE_ERROR, "Look. latticetop retries."),
        (ProblemKind.EXPIRED, "Look. latticetop then continues without a restart."),
        (ProblemKind.USAGE, "Look."),
    ],
)
def test_only_what_follows_an_account_promises_to_go_on(kind: ProblemKind, sentence: str) -> None:
    problem = Problem(kind, "ec2:DescribeSubnets", "It failed.", "Look.")
    assert problem.next_step_while_followed == sentence
    assert str(problem) == "It failed. Look."
    without_step = Problem(kind, "", "It failed.")
    assert without_step.next_step_while_followed == sentence.removeprefix("Look.").strip()
