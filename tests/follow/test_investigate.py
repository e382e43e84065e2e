from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.follow.investigate import Trails, investigate, probe_all, resolve_all
from latticetop.follow.one_shot import read_once
from latticetop.model.incident.investigation import Probe, ProbeOutcome
from latticetop.model.incident.timeline import TrailEvent
from latticetop.model.records.address import format_address, parse_address
from latticetop.model.records.problem import ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.follow.fakes import ENDPOINT, START, A, FakeClock, FakeReader


def quiet(_: str) -> None:
    """Nobody is told how far it is."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def reader(clock: FakeClock) -> FakeReader:
    reader = FakeReader(clock)
    reader.endpoint_list = [structs.replace(each, creation_timestamp=START) for each in reader.endpoint_list]
    reader.association_list = [
        structs.replace(each, dns_name=f"name-{n}.on.aws") for n, each in enumerate(reader.association_list)
    ]
    reader.event_list = [
        TrailEvent("1", START, "CreateVpcEndpoint", vpc_endpoint_ids=(ENDPOINT,)),
        TrailEvent("2", START, "PutEvaluations"),
    ]
    return reader


async def seen(reader: FakeReader, clock: FakeClock) -> Snapshot:
    return await read_once(reader, clock=clock)


async def test_the_events_around_its_creation_become_a_timeline(reader: FakeReader, clock: FakeClock) -> None:
    told: list[str] = []
    found = await investigate(reader, await seen(reader, clock), ENDPOINT, told.append, clock=clock)
    assert found.timeline is not None
    assert [line.event_name for line in found.timeline.lines] == ["CreateVpcEndpoint"]
    assert found.timeline.noise == 1
    assert (found.timeline.start, found.timeline.reaches) == (
        START - timedelta(minutes=1),
        START + timedelta(minutes=15),
    )
    assert told
    assert found.names == ()


async def test_a_whole_trail_is_read_once_and_an_unfinished_one_again(reader: FakeReader, clock: FakeClock) -> None:
    account, trails = await seen(reader, clock), Trails()
    reader.reaches = START + timedelta(minutes=3)
    for _ in range(2):
        await investigate(reader, account, ENDPOINT, quiet, trails=trails)
    assert reader.asked.count("trail") == 2
    reader.reaches = None
    for _ in range(3):
        await investigate(reader, account, ENDPOINT, quiet, trails=trails)
    assert reader.asked.count("trail") == 3


async def test_cloudtrail_may_be_denied(reader: FakeReader, clock: FakeClock) -> None:
    account = await seen(reader, clock)
    reader.fails["trail"] = ProblemKind.ACCESS_DENIED
    found = await investigate(reader, account, ENDPOINT, quiet)
    assert found.timeline is None
    assert [problem.kind for problem in found.problems] == [ProblemKind.ACCESS_DENIED]


async def test_an_endpoint_that_is_not_there(reader: FakeReader, clock: FakeClock) -> None:
    with pytest.raises(KeyError):
        await investigate(reader, await seen(reader, clock), "vpce-0", quiet)


async def test_names_are_resolved_only_when_asked_for(reader: FakeReader, clock: FakeClock) -> None:
    async def resolve(name: str) -> tuple[str, ...]:
        return ("10.10.10.13",)

    found = await investigate(reader, await seen(reader, clock), ENDPOINT, quiet, resolve=resolve)
    (name,) = found.names
    assert (name.name, name.addresses) == ("name-0.on.aws", (parse_address("10.10.10.13"),))
    assert A in found.snapshot.subnets


async def test_names_that_lead_nowhere_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latticetop.follow.investigate.PATIENCE", 0.01)

    async def resolve(name: str) -> tuple[str, ...]:
        match name:
            case "slow":
                await asyncio.Event().wait()
            case "broken":
                raise OSError(5, "no network")
        return ()

    slow, broken, empty = await resolve_all(["slow", "broken", "empty"], resolve)
    assert slow.problem.startswith("no answer within")
    assert broken.problem == "the resolver cannot be asked: no network"
    assert empty.problem == "the name has no IPv4 address"
    assert (slow.addresses, broken.addresses, empty.addresses) == ((), (), ())


async def test_what_is_no_ipv4_address_is_passed_over() -> None:
    async def resolve(name: str) -> tuple[str, ...]:
        return ("fd00::1", "10.10.10.31") if name == "both" else ("fd00::1",)

    both, only = await resolve_all(["both", "only"], resolve)
    assert (both.addresses, both.problem) == ((parse_address("10.10.10.31"),), "")
    assert (only.addresses, only.problem) == ((), "the name has no IPv4 address")


async def test_names_are_asked_for_a_few_at_a_time() -> None:
    under_way = most = 0

    async def resolve(_: str) -> tuple[str, ...]:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return ("10.10.10.31",)

    assert len(await resolve_all([f"name-{number}" for number in range(50)], resolve)) == 50
    assert most == 8


async def test_a_connection_is_tried_to_every_address_of_a_name(reader: FakeReader, clock: FakeClock) -> None:
    async def resolve(_: str) -> tuple[str, ...]:
        return ("10.10.10.13", "10.10.10.36")

    async def probe(name: str, address: int) -> Probe:
        return Probe(name, address, 443, ProbeOutcome.CONNECTED, 0.1)

    found = await investigate(reader, await seen(reader, clock), ENDPOINT, quiet, resolve=resolve)
    probed = await probe_all(found, probe)
    assert [format_address(each.address) for each in probed.probes] == ["10.10.10.13", "10.10.10.36"]
