"""Fault injection: errors, delays, broken responses and inconsistent data, on purpose."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from latticetop.simulator.wire.xml_cache import CachedInterface

FAULT_KINDS = {
    "throttle": "RequestLimitExceeded, ThrottlingException; the amount is the share of calls",
    "deny": "UnauthorizedOperation, AccessDeniedException",
    "expire": "the credentials have expired",
    "latency": "the amount in seconds before each response",
    "hang": "no response at all",
    "reset": "the connection is closed before the response",
    "truncate": "the connection is closed within the response",
    "malformed": "the response ends in the middle, as if it were complete",
    "html": "an HTML page with status 503",
    "token": "NextToken is no longer valid",
    "repeat": "a page returns its own NextToken again",
    "counts": "DescribeSubnets returns an AvailableIpAddressCount that is too low by the amount",
    "hide": "a share of the network interfaces is missing",
    "login-page": "an XHTML page with status 200, as of a network that wants a sign-in",
    "redirect": "a redirect to a login page on another host",
    "drip": "one byte a second",
    "oversize": "a response of endless length",
    "clock": "requests are refused because the clock is off; the amount is how far AWS's is ahead in minutes",
}
"""The kinds of fault, with a description of each."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: its kind, a pattern of the actions (`ec2:Describe*`), and its amount (a share, seconds, a number)."""

    kind: str
    action: str = "*"
    amount: float = 1.0

    def __str__(self) -> str:
        return ":".join([self.kind, *([self.action] if self.action != "*" else []), f"{self.amount:g}"])


def parse_fault(text: str) -> Fault:
    """Parse ``KIND[:SERVICE:ACTION][:AMOUNT]``: ``deny:ec2:DescribeVpcs``, ``throttle:0.3``; else ValueError."""
    kind, *rest = text.strip().split(":")
    if kind not in FAULT_KINDS:
        raise ValueError(f"There is no fault '{kind}'. Faults: {', '.join(FAULT_KINDS)}.")
    amount = 1.0
    if rest and len(rest) != 2:
        try:
            amount = float(rest.pop())
        except ValueError:
            raise ValueError(
                f"'{text}' is not a fault: write {kind}, {kind}:AMOUNT or {kind}:SERVICE:ACTION."
            ) from None
    if len(rest) not in (0, 2) or amount < 0:
        raise ValueError(
            f"'{text}' is not a fault: write {kind}:SERVICE:ACTION:AMOUNT; SERVICE:ACTION and AMOUNT are optional."
        )
    return Fault(kind, ":".join(rest) if rest else "*", amount)


class ActiveFaults:
    """The active faults. The same seed selects the same calls for a fault with a share."""

    def __init__(self, seed: int = 0) -> None:
        self.active: tuple[Fault, ...] = ()
        self._replaced = asyncio.Event()
        self._random = Random(seed)

    def set(self, texts: Iterable[str]) -> None:
        """Replace the active faults; on ValueError the previous faults stay active."""
        self.active = tuple(parse_fault(text) for text in texts if text.strip())
        self._replaced.set()
        self._replaced = asyncio.Event()

    def matching(self, kind: str, action: str) -> Fault | None:
        """The active fault of a kind whose pattern matches an action."""
        return next((f for f in self.active if f.kind == kind and fnmatchcase(action, f.action)), None)

    def applies(self, kind: str, action: str) -> bool:
        """Whether a fault affects this call; drawn at random if its amount is a share below 1."""
        fault = self.matching(kind, action)
        return fault is not None and (fault.amount >= 1 or self._random.random() < fault.amount)

    async def wait_until_ended(self, kind: str, action: str) -> None:
        """Wait until no active fault of the kind matches the action."""
        while self.matching(kind, action):
            await self._replaced.wait()

    def raise_error(self, service: str, operation: str, params: Mapping[str, Any]) -> None:
        """Raise the ``ApiError`` of a fault that affects this call, if there is one."""
        action = f"{service}:{operation}"
        ec2 = service in ("ec2", "sts")
        if self.matching("expire", action):
            raise ApiError("RequestExpired" if service == "ec2" else "ExpiredTokenException", "Request has expired.")
        if self.matching("clock", action):
            raise ApiError("RequestExpired" if ec2 else "InvalidSignatureException", "Signature expired.", 403)
        if self.matching("deny", action):
            code = "UnauthorizedOperation" if ec2 else "AccessDeniedException"
            message = f"You are not authorized to perform this operation. User is not authorized to perform: {action}"
            raise ApiError(code, message, 403)
        if self.applies("throttle", action):
            if ec2:
                raise ApiError("RequestLimitExceeded", "Request limit exceeded.", 503)
            raise ApiError("ThrottlingException", "Rate exceeded")
        if _next_token(params) and self.applies("token", action):
            raise ApiError("InvalidNextToken", "The token is no longer valid.")

    def alter_response(self, action: str, params: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Apply the faults that change data: `repeat`, `counts` and `hide`."""
        if token := _next_token(params):
            key = "NextToken" if "NextToken" in params else "nextToken"
            if self.applies("repeat", action):
                document = {**document, key: token}
        if (fault := self.matching("counts", action)) and "Subnets" in document:
            subnets = [_with_lower_count(subnet, int(fault.amount)) for subnet in document["Subnets"]]
            document = {**document, "Subnets": subnets}
        if (fault := self.matching("hide", action)) and "NetworkInterfaces" in document:
            interfaces = document["NetworkInterfaces"]
            visible = [interface for interface in interfaces if not _is_hidden(interface, fault.amount)]
            document = {**document, "NetworkInterfaces": visible}
        return document


def _next_token(params: Mapping[str, Any]) -> str:
    return str(params.get("NextToken") or params.get("nextToken") or "")


def _with_lower_count(subnet: Mapping[str, Any], difference: int) -> Mapping[str, Any]:
    count = int(subnet.get("AvailableIpAddressCount") or 0)
    return {**subnet, "AvailableIpAddressCount": max(0, count - difference)}


def _is_hidden(interface: CachedInterface, share: float) -> bool:
    # The id is the seed, so that every response hides the same interfaces.
    return Random(interface.resource_id).random() < share
