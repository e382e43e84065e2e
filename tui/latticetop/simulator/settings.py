"""Settings of a simulated account: what no AWS document confirms, and what VPC Lattice does differently today.

Each rule has the reading that the documents suggest as its default; the other reading is for tests and experiments.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.world import SimulatedWorld

SETTINGS = {
    "behaviour": "2024 or today: how the resource ENIs of a service-network endpoint hold addresses",
    "reservations-lower-count": "yes or no: a prefix reservation lowers AvailableIpAddressCount at once",
    "reserved-addresses-twice": "no or yes: the five addresses that AWS reserves count again inside a reservation",
    "participants-read-reservations": "no or yes: GetSubnetCidrReservations in a subnet of another account",
    "resource-endpoint-blocks": "no or yes: an ENI of a Resource or Tunnel endpoint holds a /28 block",
}
"""The settings and their values, the default first; a scenario may choose another one."""


def apply_setting(world: SimulatedWorld, name: str, value: str) -> None:
    """Change a setting; ``ValueError`` for an unknown name or value."""
    if name not in SETTINGS:
        raise ValueError(f"There is no setting '{name}'. Settings: {', '.join(SETTINGS)}.")
    if name == "behaviour":
        _set_behaviour(world, value)
    elif value not in ("yes", "no"):
        raise ValueError(f"'{value}' is not a value of {name}: write yes or no.")
    else:
        world.rules = replace(world.rules, **{name.replace("-", "_"): value == "yes"})
    world.notify()


def setting_values(world: SimulatedWorld) -> Mapping[str, str]:
    """The current value of each setting, by name."""
    flags = {name: getattr(world.rules, name.replace("-", "_")) for name in SETTINGS if name != "behaviour"}
    return {"behaviour": world.build_settings.behaviour} | {
        name: "yes" if flag else "no" for name, flag in flags.items()
    }


def _set_behaviour(world: SimulatedWorld, value: str) -> None:
    if value == "today":
        world.build_settings = replace(world.build_settings, behaviour="today")
    elif value == "2024":
        world.build_settings = replace(world.build_settings, behaviour="2024")
    else:
        raise ValueError(f"'{value}' is not a value of behaviour: write 2024 or today.")
