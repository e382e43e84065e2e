"""The ENIs of Resource and Tunnel endpoints: what a finding on them means, what it lists, and what they hold."""

from __future__ import annotations

from typing import Any

import pytest

from latticetop.model.endpoints.findings import Finding, Tone
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, B
from tests.model.endpoints.test_sentences import (
    ONLY_A,
    ROOMY,
    SINGLE,
    SINGLE_IN_BOTH,
    Case,
    assessment_of,
    interface,
    subnet,
)

FIRST = ("eni-00000000000000001", "a  10.0.0.9, 10.0.0.10")
THIRD = ("eni-00000000000000003", "b  10.0.1.9")


def interfaces(
    state: str,
    readings: tuple[SubnetReading, ...],
    *,
    unread: tuple[str, ...] = (),
    endpoint_type: str = "Resource",
    **more: Any,
) -> Finding:
    case = Case("", state, (), readings, Verdict.HEALTHY, "", more=more, unread=unread)
    return next(f for f in assessment_of(endpoint_type, case).findings if f.label == "ENIs")


@pytest.mark.parametrize(
    ("state", "readings", "unread", "tone", "sentence", "evidence"),
    [
        ("Available", SINGLE_IN_BOTH, (), Tone.GOOD, "in both zones, with 3 single addresses", [FIRST, THIRD]),
        ("Failed", SINGLE, (), Tone.NOTE, "in us-east-1a, with 2 single addresses; none in us-east-1b", [FIRST]),
        ("Pending", SINGLE, (), Tone.NOTE, "in us-east-1a, with 2 single addresses; none yet in us-east-1b", [FIRST]),
        ("Failed", ROOMY, (), Tone.BAD, "none in us-east-1a and us-east-1b", []),
        ("Failed", ROOMY, (B,), Tone.BAD, "none in us-east-1a; no data for us-east-1b: ENIs were not read", []),
        ("Pending", ROOMY, (), Tone.NOTE, "none yet in us-east-1a and us-east-1b", []),
        ("Failed", ONLY_A, (A,), Tone.NOTE, "no data for us-east-1a: ENIs were not read", []),
    ],
)
def test_it_is_bad_only_if_there_is_none_although_aws_is_done(
    state: str,
    readings: tuple[SubnetReading, ...],
    unread: tuple[str, ...],
    tone: Tone,
    sentence: str,
    evidence: list[tuple[str, str]],
) -> None:
    finding = interfaces(state, readings, unread=unread)
    assert (finding.tone, finding.sentence) == (tone, sentence)
    assert [(line.term, line.text) for line in finding.evidence] == evidence


@pytest.mark.parametrize(
    ("held", "text"),
    [
        ((), "no address"),
        (("2600::1:0/80",), "1 /80 prefix"),
        (("2600::9", "2600::a", "2600::b"), "3 IPv6 addresses"),
        (("10.0.0.9", "10.0.0.64/28", "10.0.0.80/28"), "2 /28 blocks and 1 single address"),
        (("10.0.0.9", "2600::9", "10.0.0.64/28"), "1 /28 block, 1 single address and 1 IPv6 address"),
        (
            ("10.0.0.9", "10.0.0.10", "2600::9", "10.0.0.64/28", "2600::1:0/80", "2600::2:0/80"),
            "1 /28 block, 2 single addresses, 2 /80 prefixes and 1 IPv6 address",
        ),
    ],
)
def test_what_all_enis_hold_is_counted_by_kind(held: tuple[str, ...], text: str) -> None:
    of_two = subnet(A, "10.0.0.0/24", interface(1, A, *held[::2]), interface(2, A, *held[1::2]))
    assert interfaces("Available", (of_two,)).sentence == f"in us-east-1a, with {text}"


@pytest.mark.parametrize(
    ("endpoint_type", "labels"), [("Resource", ["ENIs"]), ("ServiceNetwork", ["Resources", "Services"])]
)
def test_enis_are_listed_even_if_aws_reports_no_subnet(endpoint_type: str, labels: list[str]) -> None:
    both_roles = (subnet(A, "10.0.0.0/24", interface(1, A, "10.0.0.9"), interface(2, A, "10.0.0.8", service=True)),)
    case = Case("", "Failed", (), both_roles, Verdict.FAILED, "", more={"subnet_ids": ()})
    findings = [f for f in assessment_of(endpoint_type, case).findings if f.label in labels]
    assert [(f.tone, f.sentence) for f in findings] == [
        (Tone.NOTE, "AWS reports no subnet for this endpoint") for _ in labels
    ]
    assert [(line.term[-1], line.text) for f in findings for line in f.evidence] == [
        ("1", "a  10.0.0.9"),
        ("2", "a  10.0.0.8"),
    ]
