"""The EC2 resources of one Region, with the indexes that keep large accounts quick."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from latticetop.simulator.addresses import parse_cidr
from latticetop.simulator.allocation import Pool, Range, ReservationType
from latticetop.simulator.errors import not_found
from latticetop.simulator.lattice import Lattice
from latticetop.simulator.trail import Trail

if TYPE_CHECKING:
    from latticetop.simulator.account import Account
    from latticetop.simulator.resources import Association, Endpoint, Interface, Reservation, SecurityGroup, Subnet, Vpc

T = TypeVar("T")


class Region:
    """Everything in one Region, by id. Change it through the ``put_`` and ``drop_`` methods."""

    def __init__(self, account: Account, name: str) -> None:
        self.account = account
        self.name = name
        self.vpcs: dict[str, Vpc] = {}
        self.subnets: dict[str, Subnet] = {}
        self.pools: dict[str, Pool] = {}
        self.groups: dict[str, SecurityGroup] = {}
        self.interfaces: dict[str, Interface] = {}
        self.reservations: dict[str, Reservation] = {}
        self.endpoints: dict[str, Endpoint] = {}
        self.associations: dict[str, Association] = {}
        self.lattice = Lattice()
        self.trail = Trail(account, name)
        self._in_subnet: defaultdict[str, dict[str, Interface]] = defaultdict(dict)
        self._in_vpc: defaultdict[str, dict[str, Interface]] = defaultdict(dict)

    def put_vpc(self, vpc: Vpc) -> Vpc:
        """Add a VPC or replace the one of its id."""
        self.vpcs[vpc.id] = vpc
        self.account.changed()
        return vpc

    def put_subnet(self, subnet: Subnet) -> Subnet:
        """Add a subnet, with an empty pool of addresses, or replace the one of its id."""
        self.subnets[subnet.id] = subnet
        if subnet.cidr is not None and subnet.id not in self.pools:
            self.pools[subnet.id] = Pool(subnet.id, subnet.cidr)
        self.account.changed()
        return subnet

    def put_interface(self, interface: Interface) -> Interface:
        """Add an interface or replace the one of its id. Its addresses must have been drawn from the pool."""
        self.interfaces[interface.id] = interface
        self._in_subnet[interface.subnet_id][interface.id] = interface
        self._in_vpc[interface.vpc_id][interface.id] = interface
        self.account.changed()
        return interface

    def drop_interface(self, interface_id: str) -> Interface:
        """Remove an interface and give its addresses back."""
        interface = self.interface(interface_id)
        if interface.subnet_id in self.pools:
            self.pools[interface.subnet_id].release(interface.addresses, interface.prefixes)
        del self.interfaces[interface_id]
        del self._in_subnet[interface.subnet_id][interface_id]
        del self._in_vpc[interface.vpc_id][interface_id]
        self.account.changed()
        return interface

    def put_reservation(self, reservation: Reservation) -> Reservation:
        """Add a CIDR reservation; an IPv4 one governs the subnet's pool from now on."""
        self.reservations[reservation.id] = reservation
        if ":" not in reservation.cidr:
            first, last = parse_cidr(reservation.cidr)
            kind: ReservationType = "explicit" if reservation.kind == "explicit" else "prefix"
            self.pools[reservation.subnet_id].reservations[reservation.id] = Range(first, last, kind)
        self.account.changed()
        return reservation

    def drop_reservation(self, reservation_id: str) -> Reservation:
        """Remove a CIDR reservation; what was assigned from it stays assigned."""
        reservation = self.reservation(reservation_id)
        del self.reservations[reservation_id]
        if reservation.subnet_id in self.pools:
            self.pools[reservation.subnet_id].reservations.pop(reservation_id, None)
        self.account.changed()
        return reservation

    def put_endpoint(self, endpoint: Endpoint) -> Endpoint:
        """Add an endpoint or replace the one of its id."""
        self.endpoints[endpoint.id] = endpoint
        self.account.changed()
        return endpoint

    def drop_endpoint(self, endpoint_id: str) -> None:
        """Remove an endpoint and its associations; its interfaces are its builder's to remove."""
        del self.endpoints[endpoint_id]
        for association in [a for a in self.associations.values() if a.endpoint_id == endpoint_id]:
            del self.associations[association.id]
        self.account.changed()

    def put_association(self, association: Association) -> Association:
        """Add an association or replace the one of its id."""
        self.associations[association.id] = association
        self.account.changed()
        return association

    def interfaces_in(self, *, subnet_id: str | None = None, vpc_id: str | None = None) -> dict[str, Interface]:
        """The interfaces of a subnet, of a VPC, or of the Region, by id."""
        if subnet_id is not None:
            return self._in_subnet.get(subnet_id, {})
        if vpc_id is not None:
            return self._in_vpc.get(vpc_id, {})
        return self.interfaces

    def default_group(self, vpc_id: str) -> SecurityGroup | None:
        """The VPC's group named default."""
        groups = (group for group in self.groups.values() if group.vpc_id == vpc_id)
        return next((group for group in groups if group.name == "default"), None)

    def available(self, subnet_id: str) -> int:
        """AvailableIpAddressCount of a subnet; 0 when it is IPv6-only."""
        pool = self.pools.get(subnet_id)
        return pool.available if pool else 0

    def vpc(self, vpc_id: str) -> Vpc:
        """The VPC, or ``InvalidVpcID.NotFound``."""
        return _found(self.vpcs, vpc_id, "InvalidVpcID", "vpc ID")

    def subnet(self, subnet_id: str) -> Subnet:
        """The subnet, or ``InvalidSubnetID.NotFound``."""
        return _found(self.subnets, subnet_id, "InvalidSubnetID", "subnet ID")

    def group(self, group_id: str) -> SecurityGroup:
        """The security group, or ``InvalidGroup.NotFound``."""
        return _found(self.groups, group_id, "InvalidGroup", "security group")

    def interface(self, interface_id: str) -> Interface:
        """The interface, or ``InvalidNetworkInterfaceID.NotFound``."""
        return _found(self.interfaces, interface_id, "InvalidNetworkInterfaceID", "networkInterface ID")

    def reservation(self, reservation_id: str) -> Reservation:
        """The reservation, or ``InvalidSubnetCidrReservationID.NotFound``."""
        return _found(self.reservations, reservation_id, "InvalidSubnetCidrReservationID", "subnet CIDR reservation ID")

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """The endpoint, or ``InvalidVpcEndpointId.NotFound``."""
        return _found(self.endpoints, endpoint_id, "InvalidVpcEndpointId", "Vpc Endpoint Id")


def _found(resources: dict[str, T], resource_id: str, code: str, noun: str) -> T:
    if resource_id not in resources:
        raise not_found(code, noun, resource_id)
    return resources[resource_id]
