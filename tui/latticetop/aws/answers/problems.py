"""The problems of answers in files that AWS would have too."""

from __future__ import annotations

from latticetop.model.records.problem import Problem, ProblemKind


def denied(operation: str) -> Problem:
    """The problem that AWS denied a call for which the files have no answer."""
    message = f"Access to {operation} was denied when the files were made."
    return Problem(ProblemKind.ACCESS_DENIED, str(operation), message, f"Allow {operation}.")
