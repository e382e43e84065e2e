"""IPv4 as integers: an address is an int, a range is its first and last address."""

from __future__ import annotations

import ipaddress

from latticetop.simulator.errors import invalid

BLOCK = 16


def parse_address(text: str) -> int:
    """An IPv4 address; ``InvalidParameterValue`` for anything else."""
    try:
        return int(ipaddress.IPv4Address(text))
    except ValueError:
        raise invalid(f"invalid value for parameter address: {text}") from None


def format_address(address: int) -> str:
    """Dotted decimal."""
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def parse_cidr(text: str) -> tuple[int, int]:
    """The first and last address of a CIDR; ``InvalidParameterValue`` if it has host bits or is no CIDR."""
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError:
        raise invalid(f"Value ({text}) for parameter cidrBlock is invalid.") from None
    return int(network.network_address), int(network.broadcast_address)


def format_block(base: int) -> str:
    """The /28 that starts at an address."""
    return f"{format_address(base)}/28"
