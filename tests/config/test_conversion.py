"""Every fault of a settings file at once, each with its place, and nothing but the faults lost."""

from __future__ import annotations

from latticetop.config.settings import Config, Role, Thresholds, examine

MANY_FAULTS = b"""
interval = 1
max_calls = "a"
foo = 1
theme = "x"
regions = ["us-east-1", 2]
endpoint_url = "nonsense"
[keys]
refresh = "f5"
explain = 3
[thresholds]
free_blocks = -1
fits = 2
[columns]
subnets = ["zone", 3]
[[roles]]
name = 3
profil = "x"
[[roles]]
arn = "arn:aws:iam::123456789012:role/latticetop"
"""


def test_every_fault_is_told_once_with_its_place() -> None:
    _, faults = examine(MANY_FAULTS)
    themes = "dark, light, contrast, colour-blind, colour-blind-blue or terminal"
    assert [fault for fault in faults if "setting" not in fault] == [
        "expected `str`, got `int` - at `$.regions[1]`.",
        "expected `str`, got `int` - at `$.roles[0].name`.",
        "object missing required field `arn` - at `$.roles[0]`.",
        "expected `int`, got `str` - at `$.max_calls`.",
        f"invalid enum value 'x' - at `$.theme`; use {themes}.",
        "expected `int` >= 0 - at `$.thresholds.free_blocks`.",
        "expected `str`, got `int` - at `$.columns.subnets[1]`.",
        "expected `str | array`, got `int` - at `$.keys.explain`.",
        "The interval is 1 s; it has to be at least 5 and at most 86400, or 0 to read only on demand.",
        "'nonsense' is not a valid URL. Use one such as http://127.0.0.1:5000.",
    ]
    assert [fault[:30] for fault in faults if "setting" in fault] == [
        "there is no setting 'foo'. The",
        "there is no setting 'profil'. ",
    ]


def test_what_has_no_fault_is_kept() -> None:
    config, _ = examine(MANY_FAULTS)
    assert config.regions == ("us-east-1",)
    assert config.roles == (Role("arn:aws:iam::123456789012:role/latticetop"),)
    assert (config.thresholds, config.keys) == (Thresholds(fits=2), {"refresh": "f5"})
    assert (config.max_calls, config.theme) == (Config().max_calls, None)


def test_a_setting_of_another_kind_is_one_fault() -> None:
    assert examine(b"[roles]\narn = 'x'")[1] == ["expected `array`, got `object` - at `$.roles`."]
    assert examine(b"keys = 3")[1] == ["expected `object`, got `int` - at `$.keys`."]
