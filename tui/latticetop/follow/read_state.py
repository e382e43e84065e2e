"""The state of reading a scope: the last successful answer for each part, when it was read, and its problem."""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct, field, structs

from latticetop.follow.schedule import LastRead, last_read_of
from latticetop.follow.subnet_selection import subnets_of_cluster
from latticetop.follow.timing import AsyncClock
from latticetop.model.records.eks_cluster import EksCluster
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import IncompleteError, Problem, ProblemKind, ReadError
from latticetop.model.records.read_parts import (
    CLUSTER,
    ENDPOINTS,
    LATTICE,
    REQUIRED_LISTS,
    VPCS,
    cluster_part,
    reservations_part,
)
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc

_T = TypeVar("_T")
RESERVATIONS_TURN = "turn"
"""In `tried_at`: the last time that reservations were read instead of the associations."""
INTERFACES = "interfaces"
"""The problem of reading ENIs, of whatever subnets."""
SELECTION = "selection"
"""The problem that a selected subnet or VPC does not exist."""
REQUIRED = frozenset({*REQUIRED_LISTS, INTERFACES})
"""The parts without which a snapshot is incomplete; VPC names and reservations are optional."""


class ReadState(Struct):
    """The last successful answers. Mappings of records are replaced, never changed in place: snapshots share them.

    An answer equal to the previous one keeps the previous object. `interfaces`, `last_reads`, `reservations` and
    `free_counts` are keyed by subnet id. `read_at` has times of day, for the snapshot. `tried_at` has the last attempt
    that AWS answered, a denial included, in seconds of the monotonic clock, and `problems` the failure of the last
    attempt.
    """

    account_id: str = ""
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    interfaces: dict[str, tuple[NetworkInterface, ...]] = field(default_factory=dict)
    last_reads: dict[str, LastRead] = field(default_factory=dict)
    reservations: dict[str, tuple[CidrReservation, ...]] = field(default_factory=dict)
    free_counts: dict[str, int] = field(default_factory=dict)
    """AvailableIpAddressCount at the time that a subnet's reservations were last read."""
    cluster_subnets: dict[str, frozenset[str]] = field(default_factory=dict)
    """The subnets of the EKS clusters that are selected, by the name of the cluster."""
    lattice: Lattice = Lattice()
    lattice_read_for: tuple[object, object] | None = None
    """The endpoints and associations at the time that the VPC Lattice records were last read."""
    vpcs_read_for: frozenset[str] = frozenset()
    """The VPCs of all subnets at the time that the VPCs were last read."""
    read_at: dict[str, datetime] = field(default_factory=dict)
    tried_at: dict[str, float] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    """Subnets of which one read is enough to show unaccounted addresses, since no other will come."""

    async def attempt(self, part: str, reading: Awaitable[_T], clock: AsyncClock) -> _T | None:
        """Await the reading of one part; None if it fails, and its problem is then kept until the next attempt.

        Of an incomplete part the records that there are; it does not count as read, see `note_read`.
        """
        try:
            answer = await reading
        except IncompleteError as error:
            self.problems[part] = error.problem
            records: _T = error.records  # type: ignore[assignment]
            return records
        except ReadError as error:
            self.problems[part] = error.problem
            if not is_transient(error.problem):
                self.tried_at[part] = clock.monotonic()
            return None
        self.problems.pop(part, None)
        self.tried_at[part] = clock.monotonic()
        return answer

    def note_read(self, part: str, clock: AsyncClock) -> None:
        """Note that a part was read, if the last attempt brought all of it."""
        if part not in self.problems:
            self.read_at[part] = clock.now()

    @property
    def known_endpoints(self) -> Iterable[Endpoint] | None:
        """The endpoints; None if they were never read."""
        return self.endpoints.values() if ENDPOINTS in self.read_at else None

    def is_due(self, part: str, now: float, seconds: float) -> bool:
        """Return whether the last attempt at a part was at least `seconds` ago, or there was none."""
        tried = self.tried_at.get(part)
        return tried is None or now - tried >= seconds

    def keep_subnets(self, subnet_ids: frozenset[str]) -> None:
        """Drop the ENIs and reservations of all other subnets."""
        self.interfaces = {key: value for key, value in self.interfaces.items() if key in subnet_ids}
        self.last_reads = {key: value for key, value in self.last_reads.items() if key in subnet_ids}
        self.reservations = {key: value for key, value in self.reservations.items() if key in subnet_ids}
        self.free_counts = {key: value for key, value in self.free_counts.items() if key in subnet_ids}
        reservations_parts = {reservations_part(subnet_id) for subnet_id in subnet_ids}
        kept = subnet_ids | reservations_parts | REQUIRED | {VPCS, SELECTION, RESERVATIONS_TURN}
        for mapping in (self.read_at, self.tried_at, self.problems):
            for key in [key for key in mapping if key not in kept and not key.startswith((LATTICE, CLUSTER))]:
                del mapping[key]

    def restate_times(self, step: timedelta) -> None:
        """Move the times of day after the clock of the machine was set forward by a `step` (back if negative)."""
        self.read_at = {part: at + step for part, at in self.read_at.items()}

    def was_deleted(self, subnet_id: str, problem: Problem | None) -> bool:
        """Return whether a problem of a call for one subnet means that it vanished since the subnets were listed.

        It did if it was removed meanwhile. Of a subnet of another account AWS may mean that this account cannot see it.
        """
        if problem is None or problem.kind is not ProblemKind.NOT_FOUND:
            return False
        subnet = self.subnets.get(subnet_id)
        return subnet is None or self.account_id in ("", subnet.owner_id or self.account_id)

    def remove_subnet(self, subnet_id: str) -> None:
        """Remove a subnet, with all that was read of it, until AWS lists it again; endpoints are no longer in it."""
        self.subnets = {key: subnet for key, subnet in self.subnets.items() if key != subnet_id}
        if any(subnet_id in endpoint.subnet_ids for endpoint in self.endpoints.values()):
            self.endpoints = {
                key: structs.replace(e, subnet_ids=tuple(i for i in e.subnet_ids if i != subnet_id))
                for key, e in self.endpoints.items()
            }
        self.keep_subnets(frozenset(self.subnets))

    def set_cluster(self, name: str, cluster: EksCluster) -> None:
        """Set the subnets of an EKS cluster; those of before are kept where a problem left some out."""
        before = frozenset[str]()
        if cluster.problem is not None:
            before = self.cluster_subnets.get(name, before)
            self.problems[cluster_part(name)] = cluster.problem
        self.cluster_subnets = self.cluster_subnets | {name: before | cluster.subnet_ids}

    def unread_cluster_problem(self, name: str) -> Problem | None:
        """Return why no subnet of an EKS cluster is known, None where some are or it is in none.

        Tags of subnets alone do not count: a cluster that could not be read may be in others too.
        """
        if name in self.cluster_subnets and subnets_of_cluster(name, self.subnets, self.cluster_subnets):
            return None
        return self.problems.get(cluster_part(name))

    def set_interfaces(self, by_subnet: Mapping[str, tuple[NetworkInterface, ...]], clock: AsyncClock) -> None:
        """Set the ENIs of completely read subnets; equal ENIs keep the previous object, so they are compared once."""
        by_subnet = {key: interfaces for key, interfaces in by_subnet.items() if key in self.subnets}
        equal = {key for key, interfaces in by_subnet.items() if self.interfaces.get(key) == interfaces}
        self.interfaces = self.interfaces | {key: value for key, value in by_subnet.items() if key not in equal}
        self.last_reads = self.last_reads | {
            key: last_read_of(self.subnets[key], interfaces, self.last_reads.get(key), clock.monotonic())
            for key, interfaces in by_subnet.items()
        }
        self.read_at.update(dict.fromkeys(by_subnet, clock.now()))

    def set_interfaces_problem(self, problem: Problem | None) -> None:
        """Set the problem of the last read of ENIs; None if it was successful."""
        self.problems.pop(INTERFACES, None)
        if problem:
            self.problems[INTERFACES] = problem

    def set_lattice(self, lattice: Lattice, problems: Iterable[Problem], clock: AsyncClock) -> None:
        """Set the VPC Lattice records; a transient problem or a bad answer keeps the previous ones.

        Each of the calls may be denied: their problems are `lattice 0`, `lattice 1` …. They are not tried again in the
        next cycle, so that a failure does not delay every read of EC2, unless new credentials are needed.
        """
        self.problems = {key: problem for key, problem in self.problems.items() if not key.startswith(LATTICE)}
        failures = list(problems)
        self.lattice_read_for = None if failures else (self.endpoints, self.associations)
        self.problems |= {f"{LATTICE} {number}": problem for number, problem in enumerate(failures)}
        if not any(problem.needs_new_credentials for problem in failures):
            self.tried_at[LATTICE] = clock.monotonic()
        if not any(is_transient(problem) or problem.kind is ProblemKind.BAD_ANSWER for problem in failures):
            self.lattice = lattice
            self.read_at[LATTICE] = clock.now()

    def distinct_problems(self) -> tuple[Problem, ...]:
        """Return the problems without repetitions, those of the required parts first."""
        ordered = sorted(self.problems.items(), key=lambda item: (item[0] not in REQUIRED, item[0]))
        return tuple(dict.fromkeys(problem for _, problem in ordered))

    def required_problem(self, required: Collection[str] = REQUIRED) -> Problem | None:
        """Return the most severe problem of the required parts, credentials first; None if there is none."""
        problems = [problem for part, problem in sorted(self.problems.items()) if part in required]
        return min(problems, key=lambda problem: not problem.needs_new_credentials, default=None)


def is_transient(problem: Problem) -> bool:
    """Return whether a failure is independent of the call, so that further calls would fail now as well."""
    kinds = (ProblemKind.THROTTLED, ProblemKind.UNREACHABLE, ProblemKind.BUSY)
    return problem.kind in kinds or problem.needs_new_credentials
