"""What was decoded lately, by the bytes it came from: an account that changes little is not decoded again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import blake2b

from latticetop.model.records.resources import NetworkInterface

KEPT_FOR = 400.0
"""Seconds for which at least a part is kept that does not come again: longer than until a subnet's next turn."""


class Remembered:
    """The ENIs of parts of answers. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._lately: dict[bytes, tuple[NetworkInterface, ...]] = {}
        self._before: dict[bytes, tuple[NetworkInterface, ...]] = {}

    def decoded(
        self, part: bytes, decode: Callable[[bytes], tuple[NetworkInterface, ...]]
    ) -> tuple[NetworkInterface, ...]:
        """The ENIs of a part: those that the same bytes gave before, else what `decode` makes of them."""
        digest = blake2b(part, digest_size=16).digest()
        found = self._lately.get(digest)
        if found is None:
            found = self._before.get(digest)
            self._lately[digest] = found = decode(part) if found is None else found
        if self._clock() - self._since > KEPT_FOR:
            self._since, self._before, self._lately = self._clock(), self._lately, {}
        return found
