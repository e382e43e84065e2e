"""The headline for every verdict, and what an assessment has of its associations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.verdict import Verdict
from tests.model.builders import A, B, associations, endpoint, incident, incident_readings, snapshot

YES, NO = "Accessible", "Inaccessible"


def assessment_of(state: str, *words: str, age: timedelta | None = None) -> Assessment:
    account = snapshot(*incident_readings(), associations=associations(*words))
    only = endpoint(state, A, B)
    created = account.taken_at - age if age is not None else None
    only = structs.replace(only, creation_timestamp=created)
    return assess(structs.replace(account, endpoints={only.vpc_endpoint_id: only}), only)


@pytest.mark.parametrize(
    ("state", "words", "headline"),
    [
        ("Failed", (YES,), "Failed, yet AWS calls 1 of 1 association accessible (not probed)."),
        ("Failed", (YES, NO), "Failed, yet AWS calls 1 of 2 associations accessible (not probed)."),
        ("Failed", (NO,), "Failed, and AWS calls 0 of 1 association accessible."),
        ("Failed", (), "Failed, and it has no association."),
        ("Available", (YES, NO), "Available, but AWS calls only 1 of 2 associations accessible (not probed)."),
        ("Available", (YES, YES), "Available, and AWS calls 2 of 2 associations accessible (not probed)."),
        ("Available", (), "Available; it has no association."),
        ("Pending", (), "Pending: AWS is creating it."),
        ("Deleting", (YES,), "Deleting: AWS is deleting it."),
        (
            "Hibernating",
            (YES,),
            (
                "AWS reports the state Hibernating, which latticetop does not know; "
                "AWS calls 1 of 1 association accessible (not probed)."
            ),
        ),
        ("", (), "AWS reports no state; it has no association."),
    ],
)
def test_each_verdict_has_its_sentence(state: str, words: tuple[str, ...], headline: str) -> None:
    assert assessment_of(state, *words).headline == headline


@pytest.mark.parametrize(
    ("age", "since"),
    [
        (timedelta(0), " for 0 s"),
        (timedelta(seconds=59), " for 59 s"),
        (timedelta(seconds=60), " for 1 min 0 s"),
        (timedelta(seconds=125), " for 2 min 5 s"),
        (timedelta(seconds=86_399), " for 1439 min 59 s"),
    ],
)
def test_a_pending_endpoint_has_its_age(age: timedelta, since: str) -> None:
    assert assessment_of("Pending", age=age).headline == f"Pending{since}: AWS is creating it."


@pytest.mark.parametrize("age", [timedelta(days=1), timedelta(seconds=-1)])
def test_an_age_of_a_day_or_of_a_clock_that_differs_is_a_time(age: timedelta) -> None:
    created = snapshot().taken_at - age
    assert assessment_of("Pending", age=age).headline == f"Pending since {created:%Y-%m-%d %H:%M}Z: AWS is creating it."


def test_associations_that_are_not_accessible_are_counted_and_named() -> None:
    one, two = (
        next(f for f in assessment_of("Available", YES, *words).findings if f.label == "Broken")
        for words in ((NO,), (NO, ""))
    )
    assert one.sentence == "1 association is not accessible"
    assert two.sentence == "2 associations are not accessible"
    assert [(line.term, line.text) for line in two.evidence] == [
        ("vpce-rsc-asc-1", "Inaccessible"),
        ("vpce-rsc-asc-2", "AWS reports no accessibility"),
    ]


def test_an_endpoint_of_another_type_has_no_findings_on_resources_and_services() -> None:
    only = structs.replace(endpoint("Available", A, B), vpc_endpoint_type="Interface")
    account = snapshot(*incident_readings(), endpoints=(only,))
    assessment = assess(account, only)
    assert (assessment.vpc_endpoint_id, assessment.verdict) == (only.vpc_endpoint_id, Verdict.HEALTHY)
    assert assessment.findings == ()


def test_an_endpoint_of_a_snapshot_is_assessed_once() -> None:
    account = incident()
    (only,) = account.endpoints.values()
    assert assess(account, only) is assess(account, only)
    healthy = structs.replace(only, state="Available")
    assert assess(account, healthy).verdict is Verdict.HEALTHY
    assert assess(account, only).verdict is Verdict.FAILED_BUT_ACCESSIBLE


def test_the_incident() -> None:
    account = incident()
    (only,) = account.endpoints.values()
    assessment = assess(account, only)
    assert assessment.verdict is Verdict.FAILED_BUT_ACCESSIBLE
    assert (assessment.accessible, assessment.associations) == (3, 3)
    assert assessment.headline == "Failed, yet AWS calls 3 of 3 associations accessible (not probed)."


def test_the_explanation_has_every_finding_but_the_advice() -> None:
    account = incident()
    (only,) = account.endpoints.values()
    assessment = assess(account, only)
    assert [finding.label for finding in assessment.findings] == ["Resources", "Services", "Fix"]
    assert assessment.why.startswith(f"{assessment.headline} Resources: served in both zones: eni-")
    assert "Services: no ENI in us-east-1a: no /28 block is free there: 10.10.10.0/28 reserved by" in assessment.why
    assert "Fix" not in assessment.why


@pytest.mark.parametrize(("state", "verdict"), [("Failed", Verdict.FAILED), ("Available", Verdict.UNKNOWN)])
def test_associations_that_were_not_read_are_not_said_to_be_none(state: str, verdict: Verdict) -> None:
    only = endpoint(state, A, B)
    assessment = assess(snapshot(*incident_readings(), endpoints=(only,), unread=("associations",)), only)
    assert assessment.verdict is verdict
    assert assessment.headline == f"{state}; its associations were not read."
