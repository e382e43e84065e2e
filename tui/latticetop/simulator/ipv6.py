"""IPv6 addresses as integers, and ranges of them."""

from __future__ import annotations

import ipaddress

from latticetop.simulator.errors import invalid
from latticetop.simulator.ipv4 import AddressRange

PREFIX_SIZE = 1 << 48
"""Addresses in a /80, the size of an IPv6 prefix (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html)."""


def parse_ipv6_address(text: str) -> int:
    """Parse an IPv6 address; raise ``InvalidParameterValue`` for anything else."""
    try:
        return int(ipaddress.IPv6Address(text))
    except ValueError:
        raise invalid(f"invalid value for parameter address: {text}") from None


def format_ipv6_address(address: int) -> str:
    """Format an address in its shortest form."""
    return str(ipaddress.IPv6Address(address))


def parse_ipv6_cidr(text: str) -> AddressRange:
    """Parse an IPv6 CIDR; raise ``InvalidParameterValue`` if it has host bits or is not a CIDR."""
    try:
        network = ipaddress.IPv6Network(text)
    except ValueError:
        raise invalid(f"Value ({text}) for parameter ipv6CidrBlock is invalid.") from None
    return AddressRange(int(network.network_address), int(network.broadcast_address))


def format_ipv6_prefix(first: int) -> str:
    """Format the /80 prefix that starts at an address."""
    return f"{format_ipv6_address(first)}/80"
