"""Where records belong: to which account and Region, told by what they hold, then by what is near them.

An answer of AWS is of one account in one Region. The owner of a subnet is not always that account: another one may
share it. So the account is that of GetCallerIdentity in the same file or folder; else the owner of the endpoints, which
only their account lists; else of most ENIs, or of most subnets, of all answers about the same VPCs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import NamedTuple

from latticetop.aws.answers.answer import Answer
from latticetop.aws.answers.recognise import LATTICE_KINDS, FoundRecord, RecordKind, is_region

_VOTES = (RecordKind.ENDPOINT, RecordKind.INTERFACE, RecordKind.SUBNET, RecordKind.VPC)
"""The kinds whose owner tells the account, the most telling first."""
_IN_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_IN_NAME = re.compile(r"(?:^arn:[\w-]*:[\w-]*:|\.)([a-z]{2}(?:-[a-z]+)+-\d)(?:[.:]|$)")


class Place(NamedTuple):
    """An account and Region; empty where nothing tells them."""

    account_id: str
    region: str


def accounts_of(answers: Sequence[Answer]) -> list[str]:
    """Return the account of each answer, empty where nothing tells it."""
    accounts = list(_by_identity(answers))
    for group in _about_the_same(answers):
        known = {accounts[index] for index in group} - {""}
        account = known.pop() if len(known) == 1 else _by_owner([answers[index] for index in group])
        for index in group:
            accounts[index] = accounts[index] or account
    sole = set(accounts) - {""}
    if len(sole) == 1:
        return [account or next(iter(sole)) for account in accounts]
    return [account or _by_path(answer.path) for account, answer in zip(accounts, answers, strict=True)]


class RegionFinder:
    """Finds the Region of each record: of its zone or an ARN, else of its VPC, subnet or endpoint."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._by_id: dict[str, str] = {}
        regions: Counter[str] = Counter()
        for answer in answers:
            for found in answer.found.records:
                if region := found.region or _told_region(found):
                    regions[region] += 1
                    self._by_id.update(dict.fromkeys(_ids(found), region))
        self._sole = next(iter(regions)) if len(regions) == 1 else ""

    def region_of(self, found: FoundRecord) -> str:
        """Return the Region that the record tells, or what it names; empty if nothing does."""
        if region := found.region or _told_region(found):
            return region
        return next((self._by_id[name] for name in _ids(found) if name in self._by_id), "")

    def region_of_answer(self, answer: Answer, regions: Iterable[str]) -> str:
        """Return the Region of an answer with records of these Regions: for its records that tell none."""
        if words := answer.command.words("region"):
            return words[0]
        most = Counter(region for region in regions if region).most_common(1)
        in_path = next((part for part in reversed(answer.path.parts) if is_region(part)), "")
        return most[0][0] if most else in_path or self._sole


def _told_region(found: FoundRecord) -> str:
    record = found.record
    texts: tuple[str, ...]
    match found.kind:
        case RecordKind.SUBNET | RecordKind.INTERFACE:
            match = _IN_ZONE.match(record.availability_zone)
            return match[0] if match else ""
        case RecordKind.ENDPOINT:
            texts = (record.service_network_arn, record.resource_configuration_arn, record.service_name)
        case RecordKind.ASSOCIATION:
            texts = (record.service_network_arn, record.resource_arn, record.dns_name)
        case kind if kind in LATTICE_KINDS:
            texts = tuple(str(record.get(name, "")) for name in ("arn", "serviceNetworkArn"))
        case RecordKind.EVENT:
            region = record.get("awsRegion")
            return region if is_region(region) else ""
        case _:
            return ""
    return next((match[1] for text in texts if (match := _IN_NAME.search(text))), "")


def _ids(found: FoundRecord) -> tuple[str, ...]:
    """The ids by which records belong together, without those that are empty."""
    record = found.record
    ids: tuple[str, ...] = ()
    match found.kind:
        case RecordKind.SUBNET | RecordKind.INTERFACE:
            ids = (record.subnet_id, record.vpc_id)
        case RecordKind.VPC:
            ids = (record.vpc_id,)
        case RecordKind.RESERVATION:
            ids = (record.subnet_id,)
        case RecordKind.ENDPOINT:
            ids = (record.vpc_endpoint_id, record.vpc_id, *record.subnet_ids)
        case RecordKind.ASSOCIATION:
            ids = (record.vpc_endpoint_id,)
    return tuple(filter(None, ids))


def _by_identity(answers: Sequence[Answer]) -> Iterator[str]:
    """The account by GetCallerIdentity: above the answer in its file, else in that file, else in a folder above it."""
    in_file: dict[PurePath, list[tuple[int, str]]] = defaultdict(list)
    in_folder: dict[PurePath, set[str]] = defaultdict(set)
    for answer in answers:
        for found in answer.found.records:
            if found.kind is RecordKind.IDENTITY:
                in_file[answer.path].append((answer.line, found.record))
                in_folder[answer.path.parent].add(found.record)
    for answer in answers:
        hints = {found.account_id for found in answer.found.records} - {""}
        if len(hints) == 1:
            yield hints.pop()
        elif identities := in_file.get(answer.path):
            above = [account for line, account in identities if line <= answer.line]
            yield above[-1] if above else identities[0][1]
        else:
            accounts = next((in_folder[folder] for folder in answer.path.parents if folder in in_folder), set())
            yield next(iter(accounts)) if len(accounts) == 1 else ""


def _about_the_same(answers: Sequence[Answer]) -> Iterator[list[int]]:
    """The indexes of answers in groups that share VPCs or subnets."""
    parents = list(range(len(answers)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = index = parents[parents[index]]
        return index

    first_with: dict[str, int] = {}
    for index, answer in enumerate(answers):
        for name in {name for found in answer.found.records for name in _ids(found)}:
            parents[root(index)] = root(first_with.setdefault(name, index))
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(answers)):
        groups[root(index)].append(index)
    yield from groups.values()


def _by_owner(answers: Sequence[Answer]) -> str:
    for kind in _VOTES:
        owners: Counter[str] = Counter(
            found.record.owner_id
            for answer in answers
            for found in answer.found.records
            if found.kind is kind and found.record.owner_id
        )
        if owners:
            return str(owners.most_common(1)[0][0])
    return ""


def _by_path(path: PurePath) -> str:
    return next((part for part in reversed(path.parts) if len(part) == 12 and part.isdecimal()), "")
