"""Messages by which widgets and screens ask the app to show something; the app alone acts on them.

`scope` is the index of an account and Region in the app's list of those it follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class ScopeSelected(Message):
    """Show an account and Region."""

    scope: int


@dataclass
class VpcSelected(Message):
    """Show only the subnets of a VPC on the main screen."""

    scope: int
    vpc_id: str


@dataclass
class SubnetSelected(Message):
    """Show a subnet on the main screen, and the block of `address` (an IPv4 address as an integer) if there is one."""

    scope: int
    subnet_id: str
    address: int | None = None


@dataclass
class EndpointSelected(Message):
    """Open an endpoint."""

    scope: int
    vpc_endpoint_id: str


@dataclass
class InterfaceSelected(Message):
    """Open an ENI."""

    scope: int
    network_interface_id: str
