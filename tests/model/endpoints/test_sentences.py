"""Every sentence that is said of an endpoint: by type, state, associations, ENIs, and what was not read.

Each case has the text that a user reads: the headline, then a line for each finding with its label, without evidence.
A line that is indented further continues the one before. `...` stands for advice on blocks, if there is any, which the
tests of the remedies have. Subnet A is in us-east-1a, B in us-east-1b.
"""

from __future__ import annotations

import re
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from msgspec import structs

from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.lattice import Lattice, ServiceAssociation, ServiceNetwork
from latticetop.model.records.resources import Association, Endpoint, NetworkInterface, Subnet
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from tests.model.builders import NOW, VPC, A, B, eni

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = "vpce-0123456789abcdef0"
NETWORK = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4"
RESOURCE = "arn:aws:vpc-lattice:us-east-1:210987654321:resourceconfiguration/rcfg-0a1b"
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0c2d"
YES, NO, MINUTES, DAYS = "Accessible", "Inaccessible", timedelta(minutes=5), timedelta(days=3)
TOO_SMALL = "No /28 block can ever be free in a /28 subnet: the first four and the last address are reserved by AWS"


def interface(number: int, subnet_id: str, *held: str, service: bool = False) -> NetworkInterface:
    """An ENI of the endpoint with IPv4 and IPv6 addresses and prefixes, for services or else for resources."""
    return NetworkInterface(
        f"eni-{number:017x}",
        subnet_id,
        VPC,
        description=f"VPC Endpoint Interface{':' if service else ''} {ID}",
        addresses=tuple(parse_address(text) for text in held if "." in text and "/" not in text),
        prefixes=tuple(parse_cidr(text) for text in held if "." in text and "/" in text),
        ipv6_addresses=tuple(text for text in held if ":" in text and "/" not in text),
        ipv6_prefixes=tuple(text for text in held if ":" in text and "/" in text),
    )


def subnet(
    subnet_id: str, cidr: str | None, *interfaces: NetworkInterface, available: int = 251, unaccounted: int = 0
) -> SubnetReading:
    """A subnet in the zone of its letter, with an IPv6 range if it has no IPv4."""
    zone = "us-east-1a" if subnet_id == A else "us-east-1b"
    ipv6 = () if cidr else ("2600:1f13:925:d300::/64",)
    return SubnetReading(
        Subnet(subnet_id, VPC, parse_cidr(cidr) if cidr else None, available, zone, ipv6_cidr_blocks=ipv6),
        interfaces,
        unaccounted=unaccounted,
    )


OTHERS = NetworkInterface("eni-others", A, VPC, addresses=(parse_address("10.0.0.20"), parse_address("10.0.0.40")))
OTHERS_IN_B = structs.replace(OTHERS, subnet_id=B, addresses=(parse_address("10.0.1.20"), parse_address("10.0.1.40")))
ROOMY = (subnet(A, "10.0.0.0/24"), subnet(B, "10.0.1.0/24"))
ONLY_A, SMALL, IPV6_ONLY = (ROOMY[0],), (subnet(A, "10.0.0.0/28", available=11),), (subnet(A, None),)
FULL = (subnet(A, "10.0.0.0/26", OTHERS, available=57), ROOMY[1])
COUNT_OF_NINE = (subnet(A, "10.0.0.0/24", available=9, unaccounted=242),)
BUILT = (
    subnet(A, "10.0.0.0/24", interface(1, A, "10.0.0.9"), interface(2, A, "10.0.0.8", "10.0.0.64/28", service=True)),
    subnet(B, "10.0.1.0/24", interface(3, B, "10.0.1.9"), interface(4, B, "10.0.1.8", "10.0.1.64/28", service=True)),
)
RESOURCES_ONLY = (
    subnet(A, "10.0.0.0/26", OTHERS, interface(1, A, "10.0.0.9"), available=56),
    subnet(B, "10.0.1.0/24", interface(3, B, "10.0.1.9")),
)
SINGLE = (subnet(A, "10.0.0.0/24", interface(1, A, "10.0.0.9", "10.0.0.10")), subnet(B, "10.0.1.0/24"))
SINGLE_IN_BOTH = (SINGLE[0], subnet(B, "10.0.1.0/24", interface(3, B, "10.0.1.9")))
HOLDS_BLOCKS = (subnet(A, "10.0.0.0/24", interface(1, A, "10.0.0.9", "10.0.0.64/28")),)
NO_ADDRESS_LEFT = (subnet(A, "10.0.0.0/24", available=0),)
IPV6_BUILT = (
    subnet(
        A, None, interface(1, A, "2600::9", "2600::1:0/80"), interface(2, A, "2600::8", "2600::2:0/80", service=True)
    ),
)
IPV6_SINGLE = (subnet(A, None, interface(1, A, "2600::9")),)


class Case(NamedTuple):
    """An endpoint in an account, and what is said of it. `words` is None where the associations were not read."""

    name: str
    state: str
    words: tuple[str, ...] | None
    readings: tuple[SubnetReading, ...]
    verdict: Verdict
    text: str
    more: Mapping[str, Any] = MappingProxyType({})
    unread: tuple[str, ...] = ()
    services: tuple[str, ...] | None = None
    wrong: bool | None = None


def assessment_of(endpoint_type: str, case: Case) -> Assessment:
    fields: dict[str, Any] = {
        "subnet_ids": tuple(reading.subnet.subnet_id for reading in case.readings),
        "ip_address_type": "ipv4",
        "creation_timestamp": NOW - MINUTES,
        **{
            "ServiceNetwork": {"service_network_arn": NETWORK},
            "Resource": {"resource_configuration_arn": RESOURCE},
            "Tunnel": {"resource_configuration_arn": RESOURCE},
        }.get(endpoint_type, {"service_name": SERVICE}),
        **case.more,
    }
    endpoint = Endpoint(ID, endpoint_type, VPC, case.state, **fields)
    associations = [
        Association(f"vpce-rsc-asc-{n}", ID, accessibility=word, resource_arn=RESOURCE)
        for n, word in enumerate(case.words or ())
    ]
    parts = {"endpoints", "subnets"} | ({"associations"} if case.words is not None else set())
    for reading in case.readings:
        parts |= {reading.subnet.subnet_id, f"reservations {reading.subnet.subnet_id}"}
    services = (
        None if case.services is None else tuple(ServiceAssociation(f"snsa-{s}", service_name=s) for s in case.services)
    )
    account = Snapshot(
        Scope("123456789012", "us-east-1"),
        NOW,
        subnets={reading.subnet.subnet_id: reading for reading in case.readings},
        endpoints={ID: endpoint},
        associations={association.association_id: association for association in associations},
        read_at=dict.fromkeys(parts - set(case.unread), NOW),
        lattice=Lattice({NETWORK: ServiceNetwork(NETWORK, services=services)}),
    )
    return assess(account, endpoint)


def text_of(assessment: Assessment) -> str:
    return "\n".join([assessment.headline, *(f"{f.label}: {f.sentence}" for f in assessment.findings)])


def check(endpoint_type: str, case: Case) -> None:
    assessment = assessment_of(endpoint_type, case)
    text = re.sub(r"\n {12}", " ", case.text.rstrip()).replace("\n        ", "\n").strip()
    if text.endswith("\nFix: ...") and assessment.findings[-1].label == "Fix":
        assessment = structs.replace(assessment, findings=assessment.findings[:-1])
    assert text_of(assessment) == text.removesuffix("\nFix: ...")
    assert assessment.verdict is case.verdict
    assert assessment.wrong is (case.verdict.wrong if case.wrong is None else case.wrong)


def names(cases: list[Case]) -> list[str]:
    return [case.name for case in cases]


# fmt: off
SERVICE_NETWORK = [
    Case("pending", "Pending", (), ROOMY, Verdict.PENDING, """
        Pending for 5 min 0 s: AWS is creating it.
        Resources: no associations yet
        Services: none yet in us-east-1a and us-east-1b
    """),
    Case("pending, no free block", "Pending", (), FULL, Verdict.PENDING, """
        Pending for 5 min 0 s: AWS is creating it.
        Resources: no associations yet
        Services: none yet in us-east-1a, and no /28 block is free there: expect it to fail
    """),
    Case("pending in a /28", "pending", (), SMALL, Verdict.PENDING, """
        pending for 5 min 0 s: AWS is creating it.
        Resources: no associations yet
        Services: none yet in us-east-1a; expect it to fail. No /28 block can ever be free in a /28 subnet: the
            first four and the last address are reserved by AWS
    """),
    Case("pending, resources associated", "Pending", (NO,), ONLY_A, Verdict.PENDING, """
        Pending for 5 min 0 s: AWS is creating it.
        Resources: none yet in us-east-1a
        Services: none yet in us-east-1a
    """),
    Case("available", "Available", (YES, YES), BUILT, Verdict.HEALTHY, """
        Available, and AWS calls 2 of 2 associations accessible (not probed).
        Resources: served in both zones
        Services: served in both zones
    """),
    Case("available without an association", "Available", (), BUILT, Verdict.HEALTHY, """
        Available; it has no association.
        Resources: served in both zones
        Services: served in both zones
    """),
    Case("available, an association is not accessible", "Available", (YES, NO), BUILT, Verdict.DEGRADED, """
        Available, but AWS calls only 1 of 2 associations accessible (not probed).
        Broken: 1 association is not accessible
        Resources: served in both zones
        Services: served in both zones
        Fix: check rcfg-0a1b in VPC Lattice: the accessibility is the state of the resource configuration, not of
            this endpoint.
    """),
    Case("available, no association is accessible", "AVAILABLE", (NO, ""), BUILT, Verdict.DEGRADED, """
        AVAILABLE, but AWS calls 0 of 2 associations accessible.
        Broken: 2 associations are not accessible
        Resources: served in both zones
        Services: served in both zones
        Fix: check rcfg-0a1b in VPC Lattice: the accessibility is the state of the resource configuration, not of
            this endpoint.
    """),
    Case("available, not accessible, no ENI for services", "Available", (NO,), RESOURCES_ONLY, Verdict.DEGRADED, """
        Available, but AWS calls 0 of 1 association accessible.
        Broken: 1 association is not accessible
        Resources: served in both zones
        Services: no ENI in us-east-1a: no /28 block is free there
        Fix: check rcfg-0a1b in VPC Lattice: the accessibility is the state of the resource configuration, not of
            this endpoint.
    """),
    Case("available, no ENI for services", "Available", (YES,), RESOURCES_ONLY, Verdict.HEALTHY, """
        Available, and AWS calls 1 of 1 association accessible (not probed).
        Resources: served in both zones
        Services: no ENI in us-east-1a: no /28 block is free there
    """),
    Case("available, a subnet was not read", "Available", (YES,), (BUILT[0], ROOMY[1]), Verdict.UNKNOWN, """
        Available, and AWS calls 1 of 1 association accessible (not probed), but its ENIs in us-east-1b were not
            read.
        Resources: served in us-east-1a, no data for us-east-1b: ENIs were not read
        Services: no data for us-east-1b: ENIs were not read
    """, unread=(B,)),
    Case("available, a subnet of another account", "Available", (), ONLY_A, Verdict.UNKNOWN, """
        Available; it has no association, but its ENIs in subnet-0notmine were not read.
        Resources: none associated, so no ENI for them is needed
        Services: no data for subnet-0notmine: not selected, or not visible to this account
    """, more={"subnet_ids": ("subnet-0notmine",)}),
    Case("available, the associations were not read", "Available", None, BUILT, Verdict.UNKNOWN, """
        Available; its associations were not read.
        Resources: served in both zones
        Services: served in both zones
    """),
    Case("available without subnets", "Available", (YES,), (), Verdict.HEALTHY, """
        Available, and AWS calls 1 of 1 association accessible (not probed).
        Resources: AWS reports no subnet for this endpoint
        Services: AWS reports no subnet for this endpoint
    """),
    Case("available, a subnet listed twice", "Available", (), (BUILT[0],), Verdict.HEALTHY, """
        Available; it has no association.
        Resources: served in us-east-1a
        Services: served in us-east-1a
    """, more={"subnet_ids": (A, A)}),
    Case("partial", "Partial", (YES, NO), RESOURCES_ONLY, Verdict.DEGRADED, """
        Partial, a state that AWS does not document; AWS calls 1 of 2 associations accessible (not probed).
        Broken: 1 association is not accessible
        Resources: served in both zones
        Services: no ENI in us-east-1a: no /28 block is free there
        Fix: ...
    """),
    Case("partial with all its ENIs", "partial", (YES, NO), BUILT, Verdict.DEGRADED, """
        partial, a state that AWS does not document; AWS calls 1 of 2 associations accessible (not probed).
        Broken: 1 association is not accessible
        Resources: served in both zones
        Services: served in both zones
        Fix: check rcfg-0a1b in VPC Lattice: the accessibility is the state of the resource configuration, not of
            this endpoint.
    """),
    Case("failed but accessible", "Failed", (YES, YES, YES), RESOURCES_ONLY, Verdict.FAILED_BUT_ACCESSIBLE, """
        Failed, yet AWS calls 3 of 3 associations accessible (not probed).
        Resources: served in both zones
        Services: no ENI in us-east-1a: no /28 block is free there
        Impact: none today: the service network has no services (inferred)
        Fix: ...
    """, services=()),
    Case("failed with services", "Failed", (YES, NO), RESOURCES_ONLY, Verdict.FAILED_BUT_ACCESSIBLE, """
        Failed, yet AWS calls 1 of 2 associations accessible (not probed).
        Broken: 1 association is not accessible
        Resources: served in both zones
        Services: no ENI in us-east-1a: no /28 block is free there
        Impact: the one service of the network probably does not work over this endpoint (inferred: no ENI serves
            it)
        Fix: ...
    """, services=("orders",)),
    Case("failed, nothing accessible", "failed", (NO,), FULL, Verdict.FAILED, """
        failed, and AWS calls 0 of 1 association accessible.
        Broken: 1 association is not accessible
        Resources: no ENI in us-east-1a and us-east-1b
        Services: no ENI in us-east-1a: no /28 block is free there
        Fix: ...
    """),
    Case("failed although blocks are free", "Failed", (), ROOMY, Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: no ENI in us-east-1a and us-east-1b, where 28 /28 blocks are free
        Fix: ...
    """),
    Case("failed in a /28", "Failed", (), SMALL, Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: no ENI in us-east-1a. No /28 block can ever be free in a /28 subnet: the first four and the last
            address are reserved by AWS
        Fix: ...
    """),
    Case("failed where AWS counts nine addresses", "Failed", (), COUNT_OF_NINE, Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: no ENI in us-east-1a: no /28 block is free there
        Fix: ...
    """),
    Case("failed, reservations not read", "Failed", (), ONLY_A, Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: no ENI in us-east-1a, where 0-14 /28 blocks are free
        Fix: ...
    """, unread=(f"reservations {A}",)),
    Case("failed where AWS counts nine addresses, reservations not read", "Failed", (), COUNT_OF_NINE,
         Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: no ENI in us-east-1a, where the free /28 blocks are unknown
        Fix: ...
    """, unread=(f"reservations {A}",)),
    Case("failed, one subnet not read and one not visible", "Failed", (YES,), ONLY_A, Verdict.FAILED_BUT_ACCESSIBLE, """
        Failed, yet AWS calls 1 of 1 association accessible (not probed).
        Resources: no data for us-east-1a: ENIs were not read; no data for subnet-0notmine: not selected, or not
            visible to this account
        Services: no data for us-east-1a: ENIs were not read; no data for subnet-0notmine: not selected, or not
            visible to this account
        Fix: ...
    """, more={"subnet_ids": (A, "subnet-0notmine")}, unread=(A,)),
    Case("failed, the associations were not read", "Failed", None, FULL, Verdict.FAILED, """
        Failed; its associations were not read.
        Resources: unknown: the associations were not read
        Services: no ENI in us-east-1a: no /28 block is free there
        Fix: ...
    """),
    Case("failed without subnets, with the reason of AWS", "Failed", (), (), Verdict.FAILED, """
        Failed, and it has no association.
        AWS says: InternalError: try again
        Resources: none associated, so no ENI for them is needed
        Services: AWS reports no subnet for this endpoint
        Fix: create the endpoint again with a subnet in each zone that it is to serve; latticetop plan --vpc-id
            vpc-0d54cbe88a44ffd04 --any says where it fits; then delete this one.
    """, more={"last_error_code": "InternalError", "last_error_message": "try again"}),
    Case("failed, dual-stack", "Failed", (YES,), RESOURCES_ONLY, Verdict.FAILED_BUT_ACCESSIBLE, """
        Failed, yet AWS calls 1 of 1 association accessible (not probed).
        Resources: served in both zones
        Services: no ENI in us-east-1a: no /28 block is free there
        Fix: ...
    """, more={"ip_address_type": "DUALSTACK"}),
    Case("failed, dual-stack in a subnet without IPv4", "Failed", (), IPV6_ONLY, Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: no ENI in us-east-1a, whose subnet has no IPv4 range
        Fix: ...
    """, more={"ip_address_type": "dualstack"}),
    Case("failed, dual-stack in subnets without IPv4", "Failed", (), (subnet(A, None), subnet(B, None)),
         Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: no ENI in us-east-1a and us-east-1b, whose subnets have no IPv4 range
        Fix: ...
    """, more={"ip_address_type": "dualstack"}),
    Case("failed, IPv6, without subnets", "Failed", (), (), Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: AWS reports no subnet for this endpoint
        Fix: create the endpoint again with a subnet in each zone that it is to serve; then delete this one.
    """, more={"ip_address_type": "ipv6"}),
    Case("failed, IPv6", "Failed", (), IPV6_ONLY, Verdict.FAILED, """
        Failed, and it has no association.
        Resources: none associated, so no ENI for them is needed
        Services: no ENI in us-east-1a, where it needs one /80 prefix
        Fix: ...
    """, more={"ip_address_type": "IPV6"}),
    Case("available, IPv6", "Available", (YES,), IPV6_BUILT, Verdict.HEALTHY, """
        Available, and AWS calls 1 of 1 association accessible (not probed).
        Resources: served in us-east-1a
        Services: served in us-east-1a
    """, more={"ip_address_type": "ipv6"}),
    Case("not accepted yet", "PendingAcceptance", (), ROOMY, Verdict.WAITING_FOR_ACCEPTANCE, """
        PendingAcceptance for 5 min 0 s: the owner of the service network sn-0fc4 (this account) has to accept it.
        Resources: no associations yet
        Services: none yet in us-east-1a and us-east-1b
        Fix: ask the owner of the service network sn-0fc4 (this account) to accept vpce-0123456789abcdef0, or
            delete the endpoint.
    """),
    Case("rejected", "Rejected", (), ROOMY, Verdict.FAILED, """
        Rejected: the owner of the service network sn-0fc4 (account 999999999999) rejected it.
        Fix: ask the owner of the service network sn-0fc4 (account 999999999999) for the reason; then create the
            endpoint again, or delete it.
    """, more={"service_network_arn": NETWORK.replace("123456789012", "999999999999")}),
    Case("expired", "Expired", (), ROOMY, Verdict.FAILED, """
        Expired, a state that AWS does not document: it counts as failed.
        Fix: delete the endpoint; then create it again if it is still needed.
    """),
    Case("being deleted", "Deleting", (NO,), FULL, Verdict.GONE, """
        Deleting: AWS is deleting it.
    """),
    Case("deleted", "deleted", (), (), Verdict.GONE, """
        deleted: AWS has deleted it.
    """),
    Case("a state that nobody knows", "Updating", (YES,), BUILT, Verdict.UNKNOWN, """
        AWS reports the state Updating, which latticetop does not know; AWS calls 1 of 1 association accessible
            (not probed).
        Resources: served in both zones
        Services: served in both zones
    """),
    Case("no state, nothing read", "", None, BUILT, Verdict.UNKNOWN, """
        AWS reports no state; its associations were not read.
        Resources: served in both zones
        Services: served in both zones
    """),
]
# fmt: on


@pytest.mark.parametrize("case", SERVICE_NETWORK, ids=names(SERVICE_NETWORK))
def test_a_service_network_endpoint(case: Case) -> None:
    check("ServiceNetwork", case)


# fmt: off
RESOURCE_ENDPOINTS = [
    Case("pending", "Pending", (), ROOMY, Verdict.PENDING, """
        Pending for 5 min 0 s: AWS is creating it.
        ENIs: none yet in us-east-1a and us-east-1b
    """),
    Case("available", "Available", (YES,), SINGLE_IN_BOTH, Verdict.HEALTHY, """
        Available, and AWS calls 1 of 1 association accessible (not probed).
        ENIs: in both zones, with 3 single addresses
    """),
    Case("available, it holds a block", "Available", (), HOLDS_BLOCKS, Verdict.HEALTHY, """
        Available; it has no association.
        ENIs: in us-east-1a, with 1 /28 block and 1 single address
    """),
    Case("available, no ENI in one zone", "Available", (YES,), SINGLE, Verdict.HEALTHY, """
        Available, and AWS calls 1 of 1 association accessible (not probed).
        ENIs: in us-east-1a, with 2 single addresses; none in us-east-1b
    """),
    Case("available, not accessible", "Available", (NO,), SINGLE_IN_BOTH, Verdict.DEGRADED, """
        Available, but AWS calls 0 of 1 association accessible.
        Broken: 1 association is not accessible
        ENIs: in both zones, with 3 single addresses
        Fix: check rcfg-0a1b in VPC Lattice: the accessibility is the state of the resource configuration, not of
            this endpoint.
    """),
    Case("available, a subnet was not read", "Available", (YES,), SINGLE, Verdict.UNKNOWN, """
        Available, and AWS calls 1 of 1 association accessible (not probed), but its ENIs in us-east-1b were not
            read.
        ENIs: in us-east-1a, with 2 single addresses; no data for us-east-1b: ENIs were not read
    """, unread=(B,)),
    Case("available, the associations were not read", "Available", None, SINGLE_IN_BOTH, Verdict.UNKNOWN, """
        Available; its associations were not read.
        ENIs: in both zones, with 3 single addresses
    """),
    Case("available, IPv6", "Available", (YES,), IPV6_SINGLE, Verdict.HEALTHY, """
        Available, and AWS calls 1 of 1 association accessible (not probed).
        ENIs: in us-east-1a, with 1 IPv6 address
    """, more={"ip_address_type": "IPV6"}),
    Case("partial", "Partial", (YES,), SINGLE_IN_BOTH, Verdict.DEGRADED, """
        Partial, a state that AWS does not document; AWS calls 1 of 1 association accessible (not probed).
        ENIs: in both zones, with 3 single addresses
    """),
    Case("failed but accessible", "Failed", (YES,), SINGLE_IN_BOTH, Verdict.FAILED_BUT_ACCESSIBLE, """
        Failed, yet AWS calls 1 of 1 association accessible (not probed).
        AWS says: Resource configuration is not available
        ENIs: in both zones, with 3 single addresses
        Fix: check the resource configuration rcfg-0a1b and its resource gateway in VPC Lattice; then create the
            endpoint again.
    """, more={"failure_reason": "Resource configuration is not available"}),
    Case("failed", "Failed", (), NO_ADDRESS_LEFT, Verdict.FAILED, """
        Failed, and it has no association.
        ENIs: none in us-east-1a
        Fix: check the resource configuration rcfg-0a1b and its resource gateway in VPC Lattice; then create the
            endpoint again.
    """),
    Case("failed, AWS gives no resource configuration", "Failed", (), ROOMY, Verdict.FAILED, """
        Failed, and it has no association.
        ENIs: none in us-east-1a and us-east-1b
        Fix: check its resource gateway in VPC Lattice; then create the endpoint again.
    """, more={"resource_configuration_arn": ""}),
    Case("failed without subnets", "Failed", None, (), Verdict.FAILED, """
        Failed; its associations were not read.
        ENIs: AWS reports no subnet for this endpoint
        Fix: check the resource configuration rcfg-0a1b and its resource gateway in VPC Lattice; then create the
            endpoint again with a subnet in each zone that it is to serve.
    """),
    Case("not accepted for days", "PendingAcceptance", (), ONLY_A, Verdict.WAITING_FOR_ACCEPTANCE, """
        PendingAcceptance since 2024-12-16 08:21Z: the owner of the resource configuration rcfg-0a1b (account
            210987654321) has to accept it.
        ENIs: none yet in us-east-1a
        Fix: ask the owner of the resource configuration rcfg-0a1b (account 210987654321) to accept
            vpce-0123456789abcdef0, or delete the endpoint.
    """, more={"creation_timestamp": NOW - DAYS}, wrong=True),
    Case("expired", "Expired", (NO,), ONLY_A, Verdict.FAILED, """
        Expired, a state that AWS does not document: it counts as failed.
        Broken: 1 association is not accessible
        Fix: delete the endpoint; then create it again if it is still needed.
    """),
    Case("being deleted", "Deleting", (YES,), SINGLE, Verdict.GONE, """
        Deleting: AWS is deleting it.
    """),
    Case("a state that nobody knows", "Updating", (), ONLY_A, Verdict.UNKNOWN, """
        AWS reports the state Updating, which latticetop does not know; it has no association.
        ENIs: none in us-east-1a
    """),
]
# fmt: on


@pytest.mark.parametrize("endpoint_type", ["Resource", "Tunnel"])
@pytest.mark.parametrize("case", RESOURCE_ENDPOINTS, ids=names(RESOURCE_ENDPOINTS))
def test_a_resource_or_tunnel_endpoint(endpoint_type: str, case: Case) -> None:
    check(endpoint_type, case)


# fmt: off
OTHER_TYPES = [
    Case("pending", "pending", (), ONLY_A, Verdict.PENDING, """
        pending for 5 min 0 s: AWS is creating it.
    """),
    Case("available", "available", (), FULL, Verdict.HEALTHY, """
        available, as AWS reports it (not probed).
    """),
    Case("available, nothing else was read", "available", None, ONLY_A, Verdict.HEALTHY, """
        available, as AWS reports it (not probed).
    """, unread=(A,)),
    Case("available, with odd associations", "available", (NO,), ONLY_A, Verdict.HEALTHY, """
        available, as AWS reports it (not probed).
    """),
    Case("failed", "failed", (), SMALL, Verdict.FAILED, """
        failed, and AWS gives a reason.
        AWS says: InsufficientFreeAddressesInSubnet: not enough addresses
        Fix: ...
    """, more={"last_error_code": "InsufficientFreeAddressesInSubnet", "last_error_message": "not enough addresses"}),
    Case("failed, AWS gives a code alone", "failed", (), ONLY_A, Verdict.FAILED, """
        failed, and AWS gives a reason.
        AWS says: InternalError
        Fix: ...
    """, more={"last_error_code": "InternalError"}),
    Case("failed, AWS gives a sentence alone", "failed", (), ONLY_A, Verdict.FAILED, """
        failed, and AWS gives a reason.
        AWS says: try again
        Fix: ...
    """, more={"last_error_message": "try again"}),
    Case("failed, AWS gives a reason alone", "failed", (), ONLY_A, Verdict.FAILED, """
        failed, and AWS gives a reason.
        AWS says: no room
        Fix: ...
    """, more={"failure_reason": "no room"}),
    Case("failed without a reason", "failed", None, (), Verdict.FAILED, """
        failed, and AWS gives no reason.
        Fix: ...
    """),
    Case("partial", "partial", (), (), Verdict.DEGRADED, """
        partial, a state that AWS does not document.
    """),
    Case("not accepted yet", "pendingAcceptance", (), ONLY_A, Verdict.WAITING_FOR_ACCEPTANCE, """
        pendingAcceptance for 5 min 0 s: the owner of com.amazonaws.vpce.us-east-1.vpce-svc-0c2d has to accept it.
        Fix: ask the owner of com.amazonaws.vpce.us-east-1.vpce-svc-0c2d to accept vpce-0123456789abcdef0 (aws ec2
            accept-vpc-endpoint-connections --service-id vpce-svc-0c2d --vpc-endpoint-ids vpce-0123456789abcdef0), or
            delete the endpoint.
    """),
    Case("not accepted, owner not known", "pendingAcceptance", (), ONLY_A, Verdict.WAITING_FOR_ACCEPTANCE, """
        pendingAcceptance: the owner of the service has to accept it.
        Fix: ask the owner of the service to accept vpce-0123456789abcdef0, or delete the endpoint.
    """, more={"service_name": "", "creation_timestamp": None}),
    Case("not accepted for days", "pendingAcceptance", (), ONLY_A, Verdict.WAITING_FOR_ACCEPTANCE, """
        pendingAcceptance since 2024-12-16 08:21Z: the owner of com.example.pay has to accept it.
        Fix: ask the owner of com.example.pay to accept vpce-0123456789abcdef0, or delete the endpoint.
    """, more={"service_name": "com.example.pay", "creation_timestamp": NOW - DAYS}, wrong=True),
    Case("rejected", "rejected", (), ONLY_A, Verdict.FAILED, """
        rejected: the owner of com.amazonaws.vpce.us-east-1.vpce-svc-0c2d rejected it.
        Fix: ask the owner of com.amazonaws.vpce.us-east-1.vpce-svc-0c2d for the reason; then create the endpoint
            again, or delete it.
    """),
    Case("expired", "expired", (), ONLY_A, Verdict.FAILED, """
        expired, a state that AWS does not document: it counts as failed.
        Fix: delete the endpoint; then create it again if it is still needed.
    """),
    Case("being deleted", "deleting", (), ONLY_A, Verdict.GONE, """
        deleting: AWS is deleting it.
    """),
    Case("deleted", "deleted", (), ONLY_A, Verdict.GONE, """
        deleted: AWS has deleted it.
    """),
    Case("a state that nobody knows", "hibernating", (), ONLY_A, Verdict.UNKNOWN, """
        AWS reports the state hibernating, which latticetop does not know.
    """),
    Case("no state", "", (), ONLY_A, Verdict.UNKNOWN, """
        AWS reports no state.
    """),
]
# fmt: on


@pytest.mark.parametrize("endpoint_type", ["Interface", "GatewayLoadBalancer", "Gateway"])
@pytest.mark.parametrize("case", OTHER_TYPES, ids=names(OTHER_TYPES))
def test_an_endpoint_of_a_type_without_associations(endpoint_type: str, case: Case) -> None:
    check(endpoint_type, case)
    assessment = assessment_of(endpoint_type, case)
    words = " ".join([assessment.why, *(finding.full_text for finding in assessment.findings)])
    for word in ("ssociation", "ervice network", "esource configuration", "/28", "/80"):
        assert word not in words
    assert (assessment.accessible, assessment.associations, assessment.unread_subnets) == (0, 0, ())


def test_an_endpoint_of_a_type_that_nobody_knows_has_the_associations_that_aws_lists() -> None:
    case = Case("", "Available", (YES, NO), ROOMY, Verdict.DEGRADED, """
        Available, but AWS calls only 1 of 2 associations accessible (not probed).
        Broken: 1 association is not accessible
        Fix: check rcfg-0a1b in VPC Lattice: the accessibility is the state of the resource configuration, not of
            this endpoint.
    """)  # fmt: skip
    check("Novel", case)
    assessment = assessment_of("Novel", case)
    assert (assessment.accessible, assessment.associations) == (1, 2)
    unlisted = "Available, as AWS reports it (not probed)."
    check("Novel", case._replace(words=(), verdict=Verdict.HEALTHY, text=unlisted))


TOO_FEW_ADDRESSES = {"last_error_code": "InsufficientFreeAddressesInSubnet"}
DELETE = "delete the endpoint; then create it again if it is still needed."


@pytest.mark.parametrize(
    ("endpoint_type", "readings", "more", "fix"),
    [
        (
            "Interface",
            NO_ADDRESS_LEFT,
            TOO_FEW_ADDRESSES,
            (
                f"free an address in {A}, or choose another subnet of us-east-1a; then delete the endpoint; "
                "then create it again."
            ),
        ),
        (
            "GatewayLoadBalancer",
            ONLY_A,
            TOO_FEW_ADDRESSES,
            f"delete the endpoint; then create it again: addresses are free now (251 in {A}).",
        ),
        (
            "Interface",
            (NO_ADDRESS_LEFT[0], subnet(B, "10.0.1.0/24", available=0)),
            {},
            (
                f"free an address in {A} and {B}, or choose another subnet of us-east-1a and us-east-1b; "
                "then delete the endpoint; then create it again."
            ),
        ),
        (
            "Interface",
            ROOMY,
            TOO_FEW_ADDRESSES,
            f"delete the endpoint; then create it again: addresses are free now (251 in {A} and 251 in {B}).",
        ),
        ("Interface", NO_ADDRESS_LEFT, {"ip_address_type": "ipv6"}, DELETE),
        ("Interface", IPV6_ONLY, {"ip_address_type": "dualstack", **TOO_FEW_ADDRESSES}, DELETE),
        ("Gateway", NO_ADDRESS_LEFT, {}, DELETE),
        ("Interface", ONLY_A, {}, DELETE),
        (
            "Interface",
            (),
            {},
            "delete the endpoint; then create it again with a subnet in each zone that it is to serve.",
        ),
        ("Gateway", (), {}, DELETE),
    ],
)
def test_the_fix_of_a_failed_endpoint_without_associations(
    endpoint_type: str, readings: tuple[SubnetReading, ...], more: dict[str, str], fix: str
) -> None:
    assessment = assessment_of(endpoint_type, Case("", "failed", (), readings, Verdict.FAILED, "", more=more))
    assert [finding.sentence for finding in assessment.findings if finding.label == "Fix"] == [fix]


def test_an_eni_of_an_endpoint_without_associations_is_told() -> None:
    """Its description says nothing of the endpoint, which lists it."""
    readings = (subnet(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.9")),)
    case = Case("", "Failed", (), readings, Verdict.FAILED, "", more={"network_interface_ids": ("eni-1",)})
    (resources,) = [f for f in assessment_of("ServiceNetwork", case).findings if f.label == "Resources"]
    assert resources.sentence == "none associated, but eni-1 is in us-east-1a"
    two = (subnet(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.9"), eni("eni-2", A, "10.0.0.10")),)
    case = case._replace(readings=two, more={"network_interface_ids": ("eni-1", "eni-2")})
    (resources,) = [f for f in assessment_of("ServiceNetwork", case).findings if f.label == "Resources"]
    assert resources.sentence == "none associated, but eni-1 and eni-2 are in us-east-1a"


@pytest.mark.parametrize(
    ("endpoint_type", "readings", "line"),
    [
        ("Resource", SINGLE, None),
        ("Tunnel", SINGLE, "AWS creates them only in the zones of the resource gateway"),
        ("tunnel", SINGLE, "AWS creates them only in the zones of the resource gateway"),
        ("Resource", NO_ADDRESS_LEFT, "no IPv4 address is free in us-east-1a"),
        ("Tunnel", NO_ADDRESS_LEFT, "no IPv4 address is free in us-east-1a"),
    ],
)
def test_why_a_zone_may_have_no_eni(endpoint_type: str, readings: tuple[SubnetReading, ...], line: str | None) -> None:
    assessment = assessment_of(endpoint_type, Case("", "Failed", (), readings, Verdict.FAILED, ""))
    evidence = [(e.term, e.text) for f in assessment.findings for e in f.evidence if not e.term.startswith("eni-")]
    assert evidence == ([("", line)] if line else [])


def test_an_ipv6_endpoint_lists_what_its_enis_hold() -> None:
    case = Case("", "Available", (), IPV6_BUILT, Verdict.HEALTHY, "", more={"ip_address_type": "IPV6"})
    resources, services = assessment_of("ServiceNetwork", case).findings
    assert [line.text for line in (*resources.evidence, *services.evidence)] == ["a  2600::1:0/80", "a  2600::2:0/80"]


def test_the_count_that_leaves_no_block_is_told() -> None:
    case = Case("", "Failed", (), COUNT_OF_NINE, Verdict.FAILED, "")
    services = next(f for f in assessment_of("ServiceNetwork", case).findings if f.label == "Services")
    assert services.evidence[-1].text == (
        "AWS counts 9 available addresses in us-east-1a, too few for a block: hidden ENIs use the rest"
    )


@pytest.mark.parametrize("readings", [ONLY_A, (subnet(B, "10.0.1.0/26", OTHERS_IN_B, available=57), ONLY_A[0])])
def test_what_leaves_the_number_of_free_blocks_open_is_told(readings: tuple[SubnetReading, ...]) -> None:
    case = Case("", "Failed", (), readings, Verdict.FAILED, "", unread=(f"reservations {A}",))
    services = next(f for f in assessment_of("ServiceNetwork", case).findings if f.label == "Services")
    assert services.evidence[-1].text == "us-east-1a: its CIDR reservations were not read"


def test_subnets_that_are_too_small_are_told_beside_others() -> None:
    small = subnet(B, "10.0.1.0/27", available=27)
    case = Case("", "Failed", (), (FULL[0], small), Verdict.FAILED, "")
    services = next(f for f in assessment_of("ServiceNetwork", case).findings if f.label == "Services")
    assert services.sentence == "no ENI in us-east-1a and us-east-1b: no /28 block is free there"
    assert services.evidence[-1].text == f"us-east-1b: {TOO_SMALL.replace('a /28 subnet', 'a /27 subnet')}"


def test_the_services_need_a_block_of_their_own_in_every_zone() -> None:
    """The ENIs of one role do not stand in for those of the other."""
    only_services = structs.replace(BUILT[0], interfaces=BUILT[0].interfaces[1:])
    assessment = assessment_of(
        "ServiceNetwork", Case("", "Failed", (YES,), (only_services,), Verdict.FAILED_BUT_ACCESSIBLE, "")
    )
    assert [finding.sentence for finding in assessment.findings[:2]] == [
        "no ENI in us-east-1a",
        "served in us-east-1a",
    ]
