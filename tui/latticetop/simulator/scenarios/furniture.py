"""Interfaces as their owners make them: instances, EKS nodes, load balancers, Lambda and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.interfaces import InterfaceRequest, Wanted, create_interface
from latticetop.simulator.resources import Attachment, Operator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Interface, Subnet

AWS = "amazon-aws"


class Furnisher:
    """Makes interfaces in one Region. An address of None is drawn as EC2 would draw it."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def instance(self, subnet: Subnet, address: str | None = None, name: str = "", secondary: int = 0) -> Interface:
        """The primary interface of a plain instance."""
        tags = {"Name": name} if name else {}
        wanted = _wanted(address, count=secondary)
        return self._make(subnet, wanted, attachment=self._attached(self.new_instance(), 0), tags=tags)

    def node(
        self, subnet: Subnet, cluster: str, prefixes: int, instance_id: str, address: str | None = None
    ) -> Interface:
        """A secondary interface of an EKS node with prefix delegation (amazon-vpc-cni-k8s)."""
        return self._make(
            subnet,
            _wanted(address, prefix_count=prefixes),
            description=f"aws-K8S-{instance_id}",
            attachment=self._attached(instance_id, 1),
            tags={
                "cluster.k8s.amazonaws.com/name": cluster,
                "node.k8s.amazonaws.com/instance_id": instance_id,
                "node.k8s.amazonaws.com/createdAt": "2026-11-20T07:14:02Z",
            },
        )

    def branch(self, subnet: Subnet, address: str | None = None) -> Interface:
        """A branch interface of a pod with its own security group: one address, hidden by default."""
        return self._make(
            subnet,
            _wanted(address),
            description="aws-k8s-branch-eni",
            kind="branch",
            operator=Operator(principal="eks.amazonaws.com", hidden=True),
        )

    def control_plane(self, subnet: Subnet, cluster: str, address: str | None = None) -> Interface:
        """An interface of an EKS control plane."""
        text = f"Amazon EKS {cluster}"
        return self._make(subnet, _wanted(address), description=text, attachment=self._service(), managed=True)

    def load_balancer(self, subnet: Subnet, name: str, kind: str = "app", address: str | None = None) -> Interface:
        """An interface of a load balancer: ``app`` or ``net``."""
        identity = self._region.account.ids.hex("", 16)
        return self._make(
            subnet,
            _wanted(address),
            description=f"ELB {kind}/{name}/{identity}",
            kind="network_load_balancer" if kind == "net" else "interface",
            attachment=self._service("amazon-elb"),
            managed=True,
            public_address="52.20.11.7" if subnet.public else None,
        )

    def nat_gateway(self, subnet: Subnet, address: str | None = None) -> Interface:
        """The interface of a NAT gateway."""
        text = f"Interface for NAT Gateway {self._region.account.ids.new('nat')}"
        return self._make(
            subnet,
            _wanted(address),
            description=text,
            kind="nat_gateway",
            attachment=self._service(),
            managed=True,
            public_address="3.218.44.90",
        )

    def function(self, subnet: Subnet, name: str, address: str | None = None) -> Interface:
        """The interface of a Lambda function in a VPC."""
        text = f"AWS Lambda VPC ENI-{name}-{self._region.account.ids.uuid('lambda')}"
        return self._make(
            subnet,
            _wanted(address),
            description=text,
            kind="lambda",
            attachment=self._service("aws-lambda"),
            managed=True,
        )

    def database(self, subnet: Subnet, address: str | None = None) -> Interface:
        """The interface of an RDS instance."""
        return self._make(
            subnet,
            _wanted(address),
            description="RDSNetworkInterface",
            attachment=self._service("amazon-rds"),
            managed=True,
        )

    def interface_endpoint(self, subnet: Subnet, endpoint_id: str, address: str | None = None) -> Interface:
        """The interface of a classic interface endpoint."""
        return self._make(
            subnet,
            _wanted(address),
            description=f"VPC Endpoint Interface {endpoint_id}",
            kind="vpc_endpoint",
            attachment=self._service(),
            managed=True,
        )

    def gateway(self, subnet: Subnet, gateway_id: str, addresses: int = 15) -> Interface:
        """An interface of a resource gateway; its default is sixteen addresses."""
        return self._make(
            subnet,
            Wanted(count=addresses),
            description=f"Resource Gateway Interface {gateway_id}",
            attachment=self._service(),
            managed=True,
            tags={"VpcLatticeManaged": "true"},
        )

    def detached(self, subnet: Subnet, description: str, address: str | None = None) -> Interface:
        """An interface nobody uses: it holds its address all the same."""
        return self._make(subnet, _wanted(address), description=description, status="available")

    def ipv6_instance(self, subnet: Subnet, address: str) -> Interface:
        """An instance in an IPv6-only subnet, with a /80 prefix."""
        prefix = address.rpartition(":")[0].rstrip(":") + ":a::/80"
        return self._make(
            subnet,
            Wanted(),
            attachment=self._attached(self.new_instance(), 0),
            ipv6_addresses=(address,),
            ipv6_prefixes=(prefix,),
        )

    def new_instance(self) -> str:
        """The id of an instance."""
        return self._region.account.ids.new("i")

    def _make(
        self,
        subnet: Subnet,
        wanted: Wanted,
        *,
        description: str = "",
        kind: str = "interface",
        status: str = "in-use",
        attachment: Attachment | None = None,
        managed: bool = False,
        operator: Operator | None = None,
        public_address: str | None = None,
        ipv6_addresses: tuple[str, ...] = (),
        ipv6_prefixes: tuple[str, ...] = (),
        tags: Mapping[str, str] | None = None,
    ) -> Interface:
        group = self._region.default_group(subnet.vpc_id)
        return create_interface(
            self._region,
            InterfaceRequest(
                subnet_id=subnet.id,
                wanted=wanted,
                description=description,
                groups=(group,) if group else (),
                kind=kind,
                status=status,
                requester="amazon-elb" if description.startswith("ELB") else None,
                requester_managed=managed,
                operator=operator,
                attachment=attachment,
                public_address=public_address,
                ipv6_addresses=ipv6_addresses,
                ipv6_prefixes=ipv6_prefixes,
                tags=tags or {},
            ),
        )

    def _attached(self, instance_id: str, index: int) -> Attachment:
        account = self._region.account
        return Attachment(
            id=account.ids.new("eni-attach"),
            owner=account.id,
            instance_id=instance_id,
            device_index=index,
            attached_at=account.clock.now(),
        )

    def _service(self, owner: str = AWS) -> Attachment:
        account = self._region.account
        return Attachment(
            id=account.ids.new("ela-attach"),
            owner=owner,
            delete_on_termination=False,
            attached_at=account.clock.now(),
        )


def _wanted(address: str | None, *, count: int = 0, prefix_count: int = 0) -> Wanted:
    addresses = () if address is None else (address,)
    return Wanted(addresses=addresses, count=count, prefix_count=prefix_count)
