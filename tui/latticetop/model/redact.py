"""Redaction: replace what identifies an account, and keep what verdicts, maps and owners are derived from.

Account ids, names, tags, descriptions, ARNs, host names and free text are replaced, the same text always by the same
replacement. Ids that AWS generates (`subnet-…`, `eni-…`), addresses, states, codes, zones and Regions stay.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct, structs

from latticetop.model.incident.investigation import InvestigationRecord, Resolution
from latticetop.model.incident.timeline import Timeline, TimelineEntry
from latticetop.model.records.eni_owners import identifying_prefix, identifying_requester
from latticetop.model.records.lattice import (
    EndpointAssociation,
    Lattice,
    ResourceAssociation,
    ResourceConfiguration,
    ResourceGateway,
    ServiceAssociation,
    ServiceNetwork,
    VpcAssociation,
)
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import (
    Association,
    CidrReservation,
    Endpoint,
    NetworkInterface,
    Subnet,
    Tag,
    Tags,
    Vpc,
)
from latticetop.model.snapshot import Scope, Snapshot, SnapshotDelta, SubnetReading

_S = TypeVar("_S", bound=Struct)

_ID = re.compile(
    r"(?:vpce-rsc-asc|vpce-svc|vpce|vpc|subnet|eni|nat|fs|fsmt|sg|i|rgw|rcfg|sn|snra|snsa|snva|svc|tgw)-[0-9a-f]{8,17}"
)
_LABEL = re.compile(rf"{_ID.pattern}(?:-{_ID.pattern})*|[0-9a-f]{{7}}|vpc-lattice-(?:rsc|svcs)|vpce|\*")
"""A label of a DNS name that AWS generates for an endpoint: ids, the hash of a cell, fixed words."""
_AWS_HOST = re.compile(r"(.+?)((?:\.[a-z]{2}(?:-[a-z]+)+-\d+)?\.(?:on\.aws|api\.aws|amazonaws\.com))")
_AWS_SERVICE = re.compile(r"(?:com\.amazonaws|aws)\.[\w.-]+")
_AWS_PRINCIPAL = re.compile(r"amazon(?:-[a-z]+)?|[\w.-]+\.amazonaws\.com")
_AWS_TEXT = re.compile(r"There aren't sufficient free Ipv[46] addresses or prefixes\.?")
_ACCOUNT = re.compile(r"\d{12}")
_ARN = re.compile(r"(arn:[\w-]*:[\w-]*:[\w-]*):([^:]*):(.*)", re.DOTALL)
_OPERATION = re.compile(r"[\w-]+:\w+")
_RESOURCE_TYPES = frozenset(
    ("servicenetwork", "resourceconfiguration", "resourcegateway", "service", "cluster", "db", "attachment", "outpost")
)
"""Resource types in ARNs."""
_KEPT_TAGS = frozenset(
    (
        "Name",
        "VpcLatticeManaged",
        "node.k8s.amazonaws.com/instance_id",
        "io.cilium/cilium-managed",
        "vpcresources.k8s.aws/vlan-id",
        "vpcresources.k8s.aws/trunk-eni-id",
    )
)
_NODE_TAG_PREFIXES = ("kubernetes.io/cluster/", "eks:")
"""Prefixes of the tags that identify an EKS node; a name follows."""


class Redactor:
    """Redact records. Replacements are numbered; one redactor for a whole recording keeps them consistent."""

    def __init__(self) -> None:
        self._replacements: defaultdict[str, dict[str, str]] = defaultdict(dict)

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """Redact a snapshot."""
        return self.record(snapshot)

    def delta(self, delta: SnapshotDelta) -> SnapshotDelta:
        """Redact the delta between two snapshots: it turns one redacted snapshot into the other."""
        return self.record(delta)

    def problem(self, problem: Problem) -> Problem:
        """Keep the kind and the operation only: a message may contain any name."""
        operation = problem.operation if _OPERATION.fullmatch(problem.operation) else ""
        kind = problem.kind.value.replace("-", " ").capitalize()
        return Problem(problem.kind, operation, f"{kind}: {operation}." if operation else f"{kind}.")

    def account(self, text: str) -> str:
        """Replace an account id by another of twelve digits."""
        return self._replacement(text, "{:012}")

    def name(self, text: str) -> str:
        """Replace a name by `name-1`; an empty one stays empty."""
        return self._replacement(text, "name-{}")

    def principal(self, text: str) -> str:
        """Replace an account id or a principal; those of AWS stay."""
        if _ACCOUNT.fullmatch(text):
            return self.account(text)
        return text if _AWS_PRINCIPAL.fullmatch(text) else self.name(text)

    def requester(self, text: str) -> str:
        """Replace a RequesterId; what identifies a service of AWS stays."""
        kept = identifying_requester(text)
        if kept in ("", text):
            return kept or self.principal(text)
        account, _, session = text.partition(":")
        return f"{self.account(account)}:{kept}{self.name(session[len(kept) :])}"

    def arn(self, text: str) -> str:
        """Replace the account and the names in an ARN; its resource type and ids stay."""
        match = _ARN.fullmatch(text)
        if match is None:
            return self.name(text)
        kind, *rest = re.split("([/:])", match[3])
        resource = (kind if kind in _RESOURCE_TYPES and rest else self._word(kind)) + "".join(map(self._word, rest))
        return f"{match[1]}:{self.principal(match[2])}:{resource}"

    def host(self, text: str) -> str:
        """Replace a DNS name; of names that AWS generates, the domain and labels made of ids stay."""
        match = _AWS_HOST.fullmatch(text)
        if match is None:
            return self._replacement(text, "host-{}.example")
        labels = (label if _LABEL.fullmatch(label) else self.name(label) for label in match[1].split("."))
        return ".".join(labels) + match[2]

    def service(self, text: str) -> str:
        """Replace the name of an endpoint service; those of AWS stay."""
        return text if _AWS_SERVICE.fullmatch(text) else self.name(text)

    def text(self, text: str) -> str:
        """Replace a sentence; AWS's sentences without names stay."""
        return text if _AWS_TEXT.fullmatch(text) else self._replacement(text, "(text {})")

    def description(self, text: str) -> str:
        """Replace the names in the description of an ENI; what identifies the kind of owner stays, with ids."""
        prefix = identifying_prefix(text)
        if not prefix:
            return self.name(text)
        arn = _ARN.match(prefix)
        rest = re.sub(r"[^\s()/]+", lambda token: self._word(token[0]), text[len(prefix) :])
        return (f"{arn[1]}:{self.principal(arn[2])}:" if arn else prefix) + rest

    def tags(self, tags: Tags) -> Tags:
        """Replace tags; the keys of those that identify the kind of owner stay."""
        return tuple(self._tag(tag) for tag in tags)

    def record(self, value: _S) -> _S:
        """Redact a record by the rules of its type."""
        rules = _RULES.get(type(value), {})
        return structs.replace(value, **{name: rule(self, getattr(value, name)) for name, rule in rules.items()})

    def blank(self, _: str) -> str:
        """Remove a text."""
        return ""

    def _tag(self, tag: Tag) -> Tag:
        value = tag.value if _ID.fullmatch(tag.value) or tag.value in ("true", "owned") else self.name(tag.value)
        if tag.key in _KEPT_TAGS or tag.key.startswith("aws:"):
            return Tag(tag.key, value)
        prefix = next((prefix for prefix in _NODE_TAG_PREFIXES if tag.key.startswith(prefix)), "")
        return Tag(prefix + self._replacement(tag.key[len(prefix) :], "tag-{}"), value)

    def _word(self, text: str) -> str:
        return text if text in ("/", ":") or _ID.fullmatch(text) else self.name(text)

    def _replacement(self, text: str, form: str) -> str:
        if not text:
            return ""
        replacements = self._replacements[form]
        return replacements.setdefault(text, form.format(len(replacements) + 1))


def _problems(redactor: Redactor, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(map(redactor.problem, problems))


def _problem(redactor: Redactor, problem: Problem | None) -> Problem | None:
    return None if problem is None else redactor.problem(problem)


def _record(redactor: Redactor, value: Struct | None) -> Struct | None:
    return None if value is None else redactor.record(value)


def _records(redactor: Redactor, values: tuple[Struct, ...] | None) -> tuple[Struct, ...] | None:
    return None if values is None else tuple(map(redactor.record, values))


def _by_id(redactor: Redactor, values: dict[str, Struct]) -> dict[str, Struct]:
    return {key: redactor.record(value) for key, value in values.items()}


def _records_by_id(
    redactor: Redactor, values: dict[str, tuple[Struct, ...]] | None
) -> dict[str, tuple[Struct, ...] | None] | None:
    return None if values is None else {key: _records(redactor, records) for key, records in values.items()}


def _by_arn(redactor: Redactor, values: dict[str, Struct] | None) -> dict[str, Struct] | None:
    return None if values is None else {redactor.arn(key): redactor.record(value) for key, value in values.items()}


_SNAPSHOT_RULES: dict[str, Callable[[Redactor, Any], object]] = {
    "scope": _record,
    "problems": _problems,
    "vpcs": _by_id,
    "subnets": _by_id,
    "endpoints": _by_id,
    "associations": _by_id,
    "lattice": _record,
}
_RULES: dict[type[Struct], dict[str, Callable[[Redactor, Any], object]]] = {
    Snapshot: _SNAPSHOT_RULES,
    SnapshotDelta: _SNAPSHOT_RULES,
    Scope: {
        "account_id": Redactor.principal,
        "profile": Redactor.name,
        "role": Redactor.name,
        "endpoint_url": Redactor.blank,
        "account_problem": _problem,
    },
    InvestigationRecord: {"timeline": _record, "names": _records, "problems": _problems},
    Timeline: {"entries": _records, "problem": _problem},
    TimelineEntry: {"error_message": Redactor.text},
    Resolution: {"name": Redactor.host, "problem": Redactor.text},
    SubnetReading: {"subnet": _record, "interfaces": _records, "reservations": _records},
    Vpc: {"name": Redactor.name, "owner_id": Redactor.principal, "tags": Redactor.tags},
    Subnet: {
        "name": Redactor.name,
        "owner_id": Redactor.principal,
        "outpost_arn": Redactor.arn,
        "tags": Redactor.tags,
    },
    NetworkInterface: {
        "description": Redactor.description,
        "owner_id": Redactor.principal,
        "requester_id": Redactor.requester,
        "operator": Redactor.principal,
        "name": Redactor.name,
        "tags": Redactor.tags,
    },
    CidrReservation: {"description": Redactor.name, "owner_id": Redactor.principal},
    Endpoint: {
        "service_network_arn": Redactor.arn,
        "resource_configuration_arn": Redactor.arn,
        "service_name": Redactor.service,
        "failure_reason": Redactor.text,
        "last_error_message": Redactor.text,
        "owner_id": Redactor.principal,
        "name": Redactor.name,
        "tags": Redactor.tags,
    },
    Association: {
        "service_network_arn": Redactor.arn,
        "service_network_name": Redactor.name,
        "failure_reason": Redactor.text,
        "dns_name": Redactor.host,
        "private_dns_name": Redactor.host,
        "resource_arn": Redactor.arn,
        "resource_configuration_group_arn": Redactor.arn,
    },
    Lattice: {
        "networks": _by_arn,
        "gateways": _records,
        "configurations": _records,
        "vpc_associations": _records_by_id,
    },
    ServiceNetwork: {
        "arn": Redactor.arn,
        "name": Redactor.name,
        "services": _records,
        "resources": _records,
        "vpcs": _records,
        "endpoints": _records,
    },
    VpcAssociation: {"service_network_arn": Redactor.arn, "service_network_name": Redactor.name},
    ServiceAssociation: {
        "service_name": Redactor.name,
        "service_arn": Redactor.arn,
        "dns_name": Redactor.host,
    },
    ResourceAssociation: {
        "resource_configuration_name": Redactor.name,
        "resource_configuration_arn": Redactor.arn,
        "dns_name": Redactor.host,
    },
    EndpointAssociation: {"vpc_endpoint_owner_id": Redactor.principal},
    ResourceGateway: {"name": Redactor.name},
    ResourceConfiguration: {"name": Redactor.name, "arn": Redactor.arn},
}
