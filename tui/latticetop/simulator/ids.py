"""Resource ids, UUIDs and MAC addresses: random, but the same for the same seed."""

from __future__ import annotations

import uuid
from collections import defaultdict, deque
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class IdGenerator:
    """Generate identifiers: the preset values of a kind first, then random ones from the seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)
        self._preset: defaultdict[str, deque[str]] = defaultdict(deque)

    def preset(self, kind: str, values: Iterable[str]) -> None:
        """Queue the next values of a kind, such as ``eni`` or ``mac``."""
        self._preset[kind].extend(values)

    def new(self, prefix: str) -> str:
        """An id in EC2's form: the prefix, a dash and 17 hexadecimal digits, of which the first is 0."""
        return self._next_preset(prefix) or f"{prefix}-0{self.new_hex('', 16)}"

    def new_uuid(self, kind: str) -> str:
        """A version 4 UUID."""
        return self._next_preset(kind) or str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def new_hex(self, kind: str, digits: int) -> str:
        """A number of that many hexadecimal digits."""
        return self._next_preset(kind) or f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def new_mac(self) -> str:
        """A locally administered MAC address."""
        return self._next_preset("mac") or "02:" + ":".join(f"{self._random.getrandbits(8):02x}" for _ in range(5))

    def _next_preset(self, kind: str) -> str | None:
        values = self._preset.get(kind)
        return values.popleft() if values else None
