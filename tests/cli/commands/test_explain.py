"""`latticetop explain`: the incident, and what is missing when calls are denied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from latticetop.reports.explain_json import ExplainDocument
from latticetop.simulator import ServerThread
from tests.command import KEYS, against, run
from tests.json_schema import printed_schema, schema_errors
from tests.terminal import Terminal

GOLDEN = Path(__file__).parents[2] / "reports" / "golden" / "incident.md"
URL = "http://127.0.0.1:8080"
"""Stands in the golden file for the URL of the simulator."""
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"


@pytest.fixture(autouse=True)
def calm(incident: ServerThread) -> Iterator[None]:
    """No faults, and the rate that CloudTrail allows not used up by the test before."""
    incident.call(lambda account: account.world.clock.advance(60))  # type: ignore[attr-defined]
    yield
    incident.call(lambda account: account.faults.set([]))


def test_the_incident_in_two_seconds(incident: ServerThread) -> None:
    ended = against(incident, "explain", ENDPOINT)
    assert ended.code == 0
    assert ended.out.replace(incident.url, URL) == GOLDEN.read_text(encoding="utf-8")


def test_a_terminal_gets_plain_text_and_a_file_markdown(incident: ServerThread, tmp_path: Path) -> None:
    where = ("--endpoint-url", incident.url, "--region", "us-east-1")
    terminal = Terminal("explain", ENDPOINT, *where, COLUMNS="80", **KEYS)
    assert terminal.to_end() == 0
    lines = terminal.text.splitlines()
    assert f"{ENDPOINT}  failed-but-accessible" in lines
    assert "What happened" in lines and "What to do" in lines
    assert not [line for line in lines if line.startswith(("#", "|", "- ")) or "**" in line]
    assert max(len(line) for line in lines[lines.index("Why") : lines.index("What to do")]) <= 80
    incident.call(lambda account: account.world.clock.advance(60))  # type: ignore[attr-defined]
    path = tmp_path / "ticket.md"
    terminal = Terminal("explain", ENDPOINT, *where, "-o", str(path), **KEYS)
    assert terminal.to_end() == 0
    assert path.read_text(encoding="utf-8").replace(incident.url, URL) == GOLDEN.read_text(encoding="utf-8")


def explanation(server: ServerThread) -> ExplainDocument:
    return msgspec.json.decode(against(server, "explain", ENDPOINT, "--json").out, type=ExplainDocument)


@pytest.fixture(scope="module")
def explained(incident: ServerThread) -> ExplainDocument:
    return explanation(incident)


def test_eight_events_are_four_lines(explained: ExplainDocument) -> None:
    created = [event for event in explained.events if event.event_name == "CreateNetworkInterface"]
    assert [(e.role, e.subnet_id, e.tries, e.offset_seconds) for e in created] == [
        ("resource", A, 1, 8.0),
        ("resource", B, 1, 9.0),
        ("service", B, 1, 22.0),
        ("service", A, 5, 33.0),
    ]
    assert created[3].gaps_seconds == [12.0, 15.0, 17.0, 21.0]
    assert sum(created[3].gaps_seconds) == 65.0
    assert created[3].error_message == "There aren't sufficient free Ipv4 addresses or prefixes"
    assert [e.network_interface_id for e in created[:3]] == [
        "eni-0f995ce7b1b9589de",
        "eni-09199f7c86c4cddf9",
        "eni-0735a3b9f10ac264c",
    ]


def test_the_maps_then_and_now(explained: ExplainDocument) -> None:
    (pair,) = explained.maps
    assert (pair.subnet_id, pair.at, pair.map_then, pair.map_now) == (A, "2024-12-19T08:19:22Z", "RLfR", "RLfR")
    assert [line.letter for line in pair.blocks] == ["R", "L", "f", "R"]


def test_without_services_the_failure_is_cosmetic(explained: ExplainDocument) -> None:
    impact = next(f for f in explained.findings if f.label == "Impact")
    assert impact.sentence == "none today: the service network has no services (inferred)"


@pytest.mark.parametrize(
    ("fault", "missing"),
    [("deny:cloudtrail:LookupEvents", "cloudtrail:LookupEvents"), ("deny:vpc-lattice:*", "vpc-lattice:List")],
)
def test_what_is_denied_is_named_and_the_rest_told(incident: ServerThread, fault: str, missing: str) -> None:
    incident.call(lambda account: account.faults.set([fault]))
    result = explanation(incident)
    assert any(missing in gap for gap in result.not_known)
    assert result.verdict == "failed-but-accessible"
    services = next(f for f in result.findings if f.label == "Services")
    assert "10.10.10.36" in " ".join(line.text for line in services.evidence)
    (free,) = (step for step in result.remedies[0].steps if step.kind == "free")
    assert free.action.startswith("terminate or replace i-0ae4b4d9c4e67eef0 (10.10.10.36)")
    text = against(incident, "explain", ENDPOINT)
    assert text.code == 0
    assert missing in text.out.replace("\\", "")


def test_without_cloudtrail_the_map_is_said_to_be_todays(incident: ServerThread) -> None:
    incident.call(lambda account: account.faults.set(["deny:cloudtrail:*"]))
    result = explanation(incident)
    assert result.events == []
    (pair,) = result.maps
    assert (pair.map_then, pair.map_now) == (None, "RLfR")
    assert "cannot be rebuilt" in pair.notes[0]


def test_it_goes_into_a_file(incident: ServerThread, tmp_path: Path) -> None:
    file = tmp_path / "ticket.md"
    ended = against(incident, "explain", ENDPOINT, "-o", str(file))
    assert (ended.code, ended.out) == (0, "")
    assert file.read_text(encoding="utf-8").replace(incident.url, URL) == GOLDEN.read_text(encoding="utf-8")


def test_an_unknown_endpoint(incident: ServerThread) -> None:
    ended = against(incident, "explain", "vpce-0123456789abcdef0")
    assert (ended.code, ended.out) == (2, "")
    assert "vpce-0123456789abcdef0" in ended.err


def test_the_document_is_valid_by_the_printed_schema(incident: ServerThread) -> None:
    document = json.loads(against(incident, "explain", ENDPOINT, "--json", "--resolve").out)
    assert schema_errors(document, printed_schema("explain")) == []


def test_without_credentials_the_json_says_that_it_is_unknown_and_why(incident: ServerThread) -> None:
    ended = run("explain", ENDPOINT, "--json", "--endpoint-url", incident.url, "--region", "us-east-1")
    unread = json.loads(ended.out)
    assert schema_errors(unread, printed_schema("explain")) == []
    assert (ended.code, unread["vpc_endpoint_id"], unread["verdict"]) == (3, ENDPOINT, "unknown")
    assert [problem["kind"] for problem in unread["problems"]] == ["no-credentials"]
    assert ended.err.startswith("latticetop: No credentials found.")


def test_that_document_goes_into_the_file_too(incident: ServerThread, tmp_path: Path) -> None:
    path = tmp_path / "explain.json"
    where = ("--endpoint-url", incident.url, "--region", "us-east-1")
    ended = run("explain", ENDPOINT, "--json", "--output", str(path), *where)
    assert (ended.code, ended.out) == (3, "")
    assert [problem["kind"] for problem in json.loads(path.read_text())["problems"]] == ["no-credentials"]
