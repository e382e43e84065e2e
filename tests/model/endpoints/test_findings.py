"""Findings on resources, services, impact and fix, of the incident and of other accounts."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.findings import (
    Evidence,
    FixStep,
    Tone,
    block_evidence,
    find_accessible,
    find_association_fix,
    find_inaccessible,
    fix_in_order,
)
from latticetop.model.records.lattice import Lattice, ServiceAssociation, ServiceNetwork
from latticetop.model.records.resources import Association, Endpoint
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


def assessment_of(account: Snapshot) -> Assessment:
    (only,) = account.endpoints.values()
    return assess(account, only)


def finding(account: Snapshot, label: str) -> tuple[Tone, str, dict[str, str]]:
    found = next(f for f in assessment_of(account).findings if f.label == label)
    return found.tone, found.sentence, {line.term: line.text for line in found.evidence}


def test_the_incident_has_its_resources_in_both_zones() -> None:
    tone, sentence, evidence = finding(incident(), "Resources")
    assert (tone, sentence) == (Tone.GOOD, "served in both zones")
    assert evidence == {"eni-0f995ce7b1b9589de": "a  10.10.10.16/28", "eni-09199f7c86c4cddf9": "b  10.10.10.96/28"}


def test_the_incident_has_no_services_in_a_and_every_block_has_its_reason() -> None:
    tone, sentence, evidence = finding(incident(), "Services")
    assert (tone, sentence) == (Tone.BAD, "no ENI in us-east-1a: no /28 block is free there")
    assert evidence["10.10.10.0/28"] == "reserved by AWS: .0 to .3; in use: .7, .13"
    assert evidence["10.10.10.16/28"] == "this endpoint's own prefix"
    assert evidence["10.10.10.32/28"] == "one address: 10.10.10.36 (i-0ae4b4d9c4e67eef0)"
    assert evidence["10.10.10.48/28"] == "reserved by AWS: .63"
    assert evidence[""] == "none in us-east-1b either, where 1 /28 block is free"


def with_services(*names: str) -> Snapshot:
    account = incident()
    (only,) = account.endpoints.values()
    services = tuple(ServiceAssociation(f"snsa-{name}", service_name=name) for name in names)
    network = ServiceNetwork(only.service_network_arn, services=services)
    return structs.replace(account, lattice=Lattice({network.arn: network}))


def test_services_without_an_eni_probably_do_not_work_and_that_is_inferred() -> None:
    tone, sentence, evidence = finding(with_services("orders", "billing"), "Impact")
    assert tone is Tone.BAD
    assert sentence == (
        "the 2 services of the network probably do not work over this endpoint (inferred: no ENI serves them)"
    )
    assert set(evidence) == {"orders", "billing"}


def test_without_services_the_failure_has_no_impact() -> None:
    tone, sentence, _ = finding(with_services(), "Impact")
    assert tone is Tone.NOTE
    assert sentence == "none today: the service network has no services (inferred)"


def test_no_impact_is_claimed_where_the_services_were_not_read() -> None:
    assert "Impact" not in {f.label for f in assessment_of(incident()).findings}


def test_pending_without_a_free_block_is_expected_to_fail() -> None:
    account = snapshot(*incident_readings(), endpoints=(endpoint("Pending", A, B),))
    tone, sentence, _ = finding(account, "Services")
    assert tone is Tone.BAD
    assert sentence == "none yet in us-east-1a, and no /28 block is free there: expect it to fail"


@pytest.mark.parametrize(
    ("state", "unread", "sentence"),
    [
        ("Pending", (), "no associations yet"),
        ("Available", (), "none associated, so no ENI for them is needed"),
        ("Available", ("associations",), "unknown: the associations were not read"),
    ],
)
def test_without_associations_resources_need_no_eni(state: str, unread: tuple[str, ...], sentence: str) -> None:
    bare = reading(A, "10.10.10.0/26", available=59)
    account = snapshot(bare, endpoints=(endpoint(state, A),), unread=unread)
    assert {finding.label: finding.full_text for finding in assessment_of(account).findings}["Resources"] == sentence


def test_degraded_names_what_is_not_accessible() -> None:
    account = snapshot(
        *incident_readings(), endpoints=(endpoint("Available", A, B),), associations=associations(YES, "Pending")
    )
    tone, sentence, evidence = finding(account, "Broken")
    assert (tone, sentence) == (Tone.BAD, "1 association is not accessible")
    assert evidence == {"vpce-rsc-asc-1": "Pending"}


def test_an_ipv6_endpoint_needs_no_block() -> None:
    account = snapshot(*incident_readings(), endpoints=(endpoint("Failed", A, ip_address_type="IPV6"),))
    assert "block is free" not in assessment_of(account).why
    assert "reserve" not in finding(account, "Fix")[1]


def test_an_endpoint_without_subnets_has_no_coverage() -> None:
    account = snapshot(endpoints=(endpoint("Available"),), associations=associations(YES))
    for label in ("Services", "Resources"):
        assert finding(account, label)[1] == "AWS reports no subnet for this endpoint"


def test_nothing_is_claimed_of_a_subnet_that_is_not_visible() -> None:
    account = snapshot(endpoints=(endpoint("Failed", "subnet-of-others"),), associations=associations(YES))
    assert (
        finding(account, "Services")[1] == "no data for subnet-of-others: not selected, or not visible to this account"
    )
    assert "no ENI" not in assessment_of(account).why


def test_enis_that_were_not_read_are_not_reported_as_missing() -> None:
    a, b = incident_readings()
    account = snapshot(a, b, endpoints=(endpoint("Failed", A, B),), associations=associations(YES), unread=(B,))
    assert finding(account, "Services")[1] == "no ENI in us-east-1a: no /28 block is free there"
    assert "no data for us-east-1b: ENIs were not read" in assessment_of(account).why


def serving(*subnet_ids: str) -> tuple[SubnetReading, ...]:
    """The incident's subnets with an ENI for services in these."""
    description = f"VPC Endpoint Interface: {ENDPOINT}"
    return tuple(
        structs.replace(each, interfaces=(*each.interfaces, eni(f"eni-{n}", each.subnet.subnet_id, "10.10.10.9",
                                                                description=description)))
        if each.subnet.subnet_id in subnet_ids else each
        for n, each in enumerate(incident_readings())
    )  # fmt: skip


def test_services_with_an_eni_in_every_zone_have_no_impact() -> None:
    failed = endpoint("Failed", A, B)
    network = ServiceNetwork(failed.service_network_arn, services=(ServiceAssociation("snsa-1", service_name="pay"),))
    account = snapshot(*serving(A, B), endpoints=(failed,))
    account = structs.replace(account, lattice=Lattice({network.arn: network}))
    assert finding(account, "Services")[:2] == (Tone.GOOD, "served in both zones")
    assert "Impact" not in {each.label for each in assessment_of(account).findings}


def test_one_service_is_named() -> None:
    tone, sentence, evidence = finding(with_services("pay"), "Impact")
    assert (tone, list(evidence)) == (Tone.BAD, ["pay"])
    assert sentence.startswith("the one service of the network probably does not work over this endpoint")


def test_pending_with_a_free_block_is_only_noted() -> None:
    account = snapshot(*serving(A), endpoints=(endpoint("Pending", A, B),))
    assert finding(account, "Services")[:2] == (Tone.NOTE, "none yet in us-east-1b")


def test_services_of_which_only_a_part_was_read() -> None:
    account = snapshot(*serving(A), endpoints=(endpoint("Failed", A, B),), unread=(B,))
    tone, sentence, _ = finding(account, "Services")
    assert (tone, sentence) == (Tone.NOTE, "no data for us-east-1b: ENIs were not read")


def test_a_missing_eni_despite_a_free_block_has_the_number_of_blocks() -> None:
    """B has one free block of two; the other is the endpoint's."""
    account = snapshot(*serving(A), endpoints=(endpoint("Failed", A, B),))
    assert finding(account, "Services")[:2] == (
        Tone.BAD,
        "no ENI in us-east-1b, where 1 /28 block is free",
    )


def test_resources_in_some_zones_or_in_none() -> None:
    a, b = incident_readings()
    bare = structs.replace(b, interfaces=())
    only_a = snapshot(a, bare, endpoints=(endpoint("Failed", A, B),), associations=associations(YES))
    assert finding(only_a, "Resources")[:2] == (Tone.NOTE, "served in us-east-1a, no ENI in us-east-1b")
    none = snapshot(bare, endpoints=(endpoint("Failed", B),), associations=associations(YES))
    assert finding(none, "Resources")[:2] == (Tone.BAD, "no ENI in us-east-1b")
    unassociated = snapshot(bare, endpoints=(endpoint("Failed", B),))
    assert finding(unassociated, "Resources")[:2] == (Tone.NOTE, "none associated, so no ENI for them is needed")


def test_an_eni_without_a_prefix_is_listed_with_its_first_addresses() -> None:
    """As AWS builds them today: up to 63 single addresses to an ENI for resources."""
    many = eni("eni-1", A, *(f"10.10.10.{n}" for n in range(20, 25)), description=f"VPC Endpoint Interface {ENDPOINT}")
    four = eni("eni-3", A, *(f"10.10.10.{n}" for n in range(40, 44)), description=f"VPC Endpoint Interface {ENDPOINT}")
    three = eni("eni-2", A, *(f"10.10.10.{n}" for n in range(6, 9)), description=f"VPC Endpoint Interface {ENDPOINT}")
    account = snapshot(
        reading(A, "10.10.10.0/26", many, three, four),
        endpoints=(endpoint("Available", A),),
        associations=associations(YES),
    )
    assert finding(account, "Resources")[2] == {
        "eni-1": "a  10.10.10.20, 10.10.10.21, 10.10.10.22 and 2 more",
        "eni-2": "a  10.10.10.6, 10.10.10.7, 10.10.10.8",
        "eni-3": "a  10.10.10.40, 10.10.10.41, 10.10.10.42 and 1 more",
    }


def test_many_blocks_of_which_none_is_fragmented() -> None:
    prefixes = (f"10.0.0.{16 * n}/28" for n in range(1, 15))
    taken = eni("eni-1", "subnet-c", *prefixes, description="aws-K8S-i-1")
    account = snapshot(reading("subnet-c", "10.0.0.0/24", taken), endpoints=(endpoint("Failed", "subnet-c"),))
    assert finding(account, "Services")[2] == {"14 ×": "other prefix", "2 ×": "reserved by AWS"}


def test_blocks_of_several_zones_have_their_zone() -> None:
    full = structs.replace(
        incident_readings()[1], interfaces=(eni("eni-9", B, "10.10.10.80/28", "10.10.10.96/28", description="ELB x"),)
    )
    account = snapshot(incident_readings()[0], full, endpoints=(endpoint("Failed", A, B),))
    _, sentence, evidence = finding(account, "Services")
    assert sentence == "no ENI in us-east-1a and us-east-1b: no /28 block is free there"
    assert {term.split()[0] for term in evidence if term} == {"a", "b"}
    assert evidence["b 10.10.10.80/28"] == "prefix of load balancer x"


def test_the_failure_that_aws_reports_is_a_finding() -> None:
    failed = Endpoint(
        "vpce-1", "Interface", "vpc-1", "Failed", failure_reason="no room", last_error_code="X", last_error_message="y"
    )
    assert finding(snapshot(endpoints=(failed,)), "AWS says")[1] == "no room: X: y"


def test_many_blocks_are_listed_by_state() -> None:
    full = [f"10.0.0.{16 * n + 1}" for n in range(16)]
    account = snapshot(
        reading("subnet-c", "10.0.0.0/24", eni("eni-1", "subnet-c", *full)),
        endpoints=(endpoint("Failed", "subnet-c"),),
    )
    _, sentence, evidence = finding(account, "Services")
    assert sentence == "no ENI in us-east-1a: no /28 block is free there"
    assert evidence["2 ×"] == "reserved by AWS"
    assert evidence["14 ×"] == "fragmented; easiest to free: 10.0.0.16/28, one address: 10.0.0.17 (other)"


def test_accessible_associations_are_listed_as_reported() -> None:
    listed = find_accessible(associations(YES, NO, YES))
    assert listed is not None
    assert listed.sentence == (
        "AWS calls 2 of 3 associations accessible (the state of the resource configurations, not probed)"
    )
    assert [line.term for line in listed.evidence] == ["vpce-rsc-asc-0", "vpce-rsc-asc-2"]
    assert find_accessible(associations(NO)) is None


def test_what_aws_says_of_an_association_that_is_not_accessible_is_in_its_line() -> None:
    failed = Association("asc-1", ENDPOINT, accessibility=NO, failure_code="X", failure_reason="no target")
    finding = find_inaccessible((*associations(YES), failed, Association("asc-2", ENDPOINT, failure_code="Y")))
    assert finding is not None
    assert [(line.term, line.text) for line in finding.evidence] == [
        ("asc-1", "Inaccessible, X, no target"),
        ("asc-2", "AWS reports no accessibility, Y"),
    ]


def test_advice_is_a_sentence_and_the_steps_that_it_consists_of() -> None:
    finding = fix_in_order("ask", "create", instead="delete")
    assert (finding.label, finding.tone, finding.sentence) == ("Fix", Tone.ADVICE, "ask; then create, or delete.")
    assert finding.steps == (FixStep("ask"), FixStep("create"), FixStep("delete", instead=True))
    assert fix_in_order("ask").steps == (FixStep("ask"),)


@pytest.mark.parametrize(
    ("names", "subject"),
    [
        ((), "the resource configurations"),
        (("rcfg-1",), "rcfg-1"),
        (("rcfg-1", "rcfg-1", "rcfg-2"), "rcfg-1, rcfg-2"),
        (("rcfg-1", "rcfg-2", "rcfg-3"), "rcfg-1, rcfg-2, rcfg-3"),
        (("rcfg-1", "rcfg-2", "rcfg-3", "rcfg-4", "rcfg-5"), "rcfg-1, rcfg-2, rcfg-3 and 2 more"),
    ],
)
def test_the_resources_of_inaccessible_associations_are_to_be_checked(names: tuple[str, ...], subject: str) -> None:
    arn = "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/"
    broken = [
        Association(f"asc-{n}", ENDPOINT, accessibility=NO, resource_arn=arn + name) for n, name in enumerate(names)
    ]
    others = (
        Association("asc-8", ENDPOINT, accessibility=YES, resource_arn=f"{arn}rcfg-8"),
        Association("asc-9", ENDPOINT, accessibility=NO),
    )
    assert find_association_fix((*broken, *others)).sentence == (
        f"check {subject} in VPC Lattice: the accessibility is the state of the resource configuration, "
        "not of this endpoint."
    )


def test_blocks_are_listed_by_state_with_the_easiest_to_free_emphasized() -> None:
    """Of a /24: a node has a prefix in block 1, an instance an address in block 2; AWS reserves the two at the ends."""
    prefix = eni("eni-1", A, "10.0.0.16/28", description="aws-K8S-i-1")
    instance = eni("eni-2", A, "10.0.0.40", instance_id="i-2")
    named = "fragmented; easiest to free: 10.0.0.32/28, one address: 10.0.0.40 (i-2)"
    fragmented = reading(A, "10.0.0.0/24", instance).blocks
    assert set(block_evidence(fragmented)) == {
        Evidence("2 ×", "reserved by AWS", "R"),
        Evidence("13 ×", "free", "."),
        Evidence("1 ×", named, "f", strong=True),
    }
    lines = block_evidence(reading(A, "10.0.0.0/24", prefix, instance).blocks)
    assert Evidence("1 ×", "other prefix", "A") in lines


def test_no_block_is_named_where_none_can_be_freed() -> None:
    """The whole subnet is an `explicit` reservation, in which AWS assigns no block even when it is empty."""
    instance = eni("eni-2", A, "10.0.0.40", instance_id="i-2")
    closed = reading(A, "10.0.0.0/24", instance, reservations=(("10.0.0.0/24", "explicit"),))
    assert Evidence("1 ×", "fragmented", "f", strong=True) in block_evidence(closed.blocks)


def test_no_fragmented_block_is_named_where_a_prefix_is_easier_to_free() -> None:
    """A leftover of a node holds the prefix; the address is of a NAT gateway."""
    leftover = structs.replace(eni("eni-1", A, "10.0.0.16/28", description="aws-K8S-i-1"), status="available")
    gateway = eni("eni-2", A, "10.0.0.40", description="Interface for NAT Gateway nat-1")
    lines = block_evidence(reading(A, "10.0.0.0/24", leftover, gateway).blocks)
    assert Evidence("1 ×", "fragmented", "f", strong=True) in lines
