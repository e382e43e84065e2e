"""The explanation of an endpoint as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from latticetop.model.incident.explanation import Explanation
from latticetop.reports.explain_json import json_schema, render_json
from tests.json_schema import schema_errors
from tests.model.builders import ENDPOINT, A, B
from tests.reports.test_explain import HOLDER, NAMES, PROBES, RESOURCE_A, investigated, since_given_back


def document(explanation: Explanation) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(render_json(explanation))
    return content


@pytest.mark.parametrize(
    "explanation", [investigated(names=NAMES, probes=PROBES), since_given_back(), investigated(timeline=None)]
)
def test_the_document_is_valid_by_its_schema(explanation: Explanation) -> None:
    assert schema_errors(document(explanation), json_schema()) == []


def test_the_document_says_what_it_is_about() -> None:
    content = document(investigated())
    assert (content["schema"], content["vpc_endpoint_id"]) == ("latticetop.explain/1", ENDPOINT)
    assert (content["verdict"], content["facts"]["Account"]) == ("failed-but-accessible", "123456789012")
    assert content["headline"] == "Failed, yet AWS calls 3 of 3 associations accessible (not probed)."


def test_the_timeline_has_every_attempt_with_its_time() -> None:
    created, *_, denied = document(investigated())["events"]
    assert created == {
        "event_name": "CreateNetworkInterface",
        "times": ["2024-12-19T08:18:57Z"],
        "offset_seconds": 8,
        "tries": 1,
        "gaps_seconds": [],
        "role": "resource",
        "subnet_id": A,
        "zone": "us-east-1a",
        "network_interface_id": RESOURCE_A,
        "private_ip_addresses": ["10.10.10.7"],
        "ipv4_prefixes": ["10.10.10.16/28"],
        "error_code": None,
        "error_message": None,
    }
    assert denied["times"] == [
        f"2024-12-19T{time}Z" for time in ("08:19:22", "08:19:34", "08:19:49", "08:20:06", "08:20:27")
    ]
    assert (denied["tries"], denied["gaps_seconds"], denied["network_interface_id"]) == (5, [12, 15, 17, 21], None)
    assert denied["error_message"] == "There aren't sufficient free Ipv4 addresses or prefixes"


def location(address: str, subnet_id: str | None, block: str | None, *interface: str | None) -> dict[str, Any]:
    network_interface_id, prefix = (*interface, None, None)[:2]
    return {
        "address": address,
        "subnet_id": subnet_id,
        "block": block,
        "network_interface_id": network_interface_id,
        "ipv4_prefix": prefix,
    }


def test_names_have_the_locations_of_their_addresses_and_null_for_what_is_unknown() -> None:
    content = document(investigated(names=NAMES, probes=PROBES))
    assert content["names"] == [
        {
            "name": "a.on.aws",
            "addresses": [
                location("10.10.10.31", A, "10.10.10.16/28", RESOURCE_A, "10.10.10.16/28"),
                location("10.10.10.36", A, "10.10.10.32/28", HOLDER),
                location("10.10.10.20", A, "10.10.10.16/28", RESOURCE_A, "10.10.10.16/28"),
                location("10.10.10.90", B, "10.10.10.80/28"),
                location("192.0.2.1", None, None),
            ],
            "problem": None,
        },
        {"name": "b.on.aws", "addresses": [], "problem": "the name has no IPv4 address"},
    ]
    assert content["probes"] == [
        {"name": "a.on.aws", "address": "10.10.10.31", "port": 443, "outcome": "connected", "seconds": 0.0123},
        {"name": "a.on.aws", "address": "192.0.2.1", "port": 443, "outcome": "no answer", "seconds": 3.0},
    ]


def test_maps_are_those_of_then_and_now() -> None:
    (pair,) = document(since_given_back())["maps"]
    assert (pair["subnet_id"], pair["at"]) == (A, "2024-12-19T08:19:22Z")
    assert (pair["map_then"], pair["map_now"]) == ("RLfR", "R.fR")
    (unknown,) = document(investigated(timeline=None))["maps"]
    assert (unknown["at"], unknown["map_then"], unknown["map_now"]) == (None, None, "RLfR")
    assert [line["letter"] for line in unknown["blocks"]] == list("RLfR")


def test_remedies_and_findings_have_their_evidence() -> None:
    content = document(investigated())
    remedy = content["remedies"][0]
    assert (remedy["kind"], len(remedy["steps"])) == ("delete-first", 5)
    free = next(step for step in remedy["steps"] if step["kind"] == "free")
    assert free["action"] == "terminate or replace i-0ae4b4d9c4e67eef0 (10.10.10.36), which frees 10.10.10.32/28"
    terminate, wait = free["commands"]
    assert terminate.split(" \\\n  ")[::2] == ["aws ec2 terminate-instances", "--instance-ids i-0ae4b4d9c4e67eef0"]
    assert wait.startswith('until [ "$(aws ec2 describe-network-interfaces ')
    services = next(finding for finding in content["findings"] if finding["label"] == "Services")
    assert services["tone"] == "bad"
    assert [line["letter"] for line in services["evidence"]][:4] == list("RLfR")
    assert services["evidence"][-1]["letter"] is None
