"""Rows of the screens as plain dicts."""

from __future__ import annotations

from latticetop.reports.rows import address_rows
from tests.dashboard.accounts import A, incident


def test_each_address_of_a_block_has_its_state() -> None:
    reading = incident().subnets[A]
    states = [row["state"] for row in address_rows(reading, reading.blocks.block(0))]
    reserved, free, used = "reserved_by_aws", "free", "in_use"
    assert states == [reserved] * 4 + [free] * 3 + [used] + [free] * 5 + [used] + [free] * 2
    assert {row["state"] for row in address_rows(reading, reading.blocks.block(1))} == {"in_prefix"}
