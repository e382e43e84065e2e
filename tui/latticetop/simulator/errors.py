"""AWS API errors, with the codes and messages that AWS returns."""

from __future__ import annotations

INVALID_PARAMETER = "InvalidParameterValue"
NOT_ENOUGH_ADDRESSES_OR_PREFIXES = "There aren't sufficient free Ipv4 addresses or prefixes"
"""Message of CreateNetworkInterface when no /28 block is free; the code is ``InvalidParameterValue``."""


class ApiError(Exception):
    """An error response: the error code, the message and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class InsufficientFreeAddressesError(ApiError):
    """No single address is left for automatic assignment."""

    def __init__(self) -> None:
        super().__init__(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses to satisfy the request.",
        )


class InsufficientCidrBlocksError(ApiError):
    """No /28 block is left for automatic assignment, as AssignPrivateIpAddresses reports it."""

    def __init__(self) -> None:
        super().__init__(
            "InsufficientCidrBlocks",
            "The specified subnet does not have enough free cidr blocks to satisfy the request.",
        )


def unknown_region(service: str, region: str) -> ApiError:
    """What AWS answers to a request that is signed for a Region that does not exist."""
    if service == "ec2":
        return ApiError("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    code = "SignatureDoesNotMatch" if service == "sts" else "InvalidSignatureException"
    return ApiError(code, f"Credential should be scoped to a valid region, not '{region}'.", 403)


def not_found(code: str, noun: str, resource_id: str) -> ApiError:
    """``<code>.NotFound`` with EC2's message, such as "The subnet ID 'subnet-1' does not exist"."""
    return ApiError(f"{code}.NotFound", f"The {noun} '{resource_id}' does not exist")


def invalid(message: str) -> ApiError:
    """``InvalidParameterValue`` with the given message."""
    return ApiError(INVALID_PARAMETER, message)
