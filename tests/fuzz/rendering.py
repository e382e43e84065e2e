"""Everything that can be done with a snapshot that was read: a value that cannot be shown is no value."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from latticetop.follow.recording.reader import Recording
from latticetop.follow.recording.replayer import investigation_of
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.plan import make_plan
from latticetop.model.incident.explanation import explain
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check import render_json
from latticetop.reports.check_text import render_text
from latticetop.reports.explain import render_markdown
from tests.recordings import write_recording

_MOST = 5
"""Endpoints and subnets of a snapshot that are explained and planned for: each is as good as the next."""


def render(snapshot: Snapshot) -> None:
    """Render everything that can be rendered of a snapshot, with names and without."""
    for variant in (snapshot, Redactor().snapshot(snapshot)):
        render_json(variant)
        render_text(variant, 80)
        for endpoint_id in list(variant.endpoints)[:_MOST]:
            render_markdown(explain(investigation_of(variant, endpoint_id, variant.taken_at)))
        for subnet_id in list(variant.subnets)[:_MOST]:
            try:
                make_plan(variant, [subnet_id], Demand(1))
            except ValueError as error:
                assert str(error)


def record(snapshot: Snapshot) -> None:
    """Record a snapshot and read it back."""
    with TemporaryDirectory() as folder:
        path = write_recording(Path(folder) / "read.rec", [snapshot])
        with closing(Recording(path)) as recording:
            assert recording.snapshot(0) == snapshot
