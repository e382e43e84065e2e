"""The CloudTrail event history of a Region. The events have the members and the order observed on 2024-12-19.

Reference: docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from latticetop.simulator.errors import ApiError
    from latticetop.simulator.world import SimulatedWorld

JsonObject = dict[str, Any]
LATTICE_PRINCIPAL = "vpc-lattice.amazonaws.com"
LATTICE_ROLE = "AWSServiceRoleForVpcLattice"
LATTICE_ROLE_ID = "AROA6KUFAVPUV2ZKYCUKD"
LATTICE_SESSION = "LatticeAssumeRoleSession"
LOOKUP_RATE = 2.0
"""LookupEvents requests per second for an account and Region
(docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html)."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedEvent:
    """An event: the fields that LookupEvents filters by, and the whole record. Resources are (type, name) pairs."""

    time: datetime
    name: str
    source: str
    username: str
    resources: tuple[tuple[str, str], ...]
    record: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCaller:
    """The caller of an API operation: ``userIdentity``, session name, ``sourceIPAddress`` and ``userAgent``."""

    identity: JsonObject
    username: str
    source_ip: str
    user_agent: str


class SimulatedEventHistory:
    """The events, oldest first. LookupEvents returns an event only ``delivery_delay`` simulated seconds later.

    ``lookup_tokens`` and ``refilled_at`` are the state of the rate limit of LookupEvents.
    """

    def __init__(self, world: SimulatedWorld, region_name: str) -> None:
        self.world = world
        self.region_name = region_name
        self.delivery_delay = 0.0
        self.lookup_tokens = LOOKUP_RATE
        self.refilled_at = 0.0
        self.events: list[SimulatedEvent] = []

    def record(
        self,
        name: str,
        caller: EventCaller,
        parameters: JsonObject | None,
        outcome: JsonObject | ApiError | None,
        *,
        source: str = "ec2.amazonaws.com",
        resources: tuple[tuple[str, str], ...] = (),
        read_only: bool = False,
    ) -> SimulatedEvent:
        """Add the event of a call made now; ``outcome`` is the response elements or the error."""
        time, request_id = self.world.clock.now(), self.world.ids.new_uuid(f"{name} request")
        record: JsonObject = {
            "eventVersion": "1.10",
            "userIdentity": caller.identity,
            "eventTime": format_event_time(time),
            "eventSource": source,
            "eventName": name,
            "awsRegion": self.region_name,
            "sourceIPAddress": caller.source_ip,
            "userAgent": caller.user_agent,
        }
        if isinstance(outcome, Exception):
            record |= {"errorCode": f"Client.{outcome.code}", "errorMessage": outcome.message}
            outcome = None
        record |= {
            "requestParameters": parameters,
            "responseElements": None if outcome is None else {"requestId": request_id, **outcome},
            "requestID": request_id,
            "eventID": self.world.ids.new_uuid(f"{name} event"),
            "readOnly": read_only,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": self.world.account_id,
            "eventCategory": "Management",
        }
        event = SimulatedEvent(time, name, source, caller.username, resources, record)
        self.events.append(event)
        return event


def format_event_time(time: datetime) -> str:
    """Format a time in UTC to the second, as in ``eventTime``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def lattice_caller(account_id: str, session_start: datetime) -> EventCaller:
    """VPC Lattice with its service-linked role."""
    identity: JsonObject = {
        "type": "AssumedRole",
        "principalId": f"{LATTICE_ROLE_ID}:{LATTICE_SESSION}",
        "arn": f"arn:aws:sts::{account_id}:assumed-role/{LATTICE_ROLE}/{LATTICE_SESSION}",
        "accountId": account_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": LATTICE_ROLE_ID,
                "arn": f"arn:aws:iam::{account_id}:role/aws-service-role/{LATTICE_PRINCIPAL}/{LATTICE_ROLE}",
                "accountId": account_id,
                "userName": LATTICE_ROLE,
            },
            "attributes": {"creationDate": format_event_time(session_start), "mfaAuthenticated": "false"},
        },
        "invokedBy": LATTICE_PRINCIPAL,
    }
    return EventCaller(
        identity=identity, username=LATTICE_SESSION, source_ip=LATTICE_PRINCIPAL, user_agent=LATTICE_PRINCIPAL
    )


def user_caller(world: SimulatedWorld) -> EventCaller:
    """The identity whose credentials reach the simulator."""
    identity: JsonObject = {
        "type": "AssumedRole",
        "principalId": world.caller_user_id,
        "arn": world.caller_arn,
        "accountId": world.account_id,
    }
    session_name = world.caller_arn.rpartition("/")[2]
    return EventCaller(identity=identity, username=session_name, source_ip="127.0.0.1", user_agent="aws-cli")
