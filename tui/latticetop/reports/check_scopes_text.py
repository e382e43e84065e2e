"""`latticetop check` of several accounts and Regions as text; of many a summary first, then only what is wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from latticetop.model.records.text import clean, counted
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check_reasons import fix_for, reasons_for, summary
from latticetop.reports.check_text import render_text
from latticetop.reports.cli_options import quoted, selection_options
from latticetop.reports.exit_codes import ExitCode
from latticetop.reports.text_wrap import hang, wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.records.problem import Problem
    from latticetop.reports.check_scopes import ScopeResult

MOST_IN_FULL = 10
"""Accounts and Regions up to which each is printed as `check` prints it alone."""
MOST_REASONS = 10
"""Endpoints and subnets of a scope that are explained; further ones are counted."""
_LABELS = {ExitCode.WRONG: "wrong", ExitCode.UNKNOWN: "unknown"}


def render_scopes_text(scopes: Sequence[ScopeResult], width: int = 80) -> str:
    """Render a summary line, then each scope as `check` prints one alone, in lines of about `width` columns.

    Of more than `MOST_IN_FULL`: a line for each that is wrong or unknown, then what is wrong in each.
    """
    codes = [scope.exit_code for scope in scopes]
    wrong, unknown = codes.count(ExitCode.WRONG), codes.count(ExitCode.UNKNOWN)
    parts = [f"something is wrong in {wrong:,}"] if wrong else []
    parts += [f"{unknown:,} unknown"] if unknown else []
    head = f"{len(scopes):,} accounts and Regions: {', '.join(parts) or 'nothing is wrong'}.\n"
    if len(scopes) <= MOST_IN_FULL:
        return head + "".join(f"\n{'=' * min(width, 80)}\n{_in_full(scope, width)}" for scope in scopes)
    in_trouble = sorted((code, n) for n, code in enumerate(codes) if code in _LABELS)
    listed = [scopes[n] for _, n in in_trouble]
    lines = [*_summary(listed, width), *_rest(len(scopes) - len(listed) if listed else 0), *_problems(scopes, width)]
    for scope in listed:
        if scope.exit_code is ExitCode.WRONG and isinstance(scope.result, Snapshot):
            lines += _wrong(scope, scope.result, width)
    return head + "".join(f"{clean(line).rstrip()}\n" for line in lines)


def _in_full(scope: ScopeResult, width: int) -> str:
    if isinstance(scope.result, Snapshot):
        return render_text(scope.result, width, scope.criteria)
    head = "  ".join(part for part in (clean(scope.name), scope.region) if part)
    return f"{head}\n{scope.result}\n"


def _summary(scopes: Sequence[ScopeResult], width: int) -> Iterator[str]:
    """Yield a line for each scope: the result, the account's number, the Region, its name, and the reason."""
    if not scopes:
        return
    places = [(scope.account_id or "-", clean(scope.read_region)) for scope in scopes]
    account_width, region_width = (max(map(len, column)) for column in zip(*places, strict=True))
    label_width = max(len(_LABELS[scope.exit_code]) for scope in scopes)
    yield ""
    for scope, (account, region) in zip(scopes, places, strict=True):
        prefix = f"{_LABELS[scope.exit_code]:<{label_width}}  {account:<{account_width}}  {region:<{region_width}}  "
        name = f"{clean(scope.name)}: " if scope.name not in ("", account) else ""
        yield from hang(prefix, name + _reason(scope), width, break_on_hyphens=False)


def _reason(scope: ScopeResult) -> str:
    """What is wrong or unknown in a scope, in one clause."""
    if not isinstance(scope.result, Snapshot):
        return clean(scope.result.message)
    text = clean(summary(scope.result, scope.criteria)).partition(": ")[2]
    problems = [clean(problem.message) for problem in scope.result.problems[:1]]
    return " ".join([text, *(problems if scope.exit_code is ExitCode.UNKNOWN else [])])


def _rest(count: int) -> Iterator[str]:
    """Yield how many scopes have nothing to report."""
    if count:
        yield ""
        yield f"Nothing is wrong in the other {counted(count, 'account and Region', 'accounts and Regions')}."


def _problems(scopes: Sequence[ScopeResult], width: int) -> Iterator[str]:
    """Yield what could not be read, each problem once with the number of scopes that have it, the commonest first."""
    counts: Counter[Problem] = Counter()
    for scope in scopes:
        problems = scope.result.problems if isinstance(scope.result, Snapshot) else (scope.result,)
        counts.update(list(dict.fromkeys(problems)))
    if counts:
        yield ""
        yield "Some data could not be read:"
    for problem, count in counts.most_common():
        where = f"In {count:,} accounts and Regions: " if count > 1 else ""
        yield from hang("  - ", f"{where}{clean(str(problem))}", width, break_on_hyphens=False)


def _wrong(scope: ScopeResult, snapshot: Snapshot, width: int) -> Iterator[str]:
    """Yield each endpoint and subnet that is wrong, with its reason and what helps."""
    reasons = reasons_for(snapshot, scope.criteria)
    yield ""
    parts = dict.fromkeys((scope.account_id, clean(scope.read_region), clean(scope.name)))
    yield "  ".join(part for part in parts if part)
    for reason in reasons[:MOST_REASONS]:
        yield from hang(f"  {reason.id}  ", clean(reason.sentence), width, break_on_hyphens=False)
        if fix := clean(fix_for(snapshot, reason, scope.criteria)):
            yield from hang("    Fix  ", fix, width, break_on_hyphens=False)
    if (more := len(reasons) - MOST_REASONS) > 0:
        options = [f"--profile {quoted(scope.name)}"] if scope.name else []
        options += [f"--region {quoted(scope.read_region)}", *selection_options(scope.criteria)]
        text = f"{more:,} more: latticetop check {' '.join(options)}"
        yield from wrap_text(text, width, indent="  ", break_on_hyphens=False)
