"""The order in which free addresses and /28 blocks are assigned. AWS does not document it, so it is configurable."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Protocol

from latticetop.simulator.ipv4 import format_address, format_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class AddressOrder(Protocol):
    """Choose one of the assignable candidates; the sequences are ascending and never empty."""

    def choose_address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The next single address."""
        ...

    def choose_block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The first address of the next /28 block."""
        ...


class LowestFirst:
    """Choose the lowest address and the lowest block."""

    def choose_address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The lowest candidate."""
        return candidates[0]

    def choose_block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The lowest candidate."""
        return candidates[0]


class RandomOrder:
    """Choose at random; the same seed gives the same choices."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)

    def choose_address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """Any candidate."""
        return self._random.choice(candidates)

    def choose_block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """Any candidate."""
        return self._random.choice(candidates)


class ScriptedOrder:
    """Choose from a list of addresses (``10.0.0.7``) and blocks (``10.0.0.16/28``), then in the fallback order.

    An entry that is not a candidate is skipped and stays in the list.
    """

    def __init__(self, script: Iterable[str], fallback: AddressOrder | None = None) -> None:
        self._script = list(script)
        self._fallback = fallback or LowestFirst()

    def choose_address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The first listed address that is a candidate."""
        choice = self._next_in_script(candidates, format_address)
        return self._fallback.choose_address(subnet_id, candidates) if choice is None else choice

    def choose_block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The first listed block that is a candidate."""
        choice = self._next_in_script(candidates, format_block)
        return self._fallback.choose_block(subnet_id, candidates) if choice is None else choice

    def _next_in_script(self, candidates: Sequence[int], format_candidate: Callable[[int], str]) -> int | None:
        if not self._script:
            return None
        by_text = {format_candidate(candidate): candidate for candidate in candidates}
        for index, entry in enumerate(self._script):
            if entry in by_text:
                del self._script[index]
                return by_text[entry]
        return None
