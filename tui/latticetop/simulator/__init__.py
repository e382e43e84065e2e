"""An AWS account on loopback HTTP, for demos and tests. It obeys EC2's rules by its own reckoning.

What it offers is loaded when it is used: shell completion asks for the names of the scenarios and for nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latticetop.simulator.account import Account
    from latticetop.simulator.clock import Clock, ManualClock, RunningClock
    from latticetop.simulator.orders import LowestFirst, Order, RandomOrder, Scripted
    from latticetop.simulator.scenarios import SCENARIOS, Scenario
    from latticetop.simulator.server import Server
    from latticetop.simulator.threads import ServerThread

__all__ = [
    "SCENARIOS",
    "Account",
    "Clock",
    "LowestFirst",
    "ManualClock",
    "Order",
    "RandomOrder",
    "RunningClock",
    "Scenario",
    "Scripted",
    "Server",
    "ServerThread",
]
_PLACES = {
    "account": ("Account",),
    "clock": ("Clock", "ManualClock", "RunningClock"),
    "orders": ("LowestFirst", "Order", "RandomOrder", "Scripted"),
    "scenarios": ("SCENARIOS", "Scenario"),
    "server": ("Server",),
    "threads": ("ServerThread",),
}


def __getattr__(name: str) -> Any:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
