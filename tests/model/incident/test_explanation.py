from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from latticetop.model.incident.explanation import Explanation, describe_entry, explain
from latticetop.model.incident.investigation import Investigation, Resolution
from latticetop.model.incident.timeline import (
    PERMISSION_EVENT,
    CloudTrailEvent,
    EventHistory,
    Timeline,
    TimelineEntry,
    build_timeline,
)
from latticetop.model.records.address import parse_address
from latticetop.model.records.aws_actions import LOOKUP_EVENTS
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.model.builders import (
    NOW,
    VPC,
    A,
    B,
    associations,
    endpoint,
    eni,
    incident,
    incident_readings,
    reading,
    snapshot,
)
from tests.model.incident.test_timeline import END, START, incident_events

CLOUDTRAIL = Problem(ProblemKind.ACCESS_DENIED, "cloudtrail:LookupEvents", "cloudtrail:LookupEvents is denied.")


def investigation(**options: object) -> Investigation:
    account = incident()
    (only,) = account.endpoints.values()
    timeline = build_timeline(only, EventHistory(tuple(incident_events()), START, END, END))
    fields: dict[str, object] = {"at": NOW + timedelta(days=1), "timeline": timeline}
    return Investigation(account, only, **{**fields, **options})  # type: ignore[arg-type]


def test_entries_are_described() -> None:
    assert (
        describe_entry(TimelineEntry("DeleteNetworkInterface", (NOW,), network_interface_id="eni-1")) == "eni-1 deleted"
    )
    assert describe_entry(TimelineEntry("CreateVpcEndpoint", (NOW,))) == "endpoint created"
    failed = TimelineEntry("CreateNetworkInterface", (NOW,), error_code="Client.X", error_message="no")
    assert describe_entry(failed) == "failed: Client.X: no"


def timeline(*events: CloudTrailEvent, complete_until: datetime = END, all_events_read: bool = True) -> Timeline:
    return build_timeline(endpoint("Failed", A, B), EventHistory(events, START, END, complete_until, all_events_read))


def test_recent_events_may_be_missing() -> None:
    late = explain(investigation())
    soon = explain(investigation(timeline=timeline(*incident_events(), complete_until=END - timedelta(minutes=4))))
    assert late.coverage == "CloudTrail events from 08:17:49 to 08:33:49 UTC."
    assert soon.coverage == (
        "CloudTrail events from 08:17:49 UTC. "
        "CloudTrail delivers with a delay: events after 08:29:49 UTC may be missing."
    )


def test_any_event_of_a_window_that_has_just_started_may_be_missing() -> None:
    recent = explain(investigation(timeline=timeline(complete_until=START)))
    assert (
        recent.coverage
        == "CloudTrail events from 08:17:49 UTC. CloudTrail delivers with a delay: any event may be missing."
    )


def test_unrelated_events_are_a_lower_bound_if_not_all_were_read() -> None:
    others = [CloudTrailEvent(str(number), START, "PutEvaluations") for number in range(1200)]
    complete, partial = (
        explain(investigation(timeline=timeline(*incident_events(), *others, all_events_read=all_read)))
        for all_read in (True, False)
    )
    assert "; 1,200 unrelated events are not shown" in complete.coverage
    assert "; at least 1,200 unrelated events are not shown" in partial.coverage


def test_what_is_not_shown_and_what_was_not_read_of_cloudtrail_is_said() -> None:
    created, *_ = incident_events()
    granted = CloudTrailEvent("p", END, PERMISSION_EVENT, network_interface_id=created.network_interface_id)
    history = EventHistory((created, granted), START, END, END, undecoded=2)
    read = explain(investigation(timeline=build_timeline(endpoint("Failed", A, B), history)))
    assert read.coverage == (
        "CloudTrail events from 08:17:49 to 08:33:49 UTC; "
        "1 successful CreateNetworkInterfacePermission call is not shown."
    )
    assert "2 CloudTrail records could not be decoded: events of this endpoint may be missing." in read.missing_data
    problem = Problem(ProblemKind.UNREACHABLE, LOOKUP_EVENTS, "AWS cannot be reached.")
    history = EventHistory((), START, END, END, all_events_read=False, problem=problem)
    in_part = explain(investigation(timeline=build_timeline(endpoint("Failed", A, B), history)))
    assert in_part.coverage == (
        "CloudTrail events from 08:17:49 UTC. They were read in part: any event may be missing."
    )
    assert "What was read of CloudTrail has no events for this endpoint." in in_part.missing_data


@pytest.mark.parametrize(
    ("days", "complete_until", "sentence"),
    [
        (
            91,
            END,
            "CloudTrail has no events for this endpoint: it keeps events for 90 days, and the endpoint is older.",
        ),
        (89, END, "CloudTrail has no events for this endpoint."),
        (0, START, "CloudTrail has no events for this endpoint. They may still arrive."),
    ],
)
def test_cloudtrail_without_events(days: int, complete_until: datetime, sentence: str) -> None:
    explanation = explain(
        investigation(timeline=timeline(complete_until=complete_until), at=NOW + timedelta(days=days))
    )
    assert sentence in explanation.missing_data
    assert explanation.events == ()


def test_the_events_of_the_incident_and_the_map_at_its_failure() -> None:
    explanation = explain(investigation())
    assert [(row.offset, row.role, row.failed) for row in explanation.events] == [
        (8, "resource", False),
        (9, "resource", False),
        (22, "service", False),
        (33, "service", True),
    ]
    assert explanation.events[3].text.startswith(
        "failed 5 times in 65 s (retried after 12, 15, 17, 21 s): Client.Invalid"
    )
    (pair,) = explanation.maps
    assert (pair.subnet_id, pair.past, pair.current) == (A, "RLfR", "RLfR")
    assert [evidence.letter for evidence in pair.blocks] == list("RLfR")


def test_only_the_current_map_without_a_failed_call_and_none_for_a_healthy_endpoint() -> None:
    (pair,) = explain(investigation(timeline=timeline())).maps
    assert pair.past is None
    assert pair.notes == ("CloudTrail has no failed call for this subnet; the current map is shown.",)
    account = snapshot(*incident_readings(), endpoints=(endpoint("Available", A, B),))
    (healthy,) = account.endpoints.values()
    assert explain(Investigation(account, healthy, NOW, timeline())).maps == ()


def test_a_note_says_that_current_reservations_are_assumed() -> None:
    a, b = incident_readings()
    reserved = reading(A, "10.10.10.0/26", *a.interfaces, reservations=(("10.10.10.48/28", "explicit"),))
    account = snapshot(reserved, b, endpoints=(endpoint("Failed", A, B),))
    (only,) = account.endpoints.values()
    (pair,) = explain(Investigation(account, only, NOW, timeline(*incident_events()))).maps
    assert "The current CIDR reservations are assumed to have existed at that time." in pair.notes


def explained(account: Snapshot, timeline: Timeline | None) -> Explanation:
    (only,) = account.endpoints.values()
    return explain(Investigation(account, only, NOW, timeline))


def test_notes_about_uncertain_blocks_and_missing_interfaces() -> None:
    """Two instances without an attachment time; a third was attached the day before."""
    before = structs.replace(eni("eni-3", A, "10.10.10.40"), attached_at=NOW - timedelta(days=1))
    crowded = reading(A, "10.10.10.0/25", eni("eni-1", A, "10.10.10.17"), eni("eni-2", A, "10.10.10.49"), before)
    (pair,) = explained(snapshot(crowded, endpoints=(endpoint("Failed", A),)), timeline(*incident_events())).maps
    assert "Unknown: whether the ENIs in 10.10.10.16/28, 10.10.10.48/28 existed at that time." in pair.notes
    missing_interface = "The map shows a free block, yet AWS had none: an ENI deleted since then used it (inferred)."
    assert missing_interface in pair.notes
    assert missing_interface not in explained(incident(), timeline(*incident_events())).maps[0].notes


@pytest.mark.parametrize(
    ("unaccounted", "note"),
    [
        (1, "1 address in use belongs to no visible ENI."),
        (2000, "2,000 addresses in use belong to no visible ENI."),
    ],
)
def test_a_note_counts_unaccounted_addresses(unaccounted: int, note: str) -> None:
    a, b = incident_readings()
    (pair,) = explained(
        snapshot(structs.replace(a, unaccounted=unaccounted), b, endpoints=(endpoint("Failed", A, B),)), None
    ).maps
    assert note in pair.notes


def test_no_map_of_a_subnet_without_blocks_or_without_data() -> None:
    account = snapshot(reading(A, None), endpoints=(endpoint("Failed", A, B),))
    explanation = explained(account, timeline(*incident_events()))
    assert explanation.maps == ()
    assert f"The ENIs in {B} were not read." in explanation.missing_data


def test_without_a_time_of_creation_there_is_no_window_in_cloudtimeline() -> None:
    sentence = "AWS gives no creation time for this endpoint, so CloudTrail was not searched."
    timeless = structs.replace(endpoint("Failed", A, B), creation_timestamp=None)
    account = snapshot(*incident_readings(), endpoints=(timeless,))
    explanation = explained(account, None)
    assert sentence in explanation.missing_data
    assert "Created" not in dict(explanation.facts)
    assert sentence not in explained(incident(), None).missing_data


def test_a_healthy_endpoint_has_no_remedies() -> None:
    account = snapshot(
        *incident_readings(), endpoints=(endpoint("Available", A, B),), associations=associations("Accessible")
    )
    explanation = explained(account, None)
    assert explanation.remedies == ()
    works = explanation.findings[0]
    assert works.label == "Works"
    assert works.sentence == (
        "AWS calls 1 of 1 association accessible (the state of the resource configurations, not probed)"
    )


def test_an_endpoint_of_another_type_is_explained_without_lattice() -> None:
    classic = structs.replace(
        endpoint("rejected", A),
        vpc_endpoint_type="Interface",
        service_network_arn="",
        service_name="com.amazonaws.vpce.us-east-1.vpce-svc-1",
        ip_address_type="ipv4",
    )
    account = snapshot(*incident_readings(), endpoints=(classic,), associations=associations("Accessible"))
    explanation = explained(account, None)
    facts = dict(explanation.facts)
    assert (facts["Type"], facts["Service"], facts["IP address type"]) == ("Interface", classic.service_name, "ipv4")
    assert (explanation.maps, explanation.remedies, explanation.missing_data) == ((), (), ())
    assert [finding.label for finding in explanation.findings] == ["Fix"]


def test_a_resource_endpoint_has_its_resource_configuration_among_the_facts() -> None:
    arn = "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-1"
    only = structs.replace(endpoint("Failed", A), vpc_endpoint_type="Resource", resource_configuration_arn=arn)
    explanation = explained(snapshot(*incident_readings(), endpoints=(only,)), None)
    assert dict(explanation.facts)["Resource configuration"] == arn
    assert (explanation.maps, explanation.remedies) == ((), ())
    assert [finding.label for finding in explanation.findings] == ["ENIs", "Fix"]
    assert explanation.missing_data == ()


def test_of_an_endpoint_without_subnets_the_advice_stays_beside_the_association_of_the_vpc() -> None:
    """The association is no endpoint; `check` advises to create one with subnets."""
    lattice = Lattice(networks={}, vpc_associations={VPC: ()})
    alone = structs.replace(snapshot(endpoints=(endpoint("Failed"),)), lattice=lattice)
    explanation = explained(alone, None)
    assert [remedy.kind.value for remedy in explanation.remedies] == ["vpc-association"]
    (advice,) = (finding for finding in explanation.findings if finding.label == "Fix")
    assert advice.sentence.startswith("create the endpoint again with a subnet in each zone that it is to serve; ")


def test_missing_data_is_listed() -> None:
    sentences = explain(investigation(timeline=None, problems=(CLOUDTRAIL,))).missing_data
    assert sentences[0] == "cloudtrail:LookupEvents is denied."
    assert any("services" in sentence for sentence in sentences)
    assert any("not resolved" in sentence for sentence in sentences)


def test_each_resolved_address_has_its_location() -> None:
    names = (
        Resolution("a.on.aws", (parse_address("10.10.10.31"), parse_address("192.0.2.1"))),
        Resolution("b.on.aws", problem="no answer within 3 s"),
    )
    resolved, unresolved = explain(investigation(names=names)).names
    (_, location), outside = resolved.locations
    assert location is not None
    assert (str(location.prefix), location.network_interface_id) == ("10.10.10.16/28", "eni-0f995ce7b1b9589de")
    assert outside == (parse_address("192.0.2.1"), None)
    assert (unresolved.locations, unresolved.resolution.problem) == ((), "no answer within 3 s")
