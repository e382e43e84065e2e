"""Termination of instances, and what becomes of their interfaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latticetop.simulator.instances import terminate_instance
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from tests.simulator.clients import Clients, error_of

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock
    from latticetop.simulator.region import SimulatedRegion


def test_terminating_an_instance_frees_its_block(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    subnet_id = "subnet-0a84d8f4554925b16"
    incident.ec2.terminate_instances(InstanceIds=["i-0ae4b4d9c4e67eef0"])
    interface = incident.ec2.create_network_interface(SubnetId=subnet_id, Ipv4PrefixCount=1)["NetworkInterface"]
    assert interface["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.10.10.32/28"}]
    code, _ = error_of(incident.ec2.terminate_instances, InstanceIds=["i-9"])
    assert code == "InvalidInstanceID.NotFound"


def test_an_interface_that_does_not_go_with_its_instance_stays(region: SimulatedRegion) -> None:
    """EC2 User Guide: without DeleteOnTermination an interface is detached."""
    interface = InterfaceFactory(region).instance(region.subnet("subnet-1"), "10.0.0.20")
    assert interface.attachment and interface.attachment.instance_id
    region.put_interface(replace(interface, attachment=replace(interface.attachment, delete_on_termination=False)))
    terminate_instance(region, interface.attachment.instance_id)
    left = region.interface(interface.id)
    assert (left.status, left.attachment, left.primary_address) == ("available", None, "10.0.0.20")
    assert region.available_address_count("subnet-1") == 58
