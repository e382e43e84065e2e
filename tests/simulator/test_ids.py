"""Generated ids, and preset ones."""

from __future__ import annotations

from latticetop.simulator.ids import IdGenerator


def test_the_seed_determines_the_ids() -> None:
    assert IdGenerator(1).new("eni") == IdGenerator(1).new("eni") != IdGenerator(2).new("eni")


def test_preset_ids_come_first() -> None:
    ids = IdGenerator()
    ids.preset("eni", ["eni-1", "eni-2"])
    assert [ids.new("eni"), ids.new("vpc")[:5], ids.new("eni")] == ["eni-1", "vpc-0", "eni-2"]
    assert len(ids.new("eni")) == len("eni-") + 17
