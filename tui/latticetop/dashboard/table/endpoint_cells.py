"""The cells that lists of endpoints share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.records.resources import Endpoint

STATE_TONES = {
    Verdict.FAILED_BUT_ACCESSIBLE: "bad",
    Verdict.FAILED: "bad",
    Verdict.DEGRADED: "text",
    Verdict.WAITING_FOR_ACCEPTANCE: "advice",
    Verdict.PENDING: "advice",
    Verdict.UNKNOWN: "warn",
    Verdict.HEALTHY: "text",
    Verdict.GONE: "dim",
}


def state_text(endpoint: Endpoint, verdict: Verdict, palette: Palette) -> Text:
    """AWS's word for the state of an endpoint, in the colour of the verdict."""
    return Text(clean(endpoint.state) or "-", palette[STATE_TONES[verdict]])


def accessible_text(assessment: Assessment, palette: Palette) -> Text:
    """`3 of 3`, green when all are accessible."""
    if not assessment.associations:
        return Text("-", palette["dim"])
    tone = "good" if assessment.accessible == assessment.associations else "warn" if assessment.accessible else "bad"
    return Text(f"{assessment.accessible} of {assessment.associations}", palette[tone])


def created_text(endpoint: Endpoint, palette: Palette) -> Text:
    """When an endpoint was created."""
    created = endpoint.creation_timestamp
    return Text(f"{created:%Y-%m-%d %H:%M}" if created else "-", palette["dim"])


def endpoint_sort_values(endpoint: Endpoint, assessment: Assessment) -> dict[str, object]:
    """The sort values of the columns that lists of endpoints share."""
    created = endpoint.creation_timestamp
    return {
        "id": endpoint.vpc_endpoint_id,
        "state": assessment.verdict.rank,
        "accessible": assessment.accessible / assessment.associations if assessment.associations else None,
        "created": created.timestamp() if created else None,
    }
