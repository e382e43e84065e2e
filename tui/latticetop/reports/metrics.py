"""Prometheus metrics of scopes. What is not known is absent, never 0, and no ENI is a label.

Names and tags are labels of the `_info` metrics alone, so that what is renamed begins no new series of numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria, needs_blocks_for_certain
from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.endpoints.assessment import assess
from latticetop.model.endpoints.endpoint_types import has_associations
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.read_parts import ASSOCIATIONS, reservations_part
from latticetop.model.records.text import clean
from latticetop.reports.metric_names import GAUGES, REQUEST_LABELS, REQUESTS, REQUESTS_MEANING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from prometheus_client.core import Metric

    from latticetop.model.records.problem import Problem
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.redact import Redactor
    from latticetop.model.snapshot import Snapshot


class ScopeRead(Struct, frozen=True):
    """What is known of reading a scope, whether or not anything was read.

    `up` says whether the last read brought what is required. `read_at` is the end of the last one that did, `duration`
    that of the last one and `interval` the time between two, in seconds. `reservations_read_at` is the time of the
    oldest CIDR reservations.
    """

    name: str
    account_id: str
    region: str
    up: bool = False
    read_at: datetime | None = None
    duration: float | None = None
    interval: float | None = None
    problems: tuple[Problem, ...] = ()
    reservations_read_at: datetime | None = None


class Families:
    """Metric families to which the samples of scopes are added. With a `redactor`, no label names anything."""

    def __init__(self, redactor: Redactor | None = None) -> None:
        self._redactor = redactor
        self._families: dict[str, GaugeMetricFamily] = {}
        self._counters: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        """Yield the families that have samples, as a registry of prometheus_client does."""
        yield from self._counters
        for name in GAUGES:
            if name in self._families:
                yield self._families[name]

    def add_build(self, version: str) -> None:
        """Add the version of the program."""
        self._add("build_info", (version,))

    def add_requests(self, counts: Mapping[tuple[str, str, str], int]) -> None:
        """Add the numbers of requests to AWS by service, operation and outcome."""
        family = _requests_family()
        for labels, count in counts.items():
            family.add_metric(labels, count)
        self._counters.append(family)

    def add_scope(self, scope: ScopeRead) -> None:
        """Add how the last read of a scope went."""
        name = self._principal(clean(scope.name))
        labels = (self._principal(scope.account_id), scope.region, name)
        self._add("scope_up", labels, scope.up)
        self._add_time("scope_read_timestamp_seconds", labels, scope.read_at)
        self._add_time("scope_reservations_oldest_timestamp_seconds", labels, scope.reservations_read_at)
        if scope.duration is not None:
            self._add("scope_read_duration_seconds", labels, scope.duration)
        if scope.interval is not None:
            self._add("scope_interval_seconds", labels, scope.interval)
        for kind, operation in dict.fromkeys((problem.kind.value, problem.operation) for problem in scope.problems):
            self._add("scope_problem", (*labels, kind, operation))

    def add_subnets(
        self,
        snapshot: Snapshot,
        subnet_ids: Iterable[str],
        criteria: Criteria = DEFAULT_CRITERIA,
        *,
        block_states: bool = False,
    ) -> None:
        """Add subnets of a snapshot; without IPv4 only what they are. `block_states` adds the blocks by state."""
        for subnet_id in subnet_ids:
            self._add_subnet(snapshot, subnet_id, criteria, block_states)

    def add_endpoints(self, snapshot: Snapshot, endpoints: Iterable[Endpoint]) -> None:
        """Add endpoints of a snapshot."""
        for endpoint in endpoints:
            self._add_endpoint(snapshot, endpoint)

    def _add_subnet(self, snapshot: Snapshot, subnet_id: str, criteria: Criteria, block_states: bool) -> None:
        reading = snapshot.subnets[subnet_id]
        subnet, blocks = reading.subnet, reading.blocks
        labels = self._where(snapshot, subnet_id)
        names = (
            self._scope_name(snapshot),
            subnet.vpc_id,
            self._name(subnet.name),
            str(subnet.cidr_block or ""),
            subnet.availability_zone,
            subnet.availability_zone_id,
            self._principal(subnet.owner_id),
        )
        self._add("subnet_info", (*labels, *names))
        if not blocks.letters:
            return
        self._add("subnet_usable_blocks", labels, len(blocks) - blocks.counts[BlockState.RESERVED])
        if subnet.address_count is not None:
            self._add("subnet_available_addresses", labels, subnet.address_count)
        needs_blocks = needs_blocks_for_certain(snapshot, subnet_id, criteria)
        if needs_blocks is not None:
            self._add("subnet_needs_blocks", labels, needs_blocks)
        for missing in snapshot.missing_data(subnet_id):
            self._add("subnet_missing_data", (*labels, missing.part.value, missing.cause.value))
        free = free_blocks_of(snapshot, subnet_id)
        if free is not None:
            self._add("subnet_unaccounted_addresses", labels, reading.unaccounted)
            for state in BlockState if block_states else ():
                self._add("subnet_blocks", (*labels, state.key), blocks.counts[state])
        if free is not None and free.certain:
            self._add("subnet_free_blocks_min", labels, free.min)
            self._add("subnet_free_blocks_max", labels, free.max)

    def _add_endpoint(self, snapshot: Snapshot, endpoint: Endpoint) -> None:
        labels = self._where(snapshot, endpoint.vpc_endpoint_id)
        associations = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
        network = next((a.service_network_name for a in associations if a.service_network_name), "")
        names = (
            self._scope_name(snapshot),
            endpoint.vpc_id,
            self._name(endpoint.name),
            endpoint.vpc_endpoint_type,
            self._name(network),
        )
        assessment = assess(snapshot, endpoint)
        self._add("endpoint_info", (*labels, *names))
        for verdict in Verdict:
            self._add("endpoint_verdict", (*labels, verdict.value), verdict is assessment.verdict)
        if ASSOCIATIONS in snapshot.read_at and has_associations(endpoint):
            self._add("endpoint_associations", labels, assessment.associations)
            self._add("endpoint_accessible_associations", labels, assessment.accessible)
        self._add_time("endpoint_creation_timestamp_seconds", labels, endpoint.creation_timestamp)
        for subnet_id in dict.fromkeys(endpoint.subnet_ids):
            self._add("endpoint_subnet", (*labels, subnet_id))

    def _add(self, name: str, labels: tuple[str, ...], value: float = 1) -> None:
        family = self._families.get(name)
        if family is None:
            family = self._families[name] = gauge_family(name)
        family.add_metric(labels, value)

    def _add_time(self, name: str, labels: tuple[str, ...], at: datetime | None) -> None:
        if at is not None:
            self._add(name, labels, at.timestamp())

    def _where(self, snapshot: Snapshot, resource_id: str) -> tuple[str, str, str]:
        return self._principal(snapshot.scope.account_id), snapshot.scope.region, resource_id

    def _scope_name(self, snapshot: Snapshot) -> str:
        return self._principal(clean(snapshot.scope.role or snapshot.scope.profile))

    def _name(self, text: str) -> str:
        return self._redactor.name(text) if self._redactor else clean(text)

    def _principal(self, text: str) -> str:
        return self._redactor.principal(text) if self._redactor and text else text


def gauge_family(name: str) -> GaugeMetricFamily:
    """Return an empty family by its name without `latticetop_`."""
    documentation, labels = GAUGES[name]
    return GaugeMetricFamily(f"latticetop_{name}", documentation, labels=labels)


def all_families() -> list[Metric]:
    """Return every family, in the order of the text, without samples."""
    return [_requests_family(), *map(gauge_family, GAUGES)]


def oldest_reservations(snapshot: Snapshot) -> datetime | None:
    """Return when the oldest CIDR reservations were read; None if none was."""
    read_at = snapshot.read_at
    times = (read_at.get(reservations_part(subnet_id)) for subnet_id in snapshot.subnets)
    return min((at for at in times if at is not None), default=None)


def _requests_family() -> CounterMetricFamily:
    return CounterMetricFamily(f"latticetop_{REQUESTS}", REQUESTS_MEANING, labels=REQUEST_LABELS)
