"""What an operation is given, and the table of operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latticetop.simulator.account import Account
    from latticetop.simulator.operations.paging import Pages
    from latticetop.simulator.region import Region
    from latticetop.simulator.wire.rendered import Cache

    Params = dict[str, Any]
    Document = Mapping[str, Any]
    Handler = Callable[["Context", Params], Document]


@dataclass(frozen=True, slots=True)
class Context:
    """The account and Region a request is for, the pages handed out, and the texts already written."""

    account: Account
    region: Region
    pages: Pages
    texts: Cache
