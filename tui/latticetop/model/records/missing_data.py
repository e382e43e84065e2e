"""What was not read of a subnet: which part, why, and what to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.records.aws_actions import cli_command

if TYPE_CHECKING:
    from collections.abc import Collection


class MissingPart(StrEnum):
    """A part of a subnet that is read by itself; the value is its name in sentences."""

    INTERFACES = "network interfaces"
    RESERVATIONS = "CIDR reservations"
    COUNT = "count of available addresses"
    """Without it nothing shows whether ENIs are missing."""


class MissingCause(StrEnum):
    """Why a part was never read."""

    DENIED = "denied"
    """A permission is missing."""
    FAILED = "failed"
    """The call failed for another reason."""
    NOT_READ_YET = "not-read-yet"
    """It was not its turn yet."""
    NOT_GIVEN = "not-given"
    """The files that are read in place of AWS do not have it, or not all of it."""


class MissingData(Struct, frozen=True):
    """A part of a subnet that was never read; `action` is the IAM action that reads it.

    `owner_id` is set if the subnet belongs to another account.
    """

    subnet_id: str
    part: MissingPart
    action: str
    owner_id: str = ""
    cause: MissingCause = MissingCause.NOT_READ_YET
    region: str = ""
    """The Region for the command that prints what files lack; empty where it is not known."""

    @property
    def clause(self) -> str:
        """What is missing and why, as a clause whose subject is the subnet's part."""
        return clause_of((self,))

    @property
    def is_hidden(self) -> bool:
        """Whether nobody but the owner of the subnet can read it."""
        return bool(self.owner_id) and self.part is MissingPart.RESERVATIONS

    @property
    def next_step(self) -> str:
        """What the user can do, as a sentence. What has not been asked for yet is read by its own name."""
        if self.cause is MissingCause.NOT_GIVEN:
            return f"Run {self.command}."
        if self.cause is MissingCause.NOT_READ_YET:
            return f"Run latticetop check --subnet-id {self.subnet_id} to read them."
        if self.is_hidden:
            return f"Ask the owner, {self.owner_id}, which ranges are reserved."
        return f"Allow {self.action}." if self.cause is MissingCause.DENIED else "Try again later."

    @property
    def command(self) -> str:
        """The command of the AWS CLI that prints the part."""
        options = {
            MissingPart.RESERVATIONS: f"--subnet-id {self.subnet_id}",
            MissingPart.COUNT: f"--subnet-ids {self.subnet_id}",
            MissingPart.INTERFACES: f"--include-managed-resources --filters Name=subnet-id,Values={self.subnet_id}",
        }
        in_region = f" --region {self.region}" if self.region else ""
        return f"{cli_command(self.action)} {options[self.part]}{in_region}"


def lacks_interfaces(missing: Collection[MissingData]) -> bool:
    """Whether the ENIs are missing, without which nothing is known of the blocks."""
    return any(data.part is MissingPart.INTERFACES for data in missing)


def lacks_reservations(missing: Collection[MissingData]) -> bool:
    """Whether the CIDR reservations are missing, which decide what of the free addresses AWS can assign."""
    return any(data.part is MissingPart.RESERVATIONS for data in missing)


def clause_of(missing: Collection[MissingData]) -> str:
    """Say what is missing of one subnet and why, as a clause; empty if nothing is."""
    if len(missing) > 1 and all(data.cause is MissingCause.NOT_GIVEN for data in missing):
        text = f"its {' and its '.join(data.part for data in missing)} are not in the files"
    else:
        text = ", and ".join(map(_without_owner, missing))
    owned = next((data for data in missing if data.owner_id), None)
    return f"{text}; {owned.subnet_id} belongs to {owned.owner_id}" if owned else text


def _without_owner(data: MissingData) -> str:
    match data.cause:
        case MissingCause.DENIED:
            return f"its {data.part} could not be read: {data.action} was denied"
        case MissingCause.FAILED:
            return f"its {data.part} could not be read: {data.action} failed"
        case MissingCause.NOT_READ_YET:
            return f"its {data.part} were not read"
        case MissingCause.NOT_GIVEN:
            verb = "is" if data.part is MissingPart.COUNT else "are"
            return f"its {data.part} {verb} not in the files"
