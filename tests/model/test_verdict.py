from __future__ import annotations

import msgspec
import pytest

from latticetop.model.findings import Tone
from latticetop.model.network import Lattice, ServiceAssociation, ServiceNetwork
from latticetop.model.resources import Endpoint
from latticetop.model.snapshot import Snapshot
from latticetop.model.verdict import Assessment, Verdict, assess, judge
from tests.model.builders import A, B, associations, endpoint, incident, incident_readings, reading, snapshot

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
    assert judge(state, associations(*words)) is verdict


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
    return msgspec.structs.replace(account, lattice=Lattice({network.arn: network}))


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
    assert {finding.label: finding.told for finding in judged(account).findings}["Resources"] == said


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


def test_what_aws_gives_as_the_reason_is_told() -> None:
    failed = Endpoint(
        "vpce-1", "Interface", "vpc-1", "Failed", failure_reason="no room", last_error_code="X", last_error_message="y"
    )
    assert finding(snapshot(endpoints=(failed,)), "AWS says")[1] == "no room: X: y"


def test_many_blocks_are_accounted_for_by_state() -> None:
    from tests.model.builders import eni

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
