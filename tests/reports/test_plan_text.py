"""`latticetop plan` as text."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.capacity.demand import ONE_ENDPOINT, Demand
from latticetop.model.capacity.plan import make_plan, plan_by_behaviour
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, SubnetReading
from latticetop.reports.plan_text import render_text
from tests.model.builders import NOW, A, B, eni, reading, snapshot
from tests.reports.test_plan import IN_2024, after, before

CANNOT = """\
1 service-network endpoint with 3 resource configurations in 1 subnet, as AWS
built it in 2024: cannot fit.

subnet-0a84d8f4554925b16  us-east-1a  10.10.10.0/26  R.fR
  cannot fit
  Why      Needs 2 /28 blocks and 2 single addresses; one /28 block is free.
           10.10.10.0/28  R reserved by AWS: .0 to .3; in use: .13
           10.10.10.16/28 . free: AWS can assign it
           10.10.10.32/28 f one address: 10.10.10.36 (i-0ae4b4d9c4e67eef0)
           10.10.10.48/28 R reserved by AWS: .63
  Fix      the steps below; then it fits.

Do this in order (nothing has been run):
1. reserve 10.10.10.16/28, 10.10.10.32/28 with type prefix in
   subnet-0a84d8f4554925b16.
"""
MAY = """\
1 service-network endpoint with 3 resource configurations in 1 subnet, as AWS
documents it today: may fit: some allocation sequences work, some fail.

subnet-0a84d8f4554925b16  us-east-1a  10.10.10.0/26  R.fR
  may fit
  Why      Needs one /28 block and 5 single addresses; one /28 block is free,
           but too few are left if a single address fragments one of them first.
  Works    10.10.10.4, 10.10.10.5, 10.10.10.6, 10.10.10.7, 10.10.10.8,
           10.10.10.16/28.
  Fails    10.10.10.16, 10.10.10.4, 10.10.10.5, 10.10.10.6, 10.10.10.7; then no
           assignable /28 block is left.
  Fix      the steps below; then it fits.
  Capacity 0-1 more endpoints of this kind.

Do this in order (nothing has been run):
1. reserve 10.10.10.16/28 with type prefix in subnet-0a84d8f4554925b16.
     aws ec2 create-subnet-cidr-reservation \\
       --region us-east-1 \\
       --subnet-id subnet-0a84d8f4554925b16 \\
       --cidr 10.10.10.16/28 \\
       --reservation-type prefix
2. create the endpoint in subnet-0a84d8f4554925b16.
     aws ec2 create-vpc-endpoint \\
       --region us-east-1 \\
       --vpc-endpoint-type ServiceNetwork \\
       --vpc-id vpc-0d54cbe88a44ffd04 \\
       --service-network-arn "$SERVICE_NETWORK_ARN" \\
       --subnet-ids subnet-0a84d8f4554925b16
After that it fits, whatever order AWS allocates in.
AWS assigns prefixes from prefix reservations first; that this holds for VPC
Lattice is inferred.
"""


@pytest.mark.parametrize(("demand", "expected"), [(IN_2024, CANNOT), (Demand(1, 3), MAY)])
def test_the_incident_as_text(demand: Demand, expected: str) -> None:
    scene = before()
    text = render_text(scene, make_plan(scene, [A], demand), 80)
    assert text == expected if demand != IN_2024 else text.startswith(expected)


def test_the_whole_text_keeps_to_its_width() -> None:
    scene = structs.replace(before(), scope=Scope("123456789012", "us-east-1"))
    plan = make_plan(scene, [A, B], Demand(2, 9), ["10.10.10.36"])
    text = render_text(scene, plan, 80)
    assert max(map(len, text.splitlines())) <= 80
    assert "Simulated as freed: 10.10.10.36." in text
    assert "… 12 more …" in " ".join(text.split())
    assert "run it for each of the 2" in text


def test_long_advice_is_cut_short() -> None:
    """Every block is broken by the secondary address of one ENI; twelve of fourteen have to be freed."""
    crowd = eni("eni-1", A, "10.0.0.5", *(f"10.0.0.{16 * n + 1}" for n in range(1, 15)), instance_id="i-1")
    scene = snapshot(reading(A, "10.0.0.0/24", crowd))
    text = " ".join(render_text(scene, make_plan(scene, [A], Demand(12, 1)), 80).split())
    assert "and 4 more like it, which --json has" in text
    assert "unassign 10.0.0.17 from eni-1, which frees 10.0.0.16/28 (i-1 stops using it)" in text
    assert text.count("which frees") == 8
    assert "each of the 12 endpoints" in text and "After that it fits" in text


def words_of(subnet: SubnetReading, demand: Demand, **more: object) -> str:
    scene = structs.replace(snapshot(subnet), **more)
    return " ".join(render_text(scene, make_plan(scene, [A], demand), 80).split())


def test_eight_removals_are_all_listed() -> None:
    """Twelve blocks are wanted and four are free; one address breaks each of the other ten."""
    crowd = eni("eni-1", A, "10.0.0.5", *(f"10.0.0.{16 * n + 1}" for n in range(5, 15)), instance_id="i-1")
    text = words_of(reading(A, "10.0.0.0/24", crowd), Demand(0, 0, prefixes=12))
    assert text.count("which frees") == 8
    assert "like it" not in text
    assert text.index("with type prefix") < text.index("unassign"), "what is freed is reserved before"
    assert "After that it fits" in text


def test_of_many_that_are_simulated_as_freed_the_first_are_named_and_the_others_counted() -> None:
    addresses = [f"10.0.0.{n}" for n in range(17, 27)]
    scene = snapshot(reading(A, "10.0.0.0/24", eni("eni-1", A, *addresses)))
    text = " ".join(render_text(scene, make_plan(scene, [A], ONE_ENDPOINT, addresses), 80).split())
    assert "Simulated as freed: 10.0.0.17, 10.0.0.18, 10.0.0.19, 10.0.0.20 and 6 more." in text


def test_where_nothing_helps_nothing_is_advised() -> None:
    """A /27 has no block that AWS could hand out, whatever goes."""
    interface = eni("eni-1", A, "10.0.0.5")
    text = words_of(reading(A, "10.0.0.0/27", interface), ONE_ENDPOINT)
    assert "cannot fit" in text
    assert "Fix" not in text


def test_what_was_not_read_stands_last_and_once() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeVpcs", "You may not call ec2:DescribeVpcs.", "Allow it.")
    text = words_of(reading(A, "10.0.0.0/24"), ONE_ENDPOINT, problems=(denied, denied))
    assert text.endswith(" Some data could not be read: - You may not call ec2:DescribeVpcs. Allow it.")


def test_of_one_command_nothing_is_inferred() -> None:
    text = words_of(reading(A, "10.0.0.0/24"), ONE_ENDPOINT)
    assert "create-vpc-endpoint" in text
    assert "create-subnet-cidr-reservation" not in text and "inferred" not in text


@pytest.mark.parametrize(
    ("subnet", "capacity"),
    [
        (reading(A, "10.0.0.0/24"), "Capacity 14 more prefixes of this kind."),
        (reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.20")), "Capacity 1 more prefix of this kind."),
    ],
)
def test_the_capacity_agrees_with_its_noun(subnet: SubnetReading, capacity: str) -> None:
    assert capacity in words_of(subnet, Demand(0, 0, prefixes=1))


def test_both_behaviours_are_said_with_the_evidence() -> None:
    scene = after()
    text = render_text(scene, plan_by_behaviour(scene, [B], Demand(1, 17)), 80)
    assert text.startswith(BOTH)
    assert "Today    may fit: Needs one /28 block and 19 single addresses" in text


BOTH = """\
1 service-network endpoint with 17 resource configurations in 1 subnet:
  as AWS documents it today: may fit: some allocation sequences work, some fail.
  as AWS built it in 2024: cannot fit.
vpce-0e3b1bfc42d162c4a, created 2024-12-19, was built with 2 /28 a zone; AWS
documents 1 for new endpoints.

subnet-0f6a1ce53b9fd9793  us-east-1b  10.10.10.64/26  R..R
  cannot fit, as AWS built it in 2024
  Why      Needs 3 /28 blocks and 2 single addresses; 2 /28 blocks are free.
"""


def test_a_shared_subnet_is_named_with_its_owner_and_the_next_step() -> None:
    shared = reading(A, "10.0.0.0/24", available=20)
    shared = structs.replace(shared, subnet=structs.replace(shared.subnet, owner_id="210987654321"))
    scene = snapshot(shared, reading(B, "10.0.1.0/24", available=251), unread=(f"reservations {A}",))
    denied = structs.replace(scene, failures={f"reservations {A}": ProblemKind.ACCESS_DENIED})
    text = " ".join(render_text(denied, make_plan(denied, [A, B], Demand(0, 0, prefixes=1)), 80).split())
    assert "Owner 210987654321, which shares the subnet with this account." in text
    assert "ec2:GetSubnetCidrReservations was denied" in text
    assert "Next Ask the owner, 210987654321, which ranges are reserved." in text
    assert f"{B} us-east-1a 10.0.1.0/24 R..............R fits" in text


def test_the_others_are_listed_best_first_and_folded() -> None:
    readings = [reading(f"subnet-{n:02}", f"10.0.{n}.0/27") for n in range(14)]
    scene = snapshot(*readings, reading(B, "10.0.99.0/24", available=251))
    plan = make_plan(scene, scene.subnets, Demand(0, 0, nodes=2, prefixes_per_node=2), any_subnet=True)
    text = " ".join(render_text(scene, plan, 80).split())
    assert text.startswith("2 EKS nodes with 2 /28 prefixes each in any of 15 subnets: fits")
    assert "Capacity 4-7 more nodes of this kind." in text, "3n <= 14; 33n <= 251"
    assert "10.0.11.0/27 cannot fit: no /28 block can ever be free in a /27 subnet" in text
    assert text.endswith(" and 2 more")


@pytest.mark.parametrize(
    ("available", "prefixes", "capacity"),
    [(20, 1, "Capacity 0-1 more prefixes of this kind, outside CIDR reservations."), (9, 1, "Capacity unknown.")],
)
def test_without_the_reservations_the_capacity_is_that_outside_them(
    available: int, prefixes: int, capacity: str
) -> None:
    shared = reading(A, "10.0.4.0/23", available=available, unaccounted=507 - available)
    scene = snapshot(shared, unread=(f"reservations {A}",))
    assert capacity in " ".join(render_text(scene, make_plan(scene, [A], Demand(0, 0, prefixes=prefixes))).split())


def test_any_of_one_subnet_is_that_subnet() -> None:
    scene = snapshot(reading(A, "10.0.0.0/24", available=251))
    plan = make_plan(scene, [A], Demand(0, 0, prefixes=1), any_subnet=True)
    assert render_text(scene, plan).startswith("1 /28 prefix in 1 subnet: fits")


def test_a_long_map_is_summed_up_in_numbers() -> None:
    text = words_of(reading(A, "10.0.0.0/20", available=4091), Demand(0, 0, prefixes=2))
    assert "Blocks 2 reserved by AWS, 254 free." in text
    assert "R......" not in text


def test_a_long_map_of_which_something_is_hidden_has_bounds_alone() -> None:
    hidden = words_of(reading(A, "10.0.0.0/20", available=4090, unaccounted=1), Demand(0, 0, prefixes=2))
    assert "Blocks 253-254 free of 256." in hidden
    unread = words_of(reading(A, "10.0.0.0/20", available=9), Demand(0, 0, prefixes=2), read_at={A: NOW})
    assert "30 free" not in unread and "Blocks" not in unread


def test_what_a_subnet_names_as_missing_is_not_repeated() -> None:
    """The general sentence tells to allow the call, which only the owner of the subnet can."""
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "Access is denied.", "Allow it.")
    shared = reading(A, "10.0.0.0/24", available=20)
    shared = structs.replace(shared, subnet=structs.replace(shared.subnet, owner_id="210987654321"))
    text = words_of(shared, Demand(0, 0, prefixes=1), read_at={A: NOW}, problems=(denied,))
    assert "Ask the owner, 210987654321" in text and "Allow it." not in text


def test_a_subnet_whose_interfaces_were_not_read_has_no_map() -> None:
    unread = snapshot(reading(A, "10.0.0.0/24", available=251), unread=(A,))
    lines = render_text(unread, make_plan(unread, [A], ONE_ENDPOINT)).splitlines()
    assert f"{A}  us-east-1a  10.0.0.0/24" in lines
    assert not any(line.startswith("  Blocks") for line in lines)
