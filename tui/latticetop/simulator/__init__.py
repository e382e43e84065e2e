"""A simulated AWS account on loopback HTTP, for demos and tests, with its own implementation of EC2's rules.

Names are imported on first use, because shell completion needs the scenario names and nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.address_orders import AddressOrder, LowestFirst, RandomOrder, ScriptedOrder
    from latticetop.simulator.clock import ManualClock, RunningClock, SimulatedClock
    from latticetop.simulator.scenarios import SCENARIOS, Scenario
    from latticetop.simulator.server import Server
    from latticetop.simulator.server_thread import ServerThread

__all__ = [
    "SCENARIOS",
    "AddressOrder",
    "LowestFirst",
    "ManualClock",
    "RandomOrder",
    "RunningClock",
    "Scenario",
    "ScriptedOrder",
    "Server",
    "ServerThread",
    "SimulatedAccount",
    "SimulatedClock",
]
_NAMES_BY_MODULE = {
    "account": ("SimulatedAccount",),
    "address_orders": ("AddressOrder", "LowestFirst", "RandomOrder", "ScriptedOrder"),
    "clock": ("ManualClock", "RunningClock", "SimulatedClock"),
    "scenarios": ("SCENARIOS", "Scenario"),
    "server": ("Server",),
    "server_thread": ("ServerThread",),
}


def __getattr__(name: str) -> Any:
    for module, names in _NAMES_BY_MODULE.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
