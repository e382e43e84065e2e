"""Whose account it is, taken out of a snapshot; what verdicts, maps and owners are worked out from stays.

Account ids, names, tags, descriptions, ARNs, host names and free text are replaced, the same one always by the same.
Ids that AWS made (`subnet-…`, `eni-…`), addresses, states, codes, zones and Regions stay.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct, structs

from latticetop.model.records.eni_owners import identifying_prefix
from latticetop.model.records.lattice import (
    EndpointAssociation,
    Lattice,
    ResourceAssociation,
    ResourceConfiguration,
    ResourceGateway,
    ServiceAssociation,
    ServiceNetwork,
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
"""What AWS makes the names of endpoints of: ids, a cell's hash, and words of its own."""
_AWS_HOST = re.compile(r"(.+?)((?:\.[a-z]{2}(?:-[a-z]+)+-\d+)?\.(?:on\.aws|api\.aws|amazonaws\.com))")
_AWS_SERVICE = re.compile(r"(?:com\.amazonaws|aws)\.[\w.-]+")
_AWS_PRINCIPAL = re.compile(r"amazon(?:-[a-z]+)?|[\w.-]+\.amazonaws\.com")
_AWS_TEXT = re.compile(r"There aren't sufficient free Ipv[46] addresses or prefixes\.?")
_ACCOUNT = re.compile(r"\d{12}")
_ARN = re.compile(r"(arn:[\w-]*:[\w-]*:[\w-]*):([^:]*):(.*)", re.DOTALL)
_OPERATION = re.compile(r"[\w-]+:\w+")
_KINDS = frozenset(
    ("servicenetwork", "resourceconfiguration", "resourcegateway", "service", "cluster", "db", "attachment", "outpost")
)
"""Words of ARNs that say what kind of resource it is."""
_KEPT_TAGS = frozenset(("Name", "VpcLatticeManaged", "node.k8s.amazonaws.com/instance_id"))
_TAG_BEGINNINGS = ("kubernetes.io/cluster/", "eks:")
"""Of the tags by which a node of EKS is known; a name follows."""


class Redactor:
    """Gives replacements, numbered as they come: one for a whole recording, so that it is consistent within it."""

    def __init__(self) -> None:
        self._given: defaultdict[str, dict[str, str]] = defaultdict(dict)

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot that tells the same of an account nobody knows."""
        return self.record(snapshot)

    def delta(self, changes: SnapshotDelta) -> SnapshotDelta:
        """The changes between two snapshots as those between the two redacted."""
        return self.record(changes)

    def problem(self, problem: Problem) -> Problem:
        """The kind and the operation alone: a message may name anything."""
        operation = problem.operation if _OPERATION.fullmatch(problem.operation) else ""
        what = problem.kind.value.replace("-", " ").capitalize()
        return Problem(problem.kind, operation, f"{what}: {operation}." if operation else f"{what}.")

    def account(self, text: str) -> str:
        """Another account's number."""
        return self._replacement("account", text, "{:012}")

    def name(self, text: str) -> str:
        """`name-1`; nothing for nothing."""
        return self._replacement("name", text, "name-{}")

    def principal(self, text: str) -> str:
        """An account or who acts for it; those of AWS stay."""
        if _ACCOUNT.fullmatch(text):
            return self.account(text)
        return text if _AWS_PRINCIPAL.fullmatch(text) else self.name(text)

    def arn(self, text: str) -> str:
        """An ARN of the same kind of thing, with its id where it has one."""
        found = _ARN.fullmatch(text)
        if found is None:
            return self.name(text)
        kind, *rest = re.split("([/:])", found[3])
        resource = (kind if kind in _KINDS and rest else self._word(kind)) + "".join(map(self._word, rest))
        return f"{found[1]}:{self.principal(found[2])}:{resource}"

    def host(self, text: str) -> str:
        """A name in the DNS; what AWS makes of ids stays."""
        found = _AWS_HOST.fullmatch(text)
        if found is None:
            return self._replacement("host", text, "host-{}.example")
        labels = (label if _LABEL.fullmatch(label) else self.name(label) for label in found[1].split("."))
        return ".".join(labels) + found[2]

    def service(self, text: str) -> str:
        """The name of an endpoint service; those in AWS's form stay."""
        return text if _AWS_SERVICE.fullmatch(text) else self.name(text)

    def text(self, text: str) -> str:
        """A sentence; those of AWS that name nothing stay."""
        return text if _AWS_TEXT.fullmatch(text) else self._replacement("text", text, "(text {})")

    def description(self, text: str) -> str:
        """An ENI's description: what it is for stays, with its id."""
        told = identifying_prefix(text)
        if not told:
            return self.name(text)
        head = _ARN.match(told)
        rest = re.sub(r"[^\s()/]+", lambda token: self._word(token[0]), text[len(told) :])
        return (f"{head[1]}:{self.principal(head[2])}:" if head else told) + rest

    def tags(self, tags: Tags) -> Tags:
        """Tags; those that tell what an ENI is for stay."""
        return tuple(self._tag(tag) for tag in tags)

    def record(self, value: _S) -> _S:
        """A record with what its rules say replaced."""
        rules = _RULES.get(type(value), {})
        return structs.replace(value, **{name: rule(self, getattr(value, name)) for name, rule in rules.items()})

    def blank(self, _: str) -> str:
        """Nothing."""
        return ""

    def _tag(self, tag: Tag) -> Tag:
        value = tag.value if _ID.fullmatch(tag.value) or tag.value in ("true", "owned") else self.name(tag.value)
        if tag.key in _KEPT_TAGS or tag.key.startswith("aws:"):
            return Tag(tag.key, value)
        beginning = next((each for each in _TAG_BEGINNINGS if tag.key.startswith(each)), "")
        return Tag(beginning + self._replacement("tag", tag.key[len(beginning) :], "tag-{}"), value)

    def _word(self, text: str) -> str:
        return text if text in ("/", ":") or _ID.fullmatch(text) else self.name(text)

    def _replacement(self, kind: str, text: str, form: str) -> str:
        if not text:
            return ""
        given = self._given[kind]
        if (found := given.get(text)) is None:
            found = given[text] = form.format(len(given) + 1)
        return found


def _problems(redactor: Redactor, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(map(redactor.problem, problems))


def _one(redactor: Redactor, value: Struct | None) -> Struct | None:
    return None if value is None else redactor.record(value)


def _each(redactor: Redactor, values: tuple[Struct, ...] | None) -> tuple[Struct, ...] | None:
    return None if values is None else tuple(map(redactor.record, values))


def _by_id(redactor: Redactor, values: dict[str, Struct]) -> dict[str, Struct]:
    return {key: redactor.record(value) for key, value in values.items()}


def _by_arn(redactor: Redactor, values: dict[str, Struct] | None) -> dict[str, Struct] | None:
    return None if values is None else {redactor.arn(key): redactor.record(value) for key, value in values.items()}


_WHOLE: dict[str, Callable[[Redactor, Any], object]] = {
    "scope": _one,
    "problems": _problems,
    "vpcs": _by_id,
    "subnets": _by_id,
    "endpoints": _by_id,
    "associations": _by_id,
    "lattice": _one,
}
_RULES: dict[type[Struct], dict[str, Callable[[Redactor, Any], object]]] = {
    Snapshot: _WHOLE,
    SnapshotDelta: _WHOLE,
    Scope: {
        "account_id": Redactor.principal,
        "profile": Redactor.name,
        "role": Redactor.name,
        "endpoint_url": Redactor.blank,
    },
    SubnetReading: {"subnet": _one, "interfaces": _each, "reservations": _each},
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
        "requester_id": Redactor.principal,
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
    Lattice: {"networks": _by_arn, "gateways": _each, "configurations": _each},
    ServiceNetwork: {
        "arn": Redactor.arn,
        "name": Redactor.name,
        "services": _each,
        "resources": _each,
        "endpoints": _each,
    },
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
