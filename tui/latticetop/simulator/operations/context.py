"""What the handler of an operation receives and returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.operations.pagination import PageStore
    from latticetop.simulator.region import SimulatedRegion
    from latticetop.simulator.wire.xml_cache import XmlCache

    Params = dict[str, Any]
    Document = Mapping[str, Any]
    Handler = Callable[["OperationContext", Params], Document]


@dataclass(frozen=True, slots=True)
class OperationContext:
    """The account and the Region of a call, the pages still to be read, and the XML cache."""

    account: SimulatedAccount
    region: SimulatedRegion
    pages: PageStore
    xml_cache: XmlCache
