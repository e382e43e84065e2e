"""The guided tour of the incident: five steps, each with what it is about and where that is seen."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.endpoints.verdict import Verdict

if TYPE_CHECKING:
    from latticetop.dashboard.state.snapshot_view import View


class Spot(Enum):
    """What a step points at."""

    ENDPOINTS = "endpoints"
    SUBNETS = "subnets"
    BLOCKS = "blocks"
    EXPLANATION = "explanation"
    PLAN = "plan"


class Step(NamedTuple):
    """A step: its heading, its sentences, and the part of the screen they are about."""

    heading: str
    text: str
    spot: Spot


WAITING = (
    "AWS is making an endpoint here: a door from two subnets into a service network, which is a group of services and "
    "resources that others share. It reads Pending while AWS looks for room. Before long it reads Failed; then the "
    "tour begins."
)
STEPS = (
    Step(
        "Failed, and it works",
        "AWS calls this endpoint Failed. Yet it calls 3 of 3 of its associations, which are the resources it leads to, "
        "accessible: in this incident traffic flowed all the time. So only a part of the endpoint could not be made.",
        Spot.ENDPOINTS,
    ),
    Step(
        "Free addresses, and no room",
        "AWS gives such an endpoint whole blocks of 16 addresses, written /28, with none of the 16 in use. The subnet "
        "under the cursor has 40 free addresses, but in the column /28 stands 0: it has no whole block left. AWS "
        "itself shows only the 40.",
        Spot.SUBNETS,
    ),
    Step(
        "The block that one address breaks",
        "These are its four blocks. R: AWS keeps addresses there. L: the endpoint has it. f: broken. In .32/28 a "
        "single address is in use, .36, by an instance. The 15 others are free, but they are no whole block.",
        Spot.BLOCKS,
    ),
    Step(
        "What AWS tried",
        "This is from CloudTrail, AWS's log of calls, a minute behind. For the endpoint, AWS asked for prefixes (whole "
        "blocks) in both subnets. In the one of zone us-east-1a it was told again and again that there was none, "
        "and gave up.",
        Spot.EXPLANATION,
    ),
    Step(
        "What to do",
        "A plan says before the next try what fits where. With the cursor on .32/28, {what-if} supposes that its "
        "address were gone: move that instance, and the block is whole. Or choose a larger subnet. latticetop itself "
        "changes nothing in AWS.",
        Spot.PLAN,
    ),
)


def failed(view: View | None) -> bool:
    """Whether it has come to what the steps are about."""
    return view is not None and view.verdicts[Verdict.FAILED_BUT_ACCESSIBLE] > 0
