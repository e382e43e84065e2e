"""EC2's calls that change VPCs, subnets and CIDR reservations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.operations.documents import reservation_document, subnet_document, vpc_document
from latticetop.simulator.operations.tags import tags_for
from latticetop.simulator.reservations import reserve
from latticetop.simulator.zones import zone_id, zone_names

if TYPE_CHECKING:
    from latticetop.simulator.operations.call import Context, Document, Params


def create_vpc(context: Context, params: Params) -> Document:
    """CreateVpc, with its default security group."""
    if not params.get("CidrBlock"):
        raise ApiError("MissingParameter", "The request must contain the parameter cidrBlock")
    vpc = add_vpc(context.region, params["CidrBlock"], tags=tags_for(params, "vpc"))
    return {"Vpc": vpc_document(vpc)}


def create_subnet(context: Context, params: Params) -> Document:
    """CreateSubnet: a /16 to a /28 inside the VPC that overlaps no other subnet."""
    zones = {zone_id(zone): zone for zone in zone_names(context.region.name)}
    zone = params.get("AvailabilityZone") or zones.get(params.get("AvailabilityZoneId", ""))
    if zone is not None and zone not in zones.values():
        raise invalid(f"Value ({zone}) for parameter availabilityZone is invalid.")
    if not params.get("CidrBlock"):
        raise ApiError("MissingParameter", "The request must contain the parameter cidrBlock")
    subnet = add_subnet(
        context.region, params["VpcId"], params["CidrBlock"], zone=zone, tags=tags_for(params, "subnet")
    )
    return {"Subnet": subnet_document(context.region, subnet)}


def create_subnet_cidr_reservation(context: Context, params: Params) -> Document:
    """CreateSubnetCidrReservation."""
    reservation = reserve(
        context.region,
        params["SubnetId"],
        params["Cidr"],
        params["ReservationType"],
        params.get("Description", ""),
        tags_for(params, "subnet-cidr-reservation"),
    )
    return {"SubnetCidrReservation": reservation_document(reservation)}


def delete_subnet_cidr_reservation(context: Context, params: Params) -> Document:
    """DeleteSubnetCidrReservation: what was assigned from it stays."""
    dropped = context.region.drop_reservation(params["SubnetCidrReservationId"])
    return {"DeletedSubnetCidrReservation": reservation_document(dropped)}
