"""Subnets as they would be without some addresses, or with more reservations."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.capacity import what_if
from latticetop.model.capacity.decide import Outcome, decide
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.what_if import with_prefix_reservations, without, without_each, without_present
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.eni_owners import Owner, owner_of
from latticetop.model.records.resources import NetworkInterface, Tag
from tests.model.builders import ENDPOINT, A, B, eni, incident_readings, reading


def test_addresses_ranges_and_interfaces_can_be_removed() -> None:
    a, _ = incident_readings()
    after = without(a, ["10.10.10.36"])
    assert (after.blocks.letters, after.subnet.available_ip_address_count) == ("RL.R", 41)
    assert without(a, ["10.10.10.16/28"]).blocks.letters == "R.fR"
    assert without(a, ["10.10.10.16/28"]).subnet.available_ip_address_count == 56
    assert without(a, ["10.10.10.32/27"]).blocks.letters == "RL.R"
    assert without(a, ["eni-0f995ce7b1b9589de", "10.10.10.36"]).blocks.letters == "R..R"
    assert without(a, []) is a
    assert len(without(a, ["10.10.10.7"]).interfaces) == 3
    assert with_prefix_reservations(after, [parse_cidr("10.10.10.32/28")]).blocks.letters == "RLPR"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("10.10.10.37", "10.10.10.37 is not in use in subnet-0a84d8f4554925b16"),
        ("10.10.10.1", "10.10.10.1 is not in use in subnet-0a84d8f4554925b16: 10.10.10.1 is reserved by AWS"),
        ("10.10.10.20", "10.10.10.20 is part of the prefix 10.10.10.16/28, which is freed as a whole: name the prefix"),
        ("10.10.10.48/28", "10.10.10.48/28 is not in use in subnet-0a84d8f4554925b16"),
        ("10.10.11.1", "10.10.11.1 is outside subnet-0a84d8f4554925b16 (10.10.10.0/26)"),
        ("10.10.10", "'10.10.10' is not an IPv4 address"),
        ("10.10.10.1/28", "'10.10.10.1/28' is not an IPv4 CIDR block"),
        ("eni-1", "eni-1 is not in subnet-0a84d8f4554925b16"),
        ("i-1", "i-1 has no network interface in subnet-0a84d8f4554925b16"),
        ("vpce-1", "vpce-1 has no network interface in subnet-0a84d8f4554925b16"),
        ("nat-1", "nat-1 has no network interface in subnet-0a84d8f4554925b16"),
        ("i-", "'i-' is none of these: an address, a CIDR block, eni-…, i-…, vpce-… or nat-…"),
        ("pod/web", "'pod/web' is none of these: an address, a CIDR block, eni-…, i-…, vpce-… or nat-…"),
        ("", "'' is none of these: an address, a CIDR block, eni-…, i-…, vpce-… or nat-…"),
    ],
)
def test_what_is_not_in_use_cannot_be_removed(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        without(incident_readings()[0], [text])
    assert str(caught.value) == sentence


def test_another_thread_sees_no_index_that_is_half_made(monkeypatch: pytest.MonkeyPatch) -> None:
    where = reading(A, "10.0.0.0/24", *(eni(f"eni-{n}", A, f"10.0.0.{n}") for n in range(20, 40)))
    last, seen = "eni-39", []

    def meanwhile(interface: NetworkInterface) -> Owner:
        monkeypatch.setattr(what_if, "owner_of", owner_of)
        seen.append(without_present(where, [last])[1])
        return owner_of(interface)

    monkeypatch.setattr(what_if, "owner_of", meanwhile)
    assert without_present(where, [last])[1] == [last]
    assert seen == [[last]]


def test_an_instance_an_endpoint_and_a_nat_gateway_stand_for_all_their_interfaces() -> None:
    """Of the node also the interface that only its tag joins to it; not what it left behind."""
    left = structs.replace(eni("eni-5", A, "10.0.0.96", description="aws-K8S-i-1"), status="available")
    where = reading(
        A,
        "10.0.0.0/25",
        eni("eni-1", A, "10.0.0.16", instance_id="i-1"),
        structs.replace(eni("eni-2", A, "10.0.0.32"), tags=(Tag("node.k8s.amazonaws.com/instance_id", "i-1"),)),
        eni("eni-3", A, "10.0.0.48", "10.0.0.64/28", description="VPC Endpoint Interface: vpce-1"),
        eni("eni-4", A, "10.0.0.80", description="Interface for NAT Gateway nat-1"),
        left,
    )
    assert where.blocks.letters == "RfffLffR"
    assert without(where, ["i-1"]).blocks.letters == "R..fLffR"
    assert without(where, ["vpce-1"]).blocks.letters == "Rff..ffR"
    assert without(where, ["nat-1", "eni-5"]).blocks.letters == "RfffL..R"
    assert [i.network_interface_id for i in without(where, ["i-1", "vpce-1", "nat-1"]).interfaces] == ["eni-5"]


def test_what_is_in_several_subnets_is_removed_from_each() -> None:
    readings = dict(zip((A, B), incident_readings(), strict=True))
    after = without_each(readings, [ENDPOINT])
    assert (after[A].blocks.letters, after[B].blocks.letters) == ("R.fR", "R..R")


CROWD = eni("eni-1", A, *(f"10.0.0.{last}" for last in range(4, 63)))
INSIDE = eni("eni-2", A, "10.0.0.70")


@pytest.mark.parametrize(("count", "freed_outside", "freed_inside", "reserved"), [(48, 49, 48, 32), (63, 64, 64, 63)])
def test_the_count_is_what_aws_would_say(count: int, freed_outside: int, freed_inside: int, reserved: int) -> None:
    """Of 128 addresses 5 are AWS's, 60 in use and 15 reserved but unused, which the count excludes or not."""
    where = reading(A, "10.0.0.0/25", CROWD, INSIDE, available=count, reservations=(("10.0.0.64/28", "prefix"),))
    afterwards = {
        freed_outside: without(where, ["10.0.0.5"]),
        freed_inside: without(where, ["10.0.0.70"]),
        reserved: with_prefix_reservations(where, [parse_cidr("10.0.0.80/28")]),
    }
    assert {number: after.subnet.available_ip_address_count for number, after in afterwards.items()} == {
        number: number for number in afterwards
    }
    assert [after.unaccounted_now for after in (where, *afterwards.values())] == [0] * (len(afterwards) + 1)


def test_the_subnet_of_each_is_found() -> None:
    readings = dict(zip((A, B), incident_readings(), strict=True))
    after = without_each(readings, ["10.10.10.36", "10.10.10.72", "eni-0f995ce7b1b9589de"])
    assert (after[A].blocks.letters, after[B].blocks.letters) == ("R..R", "R.LR")
    with pytest.raises(ValueError, match=r"10\.9\.9\.9 is in none of the subnets"):
        without_each(readings, ["10.9.9.9"])


def test_unaccounted_addresses_may_lie_in_a_range_that_is_only_planned_to_be_reserved() -> None:
    """All ten may lie in one of the two blocks: the other one can be assigned, reserved or not."""
    used = eni("eni-1", A, *(f"10.0.0.{n}" for n in (*range(4, 16), *range(48, 63))))
    where = reading(A, "10.0.0.0/26", used, available=22, unaccounted=10)
    planned = with_prefix_reservations(where, [parse_cidr("10.0.0.16/28"), parse_cidr("10.0.0.32/28")])
    for each in (where, planned):
        assert decide(each, Demand(0, 0, prefixes=1)).outcome is Outcome.MAY
        assert decide(each, Demand(0, 0, prefixes=2)).outcome is Outcome.CANNOT


def test_of_what_is_named_only_what_is_in_use_goes() -> None:
    subnet = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.17", instance_id="i-1"), eni("eni-2", A, "10.0.0.33"))
    after, present = without_present(subnet, ["i-1", "10.0.0.17", "eni-9", "10.0.0.40", "nonsense", "eni-2"])
    assert present == ["i-1", "10.0.0.17", "eni-2"] and after.interfaces == ()
    assert without_present(subnet, ["eni-9"]) == (subnet, [])


def test_each_interface_is_looked_at_once_however_many_go(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[NetworkInterface] = []

    def counted_owner_of(interface: NetworkInterface) -> Owner:
        calls.append(interface)
        return owner_of(interface)

    monkeypatch.setattr(what_if, "owner_of", counted_owner_of)
    subnet = reading(A, "10.0.0.0/24", *(eni(f"eni-{n}", A, f"10.0.0.{16 + n}") for n in range(50)))
    after = without(subnet, [f"eni-{n}" for n in range(50)])
    assert after.interfaces == () and len(calls) == 50
