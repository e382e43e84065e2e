"""ENIs as AWS services create them: instances, EKS nodes, load balancers, Lambda functions and others.

The descriptions, types and attachments follow public samples of DescribeNetworkInterfaces responses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedAttachment, SimulatedOperator
from latticetop.simulator.endpoint_interfaces import interface_description
from latticetop.simulator.network_interfaces import (
    AddressRequest,
    NetworkInterfaceRequest,
    create_interface,
    service_attachment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.ec2_resources import SimulatedNetworkInterface, SimulatedSubnet
    from latticetop.simulator.region import SimulatedRegion


class InterfaceFactory:
    """Create ENIs in a Region. Without an ``address`` the primary address is assigned automatically."""

    def __init__(self, region: SimulatedRegion) -> None:
        self._region = region

    def instance(
        self, subnet: SimulatedSubnet, address: str | None = None, name: str = "", secondary_count: int = 0
    ) -> SimulatedNetworkInterface:
        """The primary ENI of an instance."""
        return self._create(
            subnet,
            _address_request(address, address_count=secondary_count),
            attachment=self._instance_attachment(self.new_instance_id(), 0),
            tags={"Name": name} if name else {},
        )

    def eks_node(
        self,
        subnet: SimulatedSubnet,
        cluster: str,
        prefix_count: int,
        instance_id: str,
        address: str | None = None,
    ) -> SimulatedNetworkInterface:
        """A secondary ENI of an EKS node with prefix delegation (aws/amazon-vpc-cni-k8s, pkg/awsutils)."""
        return self._create(
            subnet,
            _address_request(address, prefix_count=prefix_count),
            description=f"aws-K8S-{instance_id}",
            attachment=self._instance_attachment(instance_id, 1),
            tags={
                "cluster.k8s.amazonaws.com/name": cluster,
                "node.k8s.amazonaws.com/instance_id": instance_id,
                "node.k8s.amazonaws.com/createdAt": "2026-11-20T07:14:02Z",
            },
        )

    def eks_branch(self, subnet: SimulatedSubnet, address: str | None = None) -> SimulatedNetworkInterface:
        """The branch ENI of a pod with security groups: one address, hidden by default."""
        return self._create(
            subnet,
            _address_request(address),
            description="aws-k8s-branch-eni",
            interface_type="branch",
            operator=SimulatedOperator(principal="eks.amazonaws.com", hidden_by_default=True),
        )

    def eks_control_plane(
        self, subnet: SimulatedSubnet, cluster: str, address: str | None = None
    ) -> SimulatedNetworkInterface:
        """An ENI of an EKS control plane."""
        return self._create(
            subnet,
            _address_request(address),
            description=f"Amazon EKS {cluster}",
            attachment=service_attachment(self._region),
            requester_managed=True,
        )

    def load_balancer(
        self, subnet: SimulatedSubnet, name: str, kind: str = "app", address: str | None = None
    ) -> SimulatedNetworkInterface:
        """An ENI of an Application (``app``) or Network (``net``) Load Balancer."""
        load_balancer_id = self._region.world.ids.new_hex("", 16)
        return self._create(
            subnet,
            _address_request(address),
            description=f"ELB {kind}/{name}/{load_balancer_id}",
            interface_type="network_load_balancer" if kind == "net" else "interface",
            attachment=service_attachment(self._region, "amazon-elb"),
            requester_managed=True,
            public_ip="52.20.11.7" if subnet.map_public_ip_on_launch else None,
        )

    def nat_gateway(self, subnet: SimulatedSubnet, address: str | None = None) -> SimulatedNetworkInterface:
        """The ENI of a NAT gateway."""
        return self._create(
            subnet,
            _address_request(address),
            description=f"Interface for NAT Gateway {self._region.world.ids.new('nat')}",
            interface_type="nat_gateway",
            attachment=service_attachment(self._region),
            requester_managed=True,
            public_ip="3.218.44.90",
        )

    def lambda_function(
        self, subnet: SimulatedSubnet, name: str, address: str | None = None
    ) -> SimulatedNetworkInterface:
        """The ENI of a Lambda function in a VPC."""
        return self._create(
            subnet,
            _address_request(address),
            description=f"AWS Lambda VPC ENI-{name}-{self._region.world.ids.new_uuid('lambda')}",
            interface_type="lambda",
            attachment=service_attachment(self._region, "aws-lambda"),
            requester_managed=True,
        )

    def rds_instance(self, subnet: SimulatedSubnet, address: str | None = None) -> SimulatedNetworkInterface:
        """The ENI of an RDS instance."""
        return self._create(
            subnet,
            _address_request(address),
            description="RDSNetworkInterface",
            attachment=service_attachment(self._region, "amazon-rds"),
            requester_managed=True,
        )

    def interface_endpoint(
        self, subnet: SimulatedSubnet, endpoint_id: str, address: str | None = None
    ) -> SimulatedNetworkInterface:
        """The ENI of an interface endpoint."""
        return self._create(
            subnet,
            _address_request(address),
            description=interface_description(endpoint_id),
            interface_type="vpc_endpoint",
            attachment=service_attachment(self._region),
            requester_managed=True,
        )

    def resource_gateway(
        self, subnet: SimulatedSubnet, gateway_id: str, address_count: int = 16
    ) -> SimulatedNetworkInterface:
        """An ENI of a resource gateway, with 16 addresses by default (vpc-lattice/latest/ug/resource-gateway.html)."""
        return self._create(
            subnet,
            AddressRequest(address_count=address_count - 1),
            description=f"Resource Gateway Interface {gateway_id}",
            attachment=service_attachment(self._region),
            requester_managed=True,
            tags={"VpcLatticeManaged": "true"},
        )

    def detached(
        self, subnet: SimulatedSubnet, description: str, address: str | None = None
    ) -> SimulatedNetworkInterface:
        """An ENI without an attachment, which still holds its address."""
        return self._create(subnet, _address_request(address), description=description, status="available")

    def ipv6_instance(self, subnet: SimulatedSubnet, address: str) -> SimulatedNetworkInterface:
        """The ENI of an instance in an IPv6-only subnet, with a /80 prefix."""
        return self._create(
            subnet,
            AddressRequest(ipv6_addresses=(address,), ipv6_prefix_count=1),
            attachment=self._instance_attachment(self.new_instance_id(), 0),
        )

    def new_instance_id(self) -> str:
        """A new instance id."""
        return self._region.world.ids.new("i")

    def _create(
        self,
        subnet: SimulatedSubnet,
        address_request: AddressRequest,
        *,
        description: str = "",
        interface_type: str = "interface",
        status: str = "in-use",
        attachment: SimulatedAttachment | None = None,
        requester_managed: bool = False,
        operator: SimulatedOperator | None = None,
        public_ip: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> SimulatedNetworkInterface:
        group = self._region.default_security_group(subnet.vpc_id)
        return create_interface(
            self._region,
            NetworkInterfaceRequest(
                subnet_id=subnet.id,
                address_request=address_request,
                description=description,
                security_groups=(group,) if group else (),
                interface_type=interface_type,
                status=status,
                requester_id="amazon-elb" if description.startswith("ELB") else None,
                requester_managed=requester_managed,
                operator=operator,
                attachment=attachment,
                public_ip=public_ip,
                tags=tags or {},
            ),
        )

    def _instance_attachment(self, instance_id: str, device_index: int) -> SimulatedAttachment:
        world = self._region.world
        return SimulatedAttachment(
            id=world.ids.new("eni-attach"),
            instance_owner_id=world.account_id,
            instance_id=instance_id,
            device_index=device_index,
            attach_time=world.clock.now(),
        )


def _address_request(address: str | None, *, address_count: int = 0, prefix_count: int = 0) -> AddressRequest:
    addresses = () if address is None else (address,)
    return AddressRequest(addresses=addresses, address_count=address_count, prefix_count=prefix_count)
