"""The steps of the guided tour of the incident: what each says, and the part of the screen it is about."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.endpoints.verdict import Verdict

if TYPE_CHECKING:
    from latticetop.dashboard.state.snapshot_view import SnapshotView


class TourTarget(Enum):
    """The part of the screen that a step is about."""

    ENDPOINTS = "endpoints"
    SUBNETS = "subnets"
    BLOCKS = "blocks"
    EXPLANATION = "explanation"
    PLAN = "plan"


class TourStep(NamedTuple):
    """A step; `{what-if}` in its text stands for the key of that action."""

    heading: str
    text: str
    target: TourTarget


WAITING = (
    "AWS is creating an endpoint here. It connects two subnets to a service network, which is a group of services and "
    "resources that others share. The endpoint is Pending while AWS searches for addresses and blocks. Soon it is "
    "Failed; then the tour starts."
)
"""What the panel says until an endpoint is failed but accessible."""
STEPS = (
    TourStep(
        "Failed, and it works",
        "The state of this endpoint is Failed. Yet AWS calls 3 of 3 associations, the resources it connects to, "
        "accessible: in this incident traffic flowed all the time. Only a part of the endpoint could not be created.",
        TourTarget.ENDPOINTS,
    ),
    TourStep(
        "Free addresses, but no free block",
        "Such an endpoint needs /28 blocks: 16 addresses each, none of them in use. The subnet under the cursor has 40 "
        "free addresses, but its column /28 shows 0: none of its blocks is free. AWS itself shows only the 40.",
        TourTarget.SUBNETS,
    ),
    TourStep(
        "One address fragments a block",
        "These are the four blocks of the subnet. R: reserved by AWS. L: used by the endpoint. f: fragmented. In "
        ".32/28 a single address is in use, .36, by an instance. The other 15 are free, but AWS needs the whole block.",
        TourTarget.BLOCKS,
    ),
    TourStep(
        "What AWS tried",
        "This is from CloudTrail, the log of AWS API calls, a minute behind. For the endpoint, AWS requested prefixes "
        "(whole blocks) in both subnets. In us-east-1a the request failed again and again, because no block was free, "
        "and AWS gave up.",
        TourTarget.EXPLANATION,
    ),
    TourStep(
        "What to do",
        "A plan shows what fits where before you try again. With the cursor on .32/28, {what-if} simulates freeing it: "
        "terminate or replace that instance, and the block is free. Or choose a larger subnet. latticetop itself "
        "changes nothing.",
        TourTarget.PLAN,
    ),
)


def has_failed_endpoint(view: SnapshotView | None) -> bool:
    """Whether an endpoint is failed but accessible, which the steps are about."""
    return view is not None and view.verdicts[Verdict.FAILED_BUT_ACCESSIBLE] > 0
