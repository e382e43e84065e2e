"""What the user reads of data that is missing: part, call, cause, owner, and what to do."""

from __future__ import annotations

import pytest

from latticetop.model.records.missing_data import MissingCause, MissingData, MissingPart, clause_of

OWNER = "210987654321"
LIST_SUBNETS = "ec2:DescribeSubnets"
READ_INTERFACES, READ_RESERVATIONS = "ec2:DescribeNetworkInterfaces", "ec2:GetSubnetCidrReservations"
ASK = "Ask the owner, 210987654321, which ranges are reserved."
INTERFACES, RESERVATIONS, COUNT = MissingPart
DENIED, FAILED, NOT_READ_YET, NOT_GIVEN = MissingCause


@pytest.mark.parametrize(
    ("part", "cause", "owner_id", "clause", "next_step"),
    [
        (
            RESERVATIONS,
            DENIED,
            OWNER,
            ("its CIDR reservations could not be read: ec2:GetSubnetCidrReservations was denied; "
            "subnet-0c1a belongs to 210987654321"),
            ASK,
        ),
        (
            RESERVATIONS,
            DENIED,
            "",
            "its CIDR reservations could not be read: ec2:GetSubnetCidrReservations was denied",
            "Allow ec2:GetSubnetCidrReservations.",
        ),
        (
            RESERVATIONS,
            FAILED,
            OWNER,
            ("its CIDR reservations could not be read: ec2:GetSubnetCidrReservations failed; "
            "subnet-0c1a belongs to 210987654321"),
            ASK,
        ),
        (
            RESERVATIONS,
            FAILED,
            "",
            "its CIDR reservations could not be read: ec2:GetSubnetCidrReservations failed",
            "Try again later.",
        ),
        (
            RESERVATIONS,
            NOT_READ_YET,
            OWNER,
            "its CIDR reservations were not read; subnet-0c1a belongs to 210987654321",
            "Run latticetop check --subnet-id subnet-0c1a to read them.",
        ),
        (
            INTERFACES,
            NOT_READ_YET,
            "",
            "its network interfaces were not read",
            "Run latticetop check --subnet-id subnet-0c1a to read them.",
        ),
        (
            INTERFACES,
            DENIED,
            OWNER,
            ("its network interfaces could not be read: ec2:DescribeNetworkInterfaces was denied; "
            "subnet-0c1a belongs to 210987654321"),
            "Allow ec2:DescribeNetworkInterfaces.",
        ),
        (
            INTERFACES,
            FAILED,
            OWNER,
            ("its network interfaces could not be read: ec2:DescribeNetworkInterfaces failed; "
            "subnet-0c1a belongs to 210987654321"),
            "Try again later.",
        ),
        (
            INTERFACES,
            NOT_GIVEN,
            "",
            "its network interfaces are not in the files",
            ("Run aws ec2 describe-network-interfaces --include-managed-resources "
            "--filters Name=subnet-id,Values=subnet-0c1a."),
        ),
        (
            RESERVATIONS,
            NOT_GIVEN,
            "",
            "its CIDR reservations are not in the files",
            "Run aws ec2 get-subnet-cidr-reservations --subnet-id subnet-0c1a.",
        ),
        (
            COUNT,
            NOT_GIVEN,
            "",
            "its count of available addresses is not in the files",
            "Run aws ec2 describe-subnets --subnet-ids subnet-0c1a.",
        ),
    ],
)  # fmt: skip
def test_each_cause_in_words(
    part: MissingPart, cause: MissingCause, owner_id: str, clause: str, next_step: str
) -> None:
    action = {INTERFACES: READ_INTERFACES, RESERVATIONS: READ_RESERVATIONS, COUNT: LIST_SUBNETS}[part]
    data = MissingData("subnet-0c1a", part, action, owner_id, cause)
    assert (data.clause, data.next_step) == (clause, next_step)


def test_several_parts_in_one_clause() -> None:
    interfaces = MissingData("subnet-0c1a", INTERFACES, READ_INTERFACES, OWNER)
    reservations = MissingData("subnet-0c1a", RESERVATIONS, READ_RESERVATIONS, OWNER, DENIED)
    assert clause_of((interfaces, reservations)) == (
        "its network interfaces were not read, and its CIDR reservations could not be read: "
        "ec2:GetSubnetCidrReservations was denied; subnet-0c1a belongs to 210987654321"
    )
    in_files = [MissingData("subnet-0c1a", part, "", "", NOT_GIVEN) for part in (INTERFACES, COUNT)]
    assert clause_of(in_files) == "its network interfaces and its count of available addresses are not in the files"
    assert clause_of(()) == ""
