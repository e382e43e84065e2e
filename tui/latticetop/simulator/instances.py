"""Termination of instances. An instance exists only as the attachment of its interfaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedNetworkInterface
    from latticetop.simulator.region import SimulatedRegion

TRUNK_TAG = "vpcresources.k8s.aws/trunk-eni-id"
"""The tag of a branch interface with the id of its trunk interface (aws/amazon-vpc-resource-controller-k8s)."""


def instance_interfaces(region: SimulatedRegion, instance_id: str) -> list[SimulatedNetworkInterface]:
    """The interfaces that are attached to an instance."""
    interfaces = region.interfaces.values()
    return [i for i in interfaces if i.attachment and i.attachment.instance_id == instance_id]


def terminate_instance(region: SimulatedRegion, instance_id: str) -> None:
    """Delete the interfaces of an instance, or leave them `available` if they do not go with it (DeleteOnTermination).

    The branch interfaces of its pods go too: EKS deletes them when the node is gone.
    """
    for interface in instance_interfaces(region, instance_id):
        if interface.attachment and interface.attachment.delete_on_termination:
            region.delete_interface(interface.id)
        else:
            region.put_interface(replace(interface, attachment=None, status="available"))
        for branch in [i for i in region.interfaces.values() if i.tags.get(TRUNK_TAG) == interface.id]:
            region.delete_interface(branch.id)
