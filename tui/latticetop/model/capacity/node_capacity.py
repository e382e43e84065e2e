"""The capacity of a subnet in EKS nodes and in pods, where it has nodes that hold prefixes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.capacity.counting_subnets import NODE_KINDS
from latticetop.model.capacity.decide import Capacity, capacity_of
from latticetop.model.capacity.demand import ONE_ENDPOINT, PODS_PER_PREFIX, Demand
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.text import plural

if TYPE_CHECKING:
    from collections.abc import Collection

    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.snapshot import SubnetReading

_LARGEST_NODES = IdentityCache["SubnetReading", tuple[int, int]]()


class NodeCapacity(Struct, frozen=True):
    """How many more nodes fit, each as large as the largest one of the subnet; and how many pods fit on free blocks.

    Unless the pods are `certain`, there may be more: CIDR reservations were not read.
    """

    nodes: Capacity
    prefixes_per_node: int
    min_pods: int
    max_pods: int
    certain: bool = True

    @property
    def nodes_text(self) -> str:
        """The nodes with the size of each: `+4-6 nodes of 6 /28`."""
        noun = plural(self.nodes.possible if self.nodes.certain == self.nodes.possible else 2, "node")
        return f"+{self.nodes} {noun} of {self.prefixes_per_node:,} /28"

    @property
    def pods(self) -> str:
        """The number of pods, at least and at most: `608`, `32-64`; `?` if none of them are known."""
        if not (self.certain or self.max_pods):
            return "?"
        low = "" if self.min_pods == self.max_pods else f"{self.min_pods:,}-"
        return f"{low}{self.max_pods:,}"

    @property
    def pods_text(self) -> str:
        """The pods with their noun: `608 pods`."""
        return "pods unknown" if self.pods == "?" else f"{self.pods} pods"


def node_capacity(reading: SubnetReading, missing: Collection[MissingData] = ()) -> NodeCapacity | None:
    """Count the nodes and pods; None without a node that holds prefixes, and without a known number of free blocks.

    `missing` is what was not read of the subnet.
    """
    demand, free = node_demand(reading), free_blocks_in(reading, missing)
    if demand is None or free is None:
        return None
    nodes = capacity_of(reading, demand, missing)
    pods = free.min * PODS_PER_PREFIX, free.max * PODS_PER_PREFIX
    return NodeCapacity(nodes, demand.prefixes_per_node, *pods, certain=free.certain)


def node_demand(reading: SubnetReading) -> Demand | None:
    """Return the demand of one more node as large as the largest one of the subnet; None without one with prefixes.

    That is the node with most prefixes; of those, the one with most interfaces.
    """
    largest = _LARGEST_NODES.get(reading)
    if largest is None:
        _LARGEST_NODES[reading] = largest = _largest_node(reading)
    prefixes, interfaces = largest
    return Demand(0, 0, nodes=1, prefixes_per_node=prefixes, interfaces_per_node=interfaces) if prefixes else None


def prefix_demand(reading: SubnetReading) -> Demand:
    """Return what a subnet needs blocks for: an endpoint, unless most of its prefixes are of others.

    Then it is one more node as large as its largest, or one bare prefix where no node is seen.
    """
    letters = reading.blocks.letters
    if letters.count(BlockState.ALLOCATED) <= letters.count(BlockState.LATTICE):
        return ONE_ENDPOINT
    return node_demand(reading) or Demand(0, 0, prefixes=1)


def _largest_node(reading: SubnetReading) -> tuple[int, int]:
    """Return the prefixes and the interfaces of the largest node; only ENIs with prefixes are looked at closely."""
    prefixes, interfaces = Counter[str](), Counter[str]()
    for interface in reading.interfaces:
        if interface.prefixes and (owner := owner_of(interface)).kind in NODE_KINDS:
            prefixes[owner.name] += len(interface.prefixes)
            interfaces[owner.name] += interface.instance_id != owner.name
    interfaces.update(i.instance_id for i in reading.interfaces if i.instance_id in prefixes)
    return max(((count, interfaces[name]) for name, count in prefixes.items()), default=(0, 0))
