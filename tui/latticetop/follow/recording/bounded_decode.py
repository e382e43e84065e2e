"""Decode MessagePack of unknown origin within a limit of memory.

A byte of MessagePack can become twenty bytes of objects, so the size of a message says little. A large message is
decoded in pieces, and the memory of the process is looked at after each.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from mmap import PAGESIZE
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Raw, Struct, structs

T = TypeVar("T")
PIECE_SIZE = 1 << 18
"""The largest message in bytes that is decoded at once."""
MAX_GROWTH = 190 << 20
"""The most memory in bytes that the objects of one message may take; 100,000 ENIs take 175 MB."""
MAX_ITEMS = 1 << 17
"""The most items of one array or map of a message that is larger than a piece."""
_Items = Annotated[list[Raw], Meta(max_length=MAX_ITEMS)]
_Entries = Annotated[dict[str, Raw], Meta(max_length=MAX_ITEMS)]


def decode(message: bytes, type_: type[T]) -> T:
    """Decode a message; raises msgspec.MsgspecError if it is not of the type, MemoryError if it takes too much."""
    decoded: T = _BoundedDecoder().decode(message, type_)
    return decoded


class _BoundedDecoder:
    """Splits arrays, maps and records until the pieces are small."""

    def __init__(self) -> None:
        self._limit = resident_size() + MAX_GROWTH

    def decode(self, message: bytes | Raw, type_: Any) -> Any:
        """Decode a message of a type of the model."""
        size = len(memoryview(message))
        if size <= PIECE_SIZE:
            return _decoder(type_).decode(message)
        if resident_size() > self._limit:
            raise MemoryError
        type_ = _without_none(type_)
        origin = get_origin(type_)
        if origin is tuple:
            item_type, _ = get_args(type_)
            return tuple(self._all(_decoder(_Items).decode(message), item_type, size))
        if origin is dict:
            entries = _decoder(_Entries).decode(message)
            return dict(zip(entries, self._all(entries.values(), get_args(type_)[1], size), strict=True))
        if isinstance(type_, type) and issubclass(type_, Struct) and not type_.__struct_config__.array_like:
            return self._record(_decoder(_Entries).decode(message), type_)
        raise msgspec.ValidationError(f"{size} bytes are too many for {type_}")

    def _all(self, pieces: Any, type_: Any, size: int) -> list[Any]:
        """Decode items, looking at the memory after every piece or so."""
        between = max(1, len(pieces) * PIECE_SIZE // size)
        decoded = []
        for number, piece in enumerate(pieces, 1):
            decoded.append(self.decode(piece, type_))
            if number % between == 0 and resident_size() > self._limit:
                raise MemoryError
        return decoded

    def _record(self, values: dict[str, Raw], type_: type[Struct]) -> Struct:
        """Make a record of its members; unknown ones, of a later version, are left out."""
        members = {
            member.name: self.decode(values[member.encode_name], member.type)
            for member in structs.fields(type_)
            if member.encode_name in values
        }
        missing = [m.encode_name for m in structs.fields(type_) if m.required and m.name not in members]
        if missing:
            raise msgspec.ValidationError(f"{type_.__name__} has no {missing[0]}")
        return type_(**members)


@lru_cache(maxsize=256)
def _decoder(type_: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(type_)


def _without_none(type_: Any) -> Any:
    """The type in an optional one."""
    if get_origin(type_) in (Union, UnionType):
        options = [option for option in get_args(type_) if option is not type(None)]
        return options[0] if len(options) == 1 else type_
    return type_


def resident_size() -> int:
    """The memory of the process in bytes; where only its peak is known, the peak; 0 where nothing is."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * PAGESIZE
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
