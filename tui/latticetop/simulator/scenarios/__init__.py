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
    """A named account. ``speed`` is simulated seconds to a real one, ``start`` the clock's first moment.

    ``options`` are what may be given after the name, with their defaults.
    """

    name: str
    description: str
    module: str
    speed: float = 1.0
    start: datetime = PRESENT
    options: tuple[tuple[str, str], ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()

    def prepare(self, account: Account, options: Mapping[str, str]) -> None:
        """Fill the account and set its script going; ``ValueError`` for an option it does not know."""
        known = dict(self.options)
        unknown = set(options) - set(known)
        if unknown:
            raise ValueError(f"scenario {self.name} has no option {', '.join(sorted(unknown))}")
        module = import_module(f"latticetop.simulator.scenarios.{self.module}")
        module.build(account, **known | dict(options) | dict(self.fixed))


EXPERIMENTS = (
    "two /26, the used one named second: Failed, several interfaces in each subnet",
    "one /26 with two other interfaces: Failed, a resource interface but no service interface",
    "one empty /26 in a zone without a resource gateway: Available with one interface",
    "one empty /25 in a zone without a resource gateway: Available with one interface",
    "an empty /25 and an empty /26: Available, two interfaces in each subnet",
    "one /25 with 58 addresses free: Available with one interface",
)
_INCIDENT = Scenario(
    name="incident",
    description="A service-network endpoint fails for want of a /28 while 40 addresses are free",
    module="incident",
    speed=8.0,
    start=INCIDENT_START,
)
_OTHERS = (
    Scenario(name="empty", description="A VPC with two empty subnets and no endpoint", module="empty"),
    Scenario(
        name="fleet",
        description="EKS nodes, load balancers and endpoints in three VPCs; one endpoint is degraded",
        module="fleet",
    ),
    Scenario(
        name="eks",
        description="EKS nodes with prefix delegation take the blocks an endpoint is waiting for",
        module="eks",
        speed=8.0,
    ),
    Scenario(
        name="consolidate",
        description="Five small service networks with an endpoint each: the subnets run out of blocks",
        module="consolidate",
        speed=8.0,
    ),
    Scenario(
        name="fragmented",
        description="A /24 with 200 free addresses and not one free block",
        module="fragmented",
        speed=8.0,
    ),
    Scenario(
        name="resources",
        description="Today's behaviour: one address per resource, 63 to an interface, then a second one",
        module="resources",
        speed=8.0,
    ),
    Scenario(
        name="estate",
        description="A generated account (options: interfaces=20000, regions=1, accounts=1)",
        module="estate",
        options=(("interfaces", "20000"), ("regions", "1"), ("accounts", "1")),
    ),
)


def _experiment(number: int, outcome: str) -> Scenario:
    return Scenario(
        name=f"experiment-{number}",
        description=outcome[0].upper() + outcome[1:],
        module="experiments",
        speed=8.0,
        start=INCIDENT_START,
        fixed=(("number", str(number)),),
    )


_EXPERIMENTS = tuple(_experiment(number, outcome) for number, outcome in enumerate(EXPERIMENTS, 1))
SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (_INCIDENT, *_OTHERS, *_EXPERIMENTS)}
)


def find_scenario(text: str) -> tuple[Scenario, dict[str, str]]:
    """A scenario and its options from ``name`` or ``name:key=value,key=value``; ``ValueError`` if unknown."""
    name, _, rest = text.partition(":")
    if name not in SCENARIOS:
        raise ValueError(f"unknown scenario {name}; there are: {', '.join(SCENARIOS)}")
    options = dict(part.partition("=")[::2] for part in rest.split(",") if part)
    return SCENARIOS[name], options
