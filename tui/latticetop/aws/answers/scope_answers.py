"""All that files hold of one account and Region, and what they leave open of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, TypeVar

from msgspec import Struct, field

from latticetop.aws.answers.answer import Answer, MissingAnswer
from latticetop.aws.answers.event_lookups import EventLookup, lookup_of
from latticetop.aws.answers.lattice_records import Question, questions_of
from latticetop.aws.answers.placing import Place, RegionFinder, accounts_of
from latticetop.aws.answers.recognise import LATTICE_KINDS, FoundRecord, RecordKind, is_region
from latticetop.aws.answers.times import event_times
from latticetop.model.records.aws_actions import cli_command
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc

_T = TypeVar("_T")
_SUBNET_IN_NAME, _ENDPOINT_IN_NAME = "subnet-", "vpce-"
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_OF_ENDPOINTS = {"vpc-endpoint-ids", "vpc-endpoint-id"}
_LISTED_BY_ID = {
    RecordKind.ENDPOINT: "vpc_endpoint_id",
    RecordKind.ASSOCIATION: "association_id",
    RecordKind.RESERVATION: "subnet_cidr_reservation_id",
}
"""The kinds of which nothing else tells that a record is missing, as AWS's count does of ENIs; and their ids."""


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
    """The kinds of which there is a list, or a record that no create command printed."""
    asked_for_all: set[RecordKind] = field(default_factory=set)
    narrowed: dict[RecordKind, str] = field(default_factory=dict)
    """The place of a list that its command narrows, by its kind."""
    asked_interfaces: set[str] | None = field(default_factory=set)
    asked_associations: set[str] | None = field(default_factory=set)
    asked_reservations: set[str] = field(default_factory=set)
    lattice: dict[RecordKind, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    asked_lattice: set[Question] = field(default_factory=set)
    denied: dict[RecordKind, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The subnets, or an empty string, for which AWS denied a kind when the files were made."""
    tokens: dict[tuple[RecordKind, str], str] = field(default_factory=dict)
    """The place of each list with a NextToken."""
    followed: set[tuple[str, str]] = field(default_factory=set)
    """The actions and tokens of the commands for further pages."""
    unusable: dict[RecordKind, str] = field(default_factory=dict)
    """The place of a list with items that could not be used, by its kind."""
    same_ids: dict[RecordKind, str] = field(default_factory=dict)
    """The place of a list in which different records have one id, by its kind."""
    missing: dict[RecordKind, str] = field(default_factory=dict)
    """Why there may be more of a kind than its lists have: a clause."""
    shaped: Counter[RecordKind] = field(default_factory=Counter)
    times: list[datetime] = field(default_factory=list)
    masked_ids: set[str] = field(default_factory=set)
    """Ids of subnets with different ranges, which no subnet has: somebody wrote the same over several ids."""

    @property
    def vpc_ids(self) -> set[str]:
        """The VPCs and those of the subnets."""
        return {*self.vpcs, *(subnet.vpc_id for subnet in self.subnets.values())}

    @property
    def open_tokens(self) -> dict[RecordKind, str]:
        """The place of a list that goes on, by its kind."""
        return {key[0]: place for key, place in self.tokens.items() if key not in self.followed}

    def add(self, found: FoundRecord) -> None:
        """Add a record. Of two with one id the later wins, but a create command's answer never does."""
        record = found.record
        if not found.is_first_state:
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

    def note_question(self, answer: Answer) -> None:
        """Note of which resources an answer lists all: by its command, else by the only such id in its file's name."""
        found, command = answer.found, answer.command
        self.tokens |= {(kind, token): answer.place for kind, token in found.tokens.items() if kind is not None}
        self.followed |= {(command.action, command.token)} if command.token else set()
        self.kinds |= found.listed
        if RecordKind.EVENT in found.listed and command.operation == "lookup-events":
            self.lookups.append(lookup_of(command, found.tokens.get(RecordKind.EVENT, "")))
        self.unusable |= dict.fromkeys(found.unusable, answer.place)
        self._note_narrowing(answer)
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
            if (items or kind in found.listed) and None not in found.tokens:
                names = command.words("service-network-identifier") or command.words("vpc-identifier")
                self.asked_lattice |= questions_of(kind, items, names)
        if RecordKind.RESERVATION in found.listed and not command.narrowed_by - {"subnet-id"}:
            of_records = {each.record.subnet_id for each in found.records if each.kind is RecordKind.RESERVATION}
            named = command.words("subnet-id") or _ids_in_name(answer, _SUBNET_IN_NAME)
            self.asked_reservations.update(named or of_records)

    def _note_narrowing(self, answer: Answer) -> None:
        """Note a list of which the command leaves records out. The endpoints of associations are noted one by one."""
        narrowed_by = answer.command.narrowed_by
        for kind, allowed in ((RecordKind.ENDPOINT, set[str]()), (RecordKind.ASSOCIATION, _OF_ENDPOINTS)):
            if answer.command.action == kind and narrowed_by - allowed:
                self.narrowed[kind] = answer.place
            elif answer.command.action == kind and not narrowed_by:
                self.asked_for_all.add(kind)

    def note_missing(self, missing: MissingAnswer, *, denied: bool) -> None:
        """Note what is not there of an answer. Of which ENIs there are more, AWS's counts tell."""
        if denied:
            self.denied[missing.kind].update(missing.command.words("subnet-id") or ("",))
        if missing.kind is not RecordKind.INTERFACE:
            failure = "access to it was denied" if denied else f"{cli_command(missing.kind)} failed"
            self.missing.setdefault(missing.kind, missing.clause or f"{failure} when the files were made")


def group(answers: Sequence[Answer], missing: Sequence[MissingAnswer] = ()) -> list[ScopeAnswers]:
    """Return the answers by account and Region, with what is `missing` of each: in order, those with a time by it."""
    accounts, finder = accounts_of(answers), RegionFinder(answers)
    scopes: dict[Place, ScopeAnswers] = {}
    in_folder: dict[PurePath, set[Place]] = defaultdict(set)
    empty: list[tuple[Answer, Place]] = []
    pairs = list(zip(answers, accounts, strict=True))
    for answer, account in sorted(pairs, key=lambda pair: max(pair[0].found.times, default=_NO_TIME)):
        regions = [finder.region_of(found) for found in answer.found.records]
        rest = finder.region_of_answer(answer, regions)
        places: set[Place] = set()
        by_id: dict[tuple[Place, RecordKind, str], Any] = {}
        for found, region in zip(answer.found.records, regions, strict=True):
            if found.kind is not RecordKind.IDENTITY:
                place = Place(found.account_id or account, region or rest)
                scope = scopes.get(place) or scopes.setdefault(place, ScopeAnswers(place))
                scope.add(found)
                places.add(place)
                if found.kind in _LISTED_BY_ID and found.kind in answer.found.listed:
                    key = (place, found.kind, getattr(found.record, _LISTED_BY_ID[found.kind]))
                    if by_id.setdefault(key, found.record) != found.record:
                        scope.same_ids[found.kind] = answer.place
        in_folder[answer.path.parent] |= places
        for place in places:
            scopes[place].note_question(answer)
            for subnet_id in scopes[place].masked_ids & scopes[place].subnets.keys():
                scopes[place].same_ids[RecordKind.SUBNET] = answer.place
                del scopes[place].subnets[subnet_id]
        if not places and (answer.found.listed or answer.found.shaped):
            empty.append((answer, Place(account, rest)))
    for answer, place in empty:
        near = {place} if place.region else in_folder[answer.path.parent] or set(scopes) or {place}
        if len(near) == 1:
            (place,) = near
            scopes.setdefault(place, ScopeAnswers(place)).note_question(answer)
    accounts_in = {answer.path.parent: account for answer, account in pairs if account}
    for each in _unanswered(answers, missing):
        folder, named = each.path.parent, each.command.words("region")
        near = {place for place in in_folder.get(folder, ()) if not named or place.region in named}
        if not near and named and is_region(named[0]):
            # Nothing was answered of this account and Region: it is missing as a whole.
            near = {Place(accounts_in.get(folder, ""), named[0])}
        for place in near or set(scopes):
            scopes.setdefault(place, ScopeAnswers(place)).note_missing(each, denied=_is_denied(each))
    return list(scopes.values())


def _unanswered(answers: Sequence[Answer], missing: Sequence[MissingAnswer]) -> Iterator[MissingAnswer]:
    """Yield what is missing, without commands that were answered at another time."""
    commands = {(each.path.parent, each.command.key) for each in answers if each.found.listed} if missing else set()
    for each in missing:
        if not each.command.operation or (each.path.parent, each.command.key) not in commands:
            yield each


def _is_denied(missing: MissingAnswer) -> bool:
    if not missing.code:
        return False
    from latticetop.aws.errors import is_denial

    return is_denial(missing.code)


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
