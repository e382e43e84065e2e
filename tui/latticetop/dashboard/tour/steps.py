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
    "AWS is making an endpoint here: a door from two subnets into a service network, which is a group of services and "
    "resources that others share. It reads Pending while AWS looks for room. Before long it reads Failed; then the "
    "tour begins."
)
STEPS = (
    TourStep(
        "Failed, and it works",
        "AWS calls this endpoint Failed. Yet it calls 3 of 3 of its associations, which are the resources it leads to, "
        "accessible: in this incident traffic flowed all the time. So only a part of the endpoint could not be made.",
        TourTarget.ENDPOINTS,
    ),
    TourStep(
        "Free addresses, and no room",
        "AWS gives such an endpoint whole blocks of 16 addresses, written /28, with none of the 16 in use. The subnet "
        "under the cursor has 40 free addresses, but in the column /28 stands 0: it has no whole block left. AWS "
        "itself shows only the 40.",
        TourTarget.SUBNETS,
    ),
    TourStep(
        "The block that one address breaks",
        "These are its four blocks. R: AWS keeps addresses there. L: the endpoint has it. f: broken. In .32/28 a "
        "single address is in use, .36, by an instance. The 15 others are free, but they are no whole block.",
        TourTarget.BLOCKS,
    ),
    TourStep(
        "What AWS tried",
        "This is from CloudTrail, AWS's log of calls, a minute behind. For the endpoint, AWS asked for prefixes (whole "
        "blocks) in both subnets. In the one of zone us-east-1a it was told again and again that there was none, "
        "and gave up.",
        TourTarget.EXPLANATION,
    ),
    TourStep(
        "What to do",
        "A plan says before the next try what fits where. With the cursor on .32/28, {what-if} supposes that its "
        "address were gone: move that instance, and the block is whole. Or choose a larger subnet. latticetop itself "
        "changes nothing in AWS.",
        TourTarget.PLAN,
    ),
)


def has_failed_endpoint(view: SnapshotView | None) -> bool:
    """Whether an endpoint is failed but accessible, which the steps are about."""
    return view is not None and view.verdicts[Verdict.FAILED_BUT_ACCESSIBLE] > 0
