"""The remedies for a failed endpoint, their order, gains and costs."""

from __future__ import annotations

from msgspec import structs

from latticetop.model.endpoints.remedies import Remedy, RemedyKind, remedies_for
from latticetop.model.records.lattice import Lattice, ServiceNetwork, VpcAssociation
from latticetop.model.records.resources import Endpoint, NetworkInterface, Subnet
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


def by_kind(account: Snapshot) -> dict[RemedyKind, Remedy]:
    """The remedies of the endpoint that failed, of which there is one a kind."""
    (failed,) = (each for each in account.endpoints.values() if each.state == "Failed")
    return {remedy.kind: remedy for remedy in remedies_for(account, failed)}


def named(found: SubnetReading, name: str) -> SubnetReading:
    return structs.replace(found, subnet=structs.replace(found.subnet, name=name))


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
    foreign = structs.replace(
        reading("subnet-d", "10.10.13.0/24"), subnet=Subnet("subnet-d", "vpc-other", None, 0, "us-east-1a")
    )
    account = snapshot(a, b, elsewhere, foreign, endpoints=(endpoint("Failed", A, B),))
    (only,) = account.endpoints.values()
    assert RemedyKind.OTHER_SUBNET not in {remedy.kind for remedy in remedies_for(account, only)}


def test_several_service_networks_could_be_one_and_a_vpc_takes_one_association() -> None:
    account = incident()
    (only,) = account.endpoints.values()
    other = structs.replace(only, vpc_endpoint_id="vpce-2", service_network_arn="arn:x/sn-2")
    taken = ServiceNetwork("arn:x/sn-2", name="shared", vpcs=(VpcAssociation("snva-1", "ACTIVE", only.vpc_id),))
    account = structs.replace(
        account, endpoints={**account.endpoints, "vpce-2": other}, lattice=Lattice({taken.arn: taken})
    )
    found = {remedy.kind: remedy for remedy in remedies_for(account, only)}
    assert "2 service networks" in found[RemedyKind.MERGE].action
    assert "already associated with shared" in found[RemedyKind.VPC_ASSOCIATION].costs


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


def test_where_no_block_can_be_freed_none_is_advised() -> None:
    """Both blocks between the edges of a /26 are taken as prefixes."""
    taken = reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.16/28", "10.0.0.32/28", description="aws-K8S-i-1"))
    account = snapshot(taken, endpoints=(endpoint("Failed", A),))
    assert RemedyKind.FREE_BLOCK not in by_kind(account)


def test_of_blocks_alike_the_first_is_freed() -> None:
    alike = reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.17"), eni("eni-2", A, "10.0.0.33"))
    found = by_kind(snapshot(alike, endpoints=(endpoint("Failed", A),)))[RemedyKind.FREE_BLOCK]
    assert (found.action, found.gains) == ("move 10.0.0.17 (eni-1)", "frees 10.0.0.16/28 in us-east-1a")


def test_the_block_with_the_fewest_addresses_is_freed_wherever_it_is() -> None:
    """What is used beyond it does not count."""
    crowd = eni(
        "eni-9", A, *(f"10.0.0.{last}" for last in range(32, 48)), *(f"10.0.0.{last}" for last in range(52, 60))
    )
    worse = eni("eni-1", A, "10.0.0.17", "10.0.0.18")
    better = eni("eni-2", A, "10.0.0.65")
    subnet = reading(A, "10.0.0.0/25", worse, crowd, better, eni("eni-3", A, "10.0.0.80/28", "10.0.0.96/28"))
    found = by_kind(snapshot(subnet, endpoints=(endpoint("Failed", A),)))[RemedyKind.FREE_BLOCK]
    assert found.action == "move 10.0.0.65 (eni-2)"


def test_an_endpoint_is_created_again_once_there_is_a_block_or_now() -> None:
    """The incident gives back its two prefixes, an endpoint that never had one gives nothing."""
    again = by_kind(incident())[RemedyKind.CREATE_AGAIN]
    assert again.action == "create the endpoint again once us-east-1a has a free /28 block"
    assert again.gains == (
        "ENIs for services in us-east-1a and us-east-1b; deleting this one first frees 10.10.10.16/28, 10.10.10.96/28"
    )
    now = by_kind(snapshot(reading(A, "10.0.0.0/24"), endpoints=(endpoint("Failed", A),)))[RemedyKind.CREATE_AGAIN]
    assert (now.action, now.gains) == ("create the endpoint again now", "ENIs for services in us-east-1a")


def test_a_subnet_with_an_eni_needs_no_block() -> None:
    """A has no free block, but the ENI for services exists."""
    a, b = incident_readings()
    serves = eni("eni-8", A, "10.10.10.8", description=f"VPC Endpoint Interface: {ENDPOINT}")
    served = reading(A, "10.10.10.0/26", *a.interfaces, serves)
    found = by_kind(snapshot(served, b, endpoints=(endpoint("Failed", A, B),)))
    assert RemedyKind.FREE_BLOCK not in found and RemedyKind.RESERVE not in found


def merge(*others: Endpoint) -> Remedy | None:
    failed = endpoint("Failed", A, B)
    return by_kind(snapshot(*incident_readings(), endpoints=(failed, *others))).get(RemedyKind.MERGE)


def of_network(name: str, number: int = 2, state: str = "Available", **members: str) -> Endpoint:
    made = endpoint(state, endpoint_id=f"vpce-{number}")
    return structs.replace(made, service_network_arn=f"arn:x/{name}" if name else "", **members)


def test_service_networks_that_could_be_one_are_counted_with_their_endpoints() -> None:
    found = merge(of_network("sn-2"), of_network("sn-2", 3), of_network("sn-3", 4))
    assert found is not None
    assert found.action == "merge the 3 service networks with endpoints in this VPC into one"
    assert found.gains == "one endpoint instead of 4: at least one /28 block less per zone for each endpoint deleted"
    assert found.costs == "their access policies and resource shares have to be merged too"


def test_deleted_endpoints_and_those_of_other_vpcs_or_the_same_network_are_not_merged() -> None:
    same = endpoint("Available", endpoint_id="vpce-2")
    elsewhere = of_network("sn-2", vpc_id="vpc-2")
    gone = (of_network("sn-2", 5, "Deleting"), of_network("sn-2", 6, "deleted"))
    assert merge(same, elsewhere, of_network("", 4), *gone) is None


def other_subnet(*others: SubnetReading, unread: tuple[str, ...] = ()) -> Remedy | None:
    """What is said of other subnets beside the two of the incident."""
    account = snapshot(*incident_readings(), *others, endpoints=(endpoint("Failed", A, B),), unread=unread)
    (only,) = account.endpoints.values()
    return next((each for each in remedies_for(account, only) if each.kind is RemedyKind.OTHER_SUBNET), None)


def test_the_other_subnet_with_the_most_free_blocks_is_named() -> None:
    small, large = reading("subnet-small", "10.10.12.0/26"), reading("subnet-large", "10.10.13.0/25")
    found = other_subnet(small, large)
    assert found is not None and found.action == f"use subnet-large in us-east-1a instead of {A}"
    assert found.gains == "10.10.13.0/25 has 6 free /28 blocks"
    assert found.costs == "its route table and network ACL then apply to the endpoint"
    one = other_subnet(named(reading("subnet-one", "10.10.12.0/26", eni("eni-5", "subnet-one", "10.10.12.17")), "db"))
    assert one is not None
    assert one.action == f"use subnet-one (db) in us-east-1a instead of {A}"
    assert one.gains == "10.10.12.0/26 has one free /28 block"
    two = other_subnet(small)
    assert two is not None and two.gains == "10.10.12.0/26 has 2 free /28 blocks"
    hidden = other_subnet(reading("subnet-hidden", "10.10.13.0/25", unaccounted=1))
    assert hidden is not None and hidden.gains == "10.10.13.0/25 has at most 6 free /28 blocks"


def test_a_subnet_that_was_not_read_is_not_advised() -> None:
    assert other_subnet(reading("subnet-unread", "10.10.13.0/25"), unread=("subnet-unread",)) is None


def costs(*uses: NetworkInterface) -> str:
    """What freeing the only block of a /26 that can be freed is said to cost."""
    account = snapshot(reading(A, "10.0.0.0/26", *uses), endpoints=(endpoint("Failed", A),))
    (only,) = account.endpoints.values()
    return next(each.costs for each in remedies_for(account, only) if each.kind is RemedyKind.FREE_BLOCK)


def test_the_owners_that_have_to_move_are_named() -> None:
    full = eni("eni-9", A, *(f"10.0.0.{last}" for last in range(32, 48)))
    one, two, three, four = (eni(f"eni-{n}", A, f"10.0.0.{16 + n}") for n in range(4))
    assert costs(full, one) == "eni-0 gets another address"
    assert costs(full, eni("eni-0", A, "10.0.0.17", "10.0.0.18")) == "eni-0 gets other addresses"
    assert costs(full, one, two) == "eni-0, eni-1 get other addresses"
    assert costs(full, one, two, three) == "eni-0, eni-1, eni-2 get other addresses"
    assert costs(full, one, two, three, four) == "eni-0, eni-1, eni-2 and others get other addresses"
