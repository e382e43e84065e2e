"""What goes wrong on purpose: refusals, delays, broken answers, and data that does not add up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from latticetop.simulator.wire.rendered import Rendered

KINDS = {
    "throttle": "RequestLimitExceeded, ThrottlingException; the amount is the share of calls",
    "deny": "UnauthorizedOperation, AccessDeniedException",
    "expire": "the credentials have expired",
    "latency": "the amount in seconds before each answer",
    "hang": "no answer at all",
    "reset": "the connection is cut before the answer",
    "truncate": "the connection is cut within the answer",
    "malformed": "the answer ends in the middle, as if it were whole",
    "html": "a page of HTML with status 503",
    "token": "NextToken is no longer valid",
    "repeat": "a page whose NextToken leads to itself",
    "counts": "DescribeSubnets counts so many addresses fewer as available than there are",
    "hide": "a share of the network interfaces is not shown",
}
"""The kinds of fault, and what each does."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its kind, the actions it meets (`ec2:Describe*`), and its amount (a share, seconds, a number)."""

    kind: str
    action: str = "*"
    amount: float = 1.0

    def __str__(self) -> str:
        return ":".join([self.kind, *([self.action] if self.action != "*" else []), f"{self.amount:g}"])


def parse_fault(text: str) -> Fault:
    """Read ``KIND[:SERVICE:ACTION][:AMOUNT]``: ``deny:ec2:DescribeVpcs``, ``throttle:0.3``; else ValueError."""
    kind, *rest = text.strip().split(":")
    if kind not in KINDS:
        raise ValueError(f"There is no fault '{kind}'. Faults: {', '.join(KINDS)}.")
    amount = 1.0
    if rest and len(rest) != 2:
        try:
            amount = float(rest.pop())
        except ValueError:
            raise ValueError(f"'{text}' is no fault: write {kind}, {kind}:AMOUNT or {kind}:SERVICE:ACTION.") from None
    if len(rest) not in (0, 2) or amount < 0:
        raise ValueError(f"'{text}' is no fault: write {kind}:SERVICE:ACTION:AMOUNT, where the parts may be left out.")
    return Fault(kind, ":".join(rest) if rest else "*", amount)


class Faults:
    """The faults in force. Which calls a share meets is the same for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self.active: tuple[Fault, ...] = ()
        self._changed = asyncio.Event()
        self._random = Random(seed)

    def set(self, texts: Iterable[str]) -> None:
        """Put these faults in force instead of the ones before; ValueError leaves everything as it was."""
        self.active = tuple(parse_fault(text) for text in texts if text.strip())
        self._changed.set()
        self._changed = asyncio.Event()

    def meeting(self, kind: str, action: str) -> Fault | None:
        """The fault of a kind that meets an action, its share left aside."""
        return next((f for f in self.active if f.kind == kind and fnmatchcase(action, f.action)), None)

    def strikes(self, kind: str, action: str) -> bool:
        """Whether a fault meets this very call, going by its share."""
        fault = self.meeting(kind, action)
        return fault is not None and (fault.amount >= 1 or self._random.random() < fault.amount)

    async def ended(self, kind: str, action: str) -> None:
        """Wait until no fault of the kind meets the action."""
        while self.meeting(kind, action):
            await self._changed.wait()

    def refuse(self, service: str, operation: str, params: Mapping[str, Any]) -> None:
        """Raise the ``ApiError`` that a fault makes of this call, if any."""
        action = f"{service}:{operation}"
        ec2 = service in ("ec2", "sts")
        if self.meeting("expire", action):
            raise ApiError("RequestExpired" if service == "ec2" else "ExpiredTokenException", "Request has expired.")
        if self.meeting("deny", action):
            code = "UnauthorizedOperation" if ec2 else "AccessDeniedException"
            message = f"You are not authorized to perform this operation. User is not authorized to perform: {action}"
            raise ApiError(code, message, 403)
        if self.strikes("throttle", action):
            if ec2:
                raise ApiError("RequestLimitExceeded", "Request limit exceeded.", 503)
            raise ApiError("ThrottlingException", "Rate exceeded")
        if _token(params) and self.strikes("token", action):
            raise ApiError("InvalidNextToken", "The token is no longer valid.")

    def distort(self, action: str, params: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document as a fault would have it."""
        if token := _token(params):
            key = "NextToken" if "NextToken" in params else "nextToken"
            if self.strikes("repeat", action):
                document = {**document, key: token}
        if (fault := self.meeting("counts", action)) and "Subnets" in document:
            document = {**document, "Subnets": [_fewer(each, int(fault.amount)) for each in document["Subnets"]]}
        if (fault := self.meeting("hide", action)) and "NetworkInterfaces" in document:
            shown = [each for each in document["NetworkInterfaces"] if not _hidden(each, fault.amount)]
            document = {**document, "NetworkInterfaces": shown}
        return document


def _token(params: Mapping[str, Any]) -> str:
    return str(params.get("NextToken") or params.get("nextToken") or "")


def _fewer(subnet: Mapping[str, Any], count: int) -> Mapping[str, Any]:
    available = int(subnet.get("AvailableIpAddressCount") or 0)
    return {**subnet, "AvailableIpAddressCount": max(0, available - count)}


def _hidden(interface: Rendered, share: float) -> bool:
    """Which ones are hidden is a matter of their ids, so that they stay so from read to read."""
    return Random(interface.resource_id).random() < share
