"""What can go wrong while reading AWS, in kinds a person can act on."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ProblemKind(StrEnum):
    """The kinds of failure; the value is what `check --json` prints."""

    NO_CREDENTIALS = "no-credentials"
    EXPIRED = "credentials-expired"
    LOGIN_NEEDED = "login-needed"
    ACCESS_DENIED = "access-denied"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    SERVICE_ERROR = "service-error"
    BAD_ANSWER = "bad-answer"
    NOT_OFFERED = "not-offered"
    USAGE = "usage"
    DISK = "disk"

    @property
    def needs_new_credentials(self) -> bool:
        """Whether asking again is useless until the credentials change."""
        return self in (ProblemKind.NO_CREDENTIALS, ProblemKind.EXPIRED, ProblemKind.LOGIN_NEEDED)


class Problem(Struct, frozen=True):
    """One failure: `operation` is `service:Operation` or empty, `message` one sentence, `next_step` what to do."""

    kind: ProblemKind
    operation: str
    message: str
    next_step: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".rstrip()


class ReadError(Exception):
    """A read that failed; carries the Problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
