from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.follow.investigate import EventHistoryCache, investigate, probe_all, resolve_all
from latticetop.follow.one_shot import read_once
from latticetop.model.incident.investigation import Probe, ProbeOutcome
from latticetop.model.incident.timeline import CloudTrailEvent
from latticetop.model.records.address import format_address, parse_address
from latticetop.model.records.aws_actions import LOOKUP_EVENTS
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.follow.fakes import ENDPOINT, START, A, FakeClock, FakeReader


def no_progress(_: str) -> None:
    """Ignore the progress."""


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
        CloudTrailEvent("1", START, "CreateVpcEndpoint", vpc_endpoint_ids=(ENDPOINT,)),
        CloudTrailEvent("2", START, "PutEvaluations"),
    ]
    return reader


async def read(reader: FakeReader, clock: FakeClock) -> Snapshot:
    return await read_once(reader, clock=clock)


async def test_the_events_around_the_creation_become_a_timeline(reader: FakeReader, clock: FakeClock) -> None:
    texts: list[str] = []
    investigation = await investigate(reader, await read(reader, clock), ENDPOINT, texts.append, clock=clock)
    assert investigation.timeline is not None
    assert [entry.event_name for entry in investigation.timeline.entries] == ["CreateVpcEndpoint"]
    assert investigation.timeline.unrelated_events == 1
    assert (investigation.timeline.start, investigation.timeline.complete_until) == (
        START - timedelta(minutes=1),
        START + timedelta(minutes=15),
    )
    assert texts == ["reading CloudTrail events", "reading"]
    assert investigation.names == ()


async def test_a_complete_event_history_is_cached_and_an_incomplete_one_is_read_again(
    reader: FakeReader, clock: FakeClock
) -> None:
    account, histories = await read(reader, clock), EventHistoryCache()
    reader.complete_until = START + timedelta(minutes=3)
    for _ in range(2):
        await investigate(reader, account, ENDPOINT, no_progress, histories=histories)
    assert reader.operations.count("event_history") == 2
    reader.complete_until = None
    for _ in range(3):
        await investigate(reader, account, ENDPOINT, no_progress, histories=histories)
    assert reader.operations.count("event_history") == 3


async def test_denied_cloudtrail_is_a_problem_of_the_investigation(reader: FakeReader, clock: FakeClock) -> None:
    account = await read(reader, clock)
    reader.failures["event_history"] = ProblemKind.ACCESS_DENIED
    investigation = await investigate(reader, account, ENDPOINT, no_progress)
    assert investigation.timeline is None
    assert [problem.kind for problem in investigation.problems] == [ProblemKind.ACCESS_DENIED]


async def test_events_read_before_a_page_failed_are_kept_but_not_for_the_next_time(
    reader: FakeReader, clock: FakeClock
) -> None:
    account, histories = await read(reader, clock), EventHistoryCache()
    reader.event_problem = Problem(ProblemKind.UNREACHABLE, LOOKUP_EVENTS, "AWS cannot be reached.")
    investigation = await investigate(reader, account, ENDPOINT, no_progress, histories=histories)
    assert investigation.timeline is not None and not investigation.timeline.complete
    assert [entry.event_name for entry in investigation.timeline.entries] == ["CreateVpcEndpoint"]
    assert investigation.problems == (reader.event_problem,)
    reader.event_problem = None
    investigation = await investigate(reader, account, ENDPOINT, no_progress, histories=histories)
    assert investigation.timeline is not None and investigation.timeline.complete
    assert investigation.problems == ()


async def test_an_unknown_endpoint_raises_key_error(reader: FakeReader, clock: FakeClock) -> None:
    with pytest.raises(KeyError):
        await investigate(reader, await read(reader, clock), "vpce-0", no_progress)


async def test_names_are_resolved_only_with_a_resolver(reader: FakeReader, clock: FakeClock) -> None:
    async def resolve(name: str) -> tuple[str, ...]:
        return ("10.10.10.13",)

    investigation = await investigate(reader, await read(reader, clock), ENDPOINT, no_progress, resolve=resolve)
    (name,) = investigation.names
    assert (name.name, name.addresses) == ("name-0.on.aws", (parse_address("10.10.10.13"),))
    assert A in investigation.snapshot.subnets


async def test_names_that_cannot_be_resolved_have_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latticetop.follow.investigate.RESOLVE_TIMEOUT", 0.01)

    async def resolve(name: str) -> tuple[str, ...]:
        match name:
            case "slow":
                await asyncio.Event().wait()
            case "broken":
                raise OSError(5, "no network")
        return ()

    slow, broken, empty = await resolve_all(["slow", "broken", "empty"], resolve)
    assert slow.problem.startswith("no answer within")
    assert broken.problem == "DNS resolver error: no network"
    assert empty.problem == "the name has no IPv4 address"
    assert (slow.addresses, broken.addresses, empty.addresses) == ((), (), ())


async def test_answers_other_than_ipv4_addresses_are_ignored() -> None:
    async def resolve(name: str) -> tuple[str, ...]:
        return ("fd00::1", "10.10.10.31") if name == "both" else ("fd00::1",)

    both, only = await resolve_all(["both", "only"], resolve)
    assert (both.addresses, both.problem) == ((parse_address("10.10.10.31"),), "")
    assert (only.addresses, only.problem) == ((), "the name has no IPv4 address")


async def test_eight_names_are_resolved_at_the_same_time() -> None:
    running = most = 0

    async def resolve(_: str) -> tuple[str, ...]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return ("10.10.10.31",)

    assert len(await resolve_all([f"name-{number}" for number in range(50)], resolve)) == 50
    assert most == 8


async def test_every_address_of_a_name_is_probed(reader: FakeReader, clock: FakeClock) -> None:
    async def resolve(_: str) -> tuple[str, ...]:
        return ("10.10.10.13", "10.10.10.36")

    async def probe(name: str, address: int) -> Probe:
        return Probe(name, address, 443, ProbeOutcome.CONNECTED, 0.1)

    investigation = await investigate(reader, await read(reader, clock), ENDPOINT, no_progress, resolve=resolve)
    probed = await probe_all(investigation, probe)
    assert [format_address(each.address) for each in probed.probes] == ["10.10.10.13", "10.10.10.36"]
