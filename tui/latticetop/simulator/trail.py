"""The events CloudTrail keeps of a Region, with the members and the order seen on 2024-12-19."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from latticetop.simulator.account import Account
    from latticetop.simulator.errors import ApiError

Json = dict[str, Any]
LATTICE = "vpc-lattice.amazonaws.com"
LATTICE_ROLE = "AWSServiceRoleForVpcLattice"
LATTICE_SESSION = "LatticeAssumeRoleSession"
LATTICE_PRINCIPAL = "AROA6KUFAVPUV2ZKYCUKD"


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One event: when, what, by whom, which resources (type, name), and its whole record."""

    at: datetime
    name: str
    source: str
    username: str
    resources: tuple[tuple[str, str], ...]
    record: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a call: the identity as CloudTrail words it, the session's name, and where it comes from."""

    identity: Json
    username: str
    address: str
    agent: str


class Trail:
    """Events, oldest first. ``delay`` is how many simulated seconds pass before one can be looked up."""

    def __init__(self, account: Account, region: str) -> None:
        self.account = account
        self.region = region
        self.delay = 0.0
        self.tokens = 2.0
        self.filled_at = 0.0
        self.events: list[Event] = []

    def record(
        self,
        name: str,
        caller: Caller,
        parameters: Json | None,
        outcome: Json | ApiError | None,
        *,
        source: str = "ec2.amazonaws.com",
        resources: tuple[tuple[str, str], ...] = (),
        read_only: bool = False,
    ) -> Event:
        """Keep an event of a call made now; ``outcome`` is its response elements or its error."""
        at, request_id = self.account.clock.now(), self.account.ids.uuid(f"{name} request")
        record: Json = {
            "eventVersion": "1.10",
            "userIdentity": caller.identity,
            "eventTime": spell_time(at),
            "eventSource": source,
            "eventName": name,
            "awsRegion": self.region,
            "sourceIPAddress": caller.address,
            "userAgent": caller.agent,
        }
        if isinstance(outcome, Exception):
            record |= {"errorCode": f"Client.{outcome.code}", "errorMessage": outcome.message}
            outcome = None
        record |= {
            "requestParameters": parameters,
            "responseElements": None if outcome is None else {"requestId": request_id, **outcome},
            "requestID": request_id,
            "eventID": self.account.ids.uuid(f"{name} event"),
            "readOnly": read_only,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": self.account.id,
            "eventCategory": "Management",
        }
        event = Event(at, name, source, caller.username, resources, record)
        self.events.append(event)
        return event


def spell_time(at: datetime) -> str:
    """A moment to the second, as events have it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def lattice_caller(account_id: str, since: datetime) -> Caller:
    """VPC Lattice acting through its service-linked role, in a session that began at a moment."""
    identity: Json = {
        "type": "AssumedRole",
        "principalId": f"{LATTICE_PRINCIPAL}:{LATTICE_SESSION}",
        "arn": f"arn:aws:sts::{account_id}:assumed-role/{LATTICE_ROLE}/{LATTICE_SESSION}",
        "accountId": account_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": LATTICE_PRINCIPAL,
                "arn": f"arn:aws:iam::{account_id}:role/aws-service-role/{LATTICE}/{LATTICE_ROLE}",
                "accountId": account_id,
                "userName": LATTICE_ROLE,
            },
            "attributes": {"creationDate": spell_time(since), "mfaAuthenticated": "false"},
        },
        "invokedBy": LATTICE,
    }
    return Caller(identity=identity, username=LATTICE_SESSION, address=LATTICE, agent=LATTICE)


def user_caller(account: Account) -> Caller:
    """The person whose credentials reach the simulator."""
    identity: Json = {
        "type": "AssumedRole",
        "principalId": account.caller_id,
        "arn": account.caller_arn,
        "accountId": account.id,
    }
    name = account.caller_arn.rpartition("/")[2]
    return Caller(identity=identity, username=name, address="127.0.0.1", agent="aws-cli")
