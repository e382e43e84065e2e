"""The example file and the effective settings."""

from __future__ import annotations

import re

import msgspec

from latticetop.config.actions import ACTIONS
from latticetop.config.columns import TABLES
from latticetop.config.render import effective_settings, example_file
from latticetop.config.settings import Config, examine
from tests.json_schema import printed_schema, schema_errors


def test_the_example_holds_every_setting_at_its_default_and_passes() -> None:
    config, problems = examine(example_file().encode())
    assert problems == []
    defaults = {action.id: tuple(action.keys.split()) for action in ACTIONS}
    assert config.key_map == defaults and set(config.keys) == {action.id for action in ACTIONS}
    assert msgspec.structs.replace(config, keys={}) == Config()
    before, columns, after = example_file().partition("[columns]\n")
    uncommented, problems = examine((before + columns + re.sub("^# (.* = \\[)", r"\1", after, flags=re.M)).encode())
    assert (uncommented.columns, problems) == (TABLES, [])
    assert all(name in example_file() for name in Config.__struct_fields__)


def test_the_example_is_valid_by_the_printed_schema() -> None:
    schema = printed_schema("config")
    assert schema_errors(msgspec.toml.decode(example_file()), schema) == []
    assert schema_errors({"keys": {"refesh": "x"}}, schema) != []


def test_each_setting_has_its_source() -> None:
    rows = {
        name: row for name, *row in effective_settings(Config(interval=60.0), {"interval"}, {"theme": ("dark", "flag")})
    }
    assert rows.keys() == set(Config.__struct_fields__)
    assert (rows["interval"], rows["theme"], rows["ascii"]) == (
        ["60.0", "file"],
        ['"dark"', "flag"],
        ["false", "default"],
    )
