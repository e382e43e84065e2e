"""Endpoints with IPv6 or both types: what the subnet has decides, not its /28 blocks."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.capacity.decide import Capacity, Outcome, capacity_of, decide
from latticetop.model.capacity.demand import Demand, IpAddressType
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, reading

IPV6, DUALSTACK = IpAddressType.IPV6, IpAddressType.DUALSTACK
RANGE = "2001:db8:7::/64"


def with_ipv6(cidr: str | None) -> SubnetReading:
    where = reading(A, cidr)
    return structs.replace(where, subnet=structs.replace(where.subnet, ipv6_cidr_blocks=(RANGE,)))


@pytest.mark.parametrize(
    ("where", "kind", "outcome", "reason"),
    [
        (with_ipv6(None), IPV6, Outcome.FITS, f"Needs /80 prefixes of IPv6 and no IPv4 address; {RANGE} has them"),
        (with_ipv6("10.0.0.0/24"), IPV6, Outcome.CANNOT, "Needs a subnet with IPv6 alone; this one has IPv4 too"),
        (reading(A, "10.0.0.0/24"), IPV6, Outcome.CANNOT, "Needs /80 prefixes of IPv6; the subnet has no IPv6 range"),
        (reading(A, "10.0.0.0/24"), DUALSTACK, Outcome.CANNOT, "Needs IPv4 and IPv6 in the subnet"),
        (with_ipv6("10.0.0.0/24"), DUALSTACK, Outcome.FITS, "Needs one /28 block and 3 single addresses"),
        (with_ipv6("10.0.0.0/27"), DUALSTACK, Outcome.CANNOT, "Needs one /28 block and 3 single addresses"),
        (with_ipv6(None), DUALSTACK, Outcome.CANNOT, "The subnet has no IPv4 addresses"),
        (with_ipv6(None), IpAddressType.IPV4, Outcome.CANNOT, "The subnet has no IPv4 addresses"),
    ],
)
def test_the_address_type_decides(where: SubnetReading, kind: IpAddressType, outcome: Outcome, reason: str) -> None:
    decision = decide(where, Demand(1, 1, ip_address_type=kind))
    assert decision.outcome is outcome
    assert decision.reason.startswith(reason)
    assert not decision.block_evidence or "/28" in decision.reason


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        (with_ipv6("10.0.0.0/24"), IPV6),
        (reading(A, "10.0.0.0/24"), DUALSTACK),
        (with_ipv6(None), IpAddressType.IPV4),
        (with_ipv6(None), IPV6),
    ],
    ids=["not IPv6 alone", "no IPv6", "no IPv4", "not limited by IPv4"],
)
def test_none_are_counted_where_the_type_cannot_be_or_ipv4_does_not_limit_it(
    where: SubnetReading, kind: IpAddressType
) -> None:
    assert capacity_of(where, Demand(1, 1, ip_address_type=kind)) == Capacity(0, 0)
