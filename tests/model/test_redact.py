"""What redaction keeps and what it replaces."""

from __future__ import annotations

import typing
from datetime import datetime
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec import Struct, structs

from latticetop.model.endpoints.assessment import assess
from latticetop.model.incident.investigation import Probe, ProbeOutcome
from latticetop.model.incident.timeline import Timeline
from latticetop.model.records.address import Cidr
from latticetop.model.records.eni_owners import endpoint_of, owner_of, role_of
from latticetop.model.records.lattice import Lattice, VpcAssociation
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import Tag
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Scope, Snapshot, SnapshotDelta, apply_delta, delta_between
from tests.model.builders import ENDPOINT, NOW, incident
from tests.model.records.test_eni_owners import eni

KEPT = {
    "Scope": "region",
    "Vpc": "vpc_id",
    "Subnet": "subnet_id vpc_id availability_zone availability_zone_id state ipv6_cidr_blocks",
    "NetworkInterface": "network_interface_id subnet_id vpc_id interface_type "
    "status ipv6_addresses ipv6_prefixes availability_zone instance_id security_group_ids",
    "CidrReservation": "subnet_cidr_reservation_id subnet_id reservation_type",
    "Endpoint": "vpc_endpoint_id vpc_endpoint_type vpc_id state "
    "subnet_ids network_interface_ids ip_address_type last_error_code security_group_ids",
    "Association": "association_id vpc_endpoint_id accessibility failure_code",
    "ServiceNetwork": "service_network_id",
    "ServiceAssociation": "association_id status service_id",
    "ResourceAssociation": "association_id status resource_configuration_id failure_code",
    "VpcAssociation": "association_id status vpc_id",
    "EndpointAssociation": "association_id state vpc_endpoint_id vpc_id",
    "ResourceGateway": "resource_gateway_id status vpc_id subnet_ids ip_address_type",
    "ResourceConfiguration": "resource_configuration_id type status resource_gateway_id",
}


def planted(kind: Any, where: str) -> Any:
    """A value of a type in which every text names its field."""
    if get_origin(kind) is UnionType or get_origin(kind) is typing.Union:
        return planted(next(each for each in get_args(kind) if each is not type(None)), where)
    if get_origin(kind) is tuple:
        return (planted(get_args(kind)[0], where),)
    if get_origin(kind) is dict:
        key, value = get_args(kind)
        return {"key": planted(value, where)} if key is str else {}
    if kind is str:
        return f"<{where}>"
    if isinstance(kind, type) and issubclass(kind, Struct):
        hints = get_type_hints(kind)
        return kind(**{name: planted(hints[name], f"{kind.__name__}.{name}") for name in kind.__struct_fields__})
    fixed = {Tag: Tag(f"<{where}>", f"<{where}>"), Cidr: Cidr(0, 28), datetime: NOW, ProblemKind: ProblemKind.DISK}
    return fixed[kind] if kind in fixed else kind()


def test_only_the_fields_listed_stay() -> None:
    whole: Snapshot = planted(Snapshot, "")
    raw = msgspec.json.encode(Redactor().snapshot(whole)).decode()
    fields = {part.partition(">")[0] for part in raw.split("<")[1:]}
    assert fields == {f"{kind}.{name}" for kind, names in KEPT.items() for name in names.split()}
    assert "<Problem.message>" in msgspec.json.encode(whole).decode()


def test_replacements_are_consistent() -> None:
    redactor = Redactor()
    assert redactor.name("blue") == redactor.name("blue") != redactor.name("green")
    assert redactor.account("123456789012") == redactor.principal("123456789012")
    assert redactor.arn("arn:aws:rds:us-east-1:123456789012:cluster:blue") == (
        f"arn:aws:rds:us-east-1:{redactor.account('123456789012')}:cluster:{redactor.name('blue')}"
    )
    assert redactor.name("") == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"{ENDPOINT}-snra-0834edfa483e3c18a.rcfg-0f8b3049b4a9710e0.4232ccc.vpc-lattice-rsc.us-east-1.on.aws", True),
        ("vpce-0e3b1bfc42d162c4a.s3.us-east-1.vpce.amazonaws.com", False),
        ("payments-0f8b3049b4a9710e0.7d67968.vpc-lattice-svcs.us-east-1.on.aws", False),
        ("db.corp.example.org", False),
    ],
)
def test_host_names_that_aws_generates_from_ids_stay(text: str, kept: bool) -> None:
    redacted = Redactor().host(text)
    assert (redacted == text) is kept
    assert not any(name in redacted for name in ("payments", "corp", "s3"))


def test_an_arn_keeps_its_id_and_loses_its_names() -> None:
    arn = "arn:aws:vpc-lattice:us-east-1:210987654321:servicenetwork/sn-0fc4c78a8f94d8f09"
    assert Redactor().arn(arn) == arn.replace("210987654321", "000000000001")
    for secret in ("arn:aws:s3:::payments/key", "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/payments/5"):
        assert "payments" not in Redactor().arn(secret)


@pytest.mark.parametrize(
    ("description", "redacted"),
    [
        ("VPC Endpoint Interface: vpce-0e3b1bfc42d162c4a", "VPC Endpoint Interface: vpce-0e3b1bfc42d162c4a"),
        ("VPC Endpoint Interface vpce-0e3b1bfc42d162c4a", "VPC Endpoint Interface vpce-0e3b1bfc42d162c4a"),
        ("Resource Gateway Interface rgw-0bba03f3d56060135", "Resource Gateway Interface rgw-0bba03f3d56060135"),
        ("aws-K8S-i-0ae4b4d9c4e67eef0", "aws-K8S-i-0ae4b4d9c4e67eef0"),
        ("aws-K8S-secret", "aws-K8S-name-1"),
        ("Amazon EKS blue", "Amazon EKS name-1"),
        ("ELB app/web/50dc6c495c0c9188", "ELB name-1/name-2/name-3"),
        ("arn:aws:ecs:us-east-1:123456789012:attachment/0c1d", "arn:aws:ecs:us-east-1:000000000001:name-1/name-2"),
        ("EFS mount target for fs-0a1b2c3d (fsmt-0c1d2e3f)", "EFS mount target for fs-0a1b2c3d (fsmt-0c1d2e3f)"),
        ("Interface for NAT Gateway nat-05dba92075d71c408", "Interface for NAT Gateway nat-05dba92075d71c408"),
        ("AWS Lambda VPC ENI-worker-1f", "AWS Lambda VPC ENI-name-1"),
        ("RDSNetworkInterface", "RDSNetworkInterface"),
        ("the database of Bob", "name-1"),
        ("", ""),
    ],
)
def test_descriptions_keep_what_identifies_the_owner(description: str, redacted: str) -> None:
    assert Redactor().description(description) == redacted
    before = eni(description=description)
    after = Redactor().record(before)
    assert (endpoint_of(after), role_of(after)) == (endpoint_of(before), role_of(before))
    assert owner_of(after).kind is owner_of(before).kind


@pytest.mark.parametrize("key", ["VpcLatticeManaged", "kubernetes.io/cluster/blue", "eks:cluster-name", "Team"])
def test_tags_keep_what_identifies_the_owner(key: str) -> None:
    before = eni(instance_id="i-0123456789", tags=(Tag(key, "true"), Tag("user", "bob")), name="bob")
    after = Redactor().record(before)
    assert owner_of(after) == owner_of(before)
    assert not any(name in f"{after.tags} {after.name}" for name in ("blue", "Team", "bob"))


def test_the_values_of_tags_stay_where_they_are_ids_or_words_of_kubernetes() -> None:
    values = ("owned", "true", "i-0ae4b4d9c4e67eef0", "bob", "Owned")
    after = Redactor().tags(tuple(Tag("kubernetes.io/cluster/blue", value) for value in values))
    assert [tag.value for tag in after] == ["owned", "true", "i-0ae4b4d9c4e67eef0", "name-1", "name-2"]
    assert {tag.key for tag in after} == {"kubernetes.io/cluster/tag-1"}
    assert Redactor().tags((Tag("Team", "bob"), Tag("eks:x", "bob"))) == (
        Tag("tag-1", "name-1"),
        Tag("eks:tag-2", "name-1"),
    )


@pytest.mark.parametrize("key", ["Name", "aws:cloudformation:stack-name"])
def test_the_keys_of_tags_that_aws_sets_stay(key: str) -> None:
    assert Redactor().tags((Tag(key, "bob"),)) == (Tag(key, "name-1"),)


def test_of_a_scope_the_address_of_a_simulator_is_removed() -> None:
    scope = Scope("123456789012", "eu-west-1", profile="acme", role="admin", endpoint_url="http://acme.example:5000")
    assert Redactor().record(scope) == Scope("000000000001", "eu-west-1", profile="name-1", role="name-2")


@pytest.mark.parametrize(
    ("requester_id", "redacted"),
    [
        ("237081731433", "237081731433"),
        ("amazon-elb", "amazon-elb"),
        ("123456789012", "000000000001"),
        ("123456789012:awslambda_5_20201201", "000000000001:awslambda_name-1"),
        ("123456789012:AWSCodeBuild-blue", "000000000001:AWSCodeBuild-name-1"),
        ("123456789012:awslambda_5:blue", "000000000001:awslambda_name-1"),
        ("bob", "name-1"),
    ],
)
def test_requesters_keep_what_identifies_the_service(requester_id: str, redacted: str) -> None:
    before = eni(requester_id=requester_id)
    after = Redactor().record(before)
    assert after.requester_id == redacted
    assert owner_of(after).kind is owner_of(before).kind


def test_verdicts_and_maps_are_the_same() -> None:
    before = incident()
    after = Redactor().snapshot(before)
    assert after.scope.account_id != before.scope.account_id
    for key, reading in before.subnets.items():
        assert after.subnets[key].blocks.letters == reading.blocks.letters
    for key, endpoint in before.endpoints.items():
        assert assess(after, after.endpoints[key]).why == assess(before, endpoint).why


def test_a_redacted_delta_turns_one_redacted_snapshot_into_the_next() -> None:
    redactor, before = Redactor(), incident()
    first, *rest = before.subnets.values()
    other = structs.replace(first, subnet=structs.replace(first.subnet, name="renamed"))
    subnets = {reading.subnet.subnet_id: reading for reading in (other, *rest)}
    after = structs.replace(before, subnets=subnets, endpoints={})
    redacted = redactor.snapshot(before)
    delta: SnapshotDelta = redactor.delta(delta_between(before, after))
    assert apply_delta(redacted, delta) == redactor.snapshot(after)


def test_the_kind_and_the_operation_of_a_problem_stay() -> None:
    redacted = Redactor().problem(
        Problem(ProblemKind.LOGIN_NEEDED, "ec2:DescribeSubnets", "Profile acme ended.", "aws sso login --profile acme")
    )
    assert (redacted.kind, redacted.operation, redacted.next_step) == (
        ProblemKind.LOGIN_NEEDED,
        "ec2:DescribeSubnets",
        "",
    )
    assert str(redacted) == "Login needed: ec2:DescribeSubnets."


def test_two_names_have_two_replacements_in_every_form() -> None:
    redactor = Redactor()
    forms = (redactor.name, redactor.principal, redactor.arn, redactor.host, redactor.service, redactor.text)
    for form in forms:
        blue, green = form("blue team"), form("green team")
        assert blue != green == form("green team")
        assert "blue" not in blue and "green" not in green
    hosts = [redactor.host(f"{name}.s3.us-east-1.amazonaws.com") for name in ("blue", "green", "blue")]
    assert hosts[0] == hosts[2] != hosts[1]
    assert all(host.endswith(".us-east-1.amazonaws.com") for host in hosts)


@pytest.mark.parametrize("text", ["amazon", "amazon-elb", "eks.amazonaws.com"])
def test_principals_of_aws_stay(text: str) -> None:
    assert Redactor().principal(text) == text


@pytest.mark.parametrize("text", ["com.amazonaws.us-east-1.s3", "aws.api.us-east-1.vpc-lattice"])
def test_services_of_aws_stay(text: str) -> None:
    assert Redactor().service(text) == text


def test_a_problem_without_an_operation_keeps_its_kind() -> None:
    redacted = Redactor().problem(Problem(ProblemKind.THROTTLED, "the database of Bob", "Bob is slow.", "Ask Bob."))
    assert (redacted.operation, redacted.message) == ("", "Throttled.")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("There aren't sufficient free Ipv4 addresses or prefixes.", None),
        ("There aren't sufficient free Ipv6 addresses or prefixes", None),
        ("There aren't sufficient free Ipv4 addresses or prefixes in Bob's subnet.", "(text 1)"),
        ("Bob has no room.", "(text 1)"),
        ("", ""),
    ],
)
def test_sentences_of_aws_without_names_stay(text: str, redacted: str | None) -> None:
    assert Redactor().text(text) == (text if redacted is None else redacted)


def test_a_host_of_nobody_known_is_numbered() -> None:
    assert Redactor().host("db.corp.example.org") == "host-1.example"


DENIED = Problem(ProblemKind.ACCESS_DENIED, "cloudtrail:LookupEvents", "Bob may not.")
REDACTED = Problem(ProblemKind.ACCESS_DENIED, "cloudtrail:LookupEvents", "Access denied: cloudtrail:LookupEvents.")


def test_the_problems_of_a_scope_and_of_a_timeline_are_redacted_if_there_are_any() -> None:
    scope = Scope("123456789012", "us-east-1")
    timeline = Timeline(ENDPOINT, NOW, (), 0, NOW, NOW)
    redactor = Redactor()
    assert redactor.record(scope).account_problem is None and redactor.record(timeline).problem is None
    assert redactor.record(structs.replace(scope, account_problem=DENIED)).account_problem == REDACTED
    assert redactor.record(structs.replace(timeline, problem=DENIED)).problem == REDACTED


def test_what_was_not_read_of_vpc_lattice_stays_unknown_and_the_rest_is_redacted() -> None:
    arn = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"
    association = VpcAssociation("snva-1", "ACTIVE", "vpc-1", arn, "blue")
    nothing = Lattice(networks=None, vpc_associations=None)
    assert Redactor().record(nothing) == nothing
    read = Redactor().record(Lattice(vpc_associations={"vpc-1": (association,), "vpc-2": ()}))
    redacted = structs.replace(
        association, service_network_arn=arn.replace("123456789012", "000000000001"), service_network_name="name-1"
    )
    assert read.vpc_associations == {"vpc-1": (redacted,), "vpc-2": ()}


def test_a_record_without_anything_to_replace_stays() -> None:
    probe = Probe("a.on.aws", 1, 443, ProbeOutcome.REFUSED, 0.1)
    assert Redactor().record(probe) == probe
