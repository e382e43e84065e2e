"""The texts of interfaces that were served once."""

from __future__ import annotations

import pytest

from latticetop.simulator import ManualClock
from latticetop.simulator.wire import rendered
from tests.simulator.clients import Clients


def test_what_was_written_of_interfaces_that_are_gone_is_forgotten(
    empty: Clients, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []
    forget = rendered.forget_gone

    def noted(cache: rendered.Cache, regions: object) -> None:
        forget(cache, regions)  # type: ignore[arg-type]
        kept.append(len(cache))

    monkeypatch.setattr(rendered, "SPARE", 5)
    monkeypatch.setattr("latticetop.simulator.operations.describe.forget_gone", noted)
    subnet_id = empty.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    for _ in range(12):
        made = empty.ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]["NetworkInterfaceId"]
        found = empty.ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet_id]}])
        assert made in [each["NetworkInterfaceId"] for each in found["NetworkInterfaces"]]
        clock.advance(2)
        empty.ec2.delete_network_interface(NetworkInterfaceId=made)
    assert 5 <= max(kept) <= 7
