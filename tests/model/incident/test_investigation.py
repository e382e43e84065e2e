from __future__ import annotations

from datetime import timedelta

import pytest

from latticetop.model.incident.investigation import (
    Investigation,
    InvestigationRecord,
    Probe,
    ProbeOutcome,
    Resolution,
    locate_address,
)
from latticetop.model.incident.timeline import EventHistory, build_timeline
from latticetop.model.records.address import parse_address
from latticetop.model.records.problem import Problem, ProblemKind
from tests.model.builders import ENDPOINT, NOW, A, B, eni, incident, reading, snapshot


def test_an_address_has_a_block_and_an_interface() -> None:
    location = locate_address(incident(), parse_address("10.10.10.31"))
    assert location is not None
    assert (location.subnet_id, str(location.block), str(location.prefix), location.network_interface_id) == (
        A,
        "10.10.10.16/28",
        "10.10.10.16/28",
        "eni-0f995ce7b1b9589de",
    )
    single = locate_address(incident(), parse_address("10.10.10.36"))
    assert single is not None
    assert (single.network_interface_id, single.prefix) == ("eni-0aaaaaaaaaaaaaaa2", None)
    assert (single.subnet_id, single.index, str(single.block)) == (A, 2, "10.10.10.32/28")
    free = locate_address(incident(), parse_address("10.10.10.90"))
    assert free is not None
    assert (free.subnet_id, free.index, str(free.block)) == (B, 1, "10.10.10.80/28")
    assert (free.network_interface_id, free.prefix) == ("", None)
    assert locate_address(incident(), parse_address("192.0.2.1")) is None


def test_the_interface_that_holds_the_address_among_several_in_a_block() -> None:
    crowded = reading(
        A,
        "10.0.0.0/24",
        eni("eni-1", A, "10.0.0.17", "10.0.0.32/29"),
        eni("eni-2", A, "10.0.0.18", "10.0.0.40/29"),
    )
    locations = [locate_address(snapshot(crowded), parse_address(f"10.0.0.{last}")) for last in (17, 18, 19, 33, 41)]
    assert [location.network_interface_id for location in locations if location] == [
        "eni-1",
        "eni-2",
        "",
        "eni-1",
        "eni-2",
    ]


def test_no_location_in_a_subnet_without_blocks_or_without_ipv4() -> None:
    account = snapshot(reading(A, None), reading(B, "10.0.0.0/29"))
    assert locate_address(account, parse_address("10.0.0.1")) is None


def test_a_record_has_what_was_found_beyond_the_snapshot_but_no_probes() -> None:
    """Probes are connections of this machine, which a recording leaves out."""
    account = incident()
    only = account.endpoints[ENDPOINT]
    timeline = build_timeline(only, EventHistory((), NOW, NOW, NOW))
    names = (Resolution("a.on.aws", (parse_address("10.10.10.31"),)),)
    problems = (Problem(ProblemKind.ACCESS_DENIED, "cloudtrail:LookupEvents", "cloudtrail:LookupEvents is denied."),)
    probes = (Probe("a.on.aws", parse_address("10.10.10.31"), 443, ProbeOutcome.REFUSED, 0.1),)
    record = InvestigationRecord.of(Investigation(account, only, NOW, timeline, names, probes, problems))
    assert record == InvestigationRecord(ENDPOINT, timeline, names, problems)
    later = NOW + timedelta(hours=1)
    assert record.investigation(account, later) == Investigation(account, only, later, timeline, names, (), problems)
    with pytest.raises(KeyError):
        record.investigation(snapshot(), later)
