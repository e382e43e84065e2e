"""Identifiers: the same for the same seed, and the real ones where a scenario knows them."""

from __future__ import annotations

import uuid
from collections import defaultdict, deque
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Ids:
    """Hands out identifiers: first those put aside for a kind, then random ones from the seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)
        self._aside: defaultdict[str, deque[str]] = defaultdict(deque)

    def put_aside(self, kind: str, values: Iterable[str]) -> None:
        """Queue values to be handed out next for a kind, such as ``eni`` or ``request``."""
        self._aside[kind].extend(values)

    def new(self, prefix: str) -> str:
        """An EC2-like id: the prefix, a dash, 17 hexadecimal digits of which the first is 0."""
        return self._known(prefix) or f"{prefix}-0{self.hex('', 16)}"

    def uuid(self, kind: str) -> str:
        """A version 4 UUID."""
        return self._known(kind) or str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def hex(self, kind: str, digits: int) -> str:
        """So many hexadecimal digits."""
        return self._known(kind) or f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def mac(self) -> str:
        """A locally administered MAC address."""
        return self._known("mac") or "02:" + ":".join(f"{self._random.getrandbits(8):02x}" for _ in range(5))

    def _known(self, kind: str) -> str | None:
        values = self._aside.get(kind)
        return values.popleft() if values else None
