"""Values kept for an object as long as the object lives, or for the latest objects, found by their identity."""

from __future__ import annotations

from typing import Generic, TypeVar
from weakref import ref

_O = TypeVar("_O")
_V = TypeVar("_V")


class IdentityCache(Generic[_O, _V]):
    """A value for each object that has one. A value must not refer to its object, which else would live forever.

    Keyed by identity: a map or a reading holds every ENI of a subnet, and hashing or comparing it takes as long as
    making the value. With `most`, the values that were set last are kept, and no more than so many. May be used by
    several threads.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
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
        if self._most is not None and len(entries) > self._most:
            for oldest in list(entries)[: -self._most]:
                entries.pop(oldest, None)

    def pop(self, owner: _O) -> None:
        """Remove the value of an object if it has one."""
        self._entries.pop(id(owner), None)
