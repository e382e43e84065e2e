"""Generated accounts on the simulator, read and changed in this process, without HTTP."""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from latticetop.aws import decode
from latticetop.follow.one_shot import read_once
from latticetop.model.capacity.removal import Removal
from latticetop.model.records.lattice import Lattice, ResourceAssociation, ServiceNetwork
from latticetop.model.records.owner_kinds import Effort
from latticetop.model.records.problem import Problem
from latticetop.model.snapshot import Snapshot
from latticetop.simulator import ManualClock
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.ec2_resources import SimulatedSubnet
from latticetop.simulator.errors import ApiError
from latticetop.simulator.instances import terminate_instance
from latticetop.simulator.network_interfaces import AddressRequest
from latticetop.simulator.operations import OPERATIONS
from latticetop.simulator.operations.context import OperationContext
from latticetop.simulator.operations.ec2_documents import interface_document
from latticetop.simulator.operations.pagination import PageStore
from latticetop.simulator.operations.permissions import is_visible
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.scenarios.eks_nodes import add_leaked_interface, add_node
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.interface_owners import OWNER_FORMS
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.settings import apply_setting
from latticetop.simulator.vpcs import add_subnet, add_vpc
from latticetop.simulator.wire.service_models import load_service_model
from tests.follow.fakes import FakeClock, FakeReader

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
NODE_KINDS = ("node", "leaked", "gateway", "secondary", "instance")
OWNED_KINDS = tuple(sorted(OWNER_FORMS))


@dataclass(frozen=True)
class Occupant:
    """Something in a block of a subnet: one of `OWNED_KINDS` or `NODE_KINDS`, or a reservation of a type."""

    subnet: int
    block: int
    offset: int
    kind: str
    is_leftover: bool = False


@dataclass(frozen=True)
class Design:
    """An account: prefix lengths of the subnets, what is in their blocks, and how AWS builds endpoints."""

    behaviour: str
    lengths: tuple[int, ...]
    occupants: tuple[Occupant, ...]
    resources: int = 1
    endpoints: int = 1
    lowers_count: bool = True


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """Accounts in which most blocks are broken, so that an endpoint often fails."""
    lengths = tuple(draw(st.lists(st.sampled_from((26, 25, 26, 25, 26, 27)), min_size=1, max_size=3)))
    occupants: list[Occupant] = []
    for subnet, length in enumerate(lengths):
        for block in range(1, (1 << 28 - length) - 1):
            for _ in range(draw(st.sampled_from((1, 1, 1, 2, 0)))):
                kind = draw(st.sampled_from(NODE_KINDS) | st.sampled_from(OWNED_KINDS))
                offset, is_leftover = draw(st.integers(0, 15)), draw(st.sampled_from((False, False, True)))
                occupants.append(Occupant(subnet, block, offset, kind, is_leftover and kind in OWNED_KINDS))
        if draw(st.sampled_from((False, False, True))):
            kind = draw(st.sampled_from(("prefix", "explicit")))
            occupants.append(Occupant(subnet, draw(st.integers(1, (1 << 28 - length) - 1)), 0, kind))
    return Design(
        behaviour=draw(st.sampled_from(("today", "2024"))),
        lengths=lengths,
        occupants=tuple(occupants),
        resources=draw(st.integers(1, 3)),
        endpoints=draw(st.sampled_from((1, 1, 2))),
        lowers_count=draw(st.booleans()),
    )


class GeneratedAccount:
    """An account built from a design, always with the same ids; its endpoints have been created and settled."""

    def __init__(self, design: Design) -> None:
        self.clock = ManualClock()
        self.account = SimulatedAccount(clock=self.clock)
        self.region = self.account.region()
        apply_setting(self.account.world, "behaviour", design.behaviour)
        apply_setting(self.account.world, "reservations-lower-count", "yes" if design.lowers_count else "no")
        self.vpc = add_vpc(self.region, "10.0.0.0/16")
        self.subnets = [
            add_subnet(self.region, self.vpc.id, f"10.0.{number}.0/{length}", availability_zone=ZONES[number])
            for number, length in enumerate(design.lengths)
        ]
        first = InterfaceFactory(self.region)
        self.first_interfaces = {
            subnet.id: first.instance(subnet, f"10.0.{number}.14").id for number, subnet in enumerate(self.subnets)
        }
        self._offsets = {subnet.id: iter(range(4, 14)) for subnet in self.subnets}
        for occupant in design.occupants:
            with suppress(ApiError, StopIteration):
                self._add(occupant)
        names = [f"resource-{number}" for number in range(design.resources)]
        self.endpoint_ids = []
        for number in range(design.endpoints):
            self.network = add_service_network(self.region, f"network-{number}", resources=names)
            self.endpoint_ids.append(create_endpoint_as_user(self.region, self.network, self.subnets).id)
            self.clock.finish()

    def _add(self, occupant: Occupant) -> None:
        subnet, region, factory = self.subnets[occupant.subnet], self.region, InterfaceFactory(self.region)
        base = f"10.0.{occupant.subnet}."
        address = f"{base}{16 * occupant.block + occupant.offset}"
        match occupant.kind:
            case "prefix" | "explicit":
                add_reservation(region, subnet.id, f"{base}{16 * occupant.block}/28", occupant.kind)
            case "instance":
                factory.instance(subnet, address)
            case "secondary":
                primary = f"{base}{next(self._offsets[subnet.id])}"
                attachment = factory.instance_attachment(factory.new_instance_id(), 0)
                factory.interface(subnet, AddressRequest(addresses=(primary, address)), attachment=attachment)
            case "node":
                primary = f"{base}{next(self._offsets[subnet.id])}"
                add_node(region, subnet, "cluster", addresses=(primary, address))
            case "leaked":
                add_leaked_interface(region, subnet, "cluster", address)
            case "gateway":
                rest = (f"{base}{16 * occupant.block + other}" for other in range(16) if other != occupant.offset)
                addresses = AddressRequest(addresses=(address, *list(rest)[:2]))
                factory.interface(
                    subnet, addresses, description="Resource Gateway Interface rgw-0a", requester_managed=True
                )
            case kind:
                factory.owned(subnet, kind, f"name-{occupant.block}", address, is_leftover=occupant.is_leftover)

    @property
    def context(self) -> OperationContext:
        """The context of a call of the account itself."""
        return OperationContext(self.account, self.region, PageStore(), {})

    def state(self, endpoint_id: str) -> str:
        """The state of an endpoint."""
        return self.region.endpoints[endpoint_id].state

    def read(self, *, lattice: bool = True) -> Snapshot:
        """Read the account as `explain` does, without `lattice` as `check` does."""
        return asyncio.run(read_once(SimulatedReader(self), clock=SettledClock(), lattice=lattice))

    def assign_prefixes(self, subnet_id: str, count: int) -> None:
        """Assign /28 prefixes to the ENI of a subnet that is there from the beginning; ApiError if AWS cannot."""
        self.call(
            "AssignPrivateIpAddresses", NetworkInterfaceId=self.first_interfaces[subnet_id], Ipv4PrefixCount=count
        )

    def call(self, operation: str, **params: Any) -> Any:
        """Call an operation of EC2; ApiError if AWS refuses it."""
        return OPERATIONS["ec2"][operation](self.context, params)

    def create_endpoint(self) -> str:
        """Create an endpoint of the newest service network in all subnets, and return its state."""
        endpoint = create_endpoint_as_user(self.region, self.network, self.subnets)
        self.clock.finish()
        return self.state(endpoint.id)

    def run(self, command: str) -> Any:
        """Carry out a command of the AWS CLI on EC2; ApiError if AWS refuses it.

        Returns the answer, or of a query for attachments their ids.
        """
        words = shlex.split(command.replace("\\\n", " "))
        words = words[words.index("aws") + 1 :]
        assert words[0] == "ec2", command
        operation = "".join(map(str.capitalize, words[1].split("-")))
        options = _options(words[2:])
        for ignored in ("region", "endpoint-url", "output", "profile"):
            options.pop(ignored, None)
        query = options.pop("query", [])
        if query == ["NetworkInterfaces[].Attachment.AttachmentId"]:
            ids = options["network-interface-ids"]
            return " ".join(d["Attachment"]["AttachmentId"] for d in self.documents() if d["NetworkInterfaceId"] in ids)
        assert not query, command
        answer = self.call(operation, **_params(operation, options))
        self.clock.finish()
        return answer

    def carry_out(self, commands: Sequence[str], removals: Sequence[Removal] = ()) -> str:
        """Carry out the commands of a step; if none is one of EC2, what the service or the user does is done by hand.

        A loop that waits has nothing to wait for: the simulator changes at once.

        Returns the state of an endpoint that the commands create; else an empty string.
        """
        state, has_changed = "", False
        for command in commands:
            if command.startswith("until "):
                continue
            text = self._with_answers(command)
            if not re.match(r"(\w+=\w+ )*aws ec2 ", text) or _is_of_a_service(text):
                continue
            answer = self.run(text)
            has_changed = True
            if "aws ec2 create-vpc-endpoint" in text:
                state = self.state(answer["VpcEndpoint"]["VpcEndpointId"])
        for removal in removals if not has_changed else ():
            self._release(removal)
        self.clock.finish()
        return state

    def _with_answers(self, command: str) -> str:
        """The command with the answers of the commands in `$(…)`."""
        if "kubectl" in command:
            return ""
        return re.sub(r"\$\((.*?)\)", lambda match: str(self.run(match[1])), command, flags=re.DOTALL)

    def _release(self, removal: Removal) -> None:
        """What a service does when its user follows advice that no command of EC2 carries out: its ENIs go."""
        assert removal.whole and removal.effort > Effort.ADDRESS, removal
        for interface in removal.interfaces:
            each = self.region.interfaces.get(interface.network_interface_id)
            if each is None:
                continue
            if removal.effort is Effort.NODE and removal.owner.name.startswith("i-"):
                terminate_instance(self.region, removal.owner.name)
            else:
                self.region.delete_interface(each.id)

    def documents(self) -> Iterator[Any]:
        """The ENIs that the account sees, as DescribeNetworkInterfaces has them."""
        for interface in list(self.region.interfaces.values()):
            if is_visible(self.context, interface):
                yield interface_document(interface)


def _is_of_a_service(command: str) -> bool:
    """Whether a command of EC2 changes a resource that the simulator does not have, or waits."""
    return any(each in command for each in ("modify-vpc-endpoint", "modify-transit-gateway", "aws ec2 wait"))


def _options(words: Sequence[str]) -> dict[str, list[str]]:
    options: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            options[name] = []
        else:
            options[name].append(word)
    return options


def _params(operation: str, options: dict[str, list[str]]) -> dict[str, Any]:
    """The options of a command as the members of the input."""
    shape, params = load_service_model("ec2").operations[operation].input, {}
    assert shape is not None
    for option, values in options.items():
        name = "".join(map(str.capitalize, option.split("-")))
        kind = shape.members[name].type_name
        params[name] = values if kind == "list" else True if kind == "boolean" else values[0]
    return params


class SettledClock(FakeClock):
    """A clock whose waits end at once."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        return event.is_set()


class SimulatedReader(FakeReader):
    """Reads a generated account, decoded as AWS's answers are."""

    def __init__(self, generated: GeneratedAccount) -> None:
        super().__init__(SettledClock())
        context, ec2 = generated.context, OPERATIONS["ec2"]
        self.vpc_list = list(decode.records(decode.vpc, ec2["DescribeVpcs"](context, {})["Vpcs"]))
        self.subnet_list = list(decode.records(decode.subnet, ec2["DescribeSubnets"](context, {})["Subnets"]))
        endpoints = ec2["DescribeVpcEndpoints"](context, {})["VpcEndpoints"]
        self.endpoint_list = list(decode.records(decode.endpoint, endpoints))
        associations = ec2["DescribeVpcEndpointAssociations"](context, {})["VpcEndpointAssociations"]
        self.association_list = list(decode.records(decode.association, associations))
        self.interface_list = list(decode.records(decode.interface, generated.documents()))
        self.reservation_list = [
            reservation
            for subnet in generated.subnets
            for reservation in decode.records(decode.reservation, _reservations(context, subnet))
        ]
        self._resources = {
            network.arn: tuple(
                ResourceAssociation(association.id)
                for association in generated.region.lattice.resource_associations.values()
                if association.service_network_id == network.id
            )
            for network in generated.region.lattice.service_networks.values()
        }

    async def lattice(
        self, service_network_arns: Sequence[str], vpc_ids: Sequence[str] = ()
    ) -> tuple[Lattice, tuple[Problem, ...]]:
        networks = {arn: ServiceNetwork(arn, resources=self._resources[arn]) for arn in service_network_arns}
        return Lattice(networks), ()


def _reservations(context: OperationContext, subnet: SimulatedSubnet) -> list[dict[str, Any]]:
    document = OPERATIONS["ec2"]["GetSubnetCidrReservations"](context, {"SubnetId": subnet.id})
    reservations: list[dict[str, Any]] = list(document["SubnetIpv4CidrReservations"])
    return reservations
