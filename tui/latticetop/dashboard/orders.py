"""Which order the head of a column stands for, and which comes next."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from latticetop.dashboard.view import EndpointOrder, SubnetOrder

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDPOINT_HEADS = {
    "id": EndpointOrder.ID,
    "state": EndpointOrder.TROUBLE,
    "accessible": EndpointOrder.TROUBLE,
    "type": EndpointOrder.TYPE,
    "network": EndpointOrder.NETWORK,
}
SUBNET_HEADS = {
    "name": SubnetOrder.NAME,
    "zone": SubnetOrder.ZONE,
    "cidr": SubnetOrder.CIDR,
    "addresses": SubnetOrder.ADDRESSES,
    "blocks": SubnetOrder.BLOCKS,
    "fits": SubnetOrder.FITS,
    "map": SubnetOrder.BLOCKS,
    "vpc": SubnetOrder.VPC,
}

Order = TypeVar("Order", bound=StrEnum)


def following(order: Order) -> Order:
    """The next of the orders; after the last comes the first."""
    orders = list(type(order))
    return orders[(orders.index(order) + 1) % len(orders)]


def by_head(heads: Mapping[str, Order], column: str | None, order: Order) -> Order:
    """The order that the head of a column stands for; the one there is when it stands for none."""
    return heads.get(column or "", order)


def recalled(kind: type[Order], value: str, usual: Order) -> Order:
    """The order of that value; the usual one when there is none."""
    return next((order for order in kind if order.value == value), usual)
