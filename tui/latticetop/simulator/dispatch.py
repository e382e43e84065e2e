"""From an HTTP request to its response: find the service, the operation and the Region, and run the operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from latticetop.simulator.availability_zones import OPT_IN_REGIONS, REGIONS
from latticetop.simulator.cloudtrail import user_caller
from latticetop.simulator.errors import ApiError, unknown_region
from latticetop.simulator.operations import OPERATIONS
from latticetop.simulator.operations.context import OperationContext
from latticetop.simulator.operations.pagination import PageStore
from latticetop.simulator.operations.sts import account_of_access_key
from latticetop.simulator.wire.json_protocols import JsonCodec, RestJsonCodec
from latticetop.simulator.wire.query_protocol import QueryCodec, form_fields
from latticetop.simulator.wire.service_models import load_service_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.wire.messages import HttpRequest, HttpResponse, ProtocolCodec
    from latticetop.simulator.wire.service_models import OperationModel, ServiceModel
    from latticetop.simulator.wire.xml_cache import XmlCache

MAX_CALLS = 10_000
CODECS: dict[str, ProtocolCodec] = {
    "ec2": QueryCodec(),
    "sts": QueryCodec(),
    "cloudtrail": JsonCodec(),
    "eks": RestJsonCodec(),
    "organizations": JsonCodec(),
    "vpc-lattice": RestJsonCodec(),
}
API_VERSIONS = {"2016-11-15": "ec2", "2011-06-15": "sts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """An API call: operation, parameters, HTTP status, and the error code if it failed."""

    service: str
    region: str
    operation: str
    params: Mapping[str, Any]
    status: int
    error: str | None = None


class Dispatcher:
    """Respond to API requests for an account, one at a time; ``calls`` are the latest calls."""

    def __init__(self, account: SimulatedAccount) -> None:
        self.account = account
        self.calls: list[CallRecord] = []
        self._pages = PageStore()
        self._xml_cache: XmlCache = {}

    def respond(self, request: HttpRequest) -> HttpResponse:
        """Run the actions that are due, then the operation; return its response or the error response."""
        self.account.world.clock.run_due()
        account = account_of_access_key(self.account, request.access_key())
        scope = request.credential_scope()
        region_name = scope[0] if scope else account.home_region
        service_name = scope[1] if scope else _service_of_api_version(request)
        model_name = service_name if service_name in CODECS else "ec2"
        codec, service = CODECS[model_name], load_service_model(model_name)
        operation_name, params = codec.operation_name(service, request), {}
        request_id, error_code = str(uuid4()), None
        try:
            operation = _find_operation(service, operation_name, service_name)
            params = codec.parse_request(service, operation, request)
            document = self._run(account, service, operation, params, region_name)
            response = codec.format_response(service, operation, document, request_id)
        except ApiError as error:
            error_code = error.code
            response = codec.format_error(service, error, request_id)
        self._record(
            CallRecord(
                service=service_name,
                region=region_name,
                operation=operation_name,
                params=params,
                status=response.status,
                error=error_code,
            )
        )
        return response

    def _run(
        self,
        account: SimulatedAccount,
        service: ServiceModel,
        operation: OperationModel,
        params: dict[str, Any],
        region_name: str,
    ) -> Mapping[str, Any]:
        handler = OPERATIONS[service.name][operation.name]
        if region_name not in REGIONS and region_name not in OPT_IN_REGIONS:
            raise unknown_region(service.name, region_name)
        account.faults.raise_error(service.name, operation.name, params)
        if params.get("DryRun"):
            message = "Request would have succeeded, but DryRun flag is set."
            raise ApiError("DryRunOperation", message, 412)
        region = account.region(region_name)
        context = OperationContext(account, region, self._pages, self._xml_cache)
        caller, history = user_caller(account.world), region.event_history
        is_write = service.name == "ec2" and not operation.name.startswith(("Describe", "Get"))
        try:
            document = handler(context, params)
        except ApiError as error:
            if is_write:
                history.record(operation.name, caller, cloudtrail_members(params), error)
            raise
        if is_write:
            history.record(operation.name, caller, cloudtrail_members(params), cloudtrail_members(document))
        if not account.faults.active:
            return document
        return account.faults.alter_response(f"{service.name}:{operation.name}", params, document)

    def _record(self, call: CallRecord) -> None:
        self.calls.append(call)
        if len(self.calls) > MAX_CALLS:
            del self.calls[: MAX_CALLS // 10]


def cloudtrail_members(value: Any) -> Any:
    """Parameters or a response as CloudTrail records them: lower-case initials, no None values, times as text."""
    if isinstance(value, dict):
        return {
            key[:1].lower() + key[1:]: cloudtrail_members(member) for key, member in value.items() if member is not None
        }
    if isinstance(value, list | tuple):
        return [cloudtrail_members(member) for member in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _service_of_api_version(request: HttpRequest) -> str:
    return API_VERSIONS.get(form_fields(request).get("Version", ""), "ec2")


def _find_operation(service: ServiceModel, operation_name: str, service_name: str) -> OperationModel:
    operation = service.operations.get(operation_name)
    if service_name != service.name or operation is None or operation_name not in OPERATIONS[service.name]:
        raise ApiError(
            "InvalidAction", f"The action {operation_name} of {service_name} is not valid for this web service."
        )
    return operation
