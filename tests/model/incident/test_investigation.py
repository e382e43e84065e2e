from __future__ import annotations

from latticetop.model.incident.investigation import locate
from latticetop.model.records.address import parse_address
from tests.model.builders import A, B, eni, incident, reading, snapshot


def test_an_address_leads_to_its_block_and_interface() -> None:
    place = locate(incident(), parse_address("10.10.10.31"))
    assert place is not None
    assert (place.subnet_id, str(place.block), str(place.within), place.network_interface_id) == (
        A,
        "10.10.10.16/28",
        "10.10.10.16/28",
        "eni-0f995ce7b1b9589de",
    )
    single = locate(incident(), parse_address("10.10.10.36"))
    assert single is not None
    assert (single.network_interface_id, single.within) == ("eni-0aaaaaaaaaaaaaaa2", None)
    free = locate(incident(), parse_address("10.10.10.90"))
    assert free is not None
    assert (free.subnet_id, free.network_interface_id) == (B, "")
    assert locate(incident(), parse_address("192.0.2.1")) is None


def test_among_several_in_a_block_it_is_the_one_that_holds_the_address() -> None:
    crowded = reading(
        A,
        "10.0.0.0/24",
        eni("eni-1", A, "10.0.0.17", "10.0.0.32/29"),
        eni("eni-2", A, "10.0.0.18", "10.0.0.40/29"),
    )
    places = [locate(snapshot(crowded), parse_address(f"10.0.0.{last}")) for last in (17, 18, 19, 33, 41)]
    assert [place.network_interface_id for place in places if place] == ["eni-1", "eni-2", "", "eni-1", "eni-2"]


def test_a_subnet_too_small_for_a_block_and_one_without_ipv4_hold_no_place() -> None:
    account = snapshot(reading(A, None), reading(B, "10.0.0.0/29"))
    assert locate(account, parse_address("10.0.0.1")) is None
