from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.incident.explanation import Explanation, describe_entry, explain
from latticetop.model.incident.investigation import Investigation, Probe, ProbeOutcome, Resolution
from latticetop.model.incident.timeline import (
    PERMISSION_EVENT,
    CloudTrailEvent,
    EventHistory,
    Timeline,
    TimelineEntry,
    build_timeline,
)
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.aws_actions import LOOKUP_EVENTS
from latticetop.model.records.lattice import Lattice, ServiceNetwork
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.model.builders import (
    CREATED,
    ENDPOINT,
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

CREATED_ENI = CREATED + timedelta(seconds=8)
"""When the first ENI of the incident was created."""
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
    created = TimelineEntry("CreateNetworkInterface", (NOW,), network_interface_id="eni-1")
    assert describe_entry(created) == "eni-1 created"
    held = {"addresses": (parse_address("10.0.0.4"),), "prefixes": (parse_cidr("10.0.0.16/28"),)}
    assert describe_entry(structs.replace(created, **held)) == "eni-1 created with 10.0.0.4 and 10.0.0.16/28"
    assigned = structs.replace(created, event_name="AssignPrivateIpAddresses", **held)
    many = structs.replace(assigned, addresses=tuple(range(1, 64)), prefixes=())
    assert describe_entry(many) == "eni-1 assigned 0.0.0.1 and 0.0.0.2 and 0.0.0.3 and 60 more addresses"
    assert describe_entry(assigned) == "eni-1 assigned 10.0.0.4 and 10.0.0.16/28"
    unassigned = structs.replace(created, event_name="UnassignPrivateIpAddresses", addresses=held["addresses"])
    assert describe_entry(unassigned) == "eni-1 unassigned 10.0.0.4"
    assert describe_entry(structs.replace(created, event_name="AttachNetworkInterface")) == (
        "eni-1 AttachNetworkInterface"
    )


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
    both = explain(investigation(timeline=timeline(created, granted, CloudTrailEvent("e", START, "PutEvaluations"))))
    assert both.coverage == (
        "CloudTrail events from 08:17:49 to 08:33:49 UTC; "
        "1 unrelated event and 1 successful CreateNetworkInterfacePermission call are not shown."
    )
    assert "2 CloudTrail records could not be decoded: events of this endpoint may be missing." in read.missing_data
    problem = Problem(ProblemKind.UNREACHABLE, LOOKUP_EVENTS, "AWS cannot be reached.")
    history = EventHistory((), START, END, END, all_events_read=False, problem=problem)
    in_part = explain(investigation(timeline=build_timeline(endpoint("Failed", A, B), history)))
    assert in_part.coverage == (
        "CloudTrail events from 08:17:49 UTC. They were read in part: any event may be missing."
    )
    assert "What was read of CloudTrail has no events for this endpoint." in in_part.missing_data
    assert [pair.notes for pair in in_part.maps] == [
        ("What was read of CloudTrail has no failed call for this subnet; the current map is shown.",)
    ]


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
    first, *_, last = explanation.events
    assert (first.first, first.last, first.zone) == (CREATED_ENI, CREATED_ENI, "us-east-1a")
    assert first.text == "eni-0f995ce7b1b9589de created with 10.10.10.7 and 10.10.10.16/28"
    assert (last.first, last.last) == (CREATED_ENI + timedelta(seconds=25), CREATED_ENI + timedelta(seconds=90))
    assert [row.entry.network_interface_id for row in (first, last)] == ["eni-0f995ce7b1b9589de", ""]
    assert explanation.events[3].text.startswith(
        "failed 5 times in 65 s (retried after 12, 15, 17, 21 s): Client.Invalid"
    )
    (pair,) = explanation.maps
    assert (pair.subnet_id, pair.past, pair.current) == (A, "RLfR", "RLfR")
    assert [evidence.letter for evidence in pair.blocks] == list("RLfR")
    assert (pair.cidr_block, pair.zone, pair.at) == ("10.10.10.0/26", "us-east-1a", last.first)
    assert (pair.blocks[1].term, pair.blocks[1].text) == ("10.10.10.16/28", "this endpoint's own prefix")


def test_an_event_of_the_endpoint_itself_has_no_zone_and_no_role() -> None:
    created = CloudTrailEvent("e", NOW, "CreateVpcEndpoint", vpc_endpoint_ids=(ENDPOINT,))
    (row,) = explain(investigation(timeline=timeline(created))).events
    assert (row.zone, row.role, row.text, row.failed) == ("", "", "endpoint created", False)


def test_the_blocks_listed_are_those_of_the_map_at_the_failure() -> None:
    """The ENI for resources, with its prefix, has been deleted since."""
    a, b = incident_readings()
    account = snapshot(structs.replace(a, interfaces=a.interfaces[1:]), b, endpoints=(endpoint("Failed", A, B),))
    (pair,) = explained(account, timeline(*incident_events())).maps
    assert (pair.past, pair.current) == ("RLfR", "R.fR")
    assert [evidence.letter for evidence in pair.blocks] == list("RLfR")
    assert pair.blocks[1].text == "this endpoint's own prefix"
    assert pair.notes == (
        "ENIs deleted since then are not shown.",
        "Unknown: whether the ENIs in 10.10.10.0/28, 10.10.10.32/28 existed at that time.",
    )


def test_of_many_uncertain_blocks_four_are_named() -> None:
    crowd = (eni(f"eni-{n}", A, f"10.10.10.{16 * n}") for n in range(1, 7))
    (pair,) = explained(
        snapshot(reading(A, "10.10.10.0/25", *crowd), endpoints=(endpoint("Failed", A),)), timeline(*incident_events())
    ).maps
    assert pair.notes[1] == (
        "Unknown: whether the ENIs in 10.10.10.16/28, 10.10.10.32/28, 10.10.10.48/28, 10.10.10.64/28 and 2 more "
        "existed at that time."
    )


def test_the_advice_of_an_endpoint_is_among_its_remedies_and_not_told_twice() -> None:
    explanation = explained(incident(), None)
    assert [finding.label for finding in explanation.findings] == ["Works", "Resources", "Services"]
    assert [remedy.kind.value for remedy in explanation.remedies] == ["delete-first"]


def test_without_cloudtrail_only_the_current_map_can_be_shown() -> None:
    explanation = explained(incident(), None)
    (pair,) = explanation.maps
    assert (explanation.coverage, explanation.events) == ("", ())
    assert (pair.at, pair.past, pair.current) == (None, None, "RLfR")
    assert pair.notes == ("The map at that time cannot be rebuilt without CloudTrail; the current map is shown.",)


def test_every_fact_of_a_service_network_endpoint_in_its_order() -> None:
    account = incident()
    arn = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"
    facts = (
        ("Type", "ServiceNetwork"),
        ("Account", "123456789012"),
        ("Region", "us-east-1"),
        ("VPC", VPC),
        ("Subnets", f"{A} (us-east-1a), {B} (us-east-1b)"),
        ("Service network", arn),
        ("IP address type", "IPV4"),
        ("State", "Failed"),
        ("Created", "2024-12-19 08:18:49 UTC"),
    )
    assert explained(account, None).facts == facts
    named = structs.replace(account, lattice=Lattice({arn: ServiceNetwork(arn, name="shop")}))
    assert dict(explained(named, None).facts)["Service network"] == f"shop {arn}"
    listed = {key: structs.replace(each, service_network_name="prod") for key, each in account.associations.items()}
    both = structs.replace(named, associations=listed)
    assert dict(explained(both, None).facts)["Service network"] == f"prod {arn}", "what the association says"


def test_the_associations_of_a_type_that_nobody_knows_are_told() -> None:
    novel = structs.replace(endpoint("Available", A), vpc_endpoint_type="Novel", service_network_arn="")
    account = snapshot(*incident_readings(), endpoints=(novel,), associations=associations("Accessible"))
    assert [finding.label for finding in explained(account, None).findings] == ["Works"]


def test_probes_are_told_as_they_were_made() -> None:
    probes = (Probe("a.on.aws", parse_address("10.10.10.31"), 443, ProbeOutcome.TIMED_OUT, 3.0),)
    explanation = explain(investigation(probes=probes, problems=(CLOUDTRAIL,)))
    assert (explanation.probes, explanation.problems) == (probes, (CLOUDTRAIL,))
    assert explanation.assessment.verdict is Verdict.FAILED_BUT_ACCESSIBLE
    assert (explanation.endpoint.vpc_endpoint_id, explanation.scope.region) == (ENDPOINT, "us-east-1")


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
    full = reading(B, "10.10.10.64/26", eni("eni-1", B, "10.10.10.90", "10.10.10.100"))
    both = snapshot(reading(A, None), full, endpoints=(endpoint("Failed", A, B),))
    assert [pair.subnet_id for pair in explained(both, None).maps] == [B]


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
