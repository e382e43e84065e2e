"""Redacted recordings of simulated accounts give the same results as plain ones."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from latticetop.follow.recording.reader import Recording
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.plan import make_plan
from latticetop.model.endpoints.assessment import assess
from latticetop.model.records.eni_owners import owner_of, role_of
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot
from tests.recordings import read_snapshots, write_recording


def last_snapshot(path: Path) -> Snapshot:
    with closing(Recording(path)) as recording:
        snapshot = recording.snapshot(len(recording) - 1)
    assert snapshot is not None
    return snapshot


@pytest.mark.parametrize("scenario", ["incident", "eks", "resources", "estate:interfaces=300", "fragmented"])
async def test_redacted_verdicts_maps_owners_and_plans_are_the_same(tmp_path: Path, scenario: str) -> None:
    snapshots = await read_snapshots(scenario, [30.0, 60.0, 3600.0])
    plain = last_snapshot(write_recording(tmp_path / "plain.rec", snapshots))
    redacted = last_snapshot(write_recording(tmp_path / "redacted.rec", snapshots, Redactor()))
    assert plain == snapshots[-1] != redacted
    assert redacted.subnets.keys() == plain.subnets.keys() != set()
    for key, reading in plain.subnets.items():
        other = redacted.subnets[key]
        assert other.blocks.letters == reading.blocks.letters
        for before, after in zip(reading.interfaces, other.interfaces, strict=True):
            assert (owner_of(after).kind, role_of(after)) == (owner_of(before).kind, role_of(before))
        assert make_plan(redacted, [key], Demand(1)).outcome is make_plan(plain, [key], Demand(1)).outcome
    for key, endpoint in plain.endpoints.items():
        plain_assessment, redacted_assessment = assess(plain, endpoint), assess(redacted, redacted.endpoints[key])
        assert (redacted_assessment.verdict, redacted_assessment.accessible) == (
            plain_assessment.verdict,
            plain_assessment.accessible,
        )
        assert (redacted.service_network_of(redacted.endpoints[key]) is None) == (
            plain.service_network_of(endpoint) is None
        )
