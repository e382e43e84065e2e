"""Errors as AWS words them."""

from __future__ import annotations

ILL_FORMED = "InvalidParameterValue"


class ApiError(Exception):
    """An answer AWS gives instead of a result: its code, its message and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def not_found(code: str, noun: str, resource_id: str) -> ApiError:
    """``<code>.NotFound`` in EC2's words, such as "The subnet ID 'subnet-1' does not exist"."""
    return ApiError(f"{code}.NotFound", f"The {noun} '{resource_id}' does not exist")


def invalid(message: str) -> ApiError:
    """``InvalidParameterValue`` with the given message."""
    return ApiError(ILL_FORMED, message)
