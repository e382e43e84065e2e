"""Subnets as they would be without some addresses, or with more reservations."""

from __future__ import annotations

import pytest

from latticetop.model.capacity.what_if import with_prefix_reservations, without, without_each
from latticetop.model.records.address import parse_cidr
from tests.model.builders import A, B, incident_readings


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
    ],
)
def test_what_is_not_in_use_cannot_be_removed(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        without(incident_readings()[0], [text])
    assert str(caught.value) == sentence


def test_the_subnet_of_each_is_found() -> None:
    readings = dict(zip((A, B), incident_readings(), strict=True))
    after = without_each(readings, ["10.10.10.36", "10.10.10.72", "eni-0f995ce7b1b9589de"])
    assert (after[A].blocks.letters, after[B].blocks.letters) == ("R..R", "R.LR")
    with pytest.raises(ValueError, match=r"10\.9\.9\.9 is in none of the subnets"):
        without_each(readings, ["10.9.9.9"])
