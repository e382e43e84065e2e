"""ENIs as AWS services and users create them: instances, load balancers, Lambda functions and many others.

The forms are those of public samples of DescribeNetworkInterfaces responses (``interface_owners``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedAttachment, SimulatedOperator
from latticetop.simulator.endpoint_creation import ENDPOINT_REQUESTER_ID
from latticetop.simulator.endpoint_interfaces import LATTICE_REQUESTER_ID, interface_description
from latticetop.simulator.network_interfaces import (
    AddressRequest,
    NetworkInterfaceRequest,
    create_interface,
    service_attachment,
)
from latticetop.simulator.scenarios.interface_owners import OWNER_FORMS, cni_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.ec2_resources import SimulatedNetworkInterface, SimulatedSubnet
    from latticetop.simulator.region import SimulatedRegion
    from latticetop.simulator.scenarios.interface_owners import OwnerForm


class InterfaceFactory:
    """Create ENIs in a Region, by default those of the account itself.

    ``owner_id`` is another account, one of those that share a subnet. Without an ``address`` the primary address is
    assigned automatically.
    """

    def __init__(self, region: SimulatedRegion, owner_id: str | None = None) -> None:
        self._region = region
        self._owner_id = owner_id or region.world.account_id

    def owned(
        self,
        subnet: SimulatedSubnet,
        owner: str,
        name: str = "example",
        address: str | None = None,
        *,
        is_leftover: bool = False,
        public_ip: str | None = None,
    ) -> SimulatedNetworkInterface:
        """An ENI of an owner in ``OWNER_FORMS``; a leftover is detached and `available`. KeyError for another owner."""
        form = OWNER_FORMS[owner]
        instance_id = self.new_instance_id() if form.attached_to == "instance" else ""
        description = self._fill_in(form.description, name, instance_id)
        requester_id = form.requester_id and self._fill_in(form.requester_id, name, instance_id)
        return self.interface(
            subnet,
            _address_request(address),
            description=description,
            interface_type=form.interface_type,
            status="available" if is_leftover else "in-use",
            requester_id=requester_id,
            requester_managed=form.requester_managed,
            operator=form.operator,
            attachment=None if is_leftover else self._attachment(form, instance_id),
            public_ip=public_ip,
            tags={key.format(name=name): value.format(name=name) for key, value in form.tags.items()},
        )

    def instance(
        self, subnet: SimulatedSubnet, address: str | None = None, name: str = "", secondary_count: int = 0
    ) -> SimulatedNetworkInterface:
        """The primary ENI of an instance."""
        return self.interface(
            subnet,
            _address_request(address, address_count=secondary_count),
            attachment=self.instance_attachment(self.new_instance_id(), 0),
            tags={"Name": name} if name else {},
        )

    def eks_node(
        self, subnet: SimulatedSubnet, cluster: str, prefix_count: int, instance_id: str, address: str | None = None
    ) -> SimulatedNetworkInterface:
        """A secondary ENI of an EKS node with prefix delegation; its primary ENI is elsewhere."""
        addresses = () if address is None else (address,)
        return self.interface(
            subnet,
            AddressRequest(addresses=addresses, prefix_count=prefix_count),
            description=f"aws-K8S-{instance_id}",
            attachment=self.instance_attachment(instance_id, 1),
            tags=cni_tags(cluster, instance_id),
        )

    def eks_branch(self, subnet: SimulatedSubnet, address: str | None = None) -> SimulatedNetworkInterface:
        """The branch ENI of a pod with security groups: one address, hidden by default."""
        return self.interface(
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
        return self.owned(subnet, "eks_control_plane", cluster, address)

    def load_balancer(
        self, subnet: SimulatedSubnet, name: str, kind: str = "app", address: str | None = None
    ) -> SimulatedNetworkInterface:
        """An ENI of an Application (``app``) or Network (``net``) Load Balancer."""
        owner = "network_load_balancer" if kind == "net" else "application_load_balancer"
        public_ip = "52.20.11.7" if subnet.map_public_ip_on_launch else None
        return self.owned(subnet, owner, name, address, public_ip=public_ip)

    def nat_gateway(self, subnet: SimulatedSubnet, address: str | None = None) -> SimulatedNetworkInterface:
        """The ENI of a NAT gateway."""
        return self.owned(subnet, "nat_gateway", address=address, public_ip="3.218.44.90")

    def lambda_function(
        self, subnet: SimulatedSubnet, name: str, address: str | None = None
    ) -> SimulatedNetworkInterface:
        """The ENI of Lambda functions in a VPC, named after one of them."""
        return self.owned(subnet, "lambda", name, address)

    def rds_instance(self, subnet: SimulatedSubnet, address: str | None = None) -> SimulatedNetworkInterface:
        """The ENI of an RDS instance."""
        return self.owned(subnet, "rds", address=address)

    def interface_endpoint(
        self, subnet: SimulatedSubnet, endpoint_id: str, address: str | None = None
    ) -> SimulatedNetworkInterface:
        """The ENI of an interface endpoint."""
        return self.interface(
            subnet,
            _address_request(address),
            description=interface_description(endpoint_id),
            interface_type="vpc_endpoint",
            requester_id=ENDPOINT_REQUESTER_ID,
            attachment=service_attachment(self._region),
            requester_managed=True,
        )

    def resource_gateway(
        self, subnet: SimulatedSubnet, gateway_id: str, address_count: int = 16
    ) -> SimulatedNetworkInterface:
        """An ENI of a resource gateway, with 16 addresses by default (vpc-lattice/latest/ug/resource-gateway.html)."""
        return self.interface(
            subnet,
            AddressRequest(address_count=address_count - 1),
            description=f"Resource Gateway Interface {gateway_id}",
            requester_id=LATTICE_REQUESTER_ID,
            attachment=service_attachment(self._region),
            requester_managed=True,
            tags={"VpcLatticeManaged": "true"},
        )

    def detached(
        self, subnet: SimulatedSubnet, description: str, address: str | None = None
    ) -> SimulatedNetworkInterface:
        """An ENI without an attachment, which still holds its address."""
        return self.interface(subnet, _address_request(address), description=description, status="available")

    def ipv6_instance(self, subnet: SimulatedSubnet, address: str) -> SimulatedNetworkInterface:
        """The ENI of an instance in an IPv6-only subnet, with a /80 prefix."""
        return self.interface(
            subnet,
            AddressRequest(ipv6_addresses=(address,), ipv6_prefix_count=1),
            attachment=self.instance_attachment(self.new_instance_id(), 0),
        )

    def new_instance_id(self) -> str:
        """A new instance id."""
        return self._region.world.ids.new("i")

    def instance_attachment(self, instance_id: str, device_index: int) -> SimulatedAttachment:
        """An attachment to an instance of the owner of the ENIs."""
        world = self._region.world
        return SimulatedAttachment(
            id=world.ids.new("eni-attach"),
            instance_owner_id=self._owner_id,
            instance_id=instance_id,
            device_index=device_index,
            attach_time=world.clock.now(),
        )

    def interface(
        self,
        subnet: SimulatedSubnet,
        address_request: AddressRequest,
        *,
        description: str = "",
        interface_type: str = "interface",
        status: str = "in-use",
        attachment: SimulatedAttachment | None = None,
        requester_id: str | None = None,
        requester_managed: bool = False,
        operator: SimulatedOperator | None = None,
        public_ip: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> SimulatedNetworkInterface:
        """An ENI of any form, with the default security group of the VPC."""
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
                owner_id=self._owner_id,
                requester_id=requester_id,
                requester_managed=requester_managed,
                operator=operator,
                attachment=attachment,
                public_ip=public_ip,
                tags=tags or {},
            ),
        )

    def _fill_in(self, text: str, name: str, instance_id: str) -> str:
        """The text with its placeholders filled in; ids are drawn only for those that it has."""
        world, values = self._region.world, {"name": name, "instance": instance_id}
        if "{id}" in text:
            values["id"] = world.ids.new("id").partition("-")[2]
        if "{uuid}" in text:
            values["uuid"] = world.ids.new_uuid("uuid")
        if "{digits}" in text:
            values["digits"] = world.ids.new_hex("", 16)
        return text.format(**values, account=self._owner_id, region=self._region.name)

    def _attachment(self, form: OwnerForm, instance_id: str) -> SimulatedAttachment | None:
        if form.attached_to == "instance":
            return self.instance_attachment(instance_id, 2 if form.interface_type == "trunk" else 1)
        return service_attachment(self._region, form.instance_owner_id) if form.attached_to == "service" else None


def _address_request(address: str | None, *, address_count: int = 0) -> AddressRequest:
    addresses = () if address is None else (address,)
    return AddressRequest(addresses=addresses, address_count=address_count)
