"""Random subnets, the same for the model and the simulator, and hostile orders of allocation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from random import Random

from hypothesis import strategies as st

from latticetop.model.capacity.demand import Behaviour, Demand
from latticetop.model.records.address import format_address, parse_cidr
from latticetop.model.snapshot import SubnetReading
from latticetop.simulator import ManualClock
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.allocation import AddressPool
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest, create_interface
from latticetop.simulator.region import SimulatedRegion
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.model import builders

SUBNET = "subnet-1"
FIRST = parse_cidr("10.0.7.0/24").first

# The content of a block: offsets of individual addresses, whether it is a prefix, reservations (offset, length, type).
BlockContent = tuple[tuple[int, ...], bool, tuple[tuple[int, int, str], ...]]
EMPTY: BlockContent = ((), False, ())
FULL: BlockContent = (tuple(range(16)), False, ())


@dataclass(frozen=True)
class World:
    """A subnet of 10.0.7.0/24, block by block."""

    length: int
    blocks: tuple[BlockContent, ...]

    @property
    def cidr(self) -> str:
        return f"10.0.7.0/{self.length}"

    @cached_property
    def reserved_by_aws(self) -> frozenset[int]:
        """AWS's own five addresses."""
        return frozenset(FIRST + place for place in (0, 1, 2, 3, 16 * len(self.blocks) - 1))

    @cached_property
    def single_addresses(self) -> list[int]:
        """The individual addresses in use."""
        places = (16 * n + place for n, block in enumerate(self.blocks) if not block[1] for place in block[0])
        return [FIRST + place for place in places if FIRST + place not in self.reserved_by_aws]

    @cached_property
    def prefix_addresses(self) -> list[int]:
        """The first address of each prefix."""
        return [FIRST + 16 * n for n in range(1, len(self.blocks) - 1) if self.blocks[n][1]]

    @property
    def reservations(self) -> list[tuple[str, str]]:
        return [
            (f"{format_address(FIRST + 16 * n + place)}/{length}", kind)
            for n, block in enumerate(self.blocks)
            for place, length, kind in block[2]
        ]

    def by_interface(self) -> Iterator[list[str]]:
        """The addresses and prefixes of each ENI: a few addresses, some with a prefix."""
        addresses = [format_address(address) for address in self.single_addresses]
        prefixes = [f"{format_address(address)}/28" for address in self.prefix_addresses]
        for start in range(0, len(addresses), 3):
            yield addresses[start : start + 3] + ([prefixes.pop()] if prefixes else [])
        yield from ([prefix] for prefix in prefixes)

    @cached_property
    def used(self) -> frozenset[int]:
        """The addresses in use, those of prefixes too."""
        in_prefixes = (first + n for first in self.prefix_addresses for n in range(16))
        return frozenset((*self.single_addresses, *in_prefixes))

    @cached_property
    def unused(self) -> list[int]:
        """The addresses that nobody uses and that are not AWS's own five."""
        taken = self.used | self.reserved_by_aws
        return [address for address in range(FIRST, FIRST + 16 * len(self.blocks)) if address not in taken]

    def reserved(self, kind: str) -> set[int]:
        """The addresses inside reservations of this type."""
        return {
            FIRST + 16 * n + place + more
            for n, block in enumerate(self.blocks)
            for place, length, reservation_type in block[2]
            if reservation_type == kind
            for more in range(1 << 32 - length)
        }

    def reading(self, unaccounted: int = 0, *, lowered: bool = False) -> SubnetReading:
        """The subnet with unaccounted addresses. If `lowered`, AWS's count leaves out those in prefix reservations."""
        interfaces = (builders.eni(f"eni-{n}", SUBNET, *addresses) for n, addresses in enumerate(self.by_interface()))
        unused = self.unused
        reserved = self.reserved("prefix") & {*unused} if lowered else ()
        return builders.reading(
            SUBNET,
            self.cidr,
            *interfaces,
            reservations=tuple(self.reservations),
            available=len(unused) - unaccounted - len(reserved),
            unaccounted=unaccounted,
        )

    def region(self, behaviour: Behaviour = Behaviour.TODAY, unaccounted: Iterable[int] = ()) -> SimulatedRegion:
        """A Region of the simulator with only this subnet; no interface has the `unaccounted` addresses in use."""
        account = SimulatedAccount(clock=ManualClock())
        region = account.region()
        vpc = add_vpc(region, "10.0.0.0/16", vpc_id="vpc-1")
        add_subnet(region, vpc.id, self.cidr, subnet_id=SUBNET)
        for cidr, kind in self.reservations:
            add_reservation(region, SUBNET, cidr, kind)
        for texts in self.by_interface():
            request = AddressRequest(
                addresses=tuple(text for text in texts if "/" not in text),
                prefixes=tuple(text for text in texts if "/" in text),
            )
            if request.addresses:
                create_interface(region, NetworkInterfaceRequest(subnet_id=SUBNET, address_request=request))
            else:
                # A prefix on an interface whose primary address is elsewhere.
                region.address_pools[SUBNET].assign_block(request.prefixes[0], "eni-elsewhere")
        for address in unaccounted:
            region.address_pools[SUBNET].assign_address(format_address(address), "unaccounted")
        return region

    def pool(self, unaccounted: Iterable[int] = ()) -> AddressPool:
        """The simulator's pool of this subnet."""
        pool = copy(self._pool)
        pool.single_addresses, pool.prefixes = dict(pool.single_addresses), dict(pool.prefixes)
        for address in unaccounted:
            pool.assign_address(format_address(address), "unaccounted")
        return pool

    @cached_property
    def _pool(self) -> AddressPool:
        return self.region().address_pools[SUBNET]

    def placements(self, unaccounted: int, *, outside_reservations: bool = False) -> Iterator[tuple[int, ...]]:
        """The places of this many unaccounted addresses, those that no rule tells apart only once.

        No rule tells addresses of a block apart that are in reservations of the same types.
        """
        prefix, explicit = self.reserved("prefix"), self.reserved("explicit")
        groups: dict[tuple[int, bool, bool], list[int]] = {}
        for address in self.unused:
            if not (outside_reservations and address in prefix):
                groups.setdefault((address >> 4, address in prefix, address in explicit), []).append(address)
        yield from _placements(list(groups.values()), unaccounted)


def _placements(groups: list[list[int]], unaccounted: int) -> Iterator[tuple[int, ...]]:
    if not unaccounted:
        yield ()
    elif groups:
        for count in range(min(unaccounted, len(groups[0])) + 1):
            for rest in _placements(groups[1:], unaccounted - count):
                yield (*groups[0][:count], *rest)


class FragmentingOrder:
    """Assign each address in a block without one, if any, which fragments it; assign blocks at random."""

    def __init__(self, pool: AddressPool, seed: int, *, last: bool = False) -> None:
        self.pool, self.random, self.last = pool, Random(seed), last

    def choose_address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        touched = {address >> 4 for address in self.pool.single_addresses}
        fragmenting = [address for address in candidates if address >> 4 not in touched]
        return self._choose(fragmenting or candidates)

    def choose_block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        return self._choose(candidates)

    def _choose(self, candidates: Sequence[int]) -> int:
        return candidates[-1] if self.last else self.random.choice(candidates)


class SparingOrder(FragmentingOrder):
    """Assign addresses in blocks with others, and the blocks with the fewest free addresses."""

    def choose_address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        touched = {address >> 4 for address in self.pool.single_addresses} | {self.pool.first >> 4, self.pool.last >> 4}
        return self._choose([address for address in candidates if address >> 4 in touched] or candidates)

    def choose_block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        free = [address >> 4 for address in self.pool.free_addresses()]
        return min(candidates, key=lambda base: free.count(base >> 4))


def _reserved(*places: tuple[int, int], kind: str = "prefix") -> BlockContent:
    return ((), False, tuple((place, length, kind) for place, length in places))


_CROWDED = st.integers(0, 3).map(lambda gaps: (tuple(range(gaps, 16)), False, ()))
_FEW = st.lists(st.integers(0, 15), min_size=1, max_size=3, unique=True).map(lambda at: (tuple(at), False, ()))
_PARTLY = st.sampled_from(
    [
        _reserved((0, 29)),
        _reserved((6, 31)),
        _reserved((0, 29), (8, 30)),
        _reserved((0, 29), (8, 30), (12, 31)),
        _reserved((0, 29), (8, 30), (12, 31), (14, 32)),
        _reserved((1, 32), (2, 31), (4, 30), (8, 29)),
    ]
)
_OTHER = st.sampled_from(
    [
        ((), True, ()),
        _reserved((0, 28)),
        _reserved((0, 28), kind="explicit"),
        _reserved((4, 30), kind="explicit"),
        ((3,), False, ((0, 29, "prefix"),)),
        ((), False, ((0, 29, "prefix"), (12, 30, "explicit"))),
        (tuple(range(8, 16)), False, ((0, 29, "prefix"),)),
    ]
)
_SAFE = st.just(_reserved((0, 28)))
_MIXED = st.one_of(st.just(EMPTY), st.just(FULL), _CROWDED, _FEW, _PARTLY, _OTHER)
_TIGHT = st.one_of(_PARTLY, _PARTLY, _SAFE, st.just(FULL))
"""Few assignable addresses, and many of them in blocks that AWS may assign first."""


def _of(length: int) -> st.SearchStrategy[World]:
    count = 1 << 28 - length
    mixed = st.lists(_MIXED, min_size=count, max_size=count)
    edge, inner = (
        st.lists(st.one_of(_CROWDED, st.just(FULL)), min_size=2, max_size=2),
        st.lists(_TIGHT, min_size=count, max_size=count),
    )
    tight = st.builds(lambda edges, inside: [edges[0], *inside[1:-1], edges[1]][:count], edge, inner)
    return st.one_of(mixed, tight).map(lambda blocks: World(length, tuple(blocks)))


def worlds(shortest: int, longest: int) -> st.SearchStrategy[World]:
    """Subnets whose prefixes are from `shortest` to `longest` bits long."""
    return st.one_of([_of(length) for length in range(shortest, longest + 1)])


def demands(most: int = 4, resources: int = 70) -> st.SearchStrategy[Demand]:
    """Endpoints of either behaviour, now and then with separate prefixes."""
    return st.builds(
        Demand,
        endpoints=st.one_of(st.integers(1, most), st.integers(0, most)),
        resources=st.one_of(st.just(0), st.integers(0, 3), st.integers(0, resources)),
        behaviour=st.sampled_from(Behaviour),
        prefixes=st.one_of(st.just(0), st.just(0), st.just(0), st.integers(0, most)),
    )
