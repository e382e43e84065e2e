"""The DNS names of endpoint associations."""

from __future__ import annotations

from latticetop.simulator import ManualClock
from tests.simulator.clients import Clients


def test_dns_names_resolve_to_addresses_of_the_resource_prefixes(incident: Clients, clock: ManualClock) -> None:
    account = incident.server.account
    name = (
        "vpce-0e3b1bfc42d162c4a-snra-0c4e6759c5c90deda.rcfg-0b39a245f47c880f8.4232ccc.vpc-lattice-rsc.us-east-1.on.aws"
    )
    clock.finish()
    assert account.resolve_dns_name(name) == ["10.10.10.31"]
    first = incident.ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"][0]
    assert account.resolve_dns_name(first["DnsEntry"]["DnsName"]) == ["10.10.10.16", "10.10.10.96"]
    assert account.resolve_dns_name("nowhere.example") == []
