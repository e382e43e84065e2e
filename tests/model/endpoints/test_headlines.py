"""The sentence that stands over an endpoint, for every verdict; each expected one is the design's table in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.verdict import Verdict
from tests.model.builders import A, B, associations, endpoint, incident_readings, snapshot

YES, NO = "Accessible", "Inaccessible"


def judged(state: str, *words: str, age: timedelta | None = None) -> Assessment:
    account = snapshot(*incident_readings(), associations=associations(*words))
    made = endpoint(state, A, B)
    created = account.taken_at - age if age is not None else None
    made = structs.replace(made, creation_timestamp=created)
    return assess(structs.replace(account, endpoints={made.vpc_endpoint_id: made}), made)


@pytest.mark.parametrize(
    ("state", "words", "headline"),
    [
        ("Failed", (YES,), "Failed, yet AWS calls 1 of 1 association accessible."),
        ("Failed", (YES, NO), "Failed, yet AWS calls 1 of 2 associations accessible."),
        ("Failed", (NO,), "Failed, and AWS calls 0 of 1 association accessible."),
        ("Failed", (), "Failed, and it has no association."),
        ("Available", (YES, NO), "Available, but AWS calls only 1 of 2 associations accessible."),
        ("Available", (YES, YES), "Available, and AWS calls 2 of 2 associations accessible."),
        ("Available", (), "Available; it has no association."),
        ("Pending", (), "Pending: AWS is building it."),
        ("Deleting", (YES,), "Deleting: AWS is done with it."),
        (
            "Hibernating",
            (YES,),
            "AWS says Hibernating, which latticetop does not know how to read; it calls 1 of 1 association accessible.",
        ),
        ("", (), "AWS gives no state; it calls 0 of 0 associations accessible."),
    ],
)
def test_each_verdict_has_its_sentence(state: str, words: tuple[str, ...], headline: str) -> None:
    assert judged(state, *words).headline == headline


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(0), " for 0 s"),
        (timedelta(seconds=59), " for 59 s"),
        (timedelta(seconds=60), " for 1 min 0 s"),
        (timedelta(seconds=125), " for 2 min 5 s"),
        (timedelta(seconds=86_399), " for 1439 min 59 s"),
    ],
)
def test_how_long_an_endpoint_is_being_built(age: timedelta, told: str) -> None:
    assert judged("Pending", age=age).headline == f"Pending{told}: AWS is building it."


@pytest.mark.parametrize("age", [timedelta(days=1), timedelta(seconds=-1)])
def test_an_age_of_a_day_or_of_a_clock_that_differs_is_told_as_a_time(age: timedelta) -> None:
    created = snapshot().taken_at - age
    assert judged("Pending", age=age).headline == f"Pending since {created:%Y-%m-%d %H:%M}Z: AWS is building it."


def test_associations_that_are_not_accessible_are_counted_and_named() -> None:
    one, two = (
        next(f for f in judged("Available", YES, *words).findings if f.label == "Broken") for words in ((NO,), (NO, ""))
    )
    assert one.sentence == "1 association is not accessible"
    assert two.sentence == "2 associations are not accessible"
    assert [(line.term, line.text) for line in two.evidence] == [
        ("vpce-rsc-asc-1", "Inaccessible"),
        ("vpce-rsc-asc-2", "no accessibility given"),
    ]


def test_an_endpoint_of_another_type_is_not_told_of_resources_and_services() -> None:
    made = structs.replace(endpoint("Available", A, B), vpc_endpoint_type="Interface")
    account = snapshot(*incident_readings(), endpoints=(made,))
    assessment = assess(account, made)
    assert (assessment.vpc_endpoint_id, assessment.verdict) == (made.vpc_endpoint_id, Verdict.HEALTHY)
    assert assessment.findings == ()
