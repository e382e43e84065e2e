"""Reads one account in one Region through EC2's Describe calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from latticetop.aws import decode
from latticetop.aws.rate_limiter import Bucket
from latticetop.aws.cloudtrail import Lookups, read_trail
from latticetop.aws.lattice import read_lattice
from latticetop.aws.paging import pages
from latticetop.aws.response_hook import HOT, InterfaceParser
from latticetop.aws.decode_cache import Remembered
from latticetop.aws.sdk import Client
from latticetop.aws.services import Services
from latticetop.aws.settings import PageSizes
from latticetop.model.incident.timeline import Trail
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc
from latticetop.model.snapshot import Scope

_T = TypeVar("_T")
Budget = Callable[[str], Bucket | None]
"""Gives the budget of an account by its number, None where there is none to keep."""
FILTER_VALUES = 200
"""The most values EC2 takes in one filter (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html)."""


class AwsReader:
    """A `follow.reader.Reader` of one scope. Every method raises ReadError; `close` lets go of the connections.

    `again` is whether it is to read the same more than once.
    """

    def __init__(
        self,
        ec2: Client,
        sts: Client,
        services: Services,
        page_sizes: PageSizes,
        budget: Budget = lambda _: None,
        *,
        again: bool = True,
    ) -> None:
        self._budget = budget
        self._ec2 = ec2
        self._sts = sts
        self._services = services
        self._sizes = page_sizes
        self._lookups = Lookups()
        self._parser = InterfaceParser(ec2.meta, Remembered() if again else None)
        # Service-managed ENIs are left out of the answer unless asked for, and would make taken blocks look free.
        hidden = ec2.accepts(HOT, "IncludeManagedResources")
        self._hidden_too: dict[str, Any] = {"IncludeManagedResources": True} if hidden else {}

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._services.calls

    async def scope(self) -> Scope:
        """The account and how it is reached; the account is empty when STS does not say, which hinders nothing else."""
        try:
            answer = await self._sts.call("GetCallerIdentity")
        except ReadError as error:
            if error.problem.kind.needs_new_credentials:
                raise
            answer = {}
        account_id = str(answer.get("Account") or "")
        if account_id and (budget := self._budget(account_id)):
            self._services.keep_to(budget)
        services = self._services
        return Scope(account_id, self.region, services.profile, services.role, services.endpoint_url)

    @property
    def region(self) -> str:
        """The Region's name."""
        return self._services.region

    async def regions(self) -> tuple[str, ...]:
        """The Regions enabled in the account."""
        answer = await self._ec2.call("DescribeRegions")
        return tuple(str(region.get("RegionName") or "") for region in answer.get("Regions") or ())

    def regions_with(self, service: str, enabled: Iterable[str] | None) -> list[str]:
        """Those of the enabled Regions that have a service, as far as boto3 knows; without them all it knows."""
        return self._services.regions_with(service, enabled)

    async def vpcs(self) -> tuple[Vpc, ...]:
        """Every VPC of the Region."""
        return await self._all("DescribeVpcs", "Vpcs", decode.vpc)

    async def subnets(self) -> tuple[Subnet, ...]:
        """Every subnet of the Region."""
        return await self._all("DescribeSubnets", "Subnets", decode.subnet)

    async def endpoints(self, types: Sequence[str] = ()) -> tuple[Endpoint, ...]:
        """The endpoints of these types, or all. Never filtered by state: EC2 spells states two ways."""
        chosen = {"Filters": [_filter("vpc-endpoint-type", types)]} if types else {}
        return await self._all("DescribeVpcEndpoints", "VpcEndpoints", decode.endpoint, **chosen)

    async def associations(self) -> tuple[Association, ...]:
        """The associations of every endpoint."""
        return await self._all(
            "DescribeVpcEndpointAssociations",
            "VpcEndpointAssociations",
            decode.association,
            MaxResults=self._sizes.associations,
        )

    async def interfaces(self, subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        """The ENIs of these subnets, a page at a time; hidden ones too where EC2 shows them."""
        for start in range(0, len(subnet_ids), FILTER_VALUES):
            chosen = [_filter("subnet-id", subnet_ids[start : start + FILTER_VALUES])]
            params = {"Filters": chosen, "MaxResults": self._sizes.usual, **self._hidden_too}
            async for page in pages(self._interface_page, f"ec2:{HOT}", **params):
                yield page

    async def reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        """The IPv4 CIDR reservations of a subnet."""
        return await self._all(
            "GetSubnetCidrReservations", "SubnetIpv4CidrReservations", decode.reservation, SubnetId=subnet_id
        )

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Everything AWS says of one ENI, in AWS's own member names; ReadError when it is gone."""
        answer = await self._ec2.call(HOT, NetworkInterfaceIds=[network_interface_id], **self._hidden_too)
        found = (await self._parser.members(answer)).get("NetworkInterfaces") or []
        if not found:
            gone = f"There is no network interface {network_interface_id}."
            raise ReadError(Problem(ProblemKind.SERVICE_ERROR, f"ec2:{HOT}", gone, "It may have been deleted."))
        record: dict[str, Any] = found[0]
        return record

    async def lattice(self, service_network_arns: Sequence[str]) -> tuple[Lattice, tuple[Problem, ...]]:
        """VPC Lattice's side of these service networks; what may not be read is None in it, and a Problem beside it."""
        try:
            client = await self._services.open("vpc-lattice")
        except ReadError as error:
            return Lattice(), (error.problem,)
        lattice, problems = await read_lattice(client, service_network_arns)
        if problems and problems[0].kind is ProblemKind.UNREACHABLE and not self._services.lists("vpc-lattice"):
            message = f"VPC Lattice is not known to be offered in {self._services.region}, and does not answer there."
            return Lattice(), (Problem(ProblemKind.NOT_OFFERED, problems[0].operation, message),)
        return lattice, problems

    async def trail(self, start: datetime, end: datetime, progress: Callable[[str], None]) -> Trail:
        """The CloudTrail events of a window that a timeline can be made of, within LookupEvents' rate."""
        return await read_trail(await self._services.open("cloudtrail"), self._lookups, start, end, progress)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._services.close()

    async def _all(
        self, operation: str, key: str, decode_one: Callable[[decode.Raw], _T | None], **params: Any
    ) -> tuple[_T, ...]:
        found: list[_T] = []
        ask = partial(self._page, operation, key)
        async for page in pages(ask, f"ec2:{operation}", **{"MaxResults": self._sizes.usual, **params}):
            found.extend(decode.each(decode_one, page))
        return tuple(found)

    async def _page(self, operation: str, key: str, **params: Any) -> tuple[list[dict[str, Any]], str]:
        answer = await self._ec2.call(operation, **params)
        return answer.get(key) or [], answer.get("NextToken") or ""

    async def _interface_page(self, **params: Any) -> tuple[tuple[NetworkInterface, ...], str]:
        return await self._parser.page(await self._ec2.call(HOT, **params))


def _filter(name: str, values: Iterable[str]) -> dict[str, Any]:
    return {"Name": name, "Values": list(values)}
