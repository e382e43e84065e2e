"""Workflow commands of GitHub Actions, which annotate a run with what is wrong and what is unknown.

Escapes as actions/toolkit does (packages/core/src/command.ts). GitHub shows ten annotations of a level for each step,
and all of them in the log, there without their titles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.records.text import clean_lines, counted
from latticetop.reports.cases import WHOLE_ACCOUNT, CaseStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.reports.cases import Case, CaseGroup

_LEVELS = {CaseStatus.WRONG: "error", CaseStatus.UNKNOWN: "warning"}
_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render_github(groups: Sequence[CaseGroup], command: str) -> str:
    """Render an error for each wrong case and a warning for each unknown one, and a notice that sums them up.

    What is wrong comes first. `command` is `check` or `plan`.
    """
    several = len(groups) > 1
    lines = [
        _annotation(level, group, case, several=several)
        for status, level in _LEVELS.items()
        for group in groups
        for case in group.cases
        if case.status is status
    ]
    return "".join(f"{line}\n" for line in [*lines, _command("notice", f"latticetop {command}", _summary(groups))])


def _annotation(level: str, group: CaseGroup, case: Case, *, several: bool) -> str:
    """What is wrong or unknown, by its id: of several scopes after the scope, and of an unread one the scope alone."""
    if case.id == WHOLE_ACCOUNT and group.title:
        return _command(level, group.title, f"{group.title}: {case.text}")
    place = f"{group.title}: " if several else ""
    return _command(level, f"{place}{case.title}", f"{place}{case.id}: {case.text}")


def _summary(groups: Sequence[CaseGroup]) -> str:
    counts = {status: sum(group.count(status) for group in groups) for status in CaseStatus}
    places = f" in {counted(len(groups), 'account and Region', 'accounts and Regions')}" if len(groups) > 1 else ""
    results = ", ".join(f"{counts[status]:,} {status.value}" for status in (*_LEVELS, CaseStatus.PASSED))
    return f"{results}{places}."


def _command(level: str, title: str, message: str) -> str:
    return f"::{level} title={_visible(title).translate(_IN_PROPERTY)}::{_visible(message).translate(_IN_DATA)}"


def _visible(text: str) -> str:
    return clean_lines(text).replace("\t", " ")
