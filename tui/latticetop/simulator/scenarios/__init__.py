"""The scenarios: what the account holds and what happens in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from latticetop.simulator.clock import INCIDENT_START

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.account import Account

PRESENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named account. ``speed`` is simulated seconds to a real one, ``start`` the clock's first moment."""

    name: str
    description: str
    module: str
    speed: float = 1.0
    start: datetime = PRESENT
    options: tuple[tuple[str, str], ...] = ()

    def prepare(self, account: Account, options: Mapping[str, str]) -> None:
        """Fill the account and set its script going; ``ValueError`` for an option it does not know."""
        known = dict(self.options)
        unknown = set(options) - set(known)
        if unknown:
            raise ValueError(f"scenario {self.name} has no option {', '.join(sorted(unknown))}")
        module = import_module(f"latticetop.simulator.scenarios.{self.module}")
        module.build(account, **known | dict(options))


def _all() -> dict[str, Scenario]:
    scenarios = (
        Scenario(
            name="incident",
            description="A service-network endpoint fails for want of a /28 while 40 addresses are free",
            module="incident",
            speed=8.0,
            start=INCIDENT_START,
        ),
        Scenario(name="empty", description="A VPC with two empty subnets and no endpoint", module="empty"),
        Scenario(
            name="fleet",
            description="EKS nodes, load balancers and endpoints in three VPCs; one endpoint is degraded",
            module="fleet",
        ),
    )
    return {scenario.name: scenario for scenario in scenarios}


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(_all())


def find_scenario(text: str) -> tuple[Scenario, dict[str, str]]:
    """A scenario and its options from ``name`` or ``name:key=value,key=value``; ``ValueError`` if unknown."""
    name, _, rest = text.partition(":")
    if name not in SCENARIOS:
        raise ValueError(f"unknown scenario {name}; there are: {', '.join(SCENARIOS)}")
    options = dict(part.partition("=")[::2] for part in rest.split(",") if part)
    return SCENARIOS[name], options
