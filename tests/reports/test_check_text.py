"""`latticetop check` as text."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import structs

from latticetop.model.capacity.counting_subnets import Criteria
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot, SubnetReading
from latticetop.reports.check_reasons import exit_code
from latticetop.reports.check_text import render_text
from tests.dashboard import accounts
from tests.dashboard.accounts import A, B, subnet
from tests.model.builders import associations, endpoint, eni, incident, reading, snapshot
from tests.reports.test_check import IPV6, NODES, ROOMY, SMALL, TIGHT, UNACCOUNTED, account


def test_the_text_keeps_to_80_columns() -> None:
    wide = reading("subnet-0123456789abcdef0", "10.100.100.0/24", available=251)
    large = reading("subnet-0123456789abcdef1", "10.112.0.0/16", available=65531)
    account = incident()
    scene = msgspec.structs.replace(account, subnets=account.subnets | {r.subnet.subnet_id: r for r in (wide, large)})
    healthy = snapshot(wide, endpoints=(endpoint("Available"),), associations=associations(*["Accessible"] * 10))
    for lines in (render_text(scene).splitlines(), render_text(healthy).splitlines()):
        assert max(map(len, lines)) <= 82
        assert max(len(line) for line in lines if not line.startswith("subnet")) <= 80


@pytest.mark.parametrize(
    ("scene", "outcome"),
    [
        (account(ROOMY), "Nothing is wrong."),
        (account(UNACCOUNTED), "Unknown: 1 subnet may have no free /28."),
        (account(TIGHT), "Wrong: 1 subnet without a free /28."),
        (account(ROOMY, state="Failed"), "Wrong: 1 endpoint failed-but-accessible."),
    ],
)
def test_the_second_line_says_what_the_exit_code_says(scene: Snapshot, outcome: str) -> None:
    assert render_text(scene).splitlines()[1] == outcome


def test_a_long_map_is_summed_up_in_numbers() -> None:
    large = reading("subnet-1", "10.0.0.0/20", eni("eni-1", "subnet-1", "10.0.0.20"), available=4090)
    assert (
        "  2 reserved by AWS, 1 fragmented, 253 free; first free 10.0.0.32/28"
        in render_text(snapshot(large)).splitlines()
    )


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        (Criteria(), "1 subnet without a free /28 does not count: nothing in it needs /28 blocks."),
        (Criteria(all_subnets=True), ""),
    ],
)
def test_a_full_subnet_in_which_nothing_needs_a_block_is_told(criteria: Criteria, told: str) -> None:
    spread = eni("eni-1", A, *(f"10.0.0.{16 * n + 4}" for n in range(16)))
    scene = snapshot(reading(A, "10.0.0.0/24", spread, available=235), reading(B, "10.0.1.0/24", available=251))
    text = render_text(scene, 1_000, criteria)
    assert ("does not count" in text) == bool(told)
    assert told in text
    assert exit_code(scene, criteria) == (0 if told else 1)


def test_a_long_map_without_a_free_block_names_none() -> None:
    spread = eni("eni-1", "subnet-1", *(f"10.0.{n // 16}.{n % 16 * 16 + 4}" for n in range(32)))
    text = render_text(snapshot(reading("subnet-1", "10.0.0.0/23", spread, available=475)))
    assert "  2 reserved by AWS, 30 fragmented" in text.splitlines()
    assert "first free" not in text


def test_an_account_without_anything_has_no_table() -> None:
    assert render_text(snapshot(), 120) == (
        "There is no service-network, Resource or Tunnel endpoint in us-east-1, so every subnet of the Region "
        "is looked at.\n123456789012  us-east-1  2024-12-19 08:21:00 UTC\nNothing is wrong.\n"
    )


def test_of_selected_subnets_it_is_not_said_that_every_subnet_is_looked_at() -> None:
    text = render_text(snapshot(ROOMY), criteria=Criteria(subnet_ids=("subnet-1",)))
    assert text.startswith("123456789012")
    assert "No VPC Lattice endpoint." in text


def test_of_an_account_whose_endpoints_were_not_read_it_is_not_said_that_there_are_none() -> None:
    text = render_text(snapshot(unread=("endpoints",)))
    assert "No VPC Lattice endpoint" not in text
    assert "There is no" not in text


def test_without_ipv4_there_are_no_counts() -> None:
    ipv6 = structs.replace(IPV6.subnet, ipv6_cidr_blocks=("2001:db8::/64",))
    row, note = render_text(snapshot(structs.replace(IPV6, subnet=ipv6))).splitlines()[-2:]
    assert row.split() == ["subnet-6", "us-east-1a", "IPv6", "only", "-", "-"]
    assert note == "  0 /80 prefixes and 0 IPv6 addresses in use"


def test_names_from_aws_cannot_reach_the_terminal() -> None:
    hostile = msgspec.structs.replace(ROOMY.subnet, name="\x1b]0;owned\x07\u202ename")
    scene = snapshot(msgspec.structs.replace(ROOMY, subnet=hostile))
    text = render_text(scene)
    assert "name" in text
    assert not [c for c in text if c != "\n" and (ord(c) < 32 or c == "\u202e")]


def test_unaccounted_addresses_make_bounds() -> None:
    lines = render_text(account(UNACCOUNTED)).splitlines()
    row, note = lines[-2:]
    assert row.split()[-2:] == ["0-14", "R..............R"]
    assert note == "  16 addresses in use belong to no visible ENI"


def test_what_was_not_read_names_owner_call_and_next_step() -> None:
    ours = reading("subnet-1", "10.0.4.0/23", available=9, unaccounted=498)
    shared = structs.replace(ours, subnet=structs.replace(ours.subnet, owner_id="210987654321"))
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "Denied.", "Allow it.")
    scene = structs.replace(snapshot(shared, unread=("reservations subnet-1",)), problems=(denied,))
    text = render_text(scene, criteria=Criteria(subnet_ids=("subnet-1",)))
    assert "Unknown: some data could not be read, 1 subnet may have no free /28." in text
    words = " ".join(text.split())
    assert " 9 ? owner 210987654321; 2 reserved by AWS, 30 with no visible use; no data: its CIDR reservations" in words
    assert "Ask the owner, 210987654321, which ranges are reserved" in words


def test_reservations_that_no_answer_depends_on_are_said_once_not_to_be_read() -> None:
    readings = [reading(f"subnet-{n:02}", f"10.0.{n}.0/24", available=251) for n in range(40)]
    unread = tuple(f"reservations subnet-{n:02}" for n in range(40))
    scene = snapshot(*readings, unread=unread)
    text = render_text(scene)
    assert "Nothing is wrong." in text
    assert text.count("CIDR reservations") == 1
    assert "CIDR reservations of 40 subnets were not read" in text
    assert "0-14  R..............R" in text


def test_a_named_subnet_that_is_too_small_is_said_to_be() -> None:
    text = render_text(snapshot(SMALL), criteria=Criteria(subnet_ids=("subnet-1",)))
    assert "Wrong: 1 subnet too small for a free /28." in text
    assert "No /28 block can ever be free in a /27 subnet" in text
    assert "Nothing is wrong." in render_text(snapshot(SMALL), criteria=Criteria(all_subnets=True))


def test_where_nodes_hold_prefixes_the_capacity_is_in_nodes_and_pods() -> None:
    assert "  capacity +2-5 nodes of 1 /28, 80 pods" in render_text(snapshot(NODES)).splitlines()


def test_problems_come_last_with_what_to_do() -> None:
    problem = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeVpcs", "You may not call ec2:DescribeVpcs.", "Allow it.")
    scene = msgspec.structs.replace(snapshot(ROOMY), problems=(problem, problem))
    assert render_text(scene).endswith("  - You may not call ec2:DescribeVpcs. Allow it.\n")


@pytest.mark.parametrize("count", [65, -1, 10**18])
def test_an_impossible_count_is_doubted_and_the_map_alone_counts(count: int) -> None:
    holder = accounts.eni("eni-00000000000000001", A, "10.10.10.36")
    readings = [SubnetReading(subnet(A, "10.10.10.0/26", each), (holder,)) for each in (58, count)]
    usual, doubted = (render_text(accounts.account([each]), 100) for each in readings)
    assert f"available addresses ({count:,}) is impossible" in " ".join(doubted.split())
    assert "is impossible" not in usual
    row = next(line for line in doubted.splitlines() if A in line)
    assert row.split()[3:5] == ["?", "1"]
