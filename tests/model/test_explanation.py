from __future__ import annotations

from datetime import timedelta

import msgspec

from latticetop.model.address import parse_address
from latticetop.model.explanation import describe_line, explain
from latticetop.model.investigation import Investigation, Resolution, locate
from latticetop.model.network import Lattice, ServiceNetwork, VpcAssociation
from latticetop.model.problem import Problem, ProblemKind
from latticetop.model.remedies import RemedyKind, remedies_for
from latticetop.model.resources import Subnet
from latticetop.model.timeline import Line, Trail, build_timeline
from latticetop.reports.explain import render_markdown
from tests.model.builders import NOW, A, B, associations, endpoint, eni, incident, incident_readings, reading, snapshot
from tests.model.test_timeline import END, START, recorded

CLOUDTRAIL = Problem(ProblemKind.ACCESS_DENIED, "cloudtrail:LookupEvents", "cloudtrail:LookupEvents is denied.")


def investigated(**more: object) -> Investigation:
    account = incident()
    (only,) = account.endpoints.values()
    timeline = build_timeline(only, Trail(tuple(recorded()), START, END, END))
    fields: dict[str, object] = {"at": NOW + timedelta(days=1), "timeline": timeline}
    return Investigation(account, only, **{**fields, **more})  # type: ignore[arg-type]


def test_an_address_leads_to_its_block_and_interface() -> None:
    place = locate(incident(), parse_address("10.10.10.31"))
    assert place is not None
    assert (place.subnet_id, str(place.block), str(place.within), place.network_interface_id) == (
        A,
        "10.10.10.16/28",
        "10.10.10.16/28",
        "eni-0f995ce7b1b9589de",
    )
    single = locate(incident(), parse_address("10.10.10.36"))
    assert single is not None
    assert (single.network_interface_id, single.within) == ("eni-0aaaaaaaaaaaaaaa2", None)
    free = locate(incident(), parse_address("10.10.10.90"))
    assert free is not None
    assert (free.subnet_id, free.network_interface_id) == (B, "")
    assert locate(incident(), parse_address("192.0.2.1")) is None


def test_lines_are_told_in_words() -> None:
    assert describe_line(Line("DeleteNetworkInterface", (NOW,), network_interface_id="eni-1")) == "eni-1 removed"
    assert describe_line(Line("CreateVpcEndpoint", (NOW,))) == "endpoint created"
    refused = Line("CreateNetworkInterface", (NOW,), error_code="Client.X", error_message="no")
    assert describe_line(refused) == "refused: Client.X: no"


def test_recent_events_may_still_come() -> None:
    late = explain(investigated())
    soon = explain(investigated(at=END + timedelta(minutes=1)))
    assert "may be missing" not in late.reach
    assert "may be missing" in soon.reach


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


def test_remedies_are_ranked_and_another_subnet_is_offered_where_there_is_one() -> None:
    a, b = incident_readings()
    roomy = reading("subnet-roomy", "10.10.12.0/24")
    account = snapshot(a, b, roomy, endpoints=(endpoint("Failed", A, B),), associations=associations("Accessible"))
    (only,) = account.endpoints.values()
    found = remedies_for(account, only)
    assert [remedy.kind for remedy in found] == [
        RemedyKind.FREE_BLOCK,
        RemedyKind.OTHER_SUBNET,
        RemedyKind.CREATE_AGAIN,
        RemedyKind.RESERVE,
        RemedyKind.VPC_ASSOCIATION,
    ]
    assert "subnet-roomy" in found[1].action
    assert "14 free /28 blocks" in found[1].gains
    assert "10.10.10.16/28" in found[2].gains


def test_a_subnet_of_another_vpc_or_zone_is_no_remedy() -> None:
    a, b = incident_readings()
    elsewhere = reading("subnet-c", "10.10.12.0/24", zone="us-east-1c")
    foreign = msgspec.structs.replace(
        reading("subnet-d", "10.10.13.0/24"), subnet=Subnet("subnet-d", "vpc-other", None, 0, "us-east-1a")
    )
    account = snapshot(a, b, elsewhere, foreign, endpoints=(endpoint("Failed", A, B),))
    (only,) = account.endpoints.values()
    assert RemedyKind.OTHER_SUBNET not in {remedy.kind for remedy in remedies_for(account, only)}


def test_several_service_networks_could_be_one_and_a_vpc_takes_one_association() -> None:
    account = incident()
    (only,) = account.endpoints.values()
    other = msgspec.structs.replace(only, vpc_endpoint_id="vpce-2", service_network_arn="arn:x/sn-2")
    taken = ServiceNetwork("arn:x/sn-2", name="shared", vpcs=(VpcAssociation("snva-1", "ACTIVE", only.vpc_id),))
    account = msgspec.structs.replace(
        account, endpoints={**account.endpoints, "vpce-2": other}, lattice=Lattice({taken.arn: taken})
    )
    found = {remedy.kind: remedy for remedy in remedies_for(account, only)}
    assert "2 service networks" in found[RemedyKind.MERGE].action
    assert "associated with shared already" in found[RemedyKind.VPC_ASSOCIATION].costs


def test_many_addresses_in_the_way_are_counted() -> None:
    crowded = reading(
        A,
        "10.0.0.0/26",
        eni("eni-1", A, "10.0.0.17", "10.0.0.18"),
        eni("eni-2", A, "10.0.0.33", "10.0.0.34", "10.0.0.35"),
    )
    account = snapshot(crowded, endpoints=(endpoint("Failed", A),))
    (only,) = account.endpoints.values()
    first = remedies_for(account, only)[0]
    assert first.action == "move 2 addresses in 10.0.0.16/28, the fewest that free a block"
