"""EKS nodes take the last blocks of a subnet while an endpoint is being built in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError
from latticetop.simulator.interfaces import Wanted, assign, unassign
from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.scenarios.furniture import Furnisher
from latticetop.simulator.scenarios.history import before
from latticetop.simulator.scenarios.networks import add_service_network, open_endpoint
from latticetop.simulator.trail import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.simulator.account import Account
    from latticetop.simulator.region import Region

CREATE_AFTER = 10.0
COOL_DOWN = 120.0
NODES = 3


def build(account: Account) -> None:
    """Three nodes in a /25 and two in another; the endpoint comes when the nodes begin to grow."""
    region = account.region()
    with before(account, days=3):
        vpc = add_vpc(region, "10.60.0.0/16", tags={"Name": "production"})
        near = add_subnet(region, vpc.id, "10.60.0.0/25", zone="us-east-1a", tags={"Name": "production-eks-a"})
        far = add_subnet(region, vpc.id, "10.60.1.0/24", zone="us-east-1b", tags={"Name": "production-eks-b"})
        furnish = Furnisher(region)
        nodes = [furnish.node(near, "production", 1, furnish.new_instance()) for _ in range(NODES)]
        for _ in range(2):
            furnish.node(far, "production", 2, furnish.new_instance())
        network = add_service_network(
            region, "shared-platform", resources=("orders-db", "cache"), services=("checkout",)
        )
    account.clock.call_later(CREATE_AFTER, lambda: open_endpoint(region, network, [near, far], "platform"))
    account.clock.play(_grow(region, [node.id for node in nodes]))


def _grow(region: Region, nodes: list[str]) -> Iterator[float]:
    """Two nodes take the last two blocks before the service interface can; the third waits, then one shrinks."""
    yield CREATE_AFTER + 12.0
    for node in nodes:
        _assign(region, node)
        yield 4.0
    yield COOL_DOWN
    _assign(region, nodes[2])
    yield 60.0
    last = region.interfaces[nodes[0]].prefixes[-1]
    unassign(region, nodes[0], (), (last,))
    parameters = {"networkInterfaceId": nodes[0], "ipv4PrefixSet": {"items": [{"ipv4Prefix": last}]}}
    region.trail.record("UnassignPrivateIpAddresses", _node_role(region), parameters, {"_return": True})


def _assign(region: Region, node: str) -> None:
    parameters = {"networkInterfaceId": node, "ipv4PrefixCount": 1}
    names = (("AWS::EC2::NetworkInterface", node),)
    try:
        drawn = assign(region, node, Wanted(prefix_count=1))
    except ApiError as error:
        region.trail.record("AssignPrivateIpAddresses", _node_role(region), parameters, error, resources=names)
        return
    prefixes = [{"ipv4Prefix": prefix} for prefix in drawn.prefixes]
    elements = {"networkInterfaceId": node, "assignedIpv4PrefixSet": {"items": prefixes}}
    region.trail.record("AssignPrivateIpAddresses", _node_role(region), parameters, elements, resources=names)


def _node_role(region: Region) -> Caller:
    account = region.account.id
    identity = {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{account}:assumed-role/production-node/i-0a1b2c3d4e5f60718",
        "accountId": account,
    }
    return Caller(identity=identity, username="i-0a1b2c3d4e5f60718", address="10.60.0.5", agent="amazon-vpc-cni-k8s")
