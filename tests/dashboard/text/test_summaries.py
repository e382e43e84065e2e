"""No count calls good what was not read, over generated accounts of which parts are denied."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.dashboard.text.summaries import endpoint_summary, subnet_summary, totals
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from latticetop.reports import check_text
from tests.dashboard.accounts import account, incident
from tests.dashboard.stage import FakeSource, update
from tests.simulated_accounts import Design, GeneratedAccount, designs

DENIED = Problem(ProblemKind.ACCESS_DENIED, DESCRIBE_INTERFACES, "Not allowed to read network interfaces.")


def _denied(snapshot: Snapshot, subnet_ids: set[str]) -> Snapshot:
    """The snapshot as if the ENIs of some subnets had never been read."""
    readings = {
        subnet_id: structs.replace(reading, interfaces=()) if subnet_id in subnet_ids else reading
        for subnet_id, reading in snapshot.subnets.items()
    }
    read_at = {part: at for part, at in snapshot.read_at.items() if part not in subnet_ids}
    return structs.replace(snapshot, subnets=readings, read_at=read_at, problems=(DENIED,))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(designs(), st.data())
def test_every_count_counts_unknown_as_unknown(design: Design, data: st.DataObject) -> None:
    whole = GeneratedAccount(design).read()
    ids = sorted(whole.subnets)
    denied = data.draw(st.sets(st.sampled_from(ids), min_size=1))
    snapshot = _denied(whole, denied)
    view = SnapshotView(snapshot)

    text = subnet_summary(view)
    assert "all" not in text or "unknown" in text, text
    assert "a free /28" not in text and "unknown" in text, text
    numbers = [int(number) for number in re.findall(r"([0-9]+)(?= unknown)", text)]
    if "all" not in text and len(ids) > 1:
        unknown = numbers[0] if "," in text else int(re.findall("of ([0-9]+) of", text)[0])
        assert len(denied) <= unknown < len(ids), text
    certain = len(ids) - len(denied)
    without = re.match("([0-9]+) of", text)
    assert without is None or int(without[1]) <= certain, text

    read_of_denied = {endpoint.vpc_endpoint_id for key in denied for endpoint in snapshot.endpoints.values()
                      if key in endpoint.subnet_ids}  # fmt: skip
    for endpoint_id in read_of_denied:
        assert view.assessments[endpoint_id].verdict is not Verdict.HEALTHY
    if len(read_of_denied) == len(snapshot.endpoints):
        assert "healthy" not in endpoint_summary(view, 200)

    printed = check_text.render_text(snapshot, 100_000)
    assert "Nothing is wrong" not in printed, printed
    for key in denied:
        line = next(line for line in printed.splitlines() if line.startswith(key))
        assert "?" in line.split(), line


def test_totals_tell_of_how_many_accounts_the_subnets_were_not_read() -> None:
    incident_scope, denied_scope, silent_scope = (FollowedScope(FakeSource()) for _ in range(3))
    for scope, snapshot in ((incident_scope, incident()), (denied_scope, account(unread=("subnets",)))):
        scope.apply(update(snapshot), snapshot.taken_at)
    assert totals([denied_scope]) == "subnets not read"
    both = totals([incident_scope, denied_scope, silent_scope])
    assert both.endswith("1 without a free /28 · subnets of 2 not read · 1 endpoint in trouble"), both
