"""An AWS API on loopback that answers from an account as the AWS CLI prints it: read-only, and without rules.

An account is a dictionary with the lists `Subnets`, `NetworkInterfaces`, `VpcEndpoints` and `VpcEndpointAssociations`,
CIDR reservations by subnet in `Reservations`, and in `lattice` the items of VPC Lattice by path, and by service
network where they are of one. `deny` has operations that are denied, `deny_reservations` subnets whose reservations
are, `vanished` subnets that are listed but no longer found. What a member usually is may be left out.
"""

from __future__ import annotations

import asyncio
import fnmatch
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.wire.json_protocols import JsonCodec, RestJsonCodec
from latticetop.simulator.wire.messages import HttpRequest, HttpResponse, ProtocolCodec
from latticetop.simulator.wire.query_protocol import QueryCodec
from latticetop.simulator.wire.service_models import Shape, load_service_model
from tests.cases.reckoning import available_addresses

Account = dict[str, Any]
Item = dict[str, Any]
ACCOUNT_ID = "123456789012"
CODECS: Mapping[str, ProtocolCodec] = {
    "ec2": QueryCodec(),
    "sts": QueryCodec(),
    "cloudtrail": JsonCodec(),
    "vpc-lattice": RestJsonCodec(),
}
LISTS = {
    "DescribeVpcs": ("Vpcs", "VpcId"),
    "DescribeSubnets": ("Subnets", "SubnetId"),
    "DescribeNetworkInterfaces": ("NetworkInterfaces", "NetworkInterfaceId"),
    "DescribeVpcEndpoints": ("VpcEndpoints", "VpcEndpointId"),
    "DescribeVpcEndpointAssociations": ("VpcEndpointAssociations", "VpcEndpointId"),
}
FILTERS = {
    "availability-zone": "AvailabilityZone",
    "description": "Description",
    "interface-type": "InterfaceType",
    "network-interface-id": "NetworkInterfaceId",
    "owner-id": "OwnerId",
    "status": "Status",
    "subnet-id": "SubnetId",
    "vpc-endpoint-id": "VpcEndpointId",
    "vpc-endpoint-state": "State",
    "vpc-endpoint-type": "VpcEndpointType",
    "vpc-id": "VpcId",
}


class CaseServer:
    """The API of an account in a thread; a context manager. `calls` counts the operations."""

    def __init__(self, account: Account) -> None:
        self.account = complete(account)
        self.calls: Counter[str] = Counter()
        self.url = ""
        self._started: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.result()
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        application = web.Application(client_max_size=1 << 24)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._started.set_result(None)
        await self._stop.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        response = self._respond(
            HttpRequest(
                method=request.method,
                path=request.rel_url.raw_path,
                query=request.rel_url.raw_query_string,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.read(),
            )
        )
        return web.Response(
            status=response.status,
            text=response.body,
            content_type=response.content_type,
            headers=dict(response.headers),
        )

    def _respond(self, request: HttpRequest) -> HttpResponse:
        scope = request.credential_scope()
        service = load_service_model(scope[1] if scope else "ec2")
        codec = CODECS[service.name]
        name = codec.operation_name(service, request)
        self.calls[name] += 1
        operation = service.operations[name]
        try:
            params = (
                _params(request) if service.name == "vpc-lattice" else codec.parse_request(service, operation, request)
            )
            if name in self.account.get("deny", ()):
                raise denied(name)
            document = answer(self.account, name, operation.uri.strip("/"), params)
            assert operation.output is not None
            return codec.format_response(service, operation, typed(operation.output, document), "request")
        except ApiError as error:
            return codec.format_error(service, error, "request")


def _params(request: HttpRequest) -> dict[str, str]:
    """The query string of a REST call: the ids in the accounts are shorter than the model of VPC Lattice allows."""
    return dict(parse_qsl(request.query))


def complete(account: Account) -> Account:
    """Return an account with the members that were left out."""
    subnets = [{"State": "available", "OwnerId": ACCOUNT_ID, **subnet} for subnet in account.get("Subnets", ())]
    by_id = {subnet["SubnetId"]: subnet for subnet in subnets}
    interfaces = [_complete_interface(each, by_id) for each in account.get("NetworkInterfaces", ())]
    for subnet in subnets:
        subnet.setdefault("AvailableIpAddressCount", available_addresses(subnet, interfaces))
    endpoints = [
        {"OwnerId": ACCOUNT_ID, "IpAddressType": "ipv4", "SubnetIds": [], "NetworkInterfaceIds": [], **endpoint}
        for endpoint in account.get("VpcEndpoints", ())
    ]
    return {**account, "Subnets": subnets, "NetworkInterfaces": interfaces, "VpcEndpoints": endpoints}


def _complete_interface(interface: Item, subnets: Mapping[str, Item]) -> Item:
    subnet = subnets[interface["SubnetId"]]
    address = interface.get("PrivateIpAddress")
    addresses = [{"PrivateIpAddress": address, "Primary": True}] if address else []
    attachment = interface.get("Attachment")
    if attachment:
        usual = {"InstanceOwnerId": ACCOUNT_ID, "DeviceIndex": 0, "Status": "attached"}
        interface = {**interface, "Attachment": {**usual, **attachment}}
    return {
        "VpcId": subnet["VpcId"],
        "AvailabilityZone": subnet["AvailabilityZone"],
        "OwnerId": ACCOUNT_ID,
        "InterfaceType": "interface",
        "Status": "in-use",
        "Description": "",
        "RequesterManaged": False,
        "PrivateIpAddresses": addresses,
        **interface,
    }


def answer(account: Account, operation: str, path: str, params: Mapping[str, Any]) -> Item:
    """Return the document that answers a call, or raise its error."""
    if operation in LISTS:
        return _described(account, operation, params)
    if operation == "GetCallerIdentity":
        return {"Account": ACCOUNT_ID, "Arn": f"arn:aws:iam::{ACCOUNT_ID}:user/reader", "UserId": "AIDAEXAMPLE"}
    if operation == "GetSubnetCidrReservations":
        return _reservations(account, params["SubnetId"])
    if operation == "LookupEvents":
        return {"Events": []}
    if operation == "DescribeRegions":
        return {"Regions": [{"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required"}]}
    if operation.startswith("List"):
        return {"items": _lattice_items(account, path, params)}
    raise ApiError("InvalidAction", f"The action {operation} is not valid for this web service.")


def denied(operation: str) -> ApiError:
    """Return EC2's error for what a policy does not allow."""
    return ApiError(
        "UnauthorizedOperation", f"You are not authorized to perform this operation: ec2:{operation}.", status=403
    )


def _described(account: Account, operation: str, params: Mapping[str, Any]) -> Item:
    key, id_key = LISTS[operation]
    items: list[Item] = list(account.get(key, ()))
    if ids := params.get(f"{id_key}s"):
        unknown = set(ids) - {item[id_key] for item in items} | set(ids) & set(account.get("vanished", ()))
        if unknown and key != "VpcEndpointAssociations":
            noun = id_key.removesuffix("Id")
            raise ApiError(f"Invalid{noun}ID.NotFound", f"The {noun} ID '{min(unknown)}' does not exist")
        items = [item for item in items if item[id_key] in ids]
    for entry in params.get("Filters", ()):
        items = [item for item in items if _matches(item, entry["Name"], entry["Values"])]
    if operation == "DescribeNetworkInterfaces" and not params.get("IncludeManagedResources"):
        items = [item for item in items if not item.get("Operator", {}).get("HiddenByDefault")]
    start, size = int(params.get("NextToken") or 0), params.get("MaxResults") or 1000
    token = str(start + size) if start + size < len(items) else None
    return {key: items[start : start + size], "NextToken": token}


def _matches(item: Item, name: str, patterns: Iterable[str]) -> bool:
    if name.startswith("tag:"):
        texts = [tag["Value"] for tag in (*item.get("Tags", ()), *item.get("TagSet", ())) if tag["Key"] == name[4:]]
    elif name in FILTERS:
        texts = [str(item.get(FILTERS[name], ""))]
    else:
        raise invalid(f"The filter '{name}' is invalid")
    return any(fnmatch.fnmatchcase(text, pattern) for text in texts for pattern in patterns)


def _reservations(account: Account, subnet_id: str) -> Item:
    if subnet_id in account.get("deny_reservations", ()):
        raise denied("GetSubnetCidrReservations")
    if subnet_id in account.get("vanished", ()):
        raise ApiError("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")
    reservations = account.get("Reservations", {}).get(subnet_id, ())
    return {
        "SubnetIpv4CidrReservations": [each for each in reservations if ":" not in each["Cidr"]],
        "SubnetIpv6CidrReservations": [each for each in reservations if ":" in each["Cidr"]],
    }


def _lattice_items(account: Account, path: str, params: Mapping[str, Any]) -> list[Item]:
    items: list[Item] | dict[str, list[Item]] = account.get("lattice", {}).get(path, [])
    if isinstance(items, list):
        return items
    network, vpc = params.get("serviceNetworkIdentifier"), params.get("vpcIdentifier")
    if network:
        return items.get(network) or items.get(network.rpartition("/")[2]) or []
    return [item for group in items.values() for item in group if vpc is None or item.get("vpcId") == vpc]


def typed(shape: Shape, value: Any) -> Any:
    """Return JSON as the values of a shape: texts as timestamps where the shape has them, without unknown members."""
    if value is None:
        return None
    if shape.type_name == "structure":
        return {key: typed(shape.members[key], value[key]) for key in value if key in shape.members}
    if shape.type_name == "list":
        return [typed(shape.member, item) for item in value]
    if shape.type_name == "timestamp":
        return datetime.fromisoformat(value)
    return value
