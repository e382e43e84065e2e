"""The results of `check` and `plan` as test cases, grouped by scope: for CI systems."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from latticetop.model.records.problem import Problem


class CaseStatus(StrEnum):
    """The result of a case; an unknown one is neither good nor bad."""

    PASSED = "passed"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Case(Struct, frozen=True):
    """An endpoint, a subnet, or a list of the account, with its result.

    `rule` is the one that is broken, `sentence` the reason in whole sentences, `fix` what helps; all are empty for a
    case that passed. `name` is what the user calls it, and may be empty.
    """

    id: str
    name: str = ""
    status: CaseStatus = CaseStatus.PASSED
    rule: str = ""
    sentence: str = ""
    fix: str = ""

    @property
    def title(self) -> str:
        """The id and the name."""
        return f"{self.id} {self.name}".rstrip()

    @property
    def text(self) -> str:
        """The reason and what helps."""
        return f"{self.sentence} {self.fix}".rstrip()


class CaseGroup(Struct, frozen=True):
    """The cases of one scope. `account` is its number and the name it was asked for; `at` is None if it is unread."""

    account: str
    region: str
    at: datetime | None
    cases: tuple[Case, ...]

    @property
    def title(self) -> str:
        """The account and the Region."""
        return f"{self.account} {self.region}".strip()

    def count(self, status: CaseStatus) -> int:
        """Count the cases with a status."""
        return sum(case.status is status for case in self.cases)


WHOLE_ACCOUNT = "account"
"""The id of the only case of an account of which nothing could be read, or in which there is nothing to check."""


def unread_case(problem: Problem) -> Case:
    """Return the case of an account of which nothing could be read."""
    return Case(WHOLE_ACCOUNT, "", CaseStatus.UNKNOWN, problem.kind.value, problem.message, problem.next_step)


def account_title(account_id: str, name: str) -> str:
    """Join the number of an account and the profile or role that it was asked for by."""
    return " ".join(dict.fromkeys(part for part in (account_id, name) if part))
