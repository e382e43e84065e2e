"""Whoever says what frees a block says the same: check, explain, the why pane, the block screen and plan."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings

from latticetop.dashboard.grid.block_detail import freeing_hint
from latticetop.model.capacity.defragment import defragment, easiest_block
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.plan import plan_by_behaviour
from latticetop.model.endpoints.assessment import assess
from latticetop.model.endpoints.endpoint_evidence import demands_of, failed_endpoints
from latticetop.model.endpoints.recreation import StepKind
from latticetop.model.endpoints.remedies import MAX_REMOVALS, RemedyKind, remedies_for, subnet_fix
from latticetop.model.incident.explanation import explain
from latticetop.model.incident.investigation import Investigation
from latticetop.model.snapshot import Snapshot
from latticetop.reports import check_text, plan_text
from latticetop.reports.explain import escape, render_markdown
from tests.simulated_accounts import Design, GeneratedAccount, designs

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
WIDE = 100_000


def failed_account(design: Design) -> tuple[Snapshot, str]:
    """An account with a failed endpoint, and the id of the first one."""
    generated = GeneratedAccount(design)
    failed = [endpoint_id for endpoint_id in generated.endpoint_ids if generated.state(endpoint_id) == "Failed"]
    assume(failed)
    return generated.read(), failed[0]


def words(text: str) -> str:
    return " ".join(text.split())


@QUICK
@given(designs())
def test_check_the_why_pane_and_explain_have_the_same_steps(design: Design) -> None:
    snapshot, endpoint_id = failed_account(design)
    endpoint = snapshot.endpoints[endpoint_id]
    remedies = remedies_for(snapshot, endpoint)
    assume(remedies)
    assessment = assess(snapshot, endpoint)
    (fix,) = (finding.sentence for finding in assessment.findings if finding.label == "Fix")
    markdown = words(render_markdown(explain(Investigation(snapshot, endpoint, snapshot.taken_at + timedelta(1)))))
    check = words(check_text.render_text(snapshot, WIDE))
    for remedy in remedies:
        assert all(escape(step.action[1:]) in markdown for step in remedy.steps)
    freed = [step.action for remedy in remedies for step in remedy.steps if step.kind is StepKind.FREE]
    assert not any(endpoint_id in action for action in freed), "it is deleted, not moved"
    first = remedies[0]
    removals = [step for step in first.steps if step.kind is StepKind.FREE]
    shown = [step for step in first.steps if step not in removals[MAX_REMOVALS:]]
    if first.kind not in (RemedyKind.MERGE, RemedyKind.VPC_ASSOCIATION):
        assert all(words(step.action) in text for step in shown for text in (fix, check))
        kinds = [step.kind for step in first.steps]
        assert kinds == sorted(kinds, key=list(StepKind).index), "reserve, free, delete, create"


@QUICK
@given(designs())
def test_plan_frees_what_the_remedy_frees(design: Design) -> None:
    """Where the endpoint is kept until there is a new one, both need the same blocks."""
    snapshot, endpoint_id = failed_account(design)
    endpoint = snapshot.endpoints[endpoint_id]
    kept = [r for r in remedies_for(snapshot, endpoint) if r.kind in (RemedyKind.FREE_BLOCK, RemedyKind.CREATE_AGAIN)]
    kept = [r for r in kept if not any(step.kind is StepKind.DELETE_ENDPOINT for step in r.steps)]
    assume(kept)
    resources = demands_of(snapshot, endpoint)[0].resources
    plan = plan_by_behaviour(snapshot, endpoint.subnet_ids, Demand(1, resources))
    text = words(plan_text.render_text(snapshot, plan, WIDE))
    removals = [step for step in kept[0].steps if step.kind is StepKind.FREE]
    assert all(words(step.action) in text for step in removals[:MAX_REMOVALS])
    assert removals or "which frees" not in text


@QUICK
@given(designs())
def test_the_block_screen_and_the_subnet_name_the_easiest_block(design: Design) -> None:
    snapshot = GeneratedAccount(design).read()
    failed = failed_endpoints(snapshot)
    for subnet_id, reading in snapshot.subnets.items():
        blocks, index = reading.blocks, easiest_block(reading.blocks)
        result = defragment(blocks, 1, failed)
        if failed or index is None:
            continue
        hint = freeing_hint(blocks, blocks.block(index), failed)
        assert hint == f"Easiest to free here: {result.sentence}."
        if not blocks.free and (fix := subnet_fix(snapshot, subnet_id)):
            assert all(removal.sentence in fix for removal in result.removals[:MAX_REMOVALS])
