"""The explanation of an endpoint as Markdown, where it differs from that of the incident."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta

from msgspec import structs

from latticetop.model.incident.explanation import Explanation, explain
from latticetop.model.incident.investigation import Investigation, Probe, ProbeOutcome, Resolution
from latticetop.model.incident.timeline import EventHistory, Timeline, build_timeline
from latticetop.model.records.address import parse_address
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.reports.explain import render_markdown
from tests.model.builders import NOW, A, B, associations, endpoint, eni, incident, incident_readings, reading, snapshot
from tests.model.incident.test_timeline import END, START, event, incident_events

RESOURCE_A, HOLDER = "eni-0f995ce7b1b9589de", "eni-0aaaaaaaaaaaaaaa2"
FAILED = endpoint("Failed", A, B)


def timeline_of(*more: object) -> Timeline:
    return build_timeline(FAILED, EventHistory((*incident_events(), *more), START, END, END))  # type: ignore[arg-type]


def investigated(**more: object) -> Explanation:
    fields: dict[str, object] = {"at": NOW + timedelta(days=1), "timeline": timeline_of()}
    return explain(Investigation(incident(), FAILED, **{**fields, **more}))  # type: ignore[arg-type]


def since_given_back() -> Explanation:
    """AWS has removed the endpoint's ENI for resources in A since, so that its block is free today."""
    a, b = incident_readings()
    remaining = reading(A, "10.10.10.0/26", *(item for item in a.interfaces if item.network_interface_id != RESOURCE_A))
    account = snapshot(remaining, b, endpoints=(FAILED,), associations=associations("Accessible"))
    deletion = event("DeleteNetworkInterface", 300, network_interface_id=RESOURCE_A)
    return explain(Investigation(account, FAILED, NOW, timeline_of(deletion)))


NAMES = (
    Resolution(
        "a.on.aws", tuple(map(parse_address, ("10.10.10.31", "10.10.10.36", "10.10.10.20", "10.10.10.90", "192.0.2.1")))
    ),
    Resolution("b.on.aws", problem="the name has no IPv4 address"),
)
PROBES = (
    Probe("a.on.aws", parse_address("10.10.10.31"), 443, ProbeOutcome.CONNECTED, 0.0123),
    Probe("a.on.aws", parse_address("192.0.2.1"), 443, ProbeOutcome.TIMED_OUT, 3.0),
)


def test_without_an_event_there_is_no_table_of_events() -> None:
    text = render_markdown(investigated(timeline=build_timeline(FAILED, EventHistory((), START, END, END))))
    assert "## What happened\n\nCloudTrail events from 08:17:49 to 08:33:49 UTC.\n" in text
    assert "| time (UTC)" in render_markdown(investigated()) and "| time (UTC)" not in text


def test_where_each_address_of_a_name_lies() -> None:
    lines = render_markdown(investigated(names=NAMES)).splitlines()
    assert f"- `a.on.aws`: 10.10.10.31 in 10.10.10.16/28 of {RESOURCE_A}" in lines
    assert f"- `a.on.aws`: 10.10.10.36 in block 10.10.10.32/28 of {HOLDER}" in lines
    assert "- `a.on.aws`: 10.10.10.90 in block 10.10.10.80/28, held by no ENI that was read" in lines
    assert "- `a.on.aws`: 192.0.2.1, which is in no subnet that was read" in lines
    assert "- `b.on.aws`: the name has no IPv4 address" in lines


def test_what_came_of_each_connection() -> None:
    lines = render_markdown(investigated(names=NAMES, probes=PROBES)).splitlines()
    assert "- TCP to 10.10.10.31:443 (a.on.aws): connected after 0.012 s" in lines
    assert "- TCP to 192.0.2.1:443 (a.on.aws): no answer after 3.000 s" in lines


def test_a_name_that_ends_the_code_it_stands_in_does_not() -> None:
    text = render_markdown(investigated(names=(Resolution("a`b\x1b[2J", problem="no"),)))
    assert "- `a'b[2J`: no\n" in text


def test_where_the_map_is_another_today_the_blocks_of_then_are_told_one_by_one() -> None:
    text = render_markdown(since_given_back())
    assert "- at 08:19:22 UTC, when it was refused: `RLfR`\n- now: `R.fR`\n" in text
    blocks = text.partition("Block by block when it was refused:\n\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[1:3] for line in blocks] == [
        ["10.10.10.0/28", "`R`"],
        ["10.10.10.16/28", "`L`"],
        ["10.10.10.32/28", "`f`"],
        ["10.10.10.48/28", "`R`"],
    ]
    assert blocks[1].endswith("this endpoint's own prefix")


def test_where_the_map_is_the_same_they_are_not() -> None:
    assert "Block by block" not in render_markdown(investigated())


def test_without_cloudtrail_there_is_no_section_of_what_happened() -> None:
    text = render_markdown(investigated(timeline=None))
    assert "## What happened" not in text
    assert "## Why" in text


def test_a_map_of_many_blocks_stands_in_groups_of_a_24() -> None:
    many = reading(A, "10.10.0.0/23", *incident_readings()[0].interfaces[1:2])
    account = snapshot(many, endpoints=(endpoint("Failed", A),))
    explanation = explain(Investigation(account, endpoint("Failed", A), NOW, timeline_of()))
    assert f"- now: `R{'.' * 15} {'.' * 15}R`" in render_markdown(explanation)


def test_the_script_has_every_step_in_its_order_and_is_a_shell_s() -> None:
    """Of what no command is known for there is the comment; what takes time is waited for."""
    task = structs.replace(eni("eni-1", A, "10.0.0.20"), requester_managed=True, description="datasync nightly")
    fixed = structs.replace(eni("eni-2", A, "10.0.0.36"), requester_managed=True)
    account = snapshot(reading(A, "10.0.0.0/26", task, fixed, available=57), endpoints=(endpoint("Failed", A),))
    failed = account.endpoints[FAILED.vpc_endpoint_id]
    text = render_markdown(explain(Investigation(account, failed, NOW, timeline_of())))
    script = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    assert script is not None
    lines = [line.strip() for line in script[1].splitlines()]
    comments = [re.sub(r"^# \d\. (\w+).*", r"\1", line) for line in lines if line.startswith("#")]
    assert comments == ["Reserve", "Wait", "Delete", "Create"]
    waits = [re.sub(r".* (describe-\S+) .*", r"\1", line) for line in lines if line.startswith("until ")]
    assert waits == ["describe-network-interfaces", "describe-vpc-endpoints"]
    subprocess.run(["sh", "-n"], input=script[1], text=True, check=True)


def test_text_from_aws_is_escaped() -> None:
    problem = Problem(ProblemKind.SERVICE_ERROR, "", "<b>|x|\x1b[1m *y*")
    assert "\\<b\\>\\|x\\|\\[1m \\*y\\*" in render_markdown(investigated(problems=(problem,)))
