"""The resources of one Region, with the indexes that keep large accounts fast."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from latticetop.simulator.allocation import AddressPool, ReservationType, ReservedRange
from latticetop.simulator.cloudtrail import SimulatedEventHistory
from latticetop.simulator.errors import ApiError, not_found
from latticetop.simulator.ipv4 import parse_cidr
from latticetop.simulator.ipv6 import parse_ipv6_cidr
from latticetop.simulator.ipv6_allocation import Ipv6AddressPool
from latticetop.simulator.lattice_resources import SimulatedLattice

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import (
        SimulatedCluster,
        SimulatedEndpoint,
        SimulatedEndpointAssociation,
        SimulatedNetworkInterface,
        SimulatedReservation,
        SimulatedSecurityGroup,
        SimulatedSubnet,
        SimulatedVpc,
    )
    from latticetop.simulator.world import SimulatedWorld

T = TypeVar("T")


class SimulatedRegion:
    """All resources of a Region, by id. Change them only with the ``put_`` and ``delete_`` methods."""

    def __init__(self, world: SimulatedWorld, name: str) -> None:
        self.world = world
        self.name = name
        self.vpcs: dict[str, SimulatedVpc] = {}
        self.subnets: dict[str, SimulatedSubnet] = {}
        self.address_pools: dict[str, AddressPool] = {}
        self.ipv6_address_pools: dict[str, Ipv6AddressPool] = {}
        self.security_groups: dict[str, SimulatedSecurityGroup] = {}
        self.interfaces: dict[str, SimulatedNetworkInterface] = {}
        self.reservations: dict[str, SimulatedReservation] = {}
        self.endpoints: dict[str, SimulatedEndpoint] = {}
        self.associations: dict[str, SimulatedEndpointAssociation] = {}
        self.eks_clusters: dict[str, SimulatedCluster] = {}
        self.lattice = SimulatedLattice()
        self.event_history = SimulatedEventHistory(world, name)
        self._interfaces_by_subnet: defaultdict[str, dict[str, SimulatedNetworkInterface]] = defaultdict(dict)
        self._interfaces_by_vpc: defaultdict[str, dict[str, SimulatedNetworkInterface]] = defaultdict(dict)

    def put_vpc(self, vpc: SimulatedVpc) -> SimulatedVpc:
        """Add a VPC or replace the one with its id."""
        self.vpcs[vpc.id] = vpc
        self.world.notify()
        return vpc

    def put_subnet(self, subnet: SimulatedSubnet) -> SimulatedSubnet:
        """Add a subnet, with empty address pools, or replace the one with its id."""
        self.subnets[subnet.id] = subnet
        if subnet.cidr is not None and subnet.id not in self.address_pools:
            self.address_pools[subnet.id] = AddressPool(subnet.id, subnet.cidr)
        if subnet.ipv6_cidr is not None and subnet.id not in self.ipv6_address_pools:
            self.ipv6_address_pools[subnet.id] = Ipv6AddressPool(subnet.id, subnet.ipv6_cidr)
        self.world.notify()
        return subnet

    def delete_subnet(self, subnet_id: str) -> None:
        """Delete a subnet and its CIDR reservations; ``DependencyViolation`` if it has an ENI."""
        subnet = self.subnet(subnet_id)
        if self._interfaces_by_subnet.get(subnet_id):
            message = f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            raise ApiError("DependencyViolation", message)
        for reservation in [r for r in self.reservations.values() if r.subnet_id == subnet_id]:
            del self.reservations[reservation.id]
        del self.subnets[subnet.id]
        self.address_pools.pop(subnet_id, None)
        self.ipv6_address_pools.pop(subnet_id, None)
        self.world.notify()

    def put_interface(self, interface: SimulatedNetworkInterface) -> SimulatedNetworkInterface:
        """Add an ENI or replace the one with its id. Its addresses must be assigned in the address pools already."""
        self.interfaces[interface.id] = interface
        self._interfaces_by_subnet[interface.subnet_id][interface.id] = interface
        self._interfaces_by_vpc[interface.vpc_id][interface.id] = interface
        self.world.notify()
        return interface

    def delete_interface(self, interface_id: str) -> SimulatedNetworkInterface:
        """Delete an ENI and release its addresses."""
        interface = self.interface(interface_id)
        if interface.subnet_id in self.address_pools:
            self.address_pools[interface.subnet_id].release(interface.addresses, interface.prefixes)
        if interface.subnet_id in self.ipv6_address_pools:
            self.ipv6_address_pools[interface.subnet_id].release(interface.ipv6_addresses, interface.ipv6_prefixes)
        del self.interfaces[interface_id]
        del self._interfaces_by_subnet[interface.subnet_id][interface_id]
        del self._interfaces_by_vpc[interface.vpc_id][interface_id]
        self.world.notify()
        return interface

    def put_cluster(self, cluster: SimulatedCluster) -> SimulatedCluster:
        """Add an EKS cluster or replace the one with its name."""
        self.eks_clusters[cluster.name] = cluster
        self.world.notify()
        return cluster

    def put_reservation(self, reservation: SimulatedReservation) -> SimulatedReservation:
        """Add a CIDR reservation, which applies to an address pool of the subnet from now on."""
        self.reservations[reservation.id] = reservation
        subnet_id, cidr = reservation.subnet_id, reservation.cidr
        reservation_type: ReservationType = "explicit" if reservation.reservation_type == "explicit" else "prefix"
        if ":" in cidr:
            reserved_range = ReservedRange(parse_ipv6_cidr(cidr), reservation_type)
            self.ipv6_address_pools[subnet_id].reservations[reservation.id] = reserved_range
        else:
            reserved_range = ReservedRange(parse_cidr(cidr), reservation_type)
            self.address_pools[subnet_id].reservations[reservation.id] = reserved_range
        self.world.notify()
        return reservation

    def delete_reservation(self, reservation_id: str) -> SimulatedReservation:
        """Delete a CIDR reservation; addresses that were assigned from it stay assigned."""
        reservation = self.reservation(reservation_id)
        del self.reservations[reservation_id]
        for pools in (self.address_pools, self.ipv6_address_pools):
            if reservation.subnet_id in pools:
                pools[reservation.subnet_id].reservations.pop(reservation_id, None)
        self.world.notify()
        return reservation

    def put_endpoint(self, endpoint: SimulatedEndpoint) -> SimulatedEndpoint:
        """Add an endpoint or replace the one with its id."""
        self.endpoints[endpoint.id] = endpoint
        self.world.notify()
        return endpoint

    def delete_endpoint(self, endpoint_id: str) -> None:
        """Delete an endpoint and its associations, but not its ENIs."""
        del self.endpoints[endpoint_id]
        for association in [a for a in self.associations.values() if a.endpoint_id == endpoint_id]:
            del self.associations[association.id]
        self.world.notify()

    def put_association(self, association: SimulatedEndpointAssociation) -> SimulatedEndpointAssociation:
        """Add an endpoint association or replace the one with its id."""
        self.associations[association.id] = association
        self.world.notify()
        return association

    def interfaces_in(
        self, *, subnet_id: str | None = None, vpc_id: str | None = None
    ) -> dict[str, SimulatedNetworkInterface]:
        """The ENIs of a subnet, of a VPC, or of the Region, by id."""
        if subnet_id is not None:
            return self._interfaces_by_subnet.get(subnet_id, {})
        if vpc_id is not None:
            return self._interfaces_by_vpc.get(vpc_id, {})
        return self.interfaces

    def default_security_group(self, vpc_id: str) -> SimulatedSecurityGroup | None:
        """The security group named ``default`` of a VPC."""
        groups = (group for group in self.security_groups.values() if group.vpc_id == vpc_id)
        return next((group for group in groups if group.name == "default"), None)

    def available_address_count(self, subnet_id: str) -> int:
        """AvailableIpAddressCount of a subnet; 0 if the subnet is IPv6-only."""
        pool = self.address_pools.get(subnet_id)
        return pool.available_address_count(self.world.rules) if pool else 0

    def vpc(self, vpc_id: str) -> SimulatedVpc:
        """The VPC, or ``InvalidVpcID.NotFound``."""
        return _get(self.vpcs, vpc_id, "InvalidVpcID", "vpc ID")

    def subnet(self, subnet_id: str) -> SimulatedSubnet:
        """The subnet, or ``InvalidSubnetID.NotFound``."""
        return _get(self.subnets, subnet_id, "InvalidSubnetID", "subnet ID")

    def security_group(self, group_id: str) -> SimulatedSecurityGroup:
        """The security group, or ``InvalidGroup.NotFound``."""
        return _get(self.security_groups, group_id, "InvalidGroup", "security group")

    def interface(self, interface_id: str) -> SimulatedNetworkInterface:
        """The ENI, or ``InvalidNetworkInterfaceID.NotFound``."""
        return _get(self.interfaces, interface_id, "InvalidNetworkInterfaceID", "networkInterface ID")

    def reservation(self, reservation_id: str) -> SimulatedReservation:
        """The CIDR reservation, or ``InvalidSubnetCidrReservationID.NotFound``."""
        return _get(self.reservations, reservation_id, "InvalidSubnetCidrReservationID", "subnet CIDR reservation ID")

    def endpoint(self, endpoint_id: str) -> SimulatedEndpoint:
        """The endpoint, or ``InvalidVpcEndpointId.NotFound``."""
        return _get(self.endpoints, endpoint_id, "InvalidVpcEndpointId", "Vpc Endpoint Id")


def _get(resources: dict[str, T], resource_id: str, code: str, noun: str) -> T:
    if resource_id not in resources:
        raise not_found(code, noun, resource_id)
    return resources[resource_id]
