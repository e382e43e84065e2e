"""The records of AWS in a JSON value, told by their own members, whoever wrote them.

Understood are the answers of the AWS CLI (lists, and the single record that a create command prints), answers that
botocore stubs recorded (placebo), configuration items of AWS Config, CloudTrail events, and the rows of Steampipe and
CloudQuery. Members of other spellings (`subnetId`, `subnet_id`) are renamed as AWS's API names them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from latticetop.aws import decode
from latticetop.aws.answers.json_values import CheckMemory, expanded
from latticetop.aws.answers.member_names import plain_times, renamed
from latticetop.aws.answers.times import times_beside_records
from latticetop.model.endpoints.endpoint_types import has_associations
from latticetop.model.records import aws_actions
from latticetop.model.records.resources import Endpoint, Subnet

PIECES_BETWEEN_CHECKS = 64
"""The small values that are decoded between two looks at the memory."""
MAX_LEVELS = 12
"""The most levels of lists and objects around a record."""


class RecordKind(StrEnum):
    """The kinds of records; the value is the action that lists them."""

    VPC = aws_actions.DESCRIBE_VPCS
    SUBNET = aws_actions.DESCRIBE_SUBNETS
    INTERFACE = aws_actions.DESCRIBE_INTERFACES
    ENDPOINT = aws_actions.DESCRIBE_ENDPOINTS
    ASSOCIATION = aws_actions.DESCRIBE_ASSOCIATIONS
    RESERVATION = aws_actions.GET_RESERVATIONS
    EVENT = aws_actions.LOOKUP_EVENTS
    IDENTITY = aws_actions.GET_CALLER_IDENTITY
    SERVICE_NETWORK = aws_actions.LIST_SERVICE_NETWORKS
    RESOURCE_GATEWAY = aws_actions.LIST_RESOURCE_GATEWAYS
    RESOURCE_CONFIGURATION = aws_actions.LIST_RESOURCE_CONFIGURATIONS
    SERVICE_ASSOCIATION = aws_actions.LIST_SERVICE_ASSOCIATIONS
    RESOURCE_ASSOCIATION = aws_actions.LIST_RESOURCE_ASSOCIATIONS
    VPC_ASSOCIATION = aws_actions.LIST_VPC_ASSOCIATIONS
    ENDPOINT_ASSOCIATION = aws_actions.LIST_ENDPOINT_ASSOCIATIONS


LATTICE_KINDS = (
    RecordKind.SERVICE_NETWORK,
    RecordKind.RESOURCE_GATEWAY,
    RecordKind.RESOURCE_CONFIGURATION,
    RecordKind.SERVICE_ASSOCIATION,
    RecordKind.RESOURCE_ASSOCIATION,
    RecordKind.VPC_ASSOCIATION,
    RecordKind.ENDPOINT_ASSOCIATION,
)
"""VPC Lattice's kinds; the first three are listed as a whole, the others by service network or VPC."""
_LATTICE_ARN = {
    "servicenetwork": RecordKind.SERVICE_NETWORK,
    "resourcegateway": RecordKind.RESOURCE_GATEWAY,
    "resourceconfiguration": RecordKind.RESOURCE_CONFIGURATION,
    "servicenetworkserviceassociation": RecordKind.SERVICE_ASSOCIATION,
    "servicenetworkresourceassociation": RecordKind.RESOURCE_ASSOCIATION,
    "servicenetworkvpcassociation": RecordKind.VPC_ASSOCIATION,
}
"""The kinds by the type of resource in the ARN of a record."""

LIST_MEMBERS = {
    "Vpcs": RecordKind.VPC,
    "Subnets": RecordKind.SUBNET,
    "NetworkInterfaces": RecordKind.INTERFACE,
    "VpcEndpoints": RecordKind.ENDPOINT,
    "VpcEndpointAssociations": RecordKind.ASSOCIATION,
    "SubnetIpv4CidrReservations": RecordKind.RESERVATION,
    "Events": RecordKind.EVENT,
    "Records": RecordKind.EVENT,
}
"""The member of each answer that has the list."""
SINGLE_MEMBERS = frozenset({"Vpc", "Subnet", "NetworkInterface", "VpcEndpoint", "SubnetCidrReservation"})
"""The member in which a create command prints the record, as it was at first."""


class FoundRecord(Struct, frozen=True):
    """A record, decoded (CloudTrail events and identities: as they are), and what stands beside it of where it belongs.

    `account_id` and `region` are empty where only the record itself can tell. `is_first_state` is set of a record that
    a create command printed.
    """

    kind: RecordKind
    record: Any
    account_id: str = ""
    region: str = ""
    is_first_state: bool = False


class Recognised(Struct):
    """What one JSON value holds: its records, and what shows that some are missing or unusable."""

    records: list[FoundRecord] = field(default_factory=list)
    listed: set[RecordKind] = field(default_factory=set)
    """The kinds of which there is a list, which may be empty."""
    tokens: dict[RecordKind | None, str] = field(default_factory=dict)
    """The tokens of further pages by the kind of the list; None for a list of another kind."""
    shaped: Counter[RecordKind] = field(default_factory=Counter)
    """The records of each kind that lack members which the API always sends, as after --query."""
    unusable: set[RecordKind] = field(default_factory=set)
    """The kinds of lists with items that are no records of theirs, whatever they lack."""
    times: list[datetime] = field(default_factory=list)
    """Times at which it was answered."""


def recognise(value: Any, check_memory: CheckMemory) -> Recognised:
    """Return the records in a JSON value. Raises what `json_values.expanded` does.

    ValueError also for a record with a member of another type than AWS's API has.
    """
    walk = _Walk(check_memory)
    walk.visit(value, _Surroundings(), 0)
    return walk.found


class _Surroundings(Struct, frozen=True):
    """What is known of a record from what it is in."""

    account_id: str = ""
    region: str = ""
    is_first_state: bool = False


class _Walk:
    def __init__(self, check_memory: CheckMemory) -> None:
        self.found = Recognised()
        self._check_memory = check_memory
        self._pieces = 0

    def visit(self, node: Any, around: _Surroundings, level: int) -> None:
        if isinstance(node, Raw):
            self._pieces += 1
            if not self._pieces % PIECES_BETWEEN_CHECKS:
                self._check_memory()
            node = expanded(node, self._check_memory)
        if level > MAX_LEVELS:
            return
        if isinstance(node, list):
            for item in node:
                self.visit(item, around, level + 1)
        elif isinstance(node, dict) and not self._take(node, around):
            self._visit_members(node, around, level)

    def _visit_members(self, node: dict[str, Any], around: _Surroundings, level: int) -> None:
        node = {key: expanded(value, self._check_memory) for key, value in node.items()}
        around = _told_by(node, around)
        self.found.times += times_beside_records(node)
        if isinstance(node.get("columns"), list) and isinstance(node.get("rows"), list):
            node = {"rows": _rows(node["columns"], node["rows"])}
        for key, value in node.items():
            count = len(self.found.records)
            if key == "Results" and isinstance(value, list):
                value = [_parsed(item) for item in value]
            if isinstance(value, dict | list):
                inside = msgspec.structs.replace(around, is_first_state=True) if key in SINGLE_MEMBERS else around
                self.visit(value, inside, level + 1)
            if key in LIST_MEMBERS and isinstance(value, list):
                self._note_list(LIST_MEMBERS[key], len(value), len(self.found.records) - count)
        token = node.get("NextToken") or node.get("nextToken")
        if isinstance(token, str):
            kind = next((kind for key, kind in LIST_MEMBERS.items() if key in node), None)
            self.found.tokens[kind] = token

    def _note_list(self, kind: RecordKind, items: int, records: int) -> None:
        self.found.listed.add(kind)
        if records < items and kind is not RecordKind.EVENT:
            self.found.unusable.add(kind)

    def _take(self, node: dict[str, Any], around: _Surroundings) -> bool:
        """Take a record over; whether it is one, or the rest of one."""
        if "configuration" in node and "resourceType" in node:
            return self._take_item(node, around)
        if _is_event(node):
            return self._add(RecordKind.EVENT, node, around)
        if lattice_kind := _lattice_kind(node):
            return self._add(lattice_kind, node, around)
        members: Mapping[str, Any] = node
        kind = _kind_of(members)
        if kind is None and _has_foreign_names(node):
            members = renamed(node)
            kind, around = _kind_of(members), _told_by(members, around)
        if kind is not None:
            record = _decoded(kind, members)
            if not _lacks_members(record, members):
                return record is not None and self._add(kind, record, around)
        shaped = _shaped_kind(members) if kind is None else kind
        if shaped is not None:
            self.found.shaped[shaped] += 1
        return shaped is not None

    def _take_item(self, node: dict[str, Any], around: _Surroundings) -> bool:
        """Take over a configuration item of AWS Config: the record is its `configuration`, as JSON or in a string."""
        around = _told_by(node, around)
        self.found.times += times_beside_records(node)
        configuration = _parsed(expanded(node["configuration"], self._check_memory))
        return isinstance(configuration, dict) and self._take(configuration, around)

    def _add(self, kind: RecordKind, record: Any, around: _Surroundings) -> bool:
        self.found.records.append(FoundRecord(kind, record, around.account_id, around.region, around.is_first_state))
        return True


def _lacks_members(record: Any, members: Mapping[str, Any]) -> bool:
    """Whether a record lacks what decides on it, as where somebody masked it: AWS has no such resource.

    That is the range of a subnet, and where an endpoint of VPC Lattice stands.
    """
    if isinstance(record, Subnet):
        is_masked = bool(members.get("CidrBlock")) or members.get("Ipv6Native") is False
        return record.cidr_block is None and (is_masked or not record.ipv6_cidr_blocks)
    if isinstance(record, Endpoint) and has_associations(record):
        return not record.vpc_id or "SubnetIds" not in members
    return False


def _decoded(kind: RecordKind, members: Mapping[str, Any]) -> Any:
    """Decode a record. Raises ValueError for members of another type: nobody checks the types in files beforehand."""
    try:
        record = _DECODE[kind](plain_times(members))
        if isinstance(record, Struct):
            _record_decoder(type(record)).decode(msgspec.msgpack.encode(record))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise ValueError(f"a member of {kind} has another type") from error
    return record


@lru_cache(maxsize=16)
def _record_decoder(type_: type[Struct]) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(type_)


def _told_by(node: Mapping[str, Any], around: _Surroundings) -> _Surroundings:
    """What an object says of the account and Region of what is in it."""
    account_id = next((node[key] for key in _ACCOUNT_MEMBERS if _is_account_id(node.get(key))), around.account_id)
    region = next((node[key] for key in _REGION_MEMBERS if is_region(node.get(key))), around.region)
    if (account_id, region) == (around.account_id, around.region):
        return around
    return msgspec.structs.replace(around, account_id=account_id, region=region)


_ACCOUNT_MEMBERS = ("accountId", "account_id", "AccountId", "Account")
_REGION_MEMBERS = ("awsRegion", "region", "Region")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


def is_region(value: object) -> bool:
    """Whether a value has the form of a Region's name."""
    return isinstance(value, str) and bool(_REGION.fullmatch(value))


def _is_account_id(value: object) -> bool:
    return isinstance(value, str) and len(value) == 12 and value.isdecimal()


def _kind_of(record: Mapping[str, Any]) -> RecordKind | None:
    """The kind of a record by its members in AWS's names."""
    if "NetworkInterfaceId" in record:
        return RecordKind.INTERFACE if "SubnetId" in record else None
    if "SubnetCidrReservationId" in record:
        return RecordKind.RESERVATION if "Cidr" in record else None
    if "SubnetId" in record:
        has_range = record.get("CidrBlock") or record.get("Ipv6CidrBlockAssociationSet")
        return RecordKind.SUBNET if has_range else None
    if "VpcEndpointId" in record:
        if "AssociatedResourceAccessibility" in record and "Id" in record:
            return RecordKind.ASSOCIATION
        return RecordKind.ENDPOINT if "VpcEndpointType" in record and "State" in record else None
    if "VpcId" in record and "CidrBlock" in record:
        return RecordKind.VPC
    if _is_account_id(record.get("Account")) and "Arn" in record:
        return RecordKind.IDENTITY
    return None


def _shaped_kind(record: Mapping[str, Any]) -> RecordKind | None:
    """The kind of a record that lost members which decide."""
    if not record.keys().isdisjoint(("Ipv4Prefixes", "Ipv4Prefix", "NetworkInterfaceId")):
        return RecordKind.INTERFACE
    if "SubnetId" in record and "AvailableIpAddressCount" in record:
        return RecordKind.SUBNET
    if "AssociatedResourceAccessibility" in record:
        return RecordKind.ASSOCIATION
    if "VpcEndpointId" in record and ("State" in record or "VpcEndpointType" in record):
        return RecordKind.ENDPOINT
    return None


def _lattice_kind(node: Mapping[str, Any]) -> RecordKind | None:
    """The kind of a record of VPC Lattice, whose members begin in lower case."""
    arn = node.get("arn")
    if isinstance(arn, str) and ":vpc-lattice:" in arn:
        return _LATTICE_ARN.get(arn.split(":", 5)[-1].partition("/")[0])
    if "vpcEndpointId" in node and "serviceNetworkArn" in node and "id" in node:
        return RecordKind.ENDPOINT_ASSOCIATION
    return None


def _is_event(node: Mapping[str, Any]) -> bool:
    """Whether this is a CloudTrail event: of LookupEvents, with the event in a string, or the event itself."""
    return isinstance(node.get("CloudTrailEvent"), str) or ("eventName" in node and "eventTime" in node)


_FOREIGN_NAMES = frozenset(
    name
    for aws_name in ("VpcId", "SubnetId", "NetworkInterfaceId", "VpcEndpointId", "SubnetCidrReservationId")
    for name in (aws_name[0].lower() + aws_name[1:], re.sub(r"(?<!^)([A-Z])", r"_\1", aws_name).lower())
)


def _has_foreign_names(node: Mapping[str, Any]) -> bool:
    return not _FOREIGN_NAMES.isdisjoint(node)


def _rows(columns: list[Any], rows: list[Any]) -> list[Any]:
    """Rows as objects: some versions of Steampipe print arrays beside the names of the columns."""
    names = [column.get("name") if isinstance(column, dict) else column for column in columns]
    return [dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in rows]


def _parsed(value: Any) -> Any:
    """JSON in a string, as `select-resource-config` prints it; anything else is returned as it is."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.MsgspecError, RecursionError):
        return value


def _identity(raw: Mapping[str, Any]) -> str:
    return str(raw["Account"])


_DECODE: dict[RecordKind, Callable[[Mapping[str, Any]], Any]] = {
    RecordKind.VPC: decode.vpc,
    RecordKind.SUBNET: decode.subnet,
    RecordKind.INTERFACE: decode.interface,
    RecordKind.ENDPOINT: decode.endpoint,
    RecordKind.ASSOCIATION: decode.association,
    RecordKind.RESERVATION: decode.reservation,
    RecordKind.IDENTITY: _identity,
}


def records_of(recognised: Recognised, kind: RecordKind) -> Iterator[FoundRecord]:
    """Yield the records of a kind."""
    return (found for found in recognised.records if found.kind is kind)
