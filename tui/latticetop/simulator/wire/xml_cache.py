"""A cache of the XML of network interfaces, because large accounts return the same ones in each response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from latticetop.simulator.ec2_resources import SimulatedNetworkInterface
    from latticetop.simulator.region import SimulatedRegion

XmlCache = dict[str, tuple["SimulatedNetworkInterface", str]]
"""The object that was formatted and its XML, by network interface id."""

MAX_DELETED_ENTRIES = 1_000
"""Entries of deleted network interfaces that may stay in the cache."""


def evict_deleted(cache: XmlCache, regions: Collection[SimulatedRegion]) -> None:
    """Remove the entries of deleted network interfaces once there may be too many."""
    if len(cache) > MAX_DELETED_ENTRIES + sum(len(region.interfaces) for region in regions):
        for interface_id in cache.keys() - {key for region in regions for key in region.interfaces}:
            del cache[interface_id]


class CachedInterface:
    """A network interface in a response, in place of its document."""

    __slots__ = ("_cache", "_interface", "_to_document")

    def __init__(
        self,
        interface: SimulatedNetworkInterface,
        to_document: Callable[[SimulatedNetworkInterface], Mapping[str, Any]],
        cache: XmlCache,
    ) -> None:
        self._interface = interface
        self._to_document = to_document
        self._cache = cache

    @property
    def resource_id(self) -> str:
        """The id of the network interface."""
        return self._interface.id

    def to_xml(self, format_document: Callable[[Mapping[str, Any]], str]) -> str:
        """The XML, from the cache unless a new object has replaced the interface."""
        entry = self._cache.get(self._interface.id)
        if entry and entry[0] is self._interface:
            return entry[1]
        xml = format_document(self._to_document(self._interface))
        self._cache[self._interface.id] = (self._interface, xml)
        return xml
