"""The story of an endpoint as Markdown and as JSON, where it is other than the incident's."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from latticetop.model.incident.explanation import Explanation, explain
from latticetop.model.incident.investigation import Investigation, Probe, ProbeOutcome, Resolution
from latticetop.model.incident.timeline import Timeline, EventHistory, build_timeline
from latticetop.model.records.address import parse_address
from latticetop.reports.explain import render_markdown
from latticetop.reports.explain_json import ExplainDocument, document, json_schema, render_json
from tests.model.builders import NOW, A, B, associations, endpoint, incident, incident_readings, reading, snapshot
from tests.model.incident.test_timeline import END, START, event, incident_events

RESOURCE_A, HOLDER = "eni-0f995ce7b1b9589de", "eni-0aaaaaaaaaaaaaaa2"
FAILED = endpoint("Failed", A, B)


def timeline_of(*more: object) -> Timeline:
    return build_timeline(FAILED, EventHistory((*incident_events(), *more), START, END, END))  # type: ignore[arg-type]


def investigated(**more: object) -> Explanation:
    fields: dict[str, object] = {"at": NOW + timedelta(days=1), "timeline": timeline_of()}
    return explain(Investigation(incident(), FAILED, **{**fields, **more}))  # type: ignore[arg-type]


def since_given_back() -> Explanation:
    """AWS has removed the endpoint's ENI for resources in A since, so that its block is free today."""
    a, b = incident_readings()
    left = reading(A, "10.10.10.0/26", *(each for each in a.interfaces if each.network_interface_id != RESOURCE_A))
    account = snapshot(left, b, endpoints=(FAILED,), associations=associations("Accessible"))
    gone = event("DeleteNetworkInterface", 300, network_interface_id=RESOURCE_A)
    return explain(Investigation(account, FAILED, NOW, timeline_of(gone)))


NAMES = (
    Resolution(
        "a.on.aws", tuple(map(parse_address, ("10.10.10.31", "10.10.10.36", "10.10.10.20", "10.10.10.90", "192.0.2.1")))
    ),
    Resolution("b.on.aws", problem="the name has no IPv4 address"),
)
PROBES = (
    Probe("a.on.aws", parse_address("10.10.10.31"), 443, ProbeOutcome.CONNECTED, 0.0123),
    Probe("a.on.aws", parse_address("192.0.2.1"), 443, ProbeOutcome.TIMED_OUT, 3.0),
)


def test_where_each_address_of_a_name_lies() -> None:
    lines = render_markdown(investigated(names=NAMES)).splitlines()
    assert f"- `a.on.aws`: 10.10.10.31 in 10.10.10.16/28 of {RESOURCE_A}" in lines
    assert f"- `a.on.aws`: 10.10.10.36 in block 10.10.10.32/28 of {HOLDER}" in lines
    assert "- `a.on.aws`: 10.10.10.90 in block 10.10.10.80/28, held by no interface seen here" in lines
    assert "- `a.on.aws`: 192.0.2.1, which lies in no subnet seen here" in lines
    assert "- `b.on.aws`: the name has no IPv4 address" in lines


def test_what_came_of_each_connection() -> None:
    lines = render_markdown(investigated(names=NAMES, probes=PROBES)).splitlines()
    assert "- TCP to 10.10.10.31:443 (a.on.aws): connected after 0.012 s" in lines
    assert "- TCP to 192.0.2.1:443 (a.on.aws): no answer after 3.000 s" in lines


def test_a_name_that_ends_the_code_it_stands_in_does_not() -> None:
    text = render_markdown(investigated(names=(Resolution("a`b\x1b[2J", problem="no"),)))
    assert "- `a'b[2J`: no\n" in text


def test_where_the_map_is_another_today_the_blocks_of_then_are_told_one_by_one() -> None:
    text = render_markdown(since_given_back())
    assert "- at 08:19:22 UTC, when it was refused: `RLfR`\n- now: `R.fR`\n" in text
    listed = text.partition("Block by block when it was refused:\n\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[1:3] for line in listed] == [
        [".0/28", "`R`"],
        [".16/28", "`L`"],
        [".32/28", "`f`"],
        [".48/28", "`R`"],
    ]
    assert listed[1].endswith("this endpoint's own prefix")


def test_where_the_map_is_the_same_they_are_not() -> None:
    assert "Block by block" not in render_markdown(investigated())


def test_without_cloudtrail_there_is_no_section_of_what_happened() -> None:
    text = render_markdown(investigated(timeline=None))
    assert "## What happened" not in text
    assert "## Why" in text


def test_a_map_of_many_blocks_stands_in_groups_of_a_24() -> None:
    many = reading(A, "10.10.0.0/23", *incident_readings()[0].interfaces[1:2])
    account = snapshot(many, endpoints=(endpoint("Failed", A),))
    found = explain(Investigation(account, endpoint("Failed", A), NOW, timeline_of()))
    assert f"- now: `R{'.' * 15} {'.' * 15}R`" in render_markdown(found)


@pytest.mark.parametrize("found", [investigated(names=NAMES, probes=PROBES), since_given_back()])
def test_the_json_is_what_its_schema_says(found: Explanation) -> None:
    told = msgspec.json.decode(render_json(found), type=ExplainDocument, strict=True)
    assert told == document(found)
    assert set(json_schema()["$defs"]["ExplainDocument"]["required"]) == set(ExplainDocument.__struct_fields__)


def test_the_json_has_every_try_with_its_time() -> None:
    told = document(investigated())
    assert told.schema == "latticetop.explain/1"
    assert told.facts["Account"] == "123456789012"
    made, *_, refused = told.events
    assert (made.event_name, made.times, made.offset_seconds) == ("CreateNetworkInterface", ["2024-12-19T08:18:57Z"], 8)
    assert (made.role, made.subnet_id, made.zone, made.network_interface_id) == (
        "resource",
        A,
        "us-east-1a",
        RESOURCE_A,
    )
    assert (made.private_ip_addresses, made.ipv4_prefixes) == (["10.10.10.7"], ["10.10.10.16/28"])
    assert (made.error_code, made.error_message, made.gaps_seconds) == (None, None, [])
    assert refused.times == [
        f"2024-12-19T{time}Z" for time in ("08:19:22", "08:19:34", "08:19:49", "08:20:06", "08:20:27")
    ]
    assert (refused.tries, refused.gaps_seconds, refused.network_interface_id) == (5, [12, 15, 17, 21], None)
    assert refused.error_message == "There aren't sufficient free Ipv4 addresses or prefixes"


def test_the_json_says_where_names_lead_and_null_for_what_is_not_known() -> None:
    told = document(investigated(names=NAMES, probes=PROBES))
    leads, nowhere = told.names
    assert [msgspec.structs.astuple(place) for place in leads.addresses] == [
        ("10.10.10.31", A, "10.10.10.16/28", RESOURCE_A, "10.10.10.16/28"),
        ("10.10.10.36", A, "10.10.10.32/28", HOLDER, None),
        ("10.10.10.20", A, "10.10.10.16/28", RESOURCE_A, "10.10.10.16/28"),
        ("10.10.10.90", B, "10.10.10.80/28", None, None),
        ("192.0.2.1", None, None, None, None),
    ]
    assert (leads.problem, nowhere.problem, nowhere.addresses) == (None, "the name has no IPv4 address", [])
    assert [(probe.address, probe.port, probe.outcome) for probe in told.probes] == [
        ("10.10.10.31", 443, "connected"),
        ("192.0.2.1", 443, "no answer"),
    ]


def test_the_json_has_the_maps_of_then_and_now() -> None:
    (pair,) = document(since_given_back()).maps
    assert (pair.subnet_id, pair.at, pair.map_then, pair.map_now) == (A, "2024-12-19T08:19:22Z", "RLfR", "R.fR")
    (unknown,) = document(investigated(timeline=None)).maps
    assert (unknown.at, unknown.map_then, unknown.map_now) == (None, None, "RLfR")
    assert [line.letter for line in unknown.blocks] == list("RLfR")


def test_the_json_tells_remedies_and_findings_with_their_evidence() -> None:
    told = document(investigated())
    assert told.remedies[0].kind == "free-block"
    assert told.remedies[0].action == "move 10.10.10.36 (i-0ae4b4d9c4e67eef0)"
    services = next(finding for finding in told.findings if finding.label == "Services")
    assert services.tone == "bad"
    assert [line.letter for line in services.evidence][:4] == list("RLfR")
    assert services.evidence[-1].letter is None
