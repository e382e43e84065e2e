"""STS operations."""

from __future__ import annotations

from tests.simulator.clients import Clients


def test_caller_identity(empty: Clients) -> None:
    identity = empty.client("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert identity["Arn"].startswith("arn:aws:sts::123456789012:")
