from __future__ import annotations

import msgspec
import pytest
from msgspec import structs

from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check import CheckDocument, document, exit_code, render_json
from latticetop.reports.check_text import render_text
from tests.model.builders import A, associations, endpoint, eni, incident, reading, snapshot

ROOMY = reading("subnet-1", "10.0.0.0/24", eni("eni-1", "subnet-1", "10.0.0.4"), available=250)
HIDDEN = reading("subnet-1", "10.0.0.0/24", available=235, unaccounted=16)
A_FEW_HIDDEN = reading("subnet-1", "10.0.0.0/24", available=238, unaccounted=13)
TIGHT = reading("subnet-1", "10.0.0.0/27", available=27)
IPV6 = reading("subnet-6", None)


def account(*readings: object, state: str = "Available", words: tuple[str, ...] = ("Accessible",)) -> Snapshot:
    return snapshot(
        *readings,  # type: ignore[arg-type]
        endpoints=(endpoint(state, "subnet-1"),),
        associations=associations(*words),
    )


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (account(ROOMY), 0),
        (snapshot(ROOMY), 0),
        (snapshot(TIGHT), 0),
        (account(TIGHT), 1),
        (account(TIGHT, state="Deleted"), 0),
        (account(ROOMY, state="Failed"), 1),
        (account(ROOMY, words=("Inaccessible",)), 1),
        (account(ROOMY, state="Pending"), 0),
        (account(HIDDEN), 3),
        (account(A_FEW_HIDDEN), 0),
        (snapshot(HIDDEN), 0),
        (account(HIDDEN, state="Failed"), 1),
        (incident(), 1),
    ],
)
def test_exit_codes(seen: Snapshot, code: int) -> None:
    assert exit_code(seen) == code


@pytest.mark.parametrize("part", ["endpoints", "associations", "subnets", "subnet-1"])
def test_what_could_not_be_read_leaves_it_open(part: str) -> None:
    seen = snapshot(ROOMY, endpoints=(endpoint("Available", "subnet-1"),), unread=(part,))
    assert exit_code(seen) == 3


def test_the_document_is_what_its_schema_says() -> None:
    again = msgspec.json.decode(render_json(incident()), type=CheckDocument)
    assert again == document(incident())
    assert again.subnets[0].subnet_id == A
    assert again.subnets[0].map == "RLfR"


def test_without_ipv4_there_is_no_map() -> None:
    (item,) = document(snapshot(IPV6)).subnets
    assert (item.cidr_block, item.map, item.blocks.total) == (None, "", 0)


def test_of_a_subnet_whose_interfaces_were_not_read_no_block_is_called_free() -> None:
    (item,) = document(snapshot(ROOMY, unread=("subnet-1",))).subnets
    assert (item.read, item.map, item.free_cidr_blocks) == (False, "", [])
    assert (item.blocks.total, item.blocks.free, item.blocks.reserved) == (16, 0, 0)


def test_trouble_comes_first() -> None:
    seen = snapshot(
        ROOMY,
        reading("subnet-2", "10.0.1.0/27"),
        endpoints=(
            endpoint("Available", endpoint_id="vpce-01"),
            endpoint("Failed", endpoint_id="vpce-03"),
            endpoint("Failed", endpoint_id="vpce-02"),
        ),
        associations=associations("Accessible", endpoint_id="vpce-03"),
    )
    found = document(seen)
    assert [item.vpc_endpoint_id for item in found.endpoints] == ["vpce-03", "vpce-02", "vpce-01"]
    assert [item.subnet_id for item in found.subnets] == ["subnet-2", "subnet-1"]


def test_free_blocks_of_both_kinds_are_listed() -> None:
    (item,) = document(snapshot(reading("subnet-1", "10.0.0.0/26", reservations=(("10.0.0.16/28", "prefix"),)))).subnets
    assert (item.blocks.free, item.blocks.prefix_reserved) == (1, 1)
    assert item.free_cidr_blocks == ["10.0.0.16/28", "10.0.0.32/28"]


def test_the_text_keeps_to_80_columns() -> None:
    wide = reading("subnet-0123456789abcdef0", "10.100.100.0/24", available=251)
    large = reading("subnet-0123456789abcdef1", "10.112.0.0/16", available=65531)
    account = incident()
    seen = msgspec.structs.replace(account, subnets=account.subnets | {"x": wide, "y": large})
    healthy = snapshot(wide, endpoints=(endpoint("Available"),), associations=associations(*["Accessible"] * 10))
    for lines in (render_text(seen).splitlines(), render_text(healthy).splitlines()):
        assert max(map(len, lines)) <= 82
        assert max(len(line) for line in lines if not line.startswith("subnet")) <= 80


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (account(ROOMY), "Nothing is wrong."),
        (account(HIDDEN), "Whether something is wrong cannot be told: the picture is incomplete."),
        (account(TIGHT), "Wrong: 1 subnet of an endpoint without a free /28."),
        (account(ROOMY, state="Failed"), "Wrong: 1 endpoint failed-but-accessible."),
    ],
)
def test_the_second_line_says_what_the_exit_code_says(seen: Snapshot, outcome: str) -> None:
    assert render_text(seen).splitlines()[1] == outcome


def test_a_long_map_is_told_in_numbers() -> None:
    large = reading("subnet-1", "10.0.0.0/20", eni("eni-1", "subnet-1", "10.0.0.20"), available=4090)
    assert "  2 R, 1 f, 253 .; first free 10.0.0.32/28" in render_text(snapshot(large)).splitlines()


def test_a_long_map_without_a_free_block_names_none() -> None:
    spread = eni("eni-1", "subnet-1", *(f"10.0.{n // 16}.{n % 16 * 16 + 4}" for n in range(32)))
    text = render_text(snapshot(reading("subnet-1", "10.0.0.0/23", spread, available=475)))
    assert "  2 R, 30 f" in text.splitlines()
    assert "first free" not in text


def test_an_account_without_anything_has_no_table() -> None:
    assert render_text(snapshot()) == (
        "123456789012  us-east-1  2024-12-19 08:21:00 UTC\nNothing is wrong.\n\nNo VPC Lattice endpoint.\n"
    )


def test_of_an_account_whose_endpoints_were_not_read_it_is_not_said_that_there_are_none() -> None:
    assert "No VPC Lattice endpoint" not in render_text(snapshot(unread=("endpoints",)))


def test_without_ipv4_there_are_no_counts() -> None:
    ipv6 = structs.replace(IPV6.subnet, ipv6_cidr_blocks=("2001:db8::/64",))
    row = render_text(snapshot(structs.replace(IPV6, subnet=ipv6))).splitlines()[-1]
    assert row.split() == ["subnet-6", "us-east-1a", "IPv6", "only", "-", "-"]


def test_names_from_aws_cannot_reach_the_terminal() -> None:
    hostile = msgspec.structs.replace(ROOMY.subnet, name="\x1b]0;owned\x07\u202ename")
    seen = snapshot(msgspec.structs.replace(ROOMY, subnet=hostile))
    text = render_text(seen)
    assert "name" in text
    assert not [c for c in text if c != "\n" and (ord(c) < 32 or c == "\u202e")]


def test_an_incomplete_subnet_is_drawn_as_a_bound() -> None:
    text = render_text(account(HIDDEN))
    assert "≤ 14" in text
    assert "incomplete, 16 unaccounted" in text


def test_problems_come_last_with_what_to_do() -> None:
    problem = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeVpcs", "You may not call ec2:DescribeVpcs.", "Allow it.")
    seen = msgspec.structs.replace(snapshot(ROOMY), problems=(problem, problem))
    assert render_text(seen).endswith("  - You may not call ec2:DescribeVpcs. Allow it.\n")
    assert document(seen).problems[0].kind == "access-denied"
