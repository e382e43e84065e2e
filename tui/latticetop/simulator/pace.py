"""How AWS goes about building a service-network endpoint, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ADDRESSES_PER_INTERFACE = 63
ADDRESSES_PER_PREFIX = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times in simulated seconds after CreateVpcEndpoint, as seen on 2024-12-19.

    ``behaviour`` says how resource interfaces hold addresses: `2024`, /28 prefixes; `today`, one address per
    resource configuration, 63 to an interface (privatelink-access-service-networks).
    """

    behaviour: Literal["2024", "today"] = "2024"
    resources_at: float = 8.0
    resources_apart: float = 1.0
    services_at: float = 22.0
    services_apart: float = 11.0
    gaps: tuple[float, ...] = (12.0, 15.0, 17.0, 21.0)
    attach_after: float = 2.0
    settle_after: float = 1.0
    roll_back_after: float = 2.0
    delete_after: float = 20.0
