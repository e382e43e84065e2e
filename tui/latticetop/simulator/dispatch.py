"""From a request to its answer: the service and Region it names, the operation, the state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from latticetop.simulator.errors import ApiError
from latticetop.simulator.operations import OPERATIONS
from latticetop.simulator.operations.call import Context
from latticetop.simulator.operations.identity import acting_account
from latticetop.simulator.operations.paging import Pages
from latticetop.simulator.trail import user_caller
from latticetop.simulator.wire.codecs import CODECS, service_of
from latticetop.simulator.wire.shapes import load_service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.account import Account
    from latticetop.simulator.wire.http import Answer, Request
    from latticetop.simulator.wire.rendered import Cache
    from latticetop.simulator.wire.shapes import Operation, Service

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call served: what was asked, the HTTP status, and the error code if it failed."""

    service: str
    region: str
    operation: str
    params: Mapping[str, Any]
    status: int
    error: str | None = None


class Dispatcher:
    """Answers requests from an account, one at a time."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.calls: list[Call] = []
        self._pages = Pages()
        self._texts: Cache = {}

    def answer(self, request: Request) -> Answer:
        """The answer to any request, errors included. What is due in the account happens first."""
        self.account.clock.run_due()
        account = acting_account(self.account, request.access_key())
        scope = request.scope()
        region_name = scope[0] if scope else account.home
        name = service_of(request)
        codec, service = CODECS.get(name, CODECS["ec2"]), load_service(name if name in CODECS else "ec2")
        operation_name, params = codec.name(service, request), {}
        request_id, error = str(uuid4()), None
        try:
            operation = _operation(service, operation_name, name)
            params = codec.read(service, operation, request)
            document = self._perform(account, service, operation, params, region_name)
            answer = codec.write(service, operation, document, request_id)
        except ApiError as refusal:
            error = refusal.code
            answer = codec.fail(service, refusal, request_id)
        self._remember(
            Call(
                service=name,
                region=region_name,
                operation=operation_name,
                params=params,
                status=answer.status,
                error=error,
            )
        )
        return answer

    def _perform(
        self, account: Account, service: Service, operation: Operation, params: dict[str, Any], region_name: str
    ) -> Mapping[str, Any]:
        handler = OPERATIONS[service.name][operation.name]
        faults, action = account.faults, f"{service.name}:{operation.name}"
        faults.refuse(service.name, operation.name, params)
        if params.get("DryRun"):
            message = "Request would have succeeded, but DryRun flag is set."
            raise ApiError("DryRunOperation", message, 412)
        region = account.region(region_name)
        context = Context(account, region, self._pages, self._texts)
        writes = service.name == "ec2" and not operation.name.startswith(("Describe", "Get"))
        try:
            document = handler(context, params)
        except ApiError as error:
            if writes:
                region.trail.record(operation.name, user_caller(account), spell_members(params), error)
            raise
        if writes:
            caller = user_caller(account)
            region.trail.record(operation.name, caller, spell_members(params), spell_members(document))
        return faults.distort(action, params, document) if faults.active else document

    def _remember(self, call: Call) -> None:
        self.calls.append(call)
        if len(self.calls) > REMEMBERED:
            del self.calls[: REMEMBERED // 10]


def spell_members(value: Any) -> Any:
    """Members as CloudTrail has them: the first letter small, nothing that is None, moments as text."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: spell_members(member) for key, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [spell_members(member) for member in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _operation(service: Service, name: str, asked: str) -> Operation:
    operation = service.operations.get(name)
    if asked != service.name or operation is None or name not in OPERATIONS[service.name]:
        raise ApiError("InvalidAction", f"The action {name} of {asked} is not valid for this web service.")
    return operation
