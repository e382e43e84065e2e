"""EC2's operations that create VPCs and subnets, and create and delete CIDR reservations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.availability_zones import zone_id, zone_names
from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.operations.ec2_documents import reservation_document, subnet_document, vpc_document
from latticetop.simulator.operations.permissions import check_subnet_owner, check_vpc_owner
from latticetop.simulator.operations.tags import tags_for
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.operations.context import Document, OperationContext, Params


def create_vpc(context: OperationContext, params: Params) -> Document:
    """CreateVpc, with a default security group, and an IPv6 CIDR if Amazon is to provide one."""
    if not params.get("CidrBlock"):
        raise ApiError("MissingParameter", "The request must contain the parameter cidrBlock")
    ipv6_cidr = None
    if params.get("AmazonProvidedIpv6CidrBlock"):
        digits = context.region.world.ids.new_hex("ipv6", 6)
        ipv6_cidr = f"2600:1f18:{digits[:4]}:{digits[4:]}00::/56"
    vpc = add_vpc(context.region, params["CidrBlock"], ipv6_cidr=ipv6_cidr, tags=tags_for(params, "vpc"))
    return {"Vpc": vpc_document(vpc)}


def create_subnet(context: OperationContext, params: Params) -> Document:
    """CreateSubnet, in a zone given by name or by id; IPv6-only with Ipv6Native."""
    check_vpc_owner(context, context.region.vpc(params["VpcId"]), "CreateSubnet")
    zones = {zone_id(zone): zone for zone in zone_names(context.region.name)}
    zone = params.get("AvailabilityZone") or zones.get(params.get("AvailabilityZoneId", ""))
    if zone is not None and zone not in zones.values():
        raise invalid(f"Value ({zone}) for parameter availabilityZone is invalid.")
    is_ipv6_only = params.get("Ipv6Native", False)
    if not params.get("Ipv6CidrBlock" if is_ipv6_only else "CidrBlock"):
        parameter = "ipv6CidrBlock" if is_ipv6_only else "cidrBlock"
        raise ApiError("MissingParameter", f"The request must contain the parameter {parameter}")
    subnet = add_subnet(
        context.region,
        params["VpcId"],
        None if is_ipv6_only else params["CidrBlock"],
        availability_zone=zone,
        ipv6_cidr=params.get("Ipv6CidrBlock"),
        tags=tags_for(params, "subnet"),
    )
    return {"Subnet": subnet_document(context.region, subnet)}


def delete_subnet(context: OperationContext, params: Params) -> Document:
    """DeleteSubnet, of a subnet without interfaces."""
    check_subnet_owner(context, context.region.subnet(params["SubnetId"]), "DeleteSubnet")
    context.region.delete_subnet(params["SubnetId"])
    return {}


def create_subnet_cidr_reservation(context: OperationContext, params: Params) -> Document:
    """CreateSubnetCidrReservation."""
    check_subnet_owner(context, context.region.subnet(params["SubnetId"]), "CreateSubnetCidrReservation")
    reservation = add_reservation(
        context.region,
        params["SubnetId"],
        params["Cidr"],
        params["ReservationType"],
        params.get("Description", ""),
        tags_for(params, "subnet-cidr-reservation"),
    )
    return {"SubnetCidrReservation": reservation_document(reservation)}


def delete_subnet_cidr_reservation(context: OperationContext, params: Params) -> Document:
    """DeleteSubnetCidrReservation; addresses assigned from the reservation stay assigned."""
    reservation = context.region.reservation(params["SubnetCidrReservationId"])
    check_subnet_owner(context, context.region.subnet(reservation.subnet_id), "DeleteSubnetCidrReservation")
    context.region.delete_reservation(reservation.id)
    return {"DeletedSubnetCidrReservation": reservation_document(reservation)}
