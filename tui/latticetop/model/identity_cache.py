"""Values kept for an object as long as the object lives, found by its identity."""

from __future__ import annotations

from typing import Generic, TypeVar
from weakref import ref

_O = TypeVar("_O")
_V = TypeVar("_V")


class IdentityCache(Generic[_O, _V]):
    """A value for each object that has one. A value must not refer to its object, which else would live forever.

    Keyed by identity: a map or a reading holds every ENI of a subnet, and hashing or comparing it takes as long as
    making the value. May be used by several threads.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[ref[_O], _V]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, owner: object) -> bool:
        return id(owner) in self._entries

    def get(self, owner: _O) -> _V | None:
        """The value of an object; None if it has none."""
        entry = self._entries.get(id(owner))
        return entry[1] if entry else None

    def __setitem__(self, owner: _O, value: _V) -> None:
        entries, key = self._entries, id(owner)
        # Called before the identity can be used again.
        entries[key] = ref(owner, lambda _: entries.pop(key, None)), value

    def pop(self, owner: _O) -> None:
        """Remove the value of an object if it has one."""
        self._entries.pop(id(owner), None)
