"""The scenarios: the initial state of an account, and a script of what happens in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from latticetop.simulator.availability_zones import REGIONS
from latticetop.simulator.clock import INCIDENT_START
from latticetop.simulator.settings import SETTINGS, apply_setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.account import SimulatedAccount

DEFAULT_START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ScenarioOption:
    """A number that users may set in a scenario, with its limits."""

    name: str
    description: str
    default: int
    minimum: int
    maximum: int

    @property
    def values(self) -> str:
        """The values that it takes, for a sentence."""
        return f"{self.minimum:,} to {self.maximum:,}"

    def parse(self, text: str) -> int:
        """The value of a text; ``ValueError`` for anything but a number within the limits."""
        digits = text.replace("_", "")
        value = int(digits) if digits.isdecimal() and len(digits) < 10 else None
        if value is None or not self.minimum <= value <= self.maximum:
            raise ValueError(f"'{text}' is not a value of {self.name}: write a number from {self.values}.")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario: ``module`` in this package builds it, ``start`` is the initial time of the clock.

    ``speed`` is simulated seconds for each real second. ``options`` are what users may set; ``fixed_options`` are
    passed to the module as they are. ``settings`` are those that the scenario chooses.
    """

    name: str
    description: str
    module: str
    speed: float = 1.0
    start: datetime = DEFAULT_START
    options: tuple[ScenarioOption, ...] = ()
    fixed_options: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    def prepare(self, account: SimulatedAccount, options: Mapping[str, str]) -> None:
        """Build the account and queue the script; ``ValueError`` for an unknown option or setting, or a wrong value.

        ``options`` may also hold settings of the account, such as ``behaviour`` (``SETTINGS``).
        """
        names = [option.name for option in self.options]
        if unknown := sorted(set(options) - set(names) - set(SETTINGS)):
            known = ", ".join([*names, *SETTINGS])
            raise ValueError(f"Scenario {self.name} has no option '{unknown[0]}'. Options: {known}.")
        own_options = {
            option.name: option.parse(options[option.name]) if option.name in options else option.default
            for option in self.options
        }
        changed_settings = {name: value for name, value in options.items() if name in SETTINGS}
        for name, value in (dict(self.settings) | changed_settings).items():
            apply_setting(account.world, name, value)
        module = import_module(f"latticetop.simulator.scenarios.{self.module}")
        module.build(account, **own_options, **dict(self.fixed_options))


EXPERIMENTS = (
    "two /26 subnets, one in use: Failed; resource and service ENIs attempted in both",
    "one /26 subnet with two other ENIs: Failed; a resource ENI but no service ENI",
    "one empty /26 subnet in a zone without a resource gateway: Available with one ENI",
    "one empty /25 subnet in a zone without a resource gateway: Available with one ENI",
    "an empty /25 and an empty /26 subnet: Available, two ENIs in each subnet",
    "one /25 subnet with 58 free addresses: Available with one ENI",
)
_INCIDENT = Scenario(
    name="incident",
    description="A service-network endpoint fails without a free /28 block while 40 addresses are free",
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
        description="EKS nodes with prefix delegation take the blocks that an endpoint needs",
        module="eks",
        speed=8.0,
    ),
    Scenario(
        name="consolidate",
        description="Five small service networks with an endpoint each use up the blocks of the subnets",
        module="consolidate",
        speed=8.0,
    ),
    Scenario(
        name="fragmented",
        description="A /24 subnet with 200 free addresses and no free block",
        module="fragmented",
        speed=8.0,
    ),
    Scenario(
        name="leaked",
        description="Leftovers of the VPC CNI and of AWS services break the last blocks of an EKS subnet",
        module="leaked",
        speed=8.0,
        settings=(("behaviour", "today"),),
    ),
    Scenario(
        name="shared",
        description="Two subnets that another account shares, and an own subnet with an endpoint",
        module="shared",
        speed=8.0,
    ),
    Scenario(
        name="reserved",
        description="Prefix reservations lower the count, one over addresses in use; an explicit one does not",
        module="reserved",
        speed=8.0,
    ),
    Scenario(
        name="resources",
        description="Today's behaviour: one address for each resource, 63 on an ENI, then a second ENI",
        module="resources",
        speed=8.0,
        settings=(("behaviour", "today"),),
    ),
    Scenario(
        name="organization",
        description="Small accounts of an organization (option: accounts); some endpoints fail, one account refuses",
        module="organization",
        options=(ScenarioOption("accounts", "member accounts, each reached by AssumeRole", 12, 2, 1000),),
    ),
    Scenario(
        name="estate",
        description="A generated account of any size (options: interfaces, regions, accounts)",
        module="estate",
        options=(
            ScenarioOption("interfaces", "network interfaces of each account", 20_000, 0, 1_000_000),
            ScenarioOption("regions", "Regions that they are spread over", 1, 1, len(REGIONS)),
            ScenarioOption("accounts", "accounts; the further ones are reached by AssumeRole", 1, 1, 50),
        ),
    ),
)


def _experiment(number: int, outcome: str) -> Scenario:
    return Scenario(
        name=f"experiment-{number}",
        description=outcome[0].upper() + outcome[1:],
        module="experiments",
        speed=8.0,
        start=INCIDENT_START,
        fixed_options=(("number", str(number)),),
    )


_EXPERIMENTS = tuple(_experiment(number, outcome) for number, outcome in enumerate(EXPERIMENTS, 1))
SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (_INCIDENT, *_OTHERS, *_EXPERIMENTS)}
)


def find_scenario(text: str) -> tuple[Scenario, dict[str, str]]:
    """The scenario and the options in ``name`` or ``name:key=value,key=value``; ``ValueError`` if unknown."""
    name, _, option_text = text.partition(":")
    if name not in SCENARIOS:
        raise ValueError(f"There is no scenario '{name}'. Scenarios: {', '.join(SCENARIOS)}.")
    options = dict(part.partition("=")[::2] for part in option_text.split(",") if part)
    return SCENARIOS[name], options
