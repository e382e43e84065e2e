"""Snapshots: what belongs together in one, and the delta between two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES, DESCRIBE_SUBNETS, GET_RESERVATIONS
from latticetop.model.records.missing_data import MissingCause, MissingPart
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.records.resources import (
    NO_COUNT,
    Association,
    CidrReservation,
    Endpoint,
    NetworkInterface,
    Subnet,
    Vpc,
)
from latticetop.model.snapshot import (
    Scope,
    Snapshot,
    SnapshotDelta,
    SubnetReading,
    apply_delta,
    changed_blocks,
    delta_between,
)

_T = TypeVar("_T")
NOW = datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
SCOPE = Scope("123456789012", "us-east-1", "prod")
ENDPOINT_ID = "vpce-0e3b1bfc42d162c4a"
SUBNET_A = Subnet("subnet-0a84d8f4554925b16", "vpc-0d54cbe88a44ffd04", parse_cidr("10.10.10.0/26"), 57)


def eni(name: str, address: str, prefix: str = "", description: str = "") -> NetworkInterface:
    return NetworkInterface(
        name,
        SUBNET_A.subnet_id,
        description=description,
        addresses=(parse_address(address),),
        prefixes=(parse_cidr(prefix),) if prefix else (),
    )


OTHERS = (eni("eni-13", "10.10.10.13"), eni("eni-36", "10.10.10.36"))
RESOURCE = eni("eni-0f99", "10.10.10.7", "10.10.10.16/28", f"VPC Endpoint Interface {ENDPOINT_ID}")
BEFORE = SubnetReading(SUBNET_A, OTHERS)
AFTER = SubnetReading(structs.replace(SUBNET_A, available_ip_address_count=40), (RESOURCE, *OTHERS))


def snapshot(*readings: SubnetReading, **members: object) -> Snapshot:
    subnets = {reading.subnet.subnet_id: reading for reading in readings}
    return Snapshot(SCOPE, NOW, subnets=subnets, **members)  # type: ignore[arg-type]


def test_the_counts_of_the_incident_add_up() -> None:
    assert BEFORE.unaccounted_now == 0
    assert AFTER.unaccounted_now == 0
    assert AFTER.blocks.letters == "RLfR"


def test_addresses_that_nobody_holds_are_a_discrepancy() -> None:
    fewer = SubnetReading(AFTER.subnet, OTHERS)
    assert fewer.unaccounted_now == 17
    assert SubnetReading(SUBNET_A, (RESOURCE, *OTHERS)).unaccounted_now == 0


def test_a_subnet_without_ipv4_has_no_discrepancy() -> None:
    assert SubnetReading(Subnet("subnet-6", "vpc-1", None)).unaccounted_now == 0


def test_changed_blocks_are_given_by_index() -> None:
    assert changed_blocks(snapshot(BEFORE), snapshot(AFTER)) == {SUBNET_A.subnet_id: (1,)}
    assert changed_blocks(snapshot(BEFORE), snapshot(BEFORE)) == {}
    assert changed_blocks(snapshot(), snapshot(AFTER)) == {}


def test_a_subnet_without_a_changed_block_is_left_out() -> None:
    """Another address at the edge, where no block is assignable anyway; and another range, as of another subnet."""
    edge = structs.replace(BEFORE, interfaces=(*BEFORE.interfaces, eni("eni-5", "10.10.10.5")))
    assert changed_blocks(snapshot(BEFORE), snapshot(edge)) == {}
    longer = structs.replace(BEFORE, subnet=structs.replace(SUBNET_A, cidr_block=parse_cidr("10.10.10.0/25")))
    assert changed_blocks(snapshot(BEFORE), snapshot(longer)) == {}


def test_an_endpoints_interfaces_are_found_by_description_and_by_list() -> None:
    listed = Endpoint(ENDPOINT_ID, "ServiceNetwork", "vpc-1", "Failed", network_interface_ids=("eni-36",))
    interfaces = snapshot(AFTER, endpoints={ENDPOINT_ID: listed}).interfaces_by_endpoint
    assert [i.network_interface_id for i in interfaces[ENDPOINT_ID]] == ["eni-0f99", "eni-36"]


def test_endpoints_and_associations_are_grouped() -> None:
    endpoint = Endpoint(ENDPOINT_ID, "ServiceNetwork", "vpc-1", "Failed", subnet_ids=("subnet-a", "subnet-b"))
    associations = {key: Association(key, ENDPOINT_ID, accessibility="ACCESSIBLE") for key in ("asc-2", "asc-1")}
    whole = snapshot(endpoints={ENDPOINT_ID: endpoint}, associations=associations)
    assert whole.endpoints_by_subnet == {"subnet-a": (ENDPOINT_ID,), "subnet-b": (ENDPOINT_ID,)}
    assert [a.association_id for a in whole.associations_by_endpoint[ENDPOINT_ID]] == ["asc-1", "asc-2"]
    assert all(a.accessible for a in associations.values())


def test_an_interface_is_found_by_its_id() -> None:
    assert snapshot(AFTER).interface("eni-36") is OTHERS[1]
    assert snapshot(AFTER).interface("eni-none") is None


def test_nothing_but_the_times_changed() -> None:
    before = snapshot(BEFORE, read_at={"subnets": NOW})
    after = structs.replace(before, taken_at=NOW + timedelta(15), read_at={"subnets": NOW + timedelta(15)})
    assert delta_between(before, after).empty
    assert not delta_between(before, snapshot(AFTER)).empty
    assert not delta_between(before, snapshot()).empty


def keyed(values: st.SearchStrategy[_T], keys: str = "abcd") -> st.SearchStrategy[dict[str, _T]]:
    return st.dictionaries(st.sampled_from(list(keys)), values)


WORDS = st.sampled_from(["", "Pending", "Failed", "[red]x"])
READINGS = st.builds(
    lambda free, interfaces, unaccounted: SubnetReading(
        structs.replace(SUBNET_A, available_ip_address_count=free), tuple(interfaces), (), unaccounted
    ),
    st.integers(0, 59),
    st.lists(st.sampled_from([*OTHERS, RESOURCE]), max_size=3, unique=True),
    st.integers(0, 3),
)
TIMES = st.integers(0, 1000).map(lambda seconds: NOW + timedelta(seconds=seconds))
SNAPSHOTS = st.builds(
    Snapshot,
    scope=st.builds(Scope, st.sampled_from(["123456789012", ""]), st.just("us-east-1")),
    taken_at=TIMES,
    vpcs=keyed(st.builds(Vpc, st.just("vpc-1"), WORDS)),
    subnets=keyed(READINGS),
    endpoints=keyed(st.builds(Endpoint, st.just("vpce-1"), st.just("ServiceNetwork"), st.just("vpc-1"), WORDS)),
    associations=keyed(st.builds(Association, st.just("asc-1"), st.just("vpce-1"), accessibility=WORDS)),
    problems=st.lists(st.builds(Problem, st.sampled_from(ProblemKind), WORDS, WORDS), max_size=2).map(tuple),
    read_at=keyed(TIMES),
    failures=keyed(st.sampled_from(ProblemKind)),
)


@settings(max_examples=150, deadline=None)
@given(SNAPSHOTS, SNAPSHOTS)
def test_the_delta_applied_to_the_first_gives_the_second(before: Snapshot, after: Snapshot) -> None:
    assert apply_delta(before, delta_between(before, after)) == after


@settings(max_examples=60, deadline=None)
@given(SNAPSHOTS, SNAPSHOTS)
def test_the_delta_has_nothing_that_is_unchanged(before: Snapshot, after: Snapshot) -> None:
    delta = delta_between(before, after)
    for name in ("vpcs", "subnets", "endpoints", "associations", "read_at", "failures"):
        old, new, changed = getattr(before, name), getattr(after, name), getattr(delta, name)
        assert set(delta.removed.get(name, ())) == set(old) - set(new)
        assert changed == {key: value for key, value in new.items() if old.get(key) != value}


@settings(max_examples=40, deadline=None)
@given(SNAPSHOTS)
def test_a_snapshot_survives_being_written_and_read(whole: Snapshot) -> None:
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Snapshot) == whole


def test_the_repr_of_a_snapshot_is_short() -> None:
    snapshot = Snapshot(SCOPE, NOW, subnets={SUBNET_A.subnet_id: AFTER})
    assert len(repr(snapshot)) < 200


@pytest.mark.parametrize("name", ["eni-0", "eni-14", "eni-99"])
def test_an_interface_that_is_not_there_is_not_found(name: str) -> None:
    """Before the first, between two, after the last."""
    assert BEFORE.interface(name) is None
    assert [BEFORE.interface(each.network_interface_id) for each in OTHERS] == [*OTHERS]
    assert SubnetReading(SUBNET_A).interface(name) is None


def test_every_subnet_with_a_changed_block_is_given() -> None:
    others = [structs.replace(SUBNET_A, subnet_id=f"subnet-{n}") for n in range(3)]
    one = {each.subnet_id: SubnetReading(each, OTHERS) for each in others}
    other = one | {each.subnet_id: SubnetReading(each, (*OTHERS, RESOURCE)) for each in others[1:]}
    before, after = (Snapshot(SCOPE, NOW, subnets=subnets) for subnets in (one, other))
    assert changed_blocks(before, after) == {"subnet-1": (1,), "subnet-2": (1,)}


def test_a_recorded_delta_keeps_its_spelling_of_removed_keys() -> None:
    delta = delta_between(snapshot(BEFORE), snapshot())
    assert delta.removed == {"subnets": (SUBNET_A.subnet_id,)}
    raw = msgspec.json.encode(delta)
    assert msgspec.json.decode(raw)["gone"] == {"subnets": [SUBNET_A.subnet_id]}
    assert msgspec.json.decode(raw, type=SnapshotDelta) == delta


DENIED = Problem(ProblemKind.ACCESS_DENIED, GET_RESERVATIONS, "denied")
FAILED = Problem(ProblemKind.SERVICE_ERROR, DESCRIBE_INTERFACES, "failed")
OWNER = "210987654321"


def test_missing_data_is_what_was_never_read() -> None:
    subnet_id, part = SUBNET_A.subnet_id, reservations_part(SUBNET_A.subnet_id)
    assert [data.part for data in snapshot(BEFORE).missing_data(subnet_id)] == [
        MissingPart.INTERFACES,
        MissingPart.RESERVATIONS,
    ]
    (reservations,) = snapshot(BEFORE, read_at={subnet_id: NOW}).missing_data(subnet_id)
    assert (reservations.subnet_id, reservations.action) == (subnet_id, "ec2:GetSubnetCidrReservations")
    (interfaces,) = snapshot(BEFORE, read_at={part: NOW}).missing_data(subnet_id)
    assert (interfaces.part, interfaces.action) == (MissingPart.INTERFACES, "ec2:DescribeNetworkInterfaces")
    assert snapshot(BEFORE, read_at={subnet_id: NOW, part: NOW}).missing_data(subnet_id) == ()


def test_a_problem_leaves_what_was_read_before() -> None:
    read_at = {SUBNET_A.subnet_id: NOW, reservations_part(SUBNET_A.subnet_id): NOW}
    assert snapshot(BEFORE, read_at=read_at, problems=(DENIED, FAILED)).missing_data(SUBNET_A.subnet_id) == ()


def test_the_cause_of_missing_data() -> None:
    """Of the reservations it is that of the subnet; older recordings have only that of the operation."""
    other = SubnetReading(structs.replace(SUBNET_A, subnet_id="subnet-1"))
    unread = snapshot(BEFORE, other, problems=(DENIED, FAILED))

    def causes(account: Snapshot, subnet_id: str) -> list[MissingCause]:
        return [data.cause for data in account.missing_data(subnet_id)]

    for subnet_id in unread.subnets:
        assert causes(unread, subnet_id) == [MissingCause.FAILED, MissingCause.DENIED]
    of_one = structs.replace(unread, failures={reservations_part("subnet-1"): ProblemKind.ACCESS_DENIED})
    assert causes(of_one, "subnet-1") == [MissingCause.FAILED, MissingCause.DENIED]
    assert causes(of_one, SUBNET_A.subnet_id) == [MissingCause.FAILED, MissingCause.NOT_READ_YET]
    throttled = structs.replace(unread, problems=(), failures={reservations_part("subnet-1"): ProblemKind.THROTTLED})
    assert causes(throttled, "subnet-1") == [MissingCause.NOT_READ_YET, MissingCause.FAILED]


def test_without_the_list_of_subnets_no_subnet_can_be_read_by_its_name() -> None:
    problem = Problem(ProblemKind.ACCESS_DENIED, DESCRIBE_SUBNETS, "denied")
    account = structs.replace(snapshot(), problems=(problem,))
    interfaces = account.missing_data("subnet-1")[0]
    assert interfaces.clause == "its network interfaces could not be read: ec2:DescribeSubnets was denied"
    assert interfaces.next_step == "Allow ec2:DescribeSubnets."


def test_equal_missing_data_is_one_object() -> None:
    one, other = (snapshot(BEFORE).missing_data(SUBNET_A.subnet_id) for _ in range(2))
    assert one is other


@pytest.mark.parametrize(
    ("account_id", "owner_id", "foreign"),
    [
        (SCOPE.account_id, OWNER, OWNER),
        (SCOPE.account_id, SCOPE.account_id, ""),
        (SCOPE.account_id, "", ""),
        ("", OWNER, ""),
    ],
)
def test_a_shared_subnet_has_a_foreign_owner(account_id: str, owner_id: str, foreign: str) -> None:
    shared = structs.replace(BEFORE, subnet=structs.replace(SUBNET_A, owner_id=owner_id))
    account = structs.replace(snapshot(shared), scope=Scope(account_id, "us-east-1"))
    assert account.foreign_owner(SUBNET_A.subnet_id) == foreign
    assert {data.owner_id for data in account.missing_data(SUBNET_A.subnet_id)} == {foreign}
    assert account.foreign_owner("subnet-none") == ""


# By how much AWS's count is lower than the 59 addresses of an empty /26, and how many addresses are unaccounted then.
COUNTS = [
    ("no reservation", (), (), 0, 0),
    ("no reservation, one unaccounted", (), (), 1, 1),
    ("a block", ("10.10.10.16/28",), (), 16, 0),
    ("a block that AWS does not take off", ("10.10.10.16/28",), (), 0, 0),
    ("a block that AWS does not take off, two unaccounted", ("10.10.10.16/28",), (), 2, 2),
    ("a block, two unaccounted outside", ("10.10.10.16/28",), (), 18, 2),
    ("two that overlap", ("10.10.10.16/28", "10.10.10.24/29"), (), 16, 0),
    ("an address in use in it", ("10.10.10.16/28",), ("10.10.10.20",), 16, 0),
    (
        "addresses in use in two that overlap",
        ("10.10.10.16/28", "10.10.10.16/29"),
        ("10.10.10.20", "10.10.10.28"),
        16,
        0,
    ),
    ("a prefix in it", ("10.10.10.0/27",), ("10.10.10.16/28",), 28, 0),
    ("a prefix half in it", ("10.10.10.16/29",), ("10.10.10.16/28",), 16, 0),
    ("all, but for the five", ("10.10.10.0/26",), (), 59, 0),
    ("the first block, AWS's four taken off twice", ("10.10.10.0/28",), (), 16, 0),
    ("the first block, AWS's four taken off once", ("10.10.10.0/28",), (), 12, 0),
    ("the first block, five more than its own", ("10.10.10.0/28",), (), 17, 5),
    ("the first and the last block, AWS's five taken off twice", ("10.10.10.0/28", "10.10.10.48/28"), (), 32, 0),
    ("a range beyond the subnet", ("10.10.10.0/24",), (), 59, 0),
    ("a range elsewhere", ("10.10.11.0/28",), (), 0, 0),
]


@pytest.mark.parametrize(
    ("reserved", "used", "not_available", "expected"), [row[1:] for row in COUNTS], ids=[row[0] for row in COUNTS]
)
def test_the_discrepancy_of_one_read(
    reserved: tuple[str, ...], used: tuple[str, ...], not_available: int, expected: int
) -> None:
    interface = NetworkInterface(
        "eni-1",
        SUBNET_A.subnet_id,
        addresses=tuple(parse_address(text) for text in used if "/" not in text),
        prefixes=tuple(parse_cidr(text) for text in used if "/" in text),
    )
    reservations = [
        CidrReservation(f"scr-{n}", SUBNET_A.subnet_id, parse_cidr(cidr), "prefix") for n, cidr in enumerate(reserved)
    ]
    explicit = CidrReservation("scr-e", SUBNET_A.subnet_id, parse_cidr("10.10.10.32/28"), "explicit")
    for kinds in (reservations, [*reservations, explicit]):
        subnet = structs.replace(SUBNET_A, available_ip_address_count=59 - not_available)
        assert SubnetReading(subnet, (interface,), tuple(kinds)).unaccounted_now == expected


def test_without_a_count_the_free_blocks_are_at_most_those_that_the_interfaces_leave() -> None:
    """Nothing shows whether interfaces are missing, so no block is free for certain."""
    subnet = structs.replace(SUBNET_A, available_ip_address_count=NO_COUNT)
    read_at = dict.fromkeys((SUBNET_A.subnet_id, reservations_part(SUBNET_A.subnet_id)), NOW)
    counted, uncounted = (snapshot(SubnetReading(each), read_at=read_at) for each in (SUBNET_A, subnet))
    assert counted.missing_data(SUBNET_A.subnet_id) == ()
    (missing,) = uncounted.missing_data(SUBNET_A.subnet_id)
    assert (missing.part, missing.cause) == (MissingPart.COUNT, MissingCause.NOT_GIVEN)
    free = free_blocks_of(uncounted, SUBNET_A.subnet_id)
    assert free is not None
    assert (free.min, free.max, free.certain) == (0, 2, False)
