"""The cells that tables of endpoints share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from latticetop.model.endpoints.endpoint_types import has_associations
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.read_parts import ASSOCIATIONS
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from latticetop.dashboard.state.snapshot_view import SnapshotView
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


class EndpointRecord(NamedTuple):
    """What the row of an endpoint shows; two that are equal give the same row."""

    endpoint: Endpoint
    assessment: Assessment
    network: str
    """What it leads to."""
    lacks_associations: bool
    """Whether it has associations that were not read."""


def endpoint_record(view: SnapshotView, endpoint: Endpoint) -> EndpointRecord:
    """What the row of an endpoint shows."""
    assessment = view.assessments[endpoint.vpc_endpoint_id]
    lacks_associations = (
        ASSOCIATIONS not in view.snapshot.read_at and not assessment.associations and has_associations(endpoint)
    )
    return EndpointRecord(endpoint, assessment, view.network_name(endpoint), lacks_associations)


def endpoint_cells(record: EndpointRecord, palette: Palette, shown_id: str) -> dict[str, Text]:
    """The cells of the columns that tables of endpoints share."""
    endpoint, assessment, network, lacks_associations = record
    failed = assessment.verdict in (Verdict.FAILED, Verdict.FAILED_BUT_ACCESSIBLE)
    created = endpoint.creation_timestamp
    return {
        "id": Text(shown_id, palette["strong" if failed else "text"]),
        "state": Text(clean(endpoint.state) or "-", palette[STATE_TONES[assessment.verdict]]),
        "accessible": Text("?", palette["warn"]) if lacks_associations else accessible_text(assessment, palette),
        "type": Text(clean(endpoint.vpc_endpoint_type), palette["dim"]),
        "network": Text(clean(network), palette["text" if failed else "dim"]),
        "created": Text(f"{created:%Y-%m-%d %H:%M}" if created else "-", palette["dim"]),
    }


def accessible_text(assessment: Assessment, palette: Palette) -> Text:
    """`3 of 3`, green when all are accessible."""
    if not assessment.associations:
        return Text("-", palette["dim"])
    tone = "good" if assessment.accessible == assessment.associations else "warn" if assessment.accessible else "bad"
    return Text(f"{assessment.accessible} of {assessment.associations}", palette[tone])


def endpoint_sort_values(record: EndpointRecord) -> dict[str, object]:
    """The sort values of the columns that tables of endpoints share."""
    endpoint, assessment = record.endpoint, record.assessment
    created = endpoint.creation_timestamp
    return {
        "id": endpoint.vpc_endpoint_id,
        "state": assessment.verdict.rank,
        "accessible": assessment.accessible / assessment.associations if assessment.associations else None,
        "created": created.timestamp() if created else None,
    }
