"""What was last read well of each part of a scope, and when."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct, field

from latticetop.follow.clock import Clock
from latticetop.follow.schedule import Known, learn
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc

_T = TypeVar("_T")
ENDPOINTS, ASSOCIATIONS, SUBNETS, VPCS = "endpoints", "associations", "subnets", "vpcs"
"""Names of parts, as in `Snapshot.read_at`."""
LATTICE = "lattice"
"""VPC Lattice's side; its problems go by `lattice 0`, `lattice 1` …, since each of its calls may be denied."""
RESERVATIONS = "reservations"
"""Each subnet's reservations go by this and the id of the subnet."""
TURN = "turn"
"""The last time that reservations were read in another part's place."""
INTERFACES = "interfaces"
"""In `Snapshot.read_at` each subnet's ENIs go by the id of the subnet."""
SELECTION = "selection"
"""The part whose problem is a subnet or VPC that was asked for and does not exist."""
REQUIRED = frozenset({ENDPOINTS, ASSOCIATIONS, SUBNETS, INTERFACES})
"""Without these there is no whole picture; VPC names and reservations may be denied."""


class Parts(Struct):
    """The last good answers. Mappings are replaced, never changed in place, so that snapshots can share them.

    What is as before keeps its object. `interfaces`, `known` and `reservations` are keyed by subnet id. `tried_at` has
    the last attempt that was answered, be it with a refusal, `problems` the failure of the last attempt at a part.
    """

    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    interfaces: dict[str, tuple[NetworkInterface, ...]] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    reservations: dict[str, tuple[CidrReservation, ...]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    """AWS's count of free addresses when a subnet's reservations were last asked for."""
    lattice: Lattice = Lattice()
    lattice_for: tuple[object, object] | None = None
    """The endpoints and associations that VPC Lattice's side was last read for."""
    vpcs_for: frozenset[str] = frozenset()
    """The VPCs that there were subnets of when the VPCs were last asked for."""
    read_at: dict[str, datetime] = field(default_factory=dict)
    tried_at: dict[str, datetime] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)

    async def attempt(self, name: str, reading: Awaitable[_T], clock: Clock) -> _T | None:
        """Await one part's reading; None when it failed, and then its problem is kept until the next attempt."""
        try:
            answer = await reading
        except ReadError as error:
            self.problems[name] = error.problem
            if not passing(error.problem):
                self.tried_at[name] = clock.now()
            return None
        self.problems.pop(name, None)
        self.tried_at[name] = clock.now()
        return answer

    def due(self, name: str, now: datetime, seconds: float) -> bool:
        """Whether a part that is read seldom was last tried that long ago."""
        tried = self.tried_at.get(name)
        return tried is None or now - tried >= timedelta(seconds=seconds)

    def forget_others(self, subnet_ids: frozenset[str]) -> None:
        """Drop what is known of the inside of all other subnets."""
        self.interfaces = {key: value for key, value in self.interfaces.items() if key in subnet_ids}
        self.known = {key: value for key, value in self.known.items() if key in subnet_ids}
        self.reservations = {key: value for key, value in self.reservations.items() if key in subnet_ids}
        self.counted = {key: value for key, value in self.counted.items() if key in subnet_ids}
        keep = (
            subnet_ids | {reservations_of(subnet_id) for subnet_id in subnet_ids} | REQUIRED | {VPCS, SELECTION, TURN}
        )
        for mapping in (self.read_at, self.tried_at, self.problems):
            for key in [key for key in mapping if key not in keep and not key.startswith(LATTICE)]:
                del mapping[key]

    def take_interfaces(self, found: Mapping[str, tuple[NetworkInterface, ...]], now: datetime) -> None:
        """Take over the ENIs of whole subnets; what is as before keeps its object, so that it is compared only once."""
        same = {key for key, interfaces in found.items() if self.interfaces.get(key) == interfaces}
        self.interfaces = self.interfaces | {key: value for key, value in found.items() if key not in same}
        self.known = self.known | {
            key: learn(self.subnets[key], interfaces, self.known.get(key), now) for key, interfaces in found.items()
        }
        self.read_at.update(dict.fromkeys(found, now))

    def settle_interfaces(self, problem: Problem | None) -> None:
        """Note how the last read of ENIs ended."""
        self.problems.pop(INTERFACES, None)
        if problem:
            self.problems[INTERFACES] = problem

    def take_lattice(self, lattice: Lattice, problems: Iterable[Problem], now: datetime) -> None:
        """Take over what VPC Lattice told; a failure that passes leaves what was known.

        It is not tried again at once, so that reads of EC2 do not wait for it each time, unless credentials lack.
        """
        self.problems = {key: problem for key, problem in self.problems.items() if not key.startswith(LATTICE)}
        told = list(problems)
        self.lattice_for = (self.endpoints, self.associations)
        self.problems |= {f"{LATTICE} {number}": problem for number, problem in enumerate(told)}
        if not any(problem.kind.needs_new_credentials for problem in told):
            self.tried_at[LATTICE] = now
        if told:
            self.lattice_for = None
        if not any(passing(problem) for problem in told):
            self.lattice = lattice
            self.read_at[LATTICE] = now

    def distinct_problems(self) -> tuple[Problem, ...]:
        """The problems, the required parts' first, each once."""
        ordered = sorted(self.problems.items(), key=lambda item: (item[0] not in REQUIRED, item[0]))
        return tuple(dict.fromkeys(problem for _, problem in ordered))

    def required_problem(self) -> Problem | None:
        """The gravest problem of a required part: credentials before all else."""
        found = [problem for name, problem in sorted(self.problems.items()) if name in REQUIRED]
        return min(found, key=lambda problem: not problem.kind.needs_new_credentials, default=None)


def passing(problem: Problem) -> bool:
    """Whether the failure has nothing to do with what was asked, so that asking for more now is useless."""
    return problem.kind in (ProblemKind.THROTTLED, ProblemKind.UNREACHABLE) or problem.kind.needs_new_credentials


def reservations_of(subnet_id: str) -> str:
    """The name of the part that is a subnet's CIDR reservations."""
    return f"{RESERVATIONS} {subnet_id}"
