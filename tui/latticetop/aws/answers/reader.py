"""The reader of one account and Region from files: a `follow.reader.Reader` that sends nothing.

What the files do not hold raises ReadError with the command to run instead. A part is read only if its records are
there, or a list of them that was asked for: nothing is taken to be empty that was not asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from latticetop.aws.answers.event_lookups import EventCoverage, coverage
from latticetop.aws.answers.lattice_records import LatticeRecords
from latticetop.aws.answers.problems import denied
from latticetop.aws.answers.recognise import RecordKind
from latticetop.aws.answers.scope_answers import ScopeAnswers
from latticetop.model.endpoints.endpoint_types import has_associations
from latticetop.model.endpoints.verdict import has_ended
from latticetop.model.incident.timeline import EventHistory
from latticetop.model.records import aws_actions
from latticetop.model.records.eks_cluster import EksCluster, is_in_cluster
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import IncompleteError, Problem, ProblemKind, ReadError
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc
from latticetop.model.snapshot import Scope, SubnetReading

_T = TypeVar("_T")
_NOUNS = {
    RecordKind.VPC: "VPCs",
    RecordKind.SUBNET: "subnets",
    RecordKind.INTERFACE: "network interfaces",
    RecordKind.ENDPOINT: "VPC endpoints",
    RecordKind.ASSOCIATION: "associations of VPC endpoints",
    RecordKind.RESERVATION: "CIDR reservations",
    RecordKind.EVENT: "CloudTrail events",
}
_SHAPED = {
    RecordKind.SUBNET: "valid CidrBlock",
    RecordKind.INTERFACE: "NetworkInterfaceId or SubnetId",
    RecordKind.ENDPOINT: "VpcEndpointType or State",
    RecordKind.ASSOCIATION: "Id or VpcEndpointId",
}


class AnswersReader:
    """A `follow.reader.Reader` of what files hold of one account and Region, as of a time."""

    def __init__(self, answers: ScopeAnswers, at: datetime) -> None:
        self.on_response: Callable[[], None] = lambda: None
        self.calls = 0
        self._answers = answers
        self._at = at

    async def scope(self) -> Scope:
        """Return the account and Region; with the problem that nothing tells the account."""
        account_id, region = self._answers.place
        problem = None
        if not account_id:
            message = "The files do not tell the account id."
            problem = _not_given(aws_actions.GET_CALLER_IDENTITY, message, self._command(RecordKind.IDENTITY))
        return Scope(account_id, region, account_problem=problem)

    @property
    def has_every_endpoint(self) -> bool:
        """Whether the files have a whole list of endpoints, which tells the subnets that are of interest."""
        try:
            self._list(RecordKind.ENDPOINT, ())
        except ReadError:
            return False
        return True

    @property
    def first_problem(self) -> Problem | None:
        """What to do first where the files have no part that is enough to tell anything."""
        shaped = next((kind for kind in _SHAPED if self._answers.shaped[kind]), RecordKind.SUBNET)
        try:
            self._list(shaped, ())
        except ReadError as error:
            return error.problem
        return None

    async def vpcs(self) -> tuple[Vpc, ...]:
        """Return the VPCs."""
        return self._list(RecordKind.VPC, self._answers.vpcs.values())

    async def subnets(self) -> tuple[Subnet, ...]:
        """Return the subnets."""
        return self._list(RecordKind.SUBNET, self._answers.subnets.values())

    async def cluster(self, name: str) -> EksCluster:
        """Return the subnets of the ENIs of an EKS cluster: its own ones are in no file."""
        by_subnet = self._answers.interfaces.items()
        return EksCluster(frozenset(i for i, enis in by_subnet if any(is_in_cluster(e, name) for e in enis.values())))

    async def endpoints(self, types: Sequence[str] = ()) -> tuple[Endpoint, ...]:
        """Return the VPC endpoints of these types, or all."""
        endpoints = self._list(RecordKind.ENDPOINT, self._answers.endpoints.values())
        return tuple(e for e in endpoints if not types or e.vpc_endpoint_type in types)

    async def associations(self) -> tuple[Association, ...]:
        """Return the associations; IncompleteError with those that are there if some endpoint was not asked for."""
        answers = self._answers
        records = tuple(answers.associations.values())
        needed = {
            e.vpc_endpoint_id for e in answers.endpoints.values() if has_associations(e) and not has_ended(e.state)
        }
        if not needed and RecordKind.ENDPOINT in answers.kinds and RecordKind.ASSOCIATION not in answers.open_tokens:
            return records
        records = self._list(RecordKind.ASSOCIATION, records)
        if answers.asked_associations is None:
            return records
        unasked = needed - answers.asked_associations - {association.vpc_endpoint_id for association in records}
        if unasked:
            message = f"The files have no associations of {_and(sorted(unasked))}."
            command = self._command(RecordKind.ASSOCIATION, f"--vpc-endpoint-ids {' '.join(sorted(unasked))}")
            raise IncompleteError(_not_given(RecordKind.ASSOCIATION, message, command), records)
        return records

    async def interfaces(self, subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        """Yield the ENIs of these subnets, subnet by subnet.

        ReadError for a subnet without any, unless they were asked for or AWS counts no address in use.
        """
        self._list(RecordKind.INTERFACE, ())
        for subnet_id in subnet_ids:
            interfaces = tuple(self._answers.interfaces.get(subnet_id, {}).values())
            if not interfaces and not self._is_known_empty(subnet_id):
                message = "The files do not have the network interfaces of every subnet."
                raise ReadError(_not_given(RecordKind.INTERFACE, message, self._command(RecordKind.INTERFACE)))
            yield interfaces

    async def reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        """Return the IPv4 CIDR reservations of a subnet."""
        answers = self._answers
        if RecordKind.RESERVATION in answers.open_tokens:
            raise ReadError(self._goes_on(RecordKind.RESERVATION))
        if RecordKind.RESERVATION in answers.unusable:
            raise ReadError(self._unusable(RecordKind.RESERVATION))
        reservations = answers.reservations.get(subnet_id)
        if RecordKind.RESERVATION in answers.same_ids:
            raise ReadError(self._same_ids(RecordKind.RESERVATION))
        if not reservations and subnet_id in answers.denied[RecordKind.RESERVATION]:
            raise ReadError(denied(RecordKind.RESERVATION))
        if subnet_id not in answers.asked_reservations:
            message = "The files do not have the CIDR reservations of every subnet."
            command = f"{self._command(RecordKind.RESERVATION)} --subnet-id …"
            raise ReadError(_not_given(RecordKind.RESERVATION, message, command))
        return tuple((reservations or {}).values())

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Raise ReadError: other attributes of an ENI are not kept."""
        message = "Further attributes of a network interface are in the files alone."
        raise ReadError(Problem(ProblemKind.NOT_OFFERED, aws_actions.DESCRIBE_INTERFACES, message))

    async def lattice(
        self, service_network_arns: Sequence[str], vpc_ids: Sequence[str] = ()
    ) -> tuple[Lattice, tuple[Problem, ...]]:
        """Return the VPC Lattice records of these service networks and VPCs, as `aws.lattice` reads them."""
        from latticetop.aws.lattice import read_lattice

        client = LatticeRecords(self._answers.lattice, self._answers.asked_lattice, self._answers.denied)
        return await read_lattice(client, service_network_arns, vpc_ids)

    async def event_history(self, start: datetime, end: datetime, progress: Callable[[str], None]) -> EventHistory:
        """Return the events of a time window; ReadError if the files have no events of it."""
        from latticetop.aws.cloudtrail import DELIVERY_DELAY, decode_events

        answers = self._answers
        complete_until = min(end, max(start, self._at - DELIVERY_DELAY))
        followed = {token for action, token in answers.followed if action == RecordKind.EVENT}
        covered = coverage(answers.lookups, start, complete_until, followed) if answers.lookups else None
        window = f"--lookup-attributes AttributeKey=ReadOnly,AttributeValue=false --start-time {_z(start)}"
        command = self._command(RecordKind.EVENT, f"{window} --end-time {_z(end)}")
        if RecordKind.EVENT not in answers.kinds and answers.denied[RecordKind.EVENT]:
            raise ReadError(denied(RecordKind.EVENT))
        if RecordKind.EVENT not in answers.kinds or covered is EventCoverage.NONE:
            of_window = f" from {start:%H:%M:%S} to {end:%H:%M:%S} UTC" if RecordKind.EVENT in answers.kinds else ""
            raise ReadError(_not_given(RecordKind.EVENT, f"The files have no CloudTrail events{of_window}.", command))
        events, undecoded = decode_events(map(_as_looked_up, answers.events))
        by_id = {event.event_id or f"no id {number}": event for number, event in enumerate(events)}
        within = sorted(
            (event for event in by_id.values() if start <= event.event_time <= end),
            key=lambda event: event.event_time,
            reverse=True,
        )
        problem = None
        if covered is EventCoverage.PART:
            message = "The files have some of the CloudTrail events only."
            problem = _not_given(RecordKind.EVENT, message, command)
        elif covered is None and RecordKind.EVENT in answers.open_tokens:
            problem = self._goes_on(RecordKind.EVENT)
        all_read = covered in (None, EventCoverage.ALL)
        return EventHistory(tuple(within), start, end, complete_until, all_read, len(undecoded), problem)

    async def close(self) -> None:
        """Do nothing: the files are closed."""

    def _list(self, kind: RecordKind, records: Iterable[_T]) -> tuple[_T, ...]:
        """The records of a kind. ReadError if the files have no such list, or one that goes on."""
        answers, records = self._answers, tuple(records)
        if kind in answers.open_tokens:
            raise IncompleteError(self._goes_on(kind), records)
        if kind in answers.unusable:
            raise IncompleteError(self._unusable(kind), records)
        if kind in answers.same_ids:
            raise IncompleteError(self._same_ids(kind), records)
        if kind in answers.kinds and kind in answers.missing:
            raise IncompleteError(self._may_be_more(kind, answers.missing[kind]), records)
        if kind in answers.kinds and kind in answers.narrowed and kind not in answers.asked_for_all:
            clause = f"the command of {answers.narrowed[kind]} asks for some of them only"
            raise IncompleteError(self._may_be_more(kind, clause), records)
        if kind in answers.kinds:
            return records
        if answers.denied[kind]:
            raise ReadError(denied(kind))
        if answers.shaped[kind]:
            message = f"The {_NOUNS[kind]} in the files have no {_SHAPED[kind]}, as after --query or masking."
            raise ReadError(_not_given(kind, message, self._command(kind), without_query=True))
        if records:
            message = f"The files have no list of {_NOUNS[kind]}."
            raise IncompleteError(_not_given(kind, message, self._command(kind)), records)
        raise ReadError(_not_given(kind, f"The files have no {_NOUNS[kind]}.", self._command(kind)))

    def _unusable(self, kind: RecordKind) -> Problem:
        """The problem of a list of which some items are no records."""
        place = self._answers.unusable[kind]
        message = f"{place}: some of the {_NOUNS[kind]} lack members, as after --query or masking."
        return _not_given(kind, message, self._command(kind), without_query=True)

    def _same_ids(self, kind: RecordKind) -> Problem:
        """The problem of a list in which different records have one id."""
        message = f"{self._answers.same_ids[kind]}: different {_NOUNS[kind]} have one id, as after masking."
        step = f"Ask for a different text in place of each id, or run: {self._command(kind)}"
        return Problem(ProblemKind.INCOMPLETE, kind, message, step)

    def _may_be_more(self, kind: RecordKind, clause: str) -> Problem:
        """The problem of a list of which an answer is missing."""
        message = f"There may be more {_NOUNS[kind]}: {clause}."
        return Problem(ProblemKind.INCOMPLETE, kind, message, f"Run: {self._command(kind)}")

    def _goes_on(self, kind: RecordKind) -> Problem:
        """The problem of a list with a NextToken that no command in the files asks for."""
        message = f"There are more {_NOUNS[kind]}: {self._answers.open_tokens[kind]} ends with a NextToken."
        step = "Run the command again with --starting-token, without --max-items, or for one resource at a time."
        if kind in (RecordKind.ASSOCIATION, RecordKind.RESERVATION):
            step = "The AWS CLI does not fetch further pages of this list: latticetop dump prints commands that do."
        return Problem(ProblemKind.INCOMPLETE, kind, message, step)

    def _is_known_empty(self, subnet_id: str) -> bool:
        """Whether a subnet without ENIs was asked for, or AWS's count shows that there are none."""
        answers, subnet = self._answers, self._answers.subnets.get(subnet_id)
        if answers.asked_interfaces is None or subnet_id in answers.asked_interfaces:
            return True
        if subnet is None or subnet.address_count is None:
            return False
        reservations = tuple(answers.reservations.get(subnet_id, {}).values())
        return not SubnetReading(subnet, reservations=reservations).unaccounted_now

    def _command(self, kind: RecordKind, options: str = "") -> str:
        region = self._answers.place.region
        in_region = f"--region {region}" if region and kind is not RecordKind.IDENTITY else ""
        managed = "--include-managed-resources" if kind is RecordKind.INTERFACE else ""
        return " ".join(filter(None, (aws_actions.cli_command(kind), options, managed, in_region)))


def _not_given(operation: str, message: str, command: str, *, without_query: bool = False) -> Problem:
    step = f"Run, without --query: {command}" if without_query else f"Run: {command}"
    return Problem(ProblemKind.NOT_GIVEN, str(operation), message, step)


def _as_looked_up(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event as LookupEvents returns it: with the event itself as JSON in a string."""
    if "CloudTrailEvent" in event:
        return event
    import msgspec

    return {"CloudTrailEvent": msgspec.json.encode(event).decode()}


def _and(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _z(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
