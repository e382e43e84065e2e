"""All that files hold of one account and Region, and what they leave open of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any, TypeVar

from msgspec import Struct, field

from latticetop.aws.answers.answer import Answer
from latticetop.aws.answers.aws_commands import AwsCommand
from latticetop.aws.answers.event_lookups import EventLookup, lookup_of
from latticetop.aws.answers.lattice_records import Question, questions_of
from latticetop.aws.answers.placing import Place, RegionFinder, accounts_of
from latticetop.aws.answers.recognise import LATTICE_KINDS, FoundRecord, RecordKind
from latticetop.aws.answers.times import event_times
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc

_T = TypeVar("_T")
_SUBNET_IN_NAME, _ENDPOINT_IN_NAME = "subnet-", "vpce-"


class ScopeAnswers(Struct):
    """The records of one account and Region by id, and of which resources their lists were asked for.

    A subnet in `asked_interfaces` has no other ENIs than those here; likewise the other `asked_…`. None stands for all.
    """

    place: Place
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    interfaces: dict[str, dict[str, NetworkInterface]] = field(default_factory=lambda: defaultdict(dict))
    reservations: dict[str, dict[str, CidrReservation]] = field(default_factory=lambda: defaultdict(dict))
    events: list[Mapping[str, Any]] = field(default_factory=list)
    lookups: list[EventLookup] = field(default_factory=list)
    """The lookups of CloudTrail events by the commands in the files."""
    kinds: set[RecordKind] = field(default_factory=set)
    """The kinds of which there is a list or a record."""
    asked_interfaces: set[str] | None = field(default_factory=set)
    asked_associations: set[str] | None = field(default_factory=set)
    asked_reservations: set[str] = field(default_factory=set)
    lattice: dict[RecordKind, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    asked_lattice: set[Question] = field(default_factory=set)
    denied: dict[RecordKind, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The subnets, or an empty string, for which AWS denied a kind when the files were made."""
    open_tokens: dict[RecordKind, str] = field(default_factory=dict)
    """The place of a list that goes on, by its kind."""
    unusable: dict[RecordKind, str] = field(default_factory=dict)
    """The place of a list with items that could not be used, by its kind."""
    shaped: Counter[RecordKind] = field(default_factory=Counter)
    times: list[datetime] = field(default_factory=list)
    masked_ids: set[str] = field(default_factory=set)
    """Ids of subnets with different ranges, which no subnet has: somebody wrote the same over several ids."""

    @property
    def vpc_ids(self) -> set[str]:
        """The VPCs and those of the subnets."""
        return {*self.vpcs, *(subnet.vpc_id for subnet in self.subnets.values())}

    def add(self, found: FoundRecord) -> None:
        """Add a record. Of two with one id the later wins, but a create command's answer never does."""
        record = found.record
        self.kinds.add(found.kind)
        match found.kind:
            case RecordKind.VPC:
                _put(self.vpcs, record.vpc_id, found)
            case RecordKind.SUBNET:
                known = self.subnets.get(record.subnet_id, record)
                if known.cidr_block != record.cidr_block:
                    self.masked_ids.add(record.subnet_id)
                _put(self.subnets, record.subnet_id, found)
            case RecordKind.ENDPOINT:
                _put(self.endpoints, record.vpc_endpoint_id, found)
                self.times += [record.creation_timestamp] if record.creation_timestamp else []
            case RecordKind.ASSOCIATION:
                _put(self.associations, record.association_id, found)
            case RecordKind.INTERFACE:
                _put(self.interfaces[record.subnet_id], record.network_interface_id, found)
                self.times += [record.attached_at] if record.attached_at else []
            case RecordKind.RESERVATION:
                _put(self.reservations[record.subnet_id], record.subnet_cidr_reservation_id, found)
            case RecordKind.EVENT:
                self.events.append(record)
                self.times += event_times(record)
            case kind if kind in LATTICE_KINDS:
                self.lattice[kind].append(record)
            case _:
                pass

    def note_question(self, answer: Answer, followed: Collection[str]) -> None:
        """Note of which resources an answer lists all: by its command, else by the only such id in its file's name.

        A list whose token is not among those `followed` up goes on.
        """
        found, command = answer.found, answer.command
        self.open_tokens |= {
            kind: answer.place for kind, token in found.tokens.items() if kind is not None and token not in followed
        }
        self.kinds |= found.listed
        if RecordKind.EVENT in found.listed and command.operation == "lookup-events":
            goes_on = found.tokens.get(RecordKind.EVENT, "") not in {"", *followed}
            self.lookups.append(lookup_of(command, goes_on=goes_on))
        self.unusable |= dict.fromkeys(found.unusable, answer.place)
        self.times += found.times
        self.shaped += found.shaped
        if RecordKind.INTERFACE in found.listed:
            if command.asks_for_all:
                self.asked_interfaces = None
            elif self.asked_interfaces is not None:
                self.asked_interfaces.update(command.filtered("subnet-id"))
        if RecordKind.ASSOCIATION in found.listed:
            if command.asks_for_all:
                self.asked_associations = None
            elif self.asked_associations is not None:
                asked = command.words("vpc-endpoint-ids") or command.filtered("vpc-endpoint-id")
                self.asked_associations.update(asked or _ids_in_name(answer, _ENDPOINT_IN_NAME))
        for kind in LATTICE_KINDS:
            items = [each.record for each in found.records if each.kind is kind]
            if items or kind in found.listed:
                names = command.words("service-network-identifier") or command.words("vpc-identifier")
                self.asked_lattice |= questions_of(kind, items, names)
        if RecordKind.RESERVATION in found.listed:
            self.asked_reservations.update(command.words("subnet-id") or _ids_in_name(answer, _SUBNET_IN_NAME))


def group(answers: Sequence[Answer], refused: Iterable[tuple[AwsCommand, str]] = ()) -> list[ScopeAnswers]:
    """Return the answers by account and Region, in order. `refused` are commands that AWS refused, with the code."""
    followed = {answer.command.token for answer in answers}
    accounts, finder = accounts_of(answers), RegionFinder(answers)
    scopes: dict[Place, ScopeAnswers] = {}
    in_folder: dict[PurePath, set[Place]] = defaultdict(set)
    empty: list[tuple[Answer, Place]] = []
    for answer, account in zip(answers, accounts, strict=True):
        regions = [finder.region_of(found) for found in answer.found.records]
        rest = finder.region_of_answer(answer, regions)
        places: set[Place] = set()
        for found, region in zip(answer.found.records, regions, strict=True):
            if found.kind is not RecordKind.IDENTITY:
                place = Place(found.account_id or account, region or rest)
                scope = scopes.get(place) or scopes.setdefault(place, ScopeAnswers(place))
                scope.add(found)
                places.add(place)
        in_folder[answer.path.parent] |= places
        for place in places:
            scopes[place].note_question(answer, followed)
            for subnet_id in scopes[place].masked_ids & scopes[place].subnets.keys():
                scopes[place].unusable[RecordKind.SUBNET] = answer.place
                del scopes[place].subnets[subnet_id]
        if not places and (answer.found.listed or answer.found.shaped):
            empty.append((answer, Place(account, rest)))
    for answer, place in empty:
        near = {place} if place.region else in_folder[answer.path.parent] or set(scopes) or {place}
        if len(near) == 1:
            (place,) = near
            scopes.setdefault(place, ScopeAnswers(place)).note_question(answer, followed)
    denied = _denied(refused)
    for command in denied:
        for scope in scopes.values():
            if set(command.words("region")) <= {scope.place.region}:
                scope.denied[RecordKind(command.action)].update(command.words("subnet-id") or ("",))
    return list(scopes.values())


def _denied(refused: Iterable[tuple[AwsCommand, str]]) -> list[AwsCommand]:
    if not (refused := list(refused)):
        return []
    from latticetop.aws.errors import is_denial

    return [command for command, code in refused if is_denial(code) and command.action in list(RecordKind)]


def _put(records: dict[str, _T], key: str, found: FoundRecord) -> None:
    if not (found.is_first_state and key in records):
        records[key] = found.record


def _ids_in_name(answer: Answer, beginning: str) -> list[str]:
    name = answer.path.name
    start = name.find(beginning)
    if start < 0 or name.count(beginning) > 1:
        return []
    end = start + len(beginning)
    while end < len(name) and name[end].isalnum():
        end += 1
    return [name[start:end]]
