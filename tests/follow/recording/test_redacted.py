"""Redacted recordings of the simulator's accounts read as the plain ones do."""

from __future__ import annotations

from pathlib import Path

import pytest

from latticetop.follow.recording.reader import Recording
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.plan import make_plan
from latticetop.model.endpoints.assessment import assess
from latticetop.model.records.eni_owners import owner_of, role_of
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot
from tests.recordings import snapshots, write


def end(path: Path) -> Snapshot:
    found = Recording(path)
    snapshot = found.snapshot(len(found) - 1)
    found.close()
    assert snapshot is not None
    return snapshot


@pytest.mark.parametrize("scenario", ["incident", "eks", "resources", "estate:interfaces=300", "fragmented"])
async def test_verdicts_maps_owners_and_plans_are_the_same(tmp_path: Path, scenario: str) -> None:
    read = await snapshots(scenario, [30.0, 60.0, 3600.0])
    plain = end(write(tmp_path / "plain.rec", read))
    redacted = end(write(tmp_path / "redacted.rec", read, Redactor()))
    assert plain == read[-1] != redacted
    assert redacted.subnets.keys() == plain.subnets.keys() != set()
    for key, reading in plain.subnets.items():
        other = redacted.subnets[key]
        assert other.blocks.letters == reading.blocks.letters
        for before, after in zip(reading.interfaces, other.interfaces, strict=True):
            assert (owner_of(after).kind, role_of(after)) == (owner_of(before).kind, role_of(before))
        assert make_plan(redacted, [key], Demand(1)).outcome is make_plan(plain, [key], Demand(1)).outcome
    for key, endpoint in plain.endpoints.items():
        was, became = assess(plain, endpoint), assess(redacted, redacted.endpoints[key])
        assert (became.verdict, became.accessible) == (was.verdict, was.accessible)
        assert (redacted.network_of(redacted.endpoints[key]) is None) == (plain.network_of(endpoint) is None)
