"""Failures of a read from AWS, by kind: each kind asks for another action of the user."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct

from latticetop.model.records.aws_actions import ASSUME_ROLE


class ProblemKind(StrEnum):
    """The kind of a failure; `check --json` prints the value."""

    NO_CREDENTIALS = "no-credentials"
    """No credentials were found."""
    EXPIRED = "credentials-expired"
    """AWS rejected the credentials as expired."""
    LOGIN_NEEDED = "login-needed"
    """The sign-in is missing or has ended."""
    ACCESS_DENIED = "access-denied"
    """A permission is missing."""
    THROTTLED = "throttled"
    """AWS limited the rate of calls."""
    UNREACHABLE = "unreachable"
    """No answer of AWS came: network, proxy, login page, DNS, TLS."""
    SERVICE_ERROR = "service-error"
    """AWS answered with an error of its own."""
    NOT_FOUND = "not-found"
    """What the call is about does not exist, or no longer."""
    BAD_ANSWER = "bad-answer"
    """The answer is malformed or too large, or its pages do not end."""
    NOT_OFFERED = "not-offered"
    """The service is not in the Region."""
    USAGE = "usage"
    """An option, a setting or an id is wrong."""
    BUSY = "busy"
    """This machine did not get to read an answer in time."""
    DISK = "disk"
    """A file could not be read or written."""
    NOT_GIVEN = "not-given"
    """The files that are read in place of AWS do not have it."""
    INCOMPLETE = "incomplete"
    """The files have a part of it, and say that there is more."""

    @property
    def needs_new_credentials(self) -> bool:
        """Whether a retry fails until the credentials change."""
        return self in (ProblemKind.NO_CREDENTIALS, ProblemKind.EXPIRED, ProblemKind.LOGIN_NEEDED)


_WHILE_FOLLOWED = {
    ProblemKind.EXPIRED: "latticetop then continues without a restart.",
    ProblemKind.THROTTLED: "latticetop waits and sends fewer requests.",
    ProblemKind.SERVICE_ERROR: "latticetop retries.",
    ProblemKind.BAD_ANSWER: "latticetop retries.",
    ProblemKind.BUSY: "latticetop retries.",
}
"""What latticetop does by itself about a problem of a kind while it follows an account."""


class Problem(Struct, frozen=True):
    """One failure, with what to do about it.

    `operation` is `service:Operation` (`ec2:DescribeSubnets`) or empty; `message` is one sentence; `next_step` is what
    the user can do, a sentence or empty. It promises nothing: a command that reads once prints it, and ends.
    """

    kind: ProblemKind
    operation: str
    message: str
    next_step: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".rstrip()

    @property
    def needs_new_credentials(self) -> bool:
        """Whether every call fails until the credentials change, or until the role may be assumed."""
        return self.kind.needs_new_credentials or self.is_refused_role

    @property
    def is_refused_role(self) -> bool:
        """Whether the account's role may not be assumed."""
        return self.kind is ProblemKind.ACCESS_DENIED and self.operation == ASSUME_ROLE

    @property
    def next_step_while_followed(self) -> str:
        """`next_step`, and what latticetop does by itself while it follows the account."""
        return f"{self.next_step} {_WHILE_FOLLOWED.get(self.kind, '')}".strip()


class ReadError(Exception):
    """A read that failed, with its Problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class IncompleteError(ReadError):
    """A read that brought some records, and the Problem that there are more."""

    def __init__(self, problem: Problem, records: tuple[Any, ...]) -> None:
        super().__init__(problem)
        self.records = records
