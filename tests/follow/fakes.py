"""A clock that moves only when told to, and an account made of plain lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from latticetop.follow.status import Phase, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.model.incident.timeline import CloudTrailEvent, EventHistory
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.eks_cluster import EksCluster
from latticetop.model.records.lattice import Lattice, ServiceNetwork
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc
from latticetop.model.snapshot import Scope

START = datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
VPC, OTHER_VPC = "vpc-0d54cbe88a44ffd04", "vpc-0ffffffffffffffff"
A, B, C = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793", "subnet-0ccccccccccccccccc"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"


class FakeClock:
    """A clock that moves only by `advance`, which also ends the waits that are over, and is set by `set_forward`."""

    def __init__(self) -> None:
        self._monotonic = 5_000.0
        self._offset = START - timedelta(seconds=self._monotonic)
        self.waits: list[float | None] = []
        self._seen_waits = 0
        self._waiting = asyncio.Event()
        self._until: float | None = None
        self._elapsed = asyncio.Event()

    def now(self) -> datetime:
        return self._offset + timedelta(seconds=self._monotonic)

    def monotonic(self) -> float:
        return self._monotonic

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        self._until = None if seconds is None else self._monotonic + seconds
        self._elapsed.clear()
        self.waits.append(seconds)
        self._waiting.set()
        tasks = [asyncio.create_task(event.wait()), asyncio.create_task(self._elapsed.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        return event.is_set()

    async def rest(self) -> float | None:
        """Wait until the loop waits again since the last call; return the seconds of its wait."""
        while len(self.waits) == self._seen_waits:
            self._waiting.clear()
            await self._waiting.wait()
        self._seen_waits = len(self.waits)
        return self.waits[-1]

    def advance(self, seconds: float) -> None:
        """Let seconds pass."""
        self._monotonic += seconds
        if self._until is not None and self._monotonic >= self._until:
            self._elapsed.set()

    def set_forward(self, seconds: float) -> None:
        """Set the time of day, back if it is negative; no time passes."""
        self._offset += timedelta(seconds=seconds)

    async def cycle(self, seconds: float) -> float | None:
        """Move the time, let the loop read and wait again; return the seconds of its wait."""
        self.advance(seconds)
        return await self.rest()


class FakeReader:
    """An account as plain lists; `operations` has the calls so far, `failures` the problem to raise, by method."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.calls = 0
        self.on_response: Callable[[], None] = lambda: None
        self.operations: list[str] = []
        self.interface_reads: list[tuple[str, ...]] = []
        self.closed = 0
        self.failures: dict[str, ProblemKind] = {}
        self.gate: asyncio.Event | None = None
        self.entered = asyncio.Event()
        self.account = "123456789012"
        self.account_problem: Problem | None = None
        self.vpc_list = [Vpc(VPC), Vpc(OTHER_VPC)]
        self.subnet_list = [subnet(A, "10.10.10.0/26", 57), subnet(B, "10.10.10.64/26", 59)]
        self.endpoint_list: list[Endpoint] = [endpoint("Available")]
        self.association_list = [Association("vpce-rsc-asc-1", ENDPOINT, accessibility="Accessible")]
        self.interface_list = [interface("eni-13", A, "10.10.10.13"), interface("eni-36", A, "10.10.10.36")]
        self.reservation_list: list[CidrReservation] = []
        self.reservation_reads: list[str] = []
        self.event_list: list[CloudTrailEvent] = []
        self.complete_until: datetime | None = None
        self.event_problem: Problem | None = None
        self.clusters: dict[str, EksCluster] = {}
        self.lattice_gate: asyncio.Event | None = None
        self.lattice_entered = asyncio.Event()
        self.lattice_vpc_ids: list[str] = []

    async def scope(self) -> Scope:
        await self._call("scope")
        return Scope(self.account, "us-east-1", account_problem=self.account_problem)

    async def vpcs(self) -> tuple[Vpc, ...]:
        await self._call("vpcs")
        return tuple(self.vpc_list)

    async def subnets(self) -> tuple[Subnet, ...]:
        await self._call("subnets")
        return tuple(self.subnet_list)

    async def endpoints(self, types: Sequence[str] = ()) -> tuple[Endpoint, ...]:
        await self._call("endpoints")
        return tuple(e for e in self.endpoint_list if not types or e.vpc_endpoint_type in types)

    async def cluster(self, name: str) -> EksCluster:
        await self._call("cluster")
        return self.clusters.get(name, EksCluster(frozenset()))

    async def associations(self) -> tuple[Association, ...]:
        await self._call("associations")
        return tuple(self.association_list)

    async def interfaces(self, subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        self.interface_reads.append(tuple(subnet_ids))
        await self._call("interfaces")
        for interface in self.interface_list:
            if interface.subnet_id in subnet_ids:
                yield (interface,)

    async def reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        await self._call("reservations")
        self.reservation_reads.append(subnet_id)
        return tuple(r for r in self.reservation_list if r.subnet_id == subnet_id)

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        await self._call("describe_interface")
        return {"NetworkInterfaceId": network_interface_id}

    async def lattice(
        self, service_network_arns: Sequence[str], vpc_ids: Sequence[str] = ()
    ) -> tuple[Lattice, tuple[Problem, ...]]:
        try:
            await self._call("lattice")
        except ReadError as error:
            return Lattice(), (error.problem,)
        self.lattice_entered.set()
        if self.lattice_gate is not None:
            await self.lattice_gate.wait()
        self.lattice_vpc_ids = list(vpc_ids)
        return Lattice({arn: ServiceNetwork(arn) for arn in service_network_arns}), ()

    async def event_history(self, start: datetime, end: datetime, progress: Callable[[str], None]) -> EventHistory:
        await self._call("event_history")
        progress("reading")
        complete_until = min(end, self.complete_until or end)
        return EventHistory(tuple(self.event_list), start, end, complete_until, problem=self.event_problem)

    async def close(self) -> None:
        self.closed += 1

    async def _call(self, name: str) -> None:
        self.calls += 1
        self.operations.append(name)
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        self.on_response()
        if kind := self.failures.get(name) or self.failures.get("all"):
            raise ReadError(Problem(kind, f"ec2:{name}", f"{name} failed."))


class Screen:
    """Collects the published updates."""

    def __init__(self) -> None:
        self.updates: list[Update] = []

    def __call__(self, update: Update) -> None:
        self.updates.append(update)

    @property
    def last(self) -> Update:
        return self.updates[-1]

    @property
    def phases(self) -> list[Phase]:
        """The phases in order, without repetitions."""
        phases = [update.status.phase for update in self.updates]
        return [p for i, p in enumerate(phases) if i == 0 or phases[i - 1] is not p]


def subnet(subnet_id: str, cidr: str, free: int, vpc_id: str = VPC) -> Subnet:
    return Subnet(subnet_id, vpc_id, parse_cidr(cidr), free)


def interface(name: str, subnet_id: str, address: str, vpc_id: str = VPC, prefix: str = "") -> NetworkInterface:
    prefixes = (parse_cidr(prefix),) if prefix else ()
    return NetworkInterface(name, subnet_id, vpc_id, addresses=(parse_address(address),), prefixes=prefixes)


def endpoint(state: str, vpc_id: str = VPC, vpc_endpoint_type: str = "ServiceNetwork", id: str = ENDPOINT) -> Endpoint:  # noqa: A002
    return Endpoint(id, vpc_endpoint_type, vpc_id, state, subnet_ids=(A, B))


def with_count(subnets: Iterable[Subnet], subnet_id: str, free: int) -> list[Subnet]:
    return [structs.replace(s, available_ip_address_count=free) if s.subnet_id == subnet_id else s for s in subnets]


EVERYTHING = Selection(all_subnets=True)
