"""The settings of a simulated account."""

from __future__ import annotations

import pytest

from latticetop.simulator import ManualClock, Server, SimulatedAccount
from latticetop.simulator.settings import SETTINGS, apply_setting, setting_values


def test_every_setting_has_a_value_that_can_be_set_again() -> None:
    world = SimulatedAccount(clock=ManualClock()).world
    values = setting_values(world)
    assert values.keys() == SETTINGS.keys()
    for name, value in values.items():
        apply_setting(world, name, value)
    assert setting_values(world) == values


def test_a_scenario_takes_settings_beside_its_options() -> None:
    server = Server("estate:interfaces=10,behaviour=today,reservations-lower-count=no", clock=ManualClock())
    values = setting_values(server.account.world)
    assert (values["behaviour"], values["reservations-lower-count"]) == ("today", "no")


def test_a_setting_replaces_the_one_of_the_scenario() -> None:
    behaviours = [
        Server(text, clock=ManualClock()).account.world.build_settings.behaviour
        for text in ("incident", "resources", "resources:behaviour=2024")
    ]
    assert behaviours == ["2024", "today", "2024"]


@pytest.mark.parametrize("option", ["behaviour=tomorrow", "reserved-addresses-twice=perhaps", "reserved=yes"])
def test_invalid_settings(option: str) -> None:
    with pytest.raises(ValueError, match=r"value of|has no option"):
        Server(f"empty:{option}", clock=ManualClock())


def test_an_unknown_setting() -> None:
    with pytest.raises(ValueError, match="There is no setting 'color'"):
        apply_setting(SimulatedAccount(clock=ManualClock()).world, "color", "yes")
