from __future__ import annotations

import msgspec

from latticetop.model.network import Lattice, ServiceNetwork, VpcAssociation
from latticetop.model.remedies import Remedy, RemedyKind, remedies_for
from latticetop.model.resources import NetworkInterface, Subnet
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, B, associations, endpoint, eni, incident, incident_readings, reading, snapshot


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


def other_subnet(*others: SubnetReading, unread: tuple[str, ...] = ()) -> Remedy | None:
    """What is said of other subnets beside the two of the incident."""
    account = snapshot(*incident_readings(), *others, endpoints=(endpoint("Failed", A, B),), unread=unread)
    (only,) = account.endpoints.values()
    return next((each for each in remedies_for(account, only) if each.kind is RemedyKind.OTHER_SUBNET), None)


def test_the_roomiest_other_subnet_is_named_with_what_is_known_of_its_room() -> None:
    small, large = reading("subnet-small", "10.10.12.0/26"), reading("subnet-large", "10.10.13.0/25")
    found = other_subnet(small, large)
    assert found is not None and found.action == f"name subnet-large in us-east-1a instead of {A}"
    assert found.gains == "10.10.13.0/25 has 6 free /28 blocks"
    hidden = other_subnet(reading("subnet-hidden", "10.10.13.0/25", unaccounted=1))
    assert hidden is not None and hidden.gains == "10.10.13.0/25 has at most 6 free /28 blocks"


def test_a_subnet_that_was_not_read_is_not_advised() -> None:
    assert other_subnet(reading("subnet-unread", "10.10.13.0/25"), unread=("subnet-unread",)) is None


def costs(*uses: NetworkInterface) -> str:
    """What freeing the only block of a /26 that can be freed is said to cost."""
    account = snapshot(reading(A, "10.0.0.0/26", *uses), endpoints=(endpoint("Failed", A),))
    (only,) = account.endpoints.values()
    return next(each.costs for each in remedies_for(account, only) if each.kind is RemedyKind.FREE_BLOCK)


def test_those_who_would_have_to_move_are_named_as_they_are() -> None:
    full = eni("eni-9", A, *(f"10.0.0.{last}" for last in range(32, 48)))
    one, two, three, four = (eni(f"eni-{n}", A, f"10.0.0.{16 + n}") for n in range(4))
    assert costs(full, one) == "eni-0 gets another address"
    assert costs(full, eni("eni-0", A, "10.0.0.17", "10.0.0.18")) == "eni-0 gets other addresses"
    assert costs(full, one, two) == "eni-0, eni-1 get other addresses"
    assert costs(full, one, two, three, four) == "eni-0, eni-1, eni-2 and others get other addresses"
