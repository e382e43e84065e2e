from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from latticetop.model.incident.explanation import Explanation, describe_line, explain
from latticetop.model.incident.investigation import Investigation, Resolution
from latticetop.model.incident.timeline import Line, Timeline, Trail, TrailEvent, build_timeline
from latticetop.model.records.address import parse_address
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from latticetop.reports.explain import render_markdown
from tests.model.builders import NOW, A, B, associations, endpoint, eni, incident, incident_readings, reading, snapshot
from tests.model.incident.test_timeline import END, START, recorded

CLOUDTRAIL = Problem(ProblemKind.ACCESS_DENIED, "cloudtrail:LookupEvents", "cloudtrail:LookupEvents is denied.")


def investigated(**more: object) -> Investigation:
    account = incident()
    (only,) = account.endpoints.values()
    timeline = build_timeline(only, Trail(tuple(recorded()), START, END, END))
    fields: dict[str, object] = {"at": NOW + timedelta(days=1), "timeline": timeline}
    return Investigation(account, only, **{**fields, **more})  # type: ignore[arg-type]


def test_lines_are_told_in_words() -> None:
    assert describe_line(Line("DeleteNetworkInterface", (NOW,), network_interface_id="eni-1")) == "eni-1 removed"
    assert describe_line(Line("CreateVpcEndpoint", (NOW,))) == "endpoint created"
    refused = Line("CreateNetworkInterface", (NOW,), error_code="Client.X", error_message="no")
    assert describe_line(refused) == "refused: Client.X: no"


def trail(*events: TrailEvent, reaches: datetime = END, whole: bool = True) -> Timeline:
    return build_timeline(endpoint("Failed", A, B), Trail(events, START, END, reaches, whole))


def test_recent_events_may_still_come() -> None:
    late = explain(investigated())
    soon = explain(investigated(timeline=trail(*recorded(), reaches=END - timedelta(minutes=4))))
    assert late.reach == "CloudTrail from 08:17:49 to 08:33:49 UTC."
    assert soon.reach == (
        "CloudTrail from 08:17:49 UTC on. It delivers with a delay, so events after 08:29:49 UTC may be missing."
    )


def test_of_a_window_that_has_just_begun_anything_may_be_missing() -> None:
    begun = explain(investigated(timeline=trail(reaches=START)))
    assert begun.reach == ("CloudTrail from 08:17:49 UTC on. It delivers with a delay, so any event may be missing.")


def test_of_a_crowded_window_the_events_of_others_are_a_lower_bound() -> None:
    others = [TrailEvent(str(number), START, "PutEvaluations") for number in range(1200)]
    whole, part = (explain(investigated(timeline=trail(*recorded(), *others, whole=is_))) for is_ in (True, False))
    assert "; 1,200 events of others" in whole.reach
    assert "; at least 1,200 events of others" in part.reach


@pytest.mark.parametrize(
    ("days", "reaches", "said"),
    [
        (91, END, "CloudTrail has no event of this endpoint: it keeps 90 days, and the endpoint is older."),
        (89, END, "CloudTrail has no event of this endpoint."),
        (0, START, "CloudTrail has no event of this endpoint. Some may still come."),
    ],
)
def test_cloudtrail_may_have_nothing(days: int, reaches: datetime, said: str) -> None:
    found = explain(investigated(timeline=trail(reaches=reaches), at=NOW + timedelta(days=days)))
    assert said in found.gaps
    assert found.happenings == ()


def test_the_four_lines_of_the_incident_and_the_map_of_its_failure() -> None:
    found = explain(investigated())
    assert [(line.offset, line.role, line.failed) for line in found.happenings] == [
        (8, "resource", False),
        (9, "resource", False),
        (22, "service", False),
        (33, "service", True),
    ]
    assert found.happenings[3].what.startswith("refused 5 times over 65 s (after 12, 15, 17, 21 s): Client.Invalid")
    (pair,) = found.maps
    assert (pair.subnet_id, pair.then, pair.now) == (A, "RLfR", "RLfR")
    assert [line.letter for line in pair.blocks] == list("RLfR")


def test_a_subnet_without_a_refusal_says_so_and_a_healthy_endpoint_has_no_map_of_failure() -> None:
    (pair,) = explain(investigated(timeline=trail())).maps
    assert pair.then is None
    assert pair.notes == ("CloudTrail tells of no refusal here; this is the map of now",)
    account = snapshot(*incident_readings(), endpoints=(endpoint("Available", A, B),))
    (healthy,) = account.endpoints.values()
    assert explain(Investigation(account, healthy, NOW, trail())).maps == ()


def test_todays_reservations_are_said_to_be_an_assumption() -> None:
    a, b = incident_readings()
    reserved = reading(A, "10.10.10.0/26", *a.interfaces, reservations=(("10.10.10.48/28", "explicit"),))
    account = snapshot(reserved, b, endpoints=(endpoint("Failed", A, B),))
    (only,) = account.endpoints.values()
    (pair,) = explain(Investigation(account, only, NOW, trail(*recorded()))).maps
    assert "today's CIDR reservations are taken to have been there" in pair.notes


def told(account: Snapshot, timeline: Timeline | None) -> Explanation:
    (only,) = account.endpoints.values()
    return explain(Investigation(account, only, NOW, timeline))


def test_what_is_doubtful_of_the_map_of_a_refusal_is_said() -> None:
    """Two instances of whom nothing says since when they are attached; a third was there the day before."""
    before = structs.replace(eni("eni-3", A, "10.10.10.40"), attached_at=NOW - timedelta(days=1))
    crowded = reading(A, "10.10.10.0/25", eni("eni-1", A, "10.10.10.17"), eni("eni-2", A, "10.10.10.49"), before)
    (pair,) = told(snapshot(crowded, endpoints=(endpoint("Failed", A),)), trail(*recorded())).maps
    assert "whether what lies in 10.10.10.16/28, 10.10.10.48/28 was there already cannot be known" in pair.notes
    contradiction = "it shows a free block, yet AWS had none: something that is gone now held it (inferred)"
    assert contradiction in pair.notes
    assert contradiction not in told(incident(), trail(*recorded())).maps[0].notes


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        (1, "1 address belongs to an interface that is not visible to us"),
        (2000, "2,000 addresses belong to interfaces that are not visible to us"),
    ],
)
def test_addresses_that_cannot_be_accounted_for_are_a_note_of_the_map(hidden: int, said: str) -> None:
    a, b = incident_readings()
    (pair,) = told(
        snapshot(structs.replace(a, unaccounted=hidden), b, endpoints=(endpoint("Failed", A, B),)), None
    ).maps
    assert said in pair.notes


def test_a_subnet_without_blocks_or_that_was_not_seen_has_no_map() -> None:
    account = snapshot(reading(A, None), endpoints=(endpoint("Failed", A, B),))
    found = told(account, trail(*recorded()))
    assert found.maps == ()
    assert f"Nothing is known of {B}." in found.gaps


def test_without_a_time_of_creation_there_is_no_window_in_cloudtrail() -> None:
    said = "AWS gives no creation time of this endpoint, so there is no window to look for in CloudTrail."
    timeless = structs.replace(endpoint("Failed", A, B), creation_timestamp=None)
    account = snapshot(*incident_readings(), endpoints=(timeless,))
    found = told(account, None)
    assert said in found.gaps
    assert "Created" not in dict(found.facts)
    assert said not in told(incident(), None).gaps


def test_an_endpoint_that_works_is_told_without_remedies() -> None:
    account = snapshot(
        *incident_readings(), endpoints=(endpoint("Available", A, B),), associations=associations("Accessible")
    )
    found = told(account, None)
    assert found.remedies == ()
    works = found.findings[0]
    assert works.label == "Works"
    assert works.sentence == "AWS calls 1 of 1 association accessible (its word, not a probe)"


def test_what_is_not_known_is_named() -> None:
    gaps = explain(investigated(timeline=None, problems=(CLOUDTRAIL,))).gaps
    assert gaps[0] == "cloudtrail:LookupEvents is denied."
    assert any("services" in gap for gap in gaps)
    assert any("not resolved" in gap for gap in gaps)


def test_names_say_where_they_lead_in_markdown() -> None:
    names = (
        Resolution("a.on.aws", (parse_address("10.10.10.31"), parse_address("192.0.2.1"))),
        Resolution("b.on.aws", problem="no answer within 3 s"),
    )
    text = render_markdown(explain(investigated(names=names)))
    assert "- `a.on.aws`: 10.10.10.31 in 10.10.10.16/28 of eni-0f995ce7b1b9589de" in text
    assert "- `a.on.aws`: 192.0.2.1, which lies in no subnet seen here" in text
    assert "- `b.on.aws`: no answer within 3 s" in text


def test_text_from_aws_is_escaped_in_markdown() -> None:
    investigation = investigated(problems=(Problem(ProblemKind.SERVICE_ERROR, "", "<b>|x|\x1b[1m *y*"),))
    text = render_markdown(explain(investigation))
    assert "\\<b\\>\\|x\\|\\[1m \\*y\\*" in text
