"""An AWS account on loopback HTTP, for demos and tests. It obeys EC2's rules by its own reckoning."""

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
