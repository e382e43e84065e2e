"""The report of a plan: text, JSON, exit codes, and the commands to run."""

from __future__ import annotations

import shlex

import msgspec
import pytest
from msgspec import structs

from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.capacity.plan import make_plan
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.lattice import Lattice, ServiceNetwork
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from latticetop.reports.commands import create_endpoint, create_reservation, terraform
from latticetop.reports.plan import SCHEMA, PlanDocument, commands, document, exit_code, json_schema, render_json
from latticetop.reports.plan_text import render_text
from tests.model.builders import VPC, A, B, eni, reading, snapshot

NETWORK = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"
IN_2024 = Demand(1, 3, Behaviour.IN_2024)


def before() -> Snapshot:
    """The incident before the endpoint was created."""
    one = eni("eni-0aaaaaaaaaaaaaaa1", A, "10.10.10.13", instance_id="i-0bbbbbbbbbbbbbbb1")
    two = eni("eni-0aaaaaaaaaaaaaaa2", A, "10.10.10.36", instance_id="i-0ae4b4d9c4e67eef0")
    return snapshot(
        reading(A, "10.10.10.0/26", one, two, available=57),
        reading(B, "10.10.10.64/26", zone="us-east-1b", available=59),
    )


CANNOT = """\
1 service-network endpoint with 3 resource configurations in 1 subnet, as AWS
built it in 2024: cannot fit.

subnet-0a84d8f4554925b16  us-east-1a  10.10.10.0/26  R.fR
  cannot fit
  Why      2 /28 and 2 single addresses are wanted, 1 /28 is free.
           .0/28 R AWS keeps .0 to .3; .13 in use
           .16/28 . free: AWS can hand it out
           .32/28 f one address: 10.10.10.36 (i-0ae4b4d9c4e67eef0)
           .48/28 R AWS keeps .63, the last address
  To mend  move eni-0aaaaaaaaaaaaaaa2 (i-0ae4b4d9c4e67eef0, 10.10.10.36) away:
           frees 10.10.10.32/28
           reserve 10.10.10.16/28, 10.10.10.32/28 with type prefix: no single
           address lands there
           then it fits, whatever order AWS allocates in.
"""
MAY = """\
1 service-network endpoint with 3 resource configurations in 1 subnet, as AWS
builds it today: may fit: some orders of allocation work, some fail.

subnet-0a84d8f4554925b16  us-east-1a  10.10.10.0/26  R.fR
  may fit
  Why      1 /28 and 5 single addresses are wanted, 1 /28 is free; none is left
           for the last when a single address lands in one first.
  Works    10.10.10.4, 10.10.10.5, 10.10.10.6, 10.10.10.7, 10.10.10.8,
           10.10.10.16/28.
  Fails    10.10.10.16, 10.10.10.4, 10.10.10.5, 10.10.10.6, 10.10.10.7; then no
           assignable /28 is left.
  To mend  reserve 10.10.10.16/28 with type prefix: no single address lands
           there
           then it fits, whatever order AWS allocates in.
  Room     for 0–1 of such endpoints in all.

To create it (nothing has been run):
  aws ec2 create-subnet-cidr-reservation \\
    --region us-east-1 \\
    --subnet-id subnet-0a84d8f4554925b16 \\
    --cidr 10.10.10.16/28 \\
    --reservation-type prefix
  aws ec2 create-vpc-endpoint \\
    --region us-east-1 \\
    --vpc-endpoint-type ServiceNetwork \\
    --vpc-id vpc-0d54cbe88a44ffd04 \\
    --service-network-arn "$SERVICE_NETWORK_ARN" \\
    --subnet-ids subnet-0a84d8f4554925b16
AWS tries prefix reservations first for prefixes it chooses; that VPC Lattice's
are such is inferred.
"""


@pytest.mark.parametrize(("demand", "expected"), [(IN_2024, CANNOT), (Demand(1, 3), MAY)])
def test_the_incident_as_text(demand: Demand, expected: str) -> None:
    scene = before()
    assert render_text(scene, make_plan(scene, [A], demand), 80) == expected


def test_the_whole_text_keeps_to_its_width() -> None:
    scene = structs.replace(before(), scope=Scope("123456789012", "us-east-1"))
    plan = make_plan(scene, [A, B], Demand(2, 9), ["10.10.10.36"])
    text = render_text(scene, plan, 80)
    assert max(map(len, text.splitlines())) <= 80
    assert "Taken to be gone: 10.10.10.36." in text
    assert "… 12 more …" in " ".join(text.split())
    assert "run it for each of the 2" in text


def test_long_advice_is_cut_short() -> None:
    """Every block is broken by the secondary address of one ENI; twelve of fourteen have to be freed."""
    crowd = eni("eni-1", A, "10.0.0.5", *(f"10.0.0.{16 * n + 1}" for n in range(1, 15)))
    scene = snapshot(reading(A, "10.0.0.0/24", crowd))
    text = " ".join(render_text(scene, make_plan(scene, [A], Demand(12, 1)), 80).split())
    assert "and so on: 4 more, 12 /28 freed in all" in text
    assert "move 10.0.0.17 (eni-1) away" in text, "nothing is known of who holds it"
    assert text.count("away: frees") == 8
    assert "To create it" not in text


def told_of(subnet: SubnetReading, demand: Demand, **more: object) -> str:
    scene = structs.replace(snapshot(subnet), **more)
    return " ".join(render_text(scene, make_plan(scene, [A], demand), 80).split())


def test_of_eight_removals_each_is_told() -> None:
    """Twelve blocks are wanted and four are free; one address breaks each of the other ten."""
    crowd = eni("eni-1", A, "10.0.0.5", *(f"10.0.0.{16 * n + 1}" for n in range(5, 15)))
    text = told_of(reading(A, "10.0.0.0/24", crowd), Demand(0, 0, prefixes=12))
    assert text.count("away: frees") == 8
    assert "and so on" not in text
    assert "with type prefix" not in text, "no single address is wanted, so that none can break a block"
    assert "then it fits" in text


def test_where_nothing_helps_nothing_is_advised() -> None:
    """A /27 has no block that AWS could hand out, whatever goes."""
    held = eni("eni-1", A, "10.0.0.5")
    text = told_of(reading(A, "10.0.0.0/27", held), ONE_ENDPOINT)
    assert "cannot fit" in text
    assert "To mend" not in text


def test_what_was_not_read_stands_last_and_once() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeVpcs", "You may not call ec2:DescribeVpcs.", "Allow it.")
    text = told_of(reading(A, "10.0.0.0/24"), ONE_ENDPOINT, problems=(denied, denied))
    assert text.endswith(" Not everything could be read: - You may not call ec2:DescribeVpcs. Allow it.")


def test_of_one_command_nothing_is_inferred() -> None:
    text = told_of(reading(A, "10.0.0.0/24"), ONE_ENDPOINT)
    assert "create-vpc-endpoint" in text
    assert "create-subnet-cidr-reservation" not in text and "inferred" not in text


@pytest.mark.parametrize(
    ("demand", "gone", "unaccounted", "code"),
    [
        (Demand(1, 0), ("10.10.10.36",), 0, 0),
        (Demand(0, 0, prefixes=1), (), 0, 0),
        (ONE_ENDPOINT, (), 0, 1),
        (IN_2024, (), 0, 1),
        (Demand(0, 0, prefixes=1), (), 2, 3),
        (IN_2024, (), 2, 1),
    ],
)
def test_exit_codes(demand: Demand, gone: tuple[str, ...], unaccounted: int, code: int) -> None:
    scene = before()
    scene.subnets[A] = structs.replace(scene.subnets[A], unaccounted=unaccounted)
    assert exit_code(make_plan(scene, [A, B], demand, gone)) == code


def test_json_is_what_its_schema_says() -> None:
    scene = before()
    for demand in (IN_2024, ONE_ENDPOINT, Demand(1, 0), Demand(0, 0, prefixes=3)):
        plan = make_plan(scene, [A, B], demand)
        read = msgspec.json.decode(render_json(scene, plan), type=PlanDocument, strict=True)
        assert read == document(scene, plan)
        assert (read.schema, read.taken_at) == (SCHEMA, "2024-12-19T08:21:00Z")
    assert set(json_schema()["$defs"]["PlanDocument"]["required"]) == set(PlanDocument.__struct_fields__)


def test_json_has_the_proof() -> None:
    scene = before()
    told = document(scene, make_plan(scene, [A, B], ONE_ENDPOINT))
    a = told.subnets[0]
    assert (told.outcome, a.outcome, a.map, a.assignable_blocks, a.open_addresses) == ("may", "may", "R.fR", 1, 57)
    assert a.fails is not None
    assert a.fails.refused is not None
    assert (a.fails.refused.kind, a.fails.refused.role) == ("block", "service")
    assert [step.value for step in a.fails.steps] == ["10.10.10.16", "10.10.10.4", "10.10.10.5"]
    cannot = document(scene, make_plan(scene, [A, B], IN_2024)).subnets[0]
    assert [reason.letter for reason in cannot.reasons] == ["R", ".", "f", "R"]
    assert cannot.advice is not None
    assert cannot.advice.removals[0].frees == ["10.10.10.32/28"]
    assert cannot.advice.then == "fits"


def test_nothing_to_run_where_it_cannot_fit_or_no_endpoint_is_made() -> None:
    scene = before()
    for demand in (IN_2024, Demand(0, 0, prefixes=1)):
        found = commands(scene, make_plan(scene, [A, B], demand))
        assert (found.aws_cli, found.terraform) == ([], "")


def test_the_only_service_network_is_named() -> None:
    scene = structs.replace(before(), lattice=Lattice({NETWORK: ServiceNetwork(NETWORK)}))
    found = commands(scene, make_plan(scene, [B], Demand(1, 0)))
    assert shlex.split(found.aws_cli[0].replace("\\\n", ""))[-4:] == [
        "--service-network-arn",
        NETWORK,
        "--subnet-ids",
        B,
    ]
    assert f'service_network_arn = "{NETWORK}"' in found.terraform


def test_commands_quote_what_comes_from_outside() -> None:
    scope = Scope("123456789012", "us-east-1", "pro d; rm -rf /")
    split = shlex.split(create_endpoint(scope, VPC, [A, B], "arn:$(x)\x1b[2J", ["sg-1"]).replace("\\\n", ""))
    assert split[3:7] == ["--profile", "pro d; rm -rf /", "--region", "us-east-1"]
    assert split[split.index("--service-network-arn") + 1] == "arn:$(x)[2J"
    assert split[-2:] == ["--security-group-ids", "sg-1"]
    assert "--cidr 10.0.0.16/28" in create_reservation(scope, A, parse_cidr("10.0.0.16/28"))
    assert '"$${x}%%{y}\\"\\\\"' in terraform(VPC, [A], '${x}%{y}"\\')


def test_terraform_waits_for_the_reservations() -> None:
    assert (
        terraform(VPC, [A], NETWORK, ["sg-1"], [(A, parse_cidr("10.0.0.16/28"))])
        == f"""\
resource "aws_ec2_subnet_cidr_reservation" "endpoints_10_0_0_16_28" {{
  subnet_id        = "{A}"
  cidr_block       = "10.0.0.16/28"
  reservation_type = "prefix"
}}

resource "aws_vpc_endpoint" "service_network" {{
  vpc_endpoint_type   = "ServiceNetwork"
  vpc_id              = "{VPC}"
  service_network_arn = "{NETWORK}"
  subnet_ids          = ["{A}"]
  security_group_ids  = ["sg-1"]
  depends_on          = [aws_ec2_subnet_cidr_reservation.endpoints_10_0_0_16_28]
}}
"""
    )
