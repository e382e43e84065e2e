"""In which order EC2 hands out what the rules allow. AWS does not say; a scenario or a test chooses."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Protocol

from latticetop.simulator.addresses import format_address, format_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Order(Protocol):
    """Chooses among candidates that are all lawful; both sequences are ascending and never empty."""

    def address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The next single address."""
        ...

    def block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The first address of the next /28."""
        ...


class LowestFirst:
    """The lowest address, the lowest block."""

    def address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The lowest candidate."""
        return candidates[0]

    def block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The lowest candidate."""
        return candidates[0]


class RandomOrder:
    """Any candidate, the same ones for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)

    def address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """Any candidate."""
        return self._random.choice(candidates)

    def block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """Any candidate."""
        return self._random.choice(candidates)


class Scripted:
    """Addresses (``10.0.0.7``) and blocks (``10.0.0.16/28``) to hand out first; then the fallback's order.

    An entry that is no candidate when its turn comes is passed over and stays in the script.
    """

    def __init__(self, script: Iterable[str], fallback: Order | None = None) -> None:
        self._script = list(script)
        self._fallback = fallback or LowestFirst()

    def address(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The first scripted address that is a candidate."""
        found = self._scripted(candidates, format_address)
        return self._fallback.address(subnet_id, candidates) if found is None else found

    def block(self, subnet_id: str, candidates: Sequence[int]) -> int:
        """The first scripted block that is a candidate."""
        found = self._scripted(candidates, format_block)
        return self._fallback.block(subnet_id, candidates) if found is None else found

    def _scripted(self, candidates: Sequence[int], spell: Callable[[int], str]) -> int | None:
        if not self._script:
            return None
        spelled = {spell(candidate): candidate for candidate in candidates}
        for index, entry in enumerate(self._script):
            if entry in spelled:
                del self._script[index]
                return spelled[entry]
        return None
