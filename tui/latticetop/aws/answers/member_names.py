"""Members of records that were not written by the AWS CLI, renamed and laid out as AWS's API has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

_NAMED_OTHERWISE = {"TagsSrc": "Tags", "Ipv6CidrBlockAssociations": "Ipv6CidrBlockAssociationSet"}
_ATTACHMENT = {
    "AttachedInstanceId": "InstanceId",
    "AttachedInstanceOwnerId": "InstanceOwnerId",
    "AttachmentTime": "AttachTime",
    "AttachmentStatus": "Status",
    "DeviceIndex": "DeviceIndex",
}
"""Columns of Steampipe's table of ENIs that are members of `Attachment` in the API."""
_ITEMS = {
    "Ipv4Prefixes": "Ipv4Prefix",
    "Ipv6Prefixes": "Ipv6Prefix",
    "PrivateIpAddresses": "PrivateIpAddress",
    "Ipv6Addresses": "Ipv6Address",
    "Groups": "GroupId",
}
"""Lists whose items some tools print as texts, with the member that the text is."""
_MAX_LEVELS = 6


def renamed(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with AWS's names: of `subnetId` (AWS Config) and of `subnet_id` (Steampipe, CloudQuery)."""
    record = {_aws_name(key): _with_aws_names(value, _MAX_LEVELS) for key, value in node.items()}
    for name, aws_name in _NAMED_OTHERWISE.items():
        if record.get(name):
            record[aws_name] = record[name]
    for name, member in _ITEMS.items():
        if isinstance(record.get(name), list):
            record[name] = [{member: item} if isinstance(item, str) else item for item in record[name]]
    if isinstance(record.get("Tags"), dict):
        record["Tags"] = [{"Key": key, "Value": value} for key, value in node["tags"].items()]
    if "NetworkInterfaceId" in record:
        record.setdefault("TagSet", record.get("Tags") or [])
        if not isinstance(record.get("Attachment"), dict):
            record["Attachment"] = {member: record[name] for name, member in _ATTACHMENT.items() if record.get(name)}
    return record


def plain_times(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record whose times are no objects: placebo writes `{"__class__": "datetime", "year": …}`."""
    members = [key for key, value in record.items() if isinstance(value, dict) and "__class__" in value]
    attachment = record.get("Attachment")
    if isinstance(attachment, dict) and isinstance(attachment.get("AttachTime"), dict):
        record = {**record, "Attachment": plain_times(attachment)}
    return {**record, **{key: _time_of(record[key]) for key in members}} if members else record


def _time_of(value: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime(*(value[part] for part in ("year", "month", "day", "hour", "minute", "second")))
    except (KeyError, TypeError, ValueError):
        return None


def _with_aws_names(value: Any, levels: int) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.MsgspecError, RecursionError):
            return value
    if not levels:
        return None
    if isinstance(value, list):
        return [_with_aws_names(item, levels - 1) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"value"}:
            return value["value"]
        return {_aws_name(key): _with_aws_names(item, levels - 1) for key, item in value.items()}
    return value


@lru_cache(maxsize=1024)
def _aws_name(name: str) -> str:
    if "_" in name.strip("_"):
        return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return name[:1].upper() + name[1:]
