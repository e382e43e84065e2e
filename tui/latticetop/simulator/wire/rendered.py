"""Resources that are written once and served many times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Interface

Cache = dict[str, tuple["Interface", str]]
SPARE = 1_000
"""Texts of interfaces that are gone which may stay."""


def forget_gone(cache: Cache, regions: Collection[Region]) -> None:
    """Drop the texts of interfaces that are in none of the Regions any more, once there are many."""
    if len(cache) > SPARE + sum(len(region.interfaces) for region in regions):
        for interface_id in cache.keys() - {key for region in regions for key in region.interfaces}:
            del cache[interface_id]


class Rendered:
    """An interface in place of its document: its text is kept until another object takes its place."""

    __slots__ = ("_cache", "_render", "_resource")

    def __init__(self, resource: Interface, render: Callable[[Interface], Mapping[str, Any]], cache: Cache) -> None:
        self._resource = resource
        self._render = render
        self._cache = cache

    @property
    def resource_id(self) -> str:
        """The id of the interface."""
        return self._resource.id

    def written(self, write: Callable[[Mapping[str, Any]], str]) -> str:
        """The resource's text, from the cache if it is still the same object."""
        known = self._cache.get(self._resource.id)
        if known and known[0] is self._resource:
            return known[1]
        text = write(self._render(self._resource))
        self._cache[self._resource.id] = (self._resource, text)
        return text
