"""The cache of the XML of network interfaces."""

from __future__ import annotations

import pytest

from latticetop.simulator import ManualClock
from latticetop.simulator.wire import xml_cache
from tests.simulator.clients import Clients


def test_entries_of_deleted_interfaces_are_evicted(
    empty: Clients, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    evict_deleted = xml_cache.evict_deleted

    def record_size(cache: xml_cache.XmlCache, regions: object) -> None:
        evict_deleted(cache, regions)  # type: ignore[arg-type]
        sizes.append(len(cache))

    monkeypatch.setattr(xml_cache, "MAX_DELETED_ENTRIES", 5)
    monkeypatch.setattr("latticetop.simulator.operations.describe.evict_deleted", record_size)
    subnet_id = empty.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    for _ in range(12):
        interface_id = empty.ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]["NetworkInterfaceId"]
        response = empty.ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet_id]}])
        assert interface_id in [interface["NetworkInterfaceId"] for interface in response["NetworkInterfaces"]]
        clock.advance(2)
        empty.ec2.delete_network_interface(NetworkInterfaceId=interface_id)
    assert 5 <= max(sizes) <= 7
