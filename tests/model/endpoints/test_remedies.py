"""The remedies for a failed endpoint: their order, their steps, gains and costs."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from latticetop.model.endpoints.findings import FixStep
from latticetop.model.endpoints.recreation import Step, StepKind
from latticetop.model.endpoints.remedies import Remedy, RemedyKind, find_fix, remedies_for, subnet_fix, subnet_steps
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.lattice import Lattice, ServiceNetwork, VpcAssociation
from latticetop.model.records.resources import Association, Endpoint, Subnet
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.model.builders import (
    ENDPOINT,
    VPC,
    A,
    B,
    associations,
    endpoint,
    eni,
    incident,
    reading,
    snapshot,
)

FITS = "the endpoint then fits, whatever order AWS allocates in"
NO_ASSOCIATION = Lattice(vpc_associations={VPC: ()})


def one(name: str, *addresses: str, **members: Any) -> SubnetReading:
    """Subnet A as a /26 with one ENI."""
    return reading(A, "10.0.0.0/26", structs.replace(eni(name, A, *addresses), **members))


BLOCKED = reading(
    A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.17", instance_id="i-1"), eni("eni-2", A, "10.0.0.33", instance_id="i-2")
)


def account(*readings: SubnetReading, state: str = "Failed", accessible: bool = True, **members: Any) -> Snapshot:
    """The failed endpoint in all these subnets, with one association."""
    subnet_ids = [each.subnet.subnet_id for each in readings]
    scene = snapshot(
        *readings,
        endpoints=(endpoint(state, *subnet_ids),),
        associations=associations("Accessible" if accessible else "Inaccessible"),
    )
    return structs.replace(scene, **members)


def remedies(scene: Snapshot) -> dict[RemedyKind, Remedy]:
    """The remedies of the endpoint, of which there is one of a kind."""
    return {remedy.kind: remedy for remedy in remedies_for(scene, scene.endpoints[ENDPOINT])}


def steps(remedy: Remedy) -> list[str]:
    return [step.action for step in remedy.steps]


def fix(scene: Snapshot) -> str:
    finding = find_fix(scene, scene.endpoints[ENDPOINT])
    return finding.sentence if finding else ""


def test_a_block_is_reserved_then_freed_and_the_endpoint_created_last() -> None:
    assert list(remedies(account(BLOCKED))) == [RemedyKind.FREE_BLOCK], "its deletion would spare nothing"
    remedy = remedies(account(BLOCKED))[RemedyKind.FREE_BLOCK]
    assert steps(remedy) == [
        f"reserve 10.0.0.16/28 in {A} with type prefix",
        "terminate or replace i-1 (10.0.0.17), which frees 10.0.0.16/28",
        "create the endpoint again",
    ]
    reserve, free, create = remedy.steps
    assert reserve == Step(StepKind.RESERVE, reserve.task, (A,), (parse_cidr("10.0.0.16/28"),))
    assert (free.kind, free.subnet_ids, free.endpoint_id) == (StepKind.FREE, (A,), "")
    assert free.removal is not None and free.removal.freed_blocks == (parse_cidr("10.0.0.16/28"),)
    assert create == Step(StepKind.CREATE_ENDPOINT, create.task, (A,))
    assert remedy.action == "free a block in us-east-1a, then create the endpoint again"
    assert remedy.gains == f"ENIs for services in us-east-1a: {FITS}"
    assert remedy.costs == (
        "the DNS names of the endpoint change; AWS only lets you modify the security groups and tags of an existing "
        f"one; delete {ENDPOINT} once its clients use the new one"
    )


def test_the_fix_has_the_same_steps_in_one_sentence() -> None:
    assert fix(account(BLOCKED)) == (
        f"reserve 10.0.0.16/28 in {A} with type prefix; terminate or replace i-1 (10.0.0.17), which frees "
        "10.0.0.16/28; then create the endpoint again: AWS only lets you modify the security groups and tags of an "
        "existing one."
    )
    assert fix(account(BLOCKED, lattice=NO_ASSOCIATION)).endswith(
        " Or associate the VPC with the service network instead of using an endpoint: that uses no address of the VPC."
    )


def fix_steps(scene: Snapshot) -> tuple[FixStep, ...]:
    finding = find_fix(scene, scene.endpoints[ENDPOINT])
    assert finding is not None
    return finding.steps


def test_the_steps_of_the_fix_are_listed_too_and_the_way_without_an_endpoint_is_the_last() -> None:
    assert fix_steps(account(BLOCKED, lattice=NO_ASSOCIATION)) == (
        FixStep(f"reserve 10.0.0.16/28 in {A} with type prefix"),
        FixStep("terminate or replace i-1 (10.0.0.17)", "frees 10.0.0.16/28"),
        FixStep("create the endpoint again"),
        FixStep(
            "associate the VPC with the service network instead of using an endpoint",
            "uses no address of the VPC",
            instead=True,
        ),
    )


def test_a_new_subnet_or_what_to_read_is_the_one_step() -> None:
    tiny = account(reading(A, "10.0.0.0/28"))
    (remedy,) = remedies_for(tiny, tiny.endpoints[ENDPOINT])
    assert fix_steps(tiny) == (FixStep(remedy.action, remedy.gains),)
    unread = snapshot(BLOCKED, endpoints=(endpoint("Failed", A),), unread=(A,))
    assert fix_steps(unread) == (
        FixStep(f"unknown: its network interfaces were not read. Run latticetop check --subnet-id {A} to read them"),
    )


def test_an_endpoint_that_lacks_nothing_has_no_fix() -> None:
    scene = account(BLOCKED, state="Available")
    assert find_fix(scene, scene.endpoints[ENDPOINT]) is None


def test_the_incident_needs_two_blocks_a_zone_and_its_own_are_among_them() -> None:
    """The ENIs for resources hold a /28 each; B has room for both once the endpoint is gone."""
    (remedy,) = remedies_for(incident(), incident().endpoints[ENDPOINT])
    assert remedy.kind is RemedyKind.DELETE_FIRST
    assert steps(remedy) == [
        f"reserve 10.10.10.16/28 and 10.10.10.32/28 in {A} with type prefix",
        f"reserve 10.10.10.80/28 and 10.10.10.96/28 in {B} with type prefix",
        "terminate or replace i-0ae4b4d9c4e67eef0 (10.10.10.36), which frees 10.10.10.32/28",
        (
            f"delete {ENDPOINT} and wait until it is gone (its traffic stops until the new one is available), "
            "which frees 2 blocks: 10.10.10.16/28, 10.10.10.96/28"
        ),
        "create the endpoint again",
    ]
    assert [step.endpoint_id for step in remedy.steps] == ["", "", "", ENDPOINT, ""]
    assert remedy.steps[3].kind is StepKind.DELETE_ENDPOINT
    assert remedy.action == f"free a block in us-east-1a, delete {ENDPOINT}, then create it again"
    assert remedy.costs.startswith(f"the traffic over {ENDPOINT} stops until the new endpoint is available; ")


def test_an_endpoint_through_which_nothing_is_reached_is_deleted_first() -> None:
    """Its own block is enough, and nobody misses it."""
    service = f"VPC Endpoint Interface: {ENDPOINT}"
    where = reading(
        A,
        "10.0.0.0/26",
        eni("eni-1", A, "10.0.0.7", "10.0.0.16/28", description=service),
        eni("eni-2", A, "10.0.0.33", instance_id="i-2"),
        eni("eni-3", A, "10.0.0.8", "10.0.0.48", instance_id="i-3"),
    )
    scene = account(where, accessible=False)
    scene = structs.replace(scene, associations={})
    (remedy,) = remedies_for(scene, scene.endpoints[ENDPOINT])
    assert steps(remedy) == [
        f"reserve 10.0.0.16/28 in {A} with type prefix",
        f"delete {ENDPOINT} and wait until it is gone, which frees 10.0.0.16/28",
        "create the endpoint again",
    ]
    assert (remedy.kind, "traffic" in remedy.costs) == (RemedyKind.CREATE_AGAIN, False)
    unread = snapshot(where, endpoints=(endpoint("Failed", A),), unread=("associations",))
    assert RemedyKind.DELETE_FIRST in remedies(unread), "whether something is reached is not known"


def test_of_an_endpoint_without_blocks_the_deletion_frees_none() -> None:
    scene = structs.replace(account(BLOCKED, accessible=False), associations={})
    (remedy,) = remedies_for(scene, scene.endpoints[ENDPOINT])
    deletion = next(step for step in remedy.steps if step.kind is StepKind.DELETE_ENDPOINT)
    assert (deletion.action, deletion.effect) == (f"delete {ENDPOINT} and wait until it is gone", "")


def test_another_failed_endpoint_is_deleted_before_anything_else_is_freed() -> None:
    """It has ENIs in both subnets, and is deleted once."""
    of_other = "VPC Endpoint Interface: vpce-2"
    where = reading(
        A,
        "10.0.0.0/26",
        eni("eni-1", A, "10.0.0.16/28", "10.0.0.4", description=of_other),
        eni("eni-2", A, "10.0.0.33", instance_id="i-2"),
    )
    there = reading(
        B,
        "10.0.1.0/26",
        eni("eni-3", B, "10.0.1.16/28", "10.0.1.4", description=of_other),
        eni("eni-4", B, "10.0.1.33", instance_id="i-4"),
        zone="us-east-1b",
    )
    scene = account(where, there)
    failed = endpoint("Failed", A, B, endpoint_id="vpce-2")
    scene = structs.replace(scene, endpoints={**scene.endpoints, "vpce-2": failed})
    remedy = remedies(scene)[RemedyKind.FREE_BLOCK]
    assert [(step.endpoint_id, step.subnet_ids) for step in remedy.steps if step.kind is StepKind.FREE] == [
        ("vpce-2", (A,))
    ]
    assert steps(remedy) == [
        f"reserve 10.0.0.16/28 in {A} with type prefix",
        f"reserve 10.0.1.16/28 in {B} with type prefix",
        "delete the failed endpoint vpce-2, which frees 10.0.0.16/28",
        "create the endpoint again",
    ]
    reached = structs.replace(
        scene, associations=scene.associations | {"asc": Association("asc", "vpce-2", accessibility="Accessible")}
    )
    assert not any("vpce-2" in step for step in steps(remedies(reached)[RemedyKind.FREE_BLOCK]))


def test_where_a_block_is_free_the_endpoint_is_created_again() -> None:
    """With one it may fail, unless that is reserved; with many it is certain."""
    scarce = one("eni-1", "10.0.0.17", instance_id="i-1")
    assert steps(remedies(account(scarce))[RemedyKind.CREATE_AGAIN]) == [
        f"reserve 10.0.0.32/28 in {A} with type prefix",
        "create the endpoint again",
    ]
    roomy = remedies(account(reading(A, "10.0.0.0/24")))[RemedyKind.CREATE_AGAIN]
    assert (steps(roomy), roomy.gains) == (["create the endpoint again"], f"ENIs for services in us-east-1a: {FITS}")


def test_unaccounted_addresses_leave_it_open() -> None:
    where = reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.17", instance_id="i-1"), available=57, unaccounted=1)
    gains = remedies(account(where))[RemedyKind.CREATE_AGAIN].gains
    assert gains.endswith("the endpoint then may fit: some allocation sequences work, some fail")


def test_what_cannot_be_moved_comes_after_other_subnets() -> None:
    nat = {"description": "Interface for NAT Gateway nat-1", "requester_managed": True}
    stuck = reading(
        A,
        "10.0.0.0/26",
        structs.replace(eni("eni-1", A, "10.0.0.17"), **nat),
        structs.replace(eni("eni-2", A, "10.0.0.33"), description="RDSNetworkInterface"),
    )
    scene = snapshot(stuck, reading("subnet-r", "10.0.2.0/24"), endpoints=(endpoint("Failed", A),))
    assert list(remedies(scene)) == [RemedyKind.OTHER_SUBNET, RemedyKind.FREE_BLOCK]
    assert remedies(scene)[RemedyKind.FREE_BLOCK].costs.startswith(
        "the primary address of a NAT gateway cannot be changed; "
    )


def test_nodes_may_take_the_reserved_block_first() -> None:
    node = one("eni-1", "10.0.0.4", "10.0.0.16/28", "10.0.0.32/28", description="aws-K8S-i-1")
    remedy = remedies(account(node))[RemedyKind.FREE_BLOCK]
    assert steps(remedy)[:2] == [
        f"reserve 10.0.0.16/28 in {A} with type prefix",
        "drain i-1 (EKS node) and terminate it, which frees 2 blocks: 10.0.0.16/28, 10.0.0.32/28",
    ]
    assert remedy.costs.endswith(
        "a node there may take the reserved block as a prefix too: create the endpoint right after"
    )


def test_a_node_without_prefixes_and_the_prefix_of_another_take_none() -> None:
    node = eni("eni-1", A, "10.0.0.17", description="aws-K8S-i-1")
    where = reading(A, "10.0.0.0/26", node, eni("eni-2", A, "10.0.0.32/28", description="ELB app/web/1"))
    assert "a node there" not in remedies(account(where))[RemedyKind.FREE_BLOCK].costs


def test_of_many_removals_the_fix_names_the_first() -> None:
    crowd = [eni(f"eni-{n}", A, f"10.0.0.{16 + n}", instance_id=f"i-{n}") for n in range(5)]
    full = eni("eni-f", A, "10.0.0.32/28", description="RDSNetworkInterface")
    text = fix(account(reading(A, "10.0.0.0/26", *crowd, full)))
    assert text.count("terminate or replace") == 3
    assert "; 2 more steps like these; then create the endpoint again" in text
    *_, folded, creation = fix_steps(account(reading(A, "10.0.0.0/26", *crowd, full)))
    assert (folded, creation) == (FixStep("2 more steps like these"), FixStep("create the endpoint again"))


# Other subnets


def other_subnet(*others: SubnetReading, **more: Any) -> Remedy | None:
    scene = snapshot(
        BLOCKED, *others, endpoints=(endpoint("Failed", A),), associations=associations("Accessible"), **more
    )
    return remedies(scene).get(RemedyKind.OTHER_SUBNET)


def test_one_free_block_that_is_reserved_is_enough() -> None:
    """The other block is in use; no single address is assigned in a reservation."""
    full = eni("eni-5", "subnet-p", "10.10.12.33")
    remedy = other_subnet(reading("subnet-p", "10.10.12.0/26", full, reservations=(("10.10.12.16/28", "prefix"),)))
    assert remedy is not None and remedy.gains == f"10.10.12.0/26 has one free /28 block: {FITS}"


def named(found: SubnetReading, name: str) -> SubnetReading:
    return structs.replace(found, subnet=structs.replace(found.subnet, name=name))


def test_the_other_subnet_with_the_most_free_blocks_is_named() -> None:
    small, large = reading("subnet-small", "10.10.12.0/26"), named(reading("subnet-large", "10.10.13.0/25"), "db")
    remedy = other_subnet(small, large)
    assert remedy is not None
    assert remedy.action == f"use subnet-large (db) in us-east-1a instead of {A}"
    assert remedy.gains == f"10.10.13.0/25 has 6 free /28 blocks: {FITS}"
    assert remedy.costs.startswith("its route table and network ACL then apply to the endpoint")
    assert steps(remedy) == ["create the endpoint again in subnet-large"]


def test_each_subnet_without_room_is_replaced_by_another_of_its_zone() -> None:
    there = reading(
        B,
        "10.0.1.0/26",
        eni("eni-3", B, "10.0.1.17", instance_id="i-3"),
        eni("eni-4", B, "10.0.1.33", instance_id="i-4"),
        zone="us-east-1b",
    )
    others = (reading("subnet-x", "10.0.2.0/25"), reading("subnet-y", "10.0.3.0/25", zone="us-east-1b"))
    scene = snapshot(BLOCKED, there, *others, endpoints=(endpoint("Failed", A, B),))
    remedy = remedies(scene)[RemedyKind.OTHER_SUBNET]
    assert remedy.action == (f"use subnet-x in us-east-1a instead of {A}, and subnet-y in us-east-1b instead of {B}")
    assert steps(remedy)[-1] == "create the endpoint again in subnet-x and subnet-y"
    assert remedy.steps[-1].subnet_ids == ("subnet-x", "subnet-y")


def test_another_subnet_must_have_room_for_certain() -> None:
    """One of its two blocks may hide an address; one of one, that is no room."""
    two = other_subnet(reading("subnet-h", "10.10.13.0/25", available=116, unaccounted=2))
    assert two is not None and two.gains.startswith("10.10.13.0/25 has at least 4 free /28 blocks")
    hidden = eni("eni-5", "subnet-h", "10.10.12.17")
    assert other_subnet(reading("subnet-h", "10.10.12.0/26", hidden, available=57, unaccounted=1)) is None


@pytest.mark.parametrize(
    "other",
    [
        reading("subnet-c", "10.10.12.0/24", zone="us-east-1c"),
        structs.replace(
            reading("subnet-d", "10.10.13.0/24"), subnet=Subnet("subnet-d", "vpc-other", None, 0, "us-east-1a")
        ),
        structs.replace(
            shared := reading("subnet-e", "10.10.13.0/24"),
            subnet=structs.replace(shared.subnet, owner_id="210987654321"),
        ),
    ],
)
def test_a_subnet_of_another_vpc_zone_or_account_is_no_remedy(other: SubnetReading) -> None:
    assert other_subnet(other) is None


@pytest.mark.parametrize("part", ["{}", "reservations {}"])
def test_a_subnet_that_was_not_read_is_not_advised(part: str) -> None:
    other = reading("subnet-unread", "10.10.13.0/25")
    assert other_subnet(other, unread=(part.format("subnet-unread"),)) is None


@pytest.mark.parametrize("cidr", ["10.0.0.0/27", "10.0.0.0/28"])
def test_in_a_subnet_that_is_too_small_no_block_can_ever_be_free(cidr: str) -> None:
    tiny = reading(A, cidr)
    (remedy,) = remedies_for(scene := account(tiny), scene.endpoints[ENDPOINT])
    assert (remedy.kind, remedy.steps) == (RemedyKind.NEW_SUBNET, ())
    assert remedy.action == (
        f"create a subnet of /26 or larger in us-east-1a and create the endpoint in it, not in {A}"
    )
    assert "no /28 block can ever be free" in remedy.gains
    assert remedy.costs == "a new subnet takes a range of the VPC, and has its own route table and network ACL"
    assert fix(scene).startswith("create a subnet of /26 or larger")
    other = snapshot(tiny, reading("subnet-r", "10.0.2.0/24"), endpoints=(endpoint("Failed", A),))
    assert list(remedies(other)) == [RemedyKind.OTHER_SUBNET]


def test_only_the_subnet_that_is_too_small_is_to_be_replaced() -> None:
    """In the other one a block can be freed."""
    scene = account(BLOCKED, reading(B, "10.0.1.0/28", zone="us-east-1b"))
    (remedy,) = remedies_for(scene, scene.endpoints[ENDPOINT])
    assert remedy.kind is RemedyKind.NEW_SUBNET
    assert remedy.action == (
        f"create a subnet of /26 or larger in us-east-1b and create the endpoint in it, not in {B}"
    )


def test_beside_an_explicit_reservation_the_endpoint_may_never_fit() -> None:
    reserved = reading(A, "10.0.0.0/26", reservations=(("10.0.0.16/28", "explicit"), ("10.0.0.32/28", "explicit")))
    (remedy,) = remedies_for(scene := account(reserved), scene.endpoints[ENDPOINT])
    assert remedy.action.endswith(f"not in {A}, or delete the explicit reservation of 10.0.0.16/28 and 10.0.0.32/28")
    assert remedy.gains == f"a /28 block for the endpoint: so many can never be free in {A}"
    there = reading(B, "10.0.1.0/26", reservations=(("10.0.1.0/26", "explicit"),), zone="us-east-1b")
    (remedy,) = remedies_for(scene := account(reserved, there), scene.endpoints[ENDPOINT])
    assert remedy.gains == f"a /28 block for the endpoint: so many can never be free in {A} and {B}"


# Without an endpoint, or with fewer


def with_lattice(lattice: Lattice) -> Remedy | None:
    return remedies(account(BLOCKED, lattice=lattice)).get(RemedyKind.VPC_ASSOCIATION)


def test_a_vpc_without_association_can_be_associated() -> None:
    remedy = with_lattice(NO_ASSOCIATION)
    assert remedy is not None
    assert remedy.costs == (
        "only clients inside the VPC reach it, not those over peering or VPN; one service network per VPC"
    )


@pytest.mark.parametrize(
    "lattice",
    [
        Lattice(),
        Lattice(vpc_associations={"vpc-other": ()}),
        Lattice(vpc_associations={VPC: (VpcAssociation("snva-1", "ACTIVE", VPC, "arn:other"),)}),
        Lattice(
            {"arn:x": ServiceNetwork("arn:x", vpcs=(VpcAssociation("snva-1", "ACTIVE", VPC),))},
            vpc_associations={VPC: ()},
        ),
    ],
    ids=["not read", "another VPC was read", "another network", "the network tells"],
)
def test_a_vpc_that_is_associated_or_was_not_read_is_not_advised_to_associate(lattice: Lattice) -> None:
    assert with_lattice(lattice) is None
    assert "associate the VPC" not in fix(account(BLOCKED, lattice=lattice))


def of_network(name: str, number: int = 2, state: str = "Available", **members: str) -> Endpoint:
    made = endpoint(state, endpoint_id=f"vpce-{number}")
    return structs.replace(made, service_network_arn=f"arn:x/{name}" if name else "", **members)


def merge(*others: Endpoint, where: SubnetReading = BLOCKED) -> Remedy | None:
    scene = account(where)
    endpoints = {each.vpc_endpoint_id: each for each in others}
    return remedies(structs.replace(scene, endpoints=scene.endpoints | endpoints)).get(RemedyKind.MERGE)


def test_service_networks_that_could_be_one_are_counted_with_their_endpoints() -> None:
    remedy = merge(of_network("sn-2"), of_network("sn-2", 3), of_network("sn-3", 4))
    assert remedy is not None
    assert remedy.action == "merge the 3 service networks with endpoints in this VPC into one"
    assert remedy.gains == "one endpoint instead of 4: at least one /28 block less per zone for each endpoint deleted"
    assert remedy.costs == "their access policies and resource shares have to be merged too"


def test_deleted_endpoints_and_those_of_other_vpcs_or_the_same_network_are_not_merged() -> None:
    same = endpoint("Available", endpoint_id="vpce-2")
    elsewhere = of_network("sn-2", vpc_id="vpc-2")
    gone = (of_network("sn-2", 5, "Deleting"), of_network("sn-2", 6, "deleted"))
    assert merge(same, elsewhere, of_network("", 4), *gone) is None
    assert merge(of_network("sn-2"), where=reading(A, "10.0.0.0/24")) is None, "blocks are free"


# States, types and missing data


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "Available"},
        {"state": "Pending"},
        {"state": "Rejected"},
        {"state": "Expired"},
        {"state": "Deleted"},
        {"vpc_endpoint_type": "Resource"},
        {"vpc_endpoint_type": "Tunnel"},
        {"vpc_endpoint_type": "Interface"},
    ],
)
def test_other_states_and_types_have_no_such_remedy(changes: dict[str, str]) -> None:
    scene = account(BLOCKED)
    assert remedies_for(scene, structs.replace(scene.endpoints[ENDPOINT], **changes)) == ()


def test_a_partial_endpoint_is_created_again_if_an_eni_for_services_is_missing() -> None:
    assert RemedyKind.FREE_BLOCK in remedies(account(BLOCKED, state="partial"))
    resource = eni("eni-r", A, "10.0.0.7", description=f"VPC Endpoint Interface {ENDPOINT}")
    of_resources = reading(A, "10.0.0.0/26", *BLOCKED.interfaces, resource)
    assert RemedyKind.FREE_BLOCK in remedies(account(of_resources, state="partial"))
    service = eni("eni-s", A, "10.0.0.8", description=f"VPC Endpoint Interface: {ENDPOINT}")
    served = reading(A, "10.0.0.0/26", *BLOCKED.interfaces, service)
    assert remedies(account(served, state="Partial")) == {}


def test_an_ipv6_endpoint_needs_no_block() -> None:
    scene = account(reading(A, None))
    only = structs.replace(scene.endpoints[ENDPOINT], ip_address_type="ipv6")
    found = {remedy.kind: remedy for remedy in remedies_for(scene, only)}
    assert steps(found[RemedyKind.CREATE_AGAIN]) == ["create the endpoint again"]
    assert found[RemedyKind.CREATE_AGAIN].gains == "ENIs for services in us-east-1a"


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (A, f"unknown: its network interfaces were not read. Run latticetop check --subnet-id {A} to read them."),
        (
            f"reservations {A}",
            f"unknown: its CIDR reservations were not read. Run latticetop check --subnet-id {A} to read them.",
        ),
    ],
)
def test_what_was_not_read_gives_no_advice(part: str, text: str) -> None:
    scene = snapshot(BLOCKED, endpoints=(endpoint("Failed", A),), unread=(part,))
    assert (remedies(scene), fix(scene)) == ({}, text)
    assert subnet_fix(scene, A) == ""


def test_a_subnet_that_is_not_in_the_snapshot_gives_no_advice() -> None:
    scene = snapshot(BLOCKED, endpoints=(endpoint("Failed", A, B),))
    assert RemedyKind.FREE_BLOCK not in remedies(scene)


# A subnet by itself


def test_a_subnet_is_fixed_as_its_endpoints_are() -> None:
    scene = account(BLOCKED)
    assert subnet_fix(scene, A) == (
        f"reserve 10.0.0.16/28 in {A} with type prefix; terminate or replace i-1 (10.0.0.17), which frees 10.0.0.16/28."
    )
    assert [step.kind for step in subnet_steps(scene, A)] == [StepKind.RESERVE, StepKind.FREE]
    assert [step.kind for step in subnet_steps(scene, A, 2)] == [StepKind.RESERVE, StepKind.FREE, StepKind.FREE]
    assert subnet_fix(scene, A, 2) == (
        f"reserve 10.0.0.16/28 and 10.0.0.32/28 in {A} with type prefix; "
        "terminate or replace i-1 (10.0.0.17), which frees 10.0.0.16/28; "
        "terminate or replace i-2 (10.0.0.33), which frees 10.0.0.32/28."
    )
    assert subnet_fix(account(reading(A, "10.0.0.0/24")), A) == ""
    assert subnet_fix(account(reading(A, "10.0.0.0/27")), A) == ""


def test_a_failed_endpoint_is_deleted_to_free_a_block_of_a_subnet() -> None:
    where = one("eni-1", "10.0.0.4", "10.0.0.16/28", "10.0.0.32/28", description="VPC Endpoint Interface: vpce-2")
    failed = endpoint("Failed", A, endpoint_id="vpce-2")
    assert subnet_fix(snapshot(where, endpoints=(failed,)), A) == (
        f"reserve 10.0.0.16/28 in {A} with type prefix; "
        "delete the failed endpoint vpce-2, which frees 2 blocks: 10.0.0.16/28, 10.0.0.32/28."
    )


def test_in_a_shared_subnet_only_its_owner_can_reserve() -> None:
    owned = structs.replace(BLOCKED, subnet=structs.replace(BLOCKED.subnet, owner_id="210987654321"))
    assert subnet_fix(account(owned), A) == ""
