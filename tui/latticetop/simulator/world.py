"""The state that all Regions of a simulated account share, and the behaviour of AWS that is configurable."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from latticetop.simulator.address_orders import LowestFirst
from latticetop.simulator.clock import ManualClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latticetop.simulator.address_orders import AddressOrder
    from latticetop.simulator.clock import SimulatedClock
    from latticetop.simulator.ids import IdGenerator


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointBuildSettings:
    """How an endpoint is built: times in simulated seconds, those of VPC Lattice as observed on 2024-12-19.

    ``behaviour`` says how resource ENIs hold addresses: `2024`, in /28 prefixes; `today`, one address for each
    resource configuration (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html).
    The first ENI of each kind is created after ``resources_at`` or ``services_at``, the next ones ``..._interval``
    later. ``retry_gaps`` are the waits before each retry of a failed ENI. An interface or Gateway Load Balancer
    endpoint becomes `available` after ``available_after``.
    """

    behaviour: Literal["2024", "today"] = "2024"
    resources_at: float = 8.0
    resources_interval: float = 1.0
    services_at: float = 22.0
    services_interval: float = 11.0
    retry_gaps: tuple[float, ...] = (12.0, 15.0, 17.0, 21.0)
    attach_after: float = 2.0
    settle_after: float = 1.0
    roll_back_after: float = 2.0
    delete_after: float = 20.0
    available_after: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """The reading of each rule that AWS does not document, or documents in one place only.

    ``reservations_lower_count``: docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html says so.
    ``reserved_addresses_twice``, ``participants_read_reservations``: not documented.
    ``resource_endpoint_blocks``: today's documents give such an endpoint single addresses; a public report of 2025
    (ClickHouse/clickhouse-docs#4742) wants "a consecutive block of 16 IP addresses per subnet".
    """

    reservations_lower_count: bool = True
    reserved_addresses_twice: bool = False
    participants_read_reservations: bool = False
    resource_endpoint_blocks: bool = False


@dataclass(kw_only=True)
class SimulatedWorld:
    """Clock, id generator, caller and settings of one account; notify listeners after each change."""

    account_id: str
    clock: SimulatedClock
    ids: IdGenerator
    address_order: AddressOrder = field(default_factory=LowestFirst)
    build_settings: EndpointBuildSettings = field(default_factory=EndpointBuildSettings)
    rules: RuleSettings = field(default_factory=RuleSettings)
    caller_user_id: str = "AROAEXAMPLEADMIN00001:demo"
    _listeners: list[Callable[[], object]] = field(default_factory=list)

    @property
    def caller_arn(self) -> str:
        """The ARN of the identity whose credentials reach the simulator."""
        return f"arn:aws:sts::{self.account_id}:assumed-role/Administrator/demo"

    def notify(self) -> None:
        """Call the listeners; to be called after each change of the account."""
        for listener in tuple(self._listeners):
            listener()

    def add_listener(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Call a function after each change, in the thread of the change; return the function that removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @contextmanager
    def in_the_past(self, **ago: float) -> Iterator[ManualClock]:
        """Run the block with the clock set back by a ``timedelta``; at its end run all actions it queued."""
        present = self.clock
        past = ManualClock(present.current_time() - timedelta(**ago))
        self.clock = past
        try:
            yield past
            past.finish()
        finally:
            self.clock = present
