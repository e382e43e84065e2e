from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.findings import Tone
from latticetop.model.endpoints.verdict import Verdict, verdict_for
from latticetop.model.records.lattice import Lattice, ServiceAssociation, ServiceNetwork
from latticetop.model.records.resources import Endpoint
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.model.builders import (
    ENDPOINT,
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

YES, NO = "Accessible", "Inaccessible"


@pytest.mark.parametrize(
    ("state", "words", "verdict"),
    [
        ("Failed", (YES, YES, YES), Verdict.FAILED_BUT_ACCESSIBLE),
        ("failed", (NO, "ACCESSIBLE"), Verdict.FAILED_BUT_ACCESSIBLE),
        ("Failed", (NO,), Verdict.FAILED),
        ("Failed", (), Verdict.FAILED),
        ("Available", (YES, NO), Verdict.DEGRADED),
        ("Partial", (NO,), Verdict.DEGRADED),
        ("available", (YES,), Verdict.HEALTHY),
        ("Available", (), Verdict.HEALTHY),
        ("Pending", (), Verdict.PENDING),
        ("pendingAcceptance", (YES,), Verdict.PENDING),
        ("Deleting", (YES,), Verdict.GONE),
        ("Deleted", (), Verdict.GONE),
        ("Rejected", (), Verdict.GONE),
        ("Expired", (), Verdict.GONE),
        ("Partial", (YES,), Verdict.UNKNOWN),
        ("Hibernating", (YES,), Verdict.UNKNOWN),
        ("", (), Verdict.UNKNOWN),
    ],
)
def test_the_table_of_verdicts(state: str, words: tuple[str, ...], verdict: Verdict) -> None:
    assert verdict_for(state, associations(*words)) is verdict


def judged(account: Snapshot) -> Assessment:
    (only,) = account.endpoints.values()
    return assess(account, only)


def finding(account: Snapshot, label: str) -> tuple[Tone, str, dict[str, str]]:
    found = next(f for f in judged(account).findings if f.label == label)
    return found.tone, found.sentence, {line.term: line.text for line in found.evidence}


def test_the_incident() -> None:
    assessment = judged(incident())
    assert assessment.verdict is Verdict.FAILED_BUT_ACCESSIBLE
    assert (assessment.accessible, assessment.associations) == (3, 3)
    assert assessment.headline == "Failed, yet AWS calls 3 of 3 associations accessible."


def test_the_incident_has_its_resources_in_both_zones() -> None:
    tone, sentence, evidence = finding(incident(), "Resources")
    assert (tone, sentence) == (Tone.GOOD, "served in both zones")
    assert evidence == {"eni-0f995ce7b1b9589de": "a  10.10.10.16/28", "eni-09199f7c86c4cddf9": "b  10.10.10.96/28"}


def test_the_incident_lacks_services_in_a_and_every_block_is_accounted_for() -> None:
    tone, sentence, evidence = finding(incident(), "Services")
    assert (tone, sentence) == (Tone.BAD, "no interface in us-east-1a: no /28 left there")
    assert ".0 to .3" in evidence[".0/28"]
    assert "own prefix" in evidence[".16/28"]
    assert "10.10.10.36 (i-0ae4b4d9c4e67eef0)" in evidence[".32/28"]
    assert ".63" in evidence[".48/28"]
    assert "us-east-1b" in evidence[""]


def test_the_incident_is_mended_by_moving_one_address() -> None:
    tone, sentence, _ = finding(incident(), "To mend")
    assert tone is Tone.ADVICE
    assert sentence.startswith("move 10.10.10.36 (i-0ae4b4d9c4e67eef0), which frees 10.10.10.32/28")
    assert "create the endpoint again" in sentence


def with_services(*names: str) -> Snapshot:
    account = incident()
    (only,) = account.endpoints.values()
    services = tuple(ServiceAssociation(f"snsa-{name}", service_name=name) for name in names)
    network = ServiceNetwork(only.service_network_arn, services=services)
    return structs.replace(account, lattice=Lattice({network.arn: network}))


def test_services_are_presumed_broken_and_it_is_said_to_be_an_inference() -> None:
    tone, sentence, evidence = finding(with_services("orders", "billing"), "Meaning")
    assert tone is Tone.BAD
    assert "the 2 services" in sentence
    assert "inferred" in sentence
    assert set(evidence) == {"orders", "billing"}


def test_without_services_the_failure_costs_nothing() -> None:
    tone, sentence, _ = finding(with_services(), "Meaning")
    assert tone is Tone.NOTE
    assert sentence.startswith("nothing is lost today")


def test_where_lattice_told_nothing_nothing_is_claimed() -> None:
    assert "Meaning" not in {f.label for f in judged(incident()).findings}


def test_pending_without_a_block_left_is_foretold() -> None:
    account = snapshot(*incident_readings(), endpoints=(endpoint("Pending", A, B),))
    tone, sentence, _ = finding(account, "Services")
    assert tone is Tone.BAD
    assert sentence == "none yet in us-east-1a, and no /28 left there: expect it to fail"
    assert judged(account).headline == "Pending for 2 min 11 s: AWS is building it."


@pytest.mark.parametrize(
    ("state", "unread", "said"),
    [
        ("Pending", (), "its associations are not there yet"),
        ("Available", (), "none associated, so no interface is needed"),
        ("Available", ("associations",), "whether any is associated is not known"),
    ],
)
def test_of_no_association_it_is_said_whether_some_may_come(state: str, unread: tuple[str, ...], said: str) -> None:
    bare = reading(A, "10.10.10.0/26", available=59)
    account = snapshot(bare, endpoints=(endpoint(state, A),), unread=unread)
    assert {finding.label: finding.full_text for finding in judged(account).findings}["Resources"] == said


def test_degraded_names_what_is_not_accessible() -> None:
    account = snapshot(
        *incident_readings(), endpoints=(endpoint("Available", A, B),), associations=associations(YES, "Pending")
    )
    assert judged(account).verdict is Verdict.DEGRADED
    tone, sentence, evidence = finding(account, "Broken")
    assert (tone, sentence) == (Tone.BAD, "1 association is not accessible")
    assert evidence == {"vpce-rsc-asc-1": "Pending"}


def test_an_ipv6_endpoint_needs_no_block() -> None:
    account = snapshot(*incident_readings(), endpoints=(endpoint("Failed", A, ip_address_type="IPV6"),))
    assert "/28 left" not in judged(account).why
    assert finding(account, "To mend")[1].startswith("create the endpoint again")


def test_an_endpoint_without_subnets_is_said_to_be_served_in_none() -> None:
    account = snapshot(endpoints=(endpoint("Available"),), associations=associations(YES))
    for label in ("Services", "Resources"):
        assert finding(account, label)[1] == "AWS names no subnet of this endpoint, so it is served in none"


def test_a_subnet_that_was_not_seen_is_not_guessed_at() -> None:
    account = snapshot(endpoints=(endpoint("Failed", "subnet-of-others"),), associations=associations(YES))
    assert finding(account, "Services")[1] == "not known in subnet-of-others, whose interfaces were not read"
    assert "no interface" not in judged(account).why


def test_interfaces_that_were_not_read_are_not_said_to_lack() -> None:
    a, b = incident_readings()
    account = snapshot(a, b, endpoints=(endpoint("Failed", A, B),), associations=associations(YES), unread=(B,))
    assert finding(account, "Services")[1] == "no interface in us-east-1a: no /28 left there"
    assert "not known in us-east-1b, whose interfaces were not read" in judged(account).why


@pytest.mark.parametrize(("state", "verdict"), [("Failed", Verdict.FAILED), ("Available", Verdict.UNKNOWN)])
def test_associations_that_were_not_read_are_not_said_to_be_none(state: str, verdict: Verdict) -> None:
    account = snapshot(*incident_readings(), endpoints=(endpoint(state, A, B),), unread=("associations",))
    assert judged(account).verdict is verdict
    assert judged(account).headline == f"{state}; its associations could not be read."


def serving(*subnet_ids: str) -> tuple[SubnetReading, ...]:
    """The incident's subnets with an ENI for services in these."""
    description = f"VPC Endpoint Interface: {ENDPOINT}"
    return tuple(
        structs.replace(each, interfaces=(*each.interfaces, eni(f"eni-{n}", each.subnet.subnet_id, "10.10.10.9",
                                                                description=description)))
        if each.subnet.subnet_id in subnet_ids else each
        for n, each in enumerate(incident_readings())
    )  # fmt: skip


def test_services_that_are_served_everywhere_lose_nothing() -> None:
    failed = endpoint("Failed", A, B)
    network = ServiceNetwork(failed.service_network_arn, services=(ServiceAssociation("snsa-1", service_name="pay"),))
    account = snapshot(*serving(A, B), endpoints=(failed,))
    account = structs.replace(account, lattice=Lattice({network.arn: network}))
    assert finding(account, "Services")[:2] == (Tone.GOOD, "served in both zones")
    assert "Meaning" not in {each.label for each in judged(account).findings}


def test_of_one_service_it_is_said_which() -> None:
    tone, sentence, evidence = finding(with_services("pay"), "Meaning")
    assert (tone, list(evidence)) == (Tone.BAD, ["pay"])
    assert sentence.startswith("presume the one service of the network broken")


def test_pending_where_there_is_room_is_only_waited_for() -> None:
    account = snapshot(*serving(A), endpoints=(endpoint("Pending", A, B),))
    assert finding(account, "Services")[:2] == (Tone.NOTE, "none yet in us-east-1b")


def test_services_of_which_only_a_part_was_read() -> None:
    account = snapshot(*serving(A), endpoints=(endpoint("Failed", A, B),), unread=(B,))
    tone, sentence, _ = finding(account, "Services")
    assert (tone, sentence) == (Tone.NOTE, "not known in us-east-1b, whose interfaces were not read")


def test_where_it_lacks_though_there_is_room_the_room_is_told() -> None:
    """B has one block of its two left: the other is the endpoint's."""
    account = snapshot(*serving(A), endpoints=(endpoint("Failed", A, B),))
    assert finding(account, "Services")[:2] == (
        Tone.BAD,
        "no interface in us-east-1b, where 1 /28 is free now",
    )


def test_resources_that_are_served_in_a_part_or_nowhere() -> None:
    a, b = incident_readings()
    bare = structs.replace(b, interfaces=())
    only_a = snapshot(a, bare, endpoints=(endpoint("Failed", A, B),), associations=associations(YES))
    assert finding(only_a, "Resources")[:2] == (Tone.NOTE, "served in us-east-1a, no interface in us-east-1b")
    none = snapshot(bare, endpoints=(endpoint("Failed", B),), associations=associations(YES))
    assert finding(none, "Resources")[:2] == (Tone.BAD, "no interface in us-east-1b")
    unasked = snapshot(bare, endpoints=(endpoint("Failed", B),))
    assert finding(unasked, "Resources")[:2] == (Tone.NOTE, "none associated, so no interface is needed")


def test_an_interface_without_a_prefix_is_told_by_its_first_addresses() -> None:
    """As AWS builds them today: up to 63 single addresses to an ENI for resources."""
    many = eni("eni-1", A, *(f"10.10.10.{n}" for n in range(20, 25)), description=f"VPC Endpoint Interface {ENDPOINT}")
    three = eni("eni-2", A, *(f"10.10.10.{n}" for n in range(6, 9)), description=f"VPC Endpoint Interface {ENDPOINT}")
    account = snapshot(
        reading(A, "10.10.10.0/26", many, three), endpoints=(endpoint("Available", A),), associations=associations(YES)
    )
    assert finding(account, "Resources")[2] == {
        "eni-1": "a  10.10.10.20, 10.10.10.21, 10.10.10.22 and 2 more",
        "eni-2": "a  10.10.10.6, 10.10.10.7, 10.10.10.8",
    }


def test_many_blocks_none_of_which_could_be_made_whole() -> None:
    prefixes = (f"10.0.0.{16 * n}/28" for n in range(1, 15))
    taken = eni("eni-1", "subnet-c", *prefixes, description="aws-K8S-i-1")
    account = snapshot(reading("subnet-c", "10.0.0.0/24", taken), endpoints=(endpoint("Failed", "subnet-c"),))
    assert finding(account, "Services")[2] == {"14 ×": "allocated", "2 ×": "reserved"}


def test_the_blocks_of_several_zones_are_told_apart() -> None:
    full = structs.replace(
        incident_readings()[1], interfaces=(eni("eni-9", B, "10.10.10.80/28", "10.10.10.96/28", description="ELB x"),)
    )
    account = snapshot(incident_readings()[0], full, endpoints=(endpoint("Failed", A, B),))
    _, sentence, evidence = finding(account, "Services")
    assert sentence == "no interface in us-east-1a and us-east-1b: no /28 left there"
    assert {term.split()[0] for term in evidence if term} == {"a", "b"}
    assert evidence["b .80/28"] == "prefix of load balancer x"


def test_what_aws_gives_as_the_reason_is_told() -> None:
    failed = Endpoint(
        "vpce-1", "Interface", "vpc-1", "Failed", failure_reason="no room", last_error_code="X", last_error_message="y"
    )
    assert finding(snapshot(endpoints=(failed,)), "AWS says")[1] == "no room: X: y"


def test_many_blocks_are_accounted_for_by_state() -> None:
    full = [f"10.0.0.{16 * n + 1}" for n in range(16)]
    account = snapshot(
        reading("subnet-c", "10.0.0.0/24", eni("eni-1", "subnet-c", *full)),
        endpoints=(endpoint("Failed", "subnet-c"),),
    )
    _, sentence, evidence = finding(account, "Services")
    assert sentence == "no interface in us-east-1a: no /28 left there"
    assert evidence["2 ×"] == "reserved"
    assert "10.0.0.16/28" in evidence["14 ×"]


def test_the_ranks_put_trouble_first() -> None:
    ranks = [verdict.rank for verdict in (Verdict.FAILED_BUT_ACCESSIBLE, Verdict.FAILED, Verdict.DEGRADED)]
    assert max(ranks) < min(v.rank for v in Verdict if not v.wrong)
