"""The reader of one account in one Region: EC2, VPC Lattice and CloudTrail records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from latticetop.aws import decode
from latticetop.aws.account_owner import account_without_sts
from latticetop.aws.cloudtrail import RateLimitedLookups, read_event_history
from latticetop.aws.clusters import read_cluster
from latticetop.aws.decode_cache import DecodeCache
from latticetop.aws.lattice import read_lattice
from latticetop.aws.limits import LIST_INTERFACES, SUBNET_RESERVATIONS, PageSizes
from latticetop.aws.operations import RESPONSE_MEMBERS
from latticetop.aws.paging import pages
from latticetop.aws.rate_limiter import RateLimiter
from latticetop.aws.response_hook import InterfaceResponseHook
from latticetop.aws.sdk import Client
from latticetop.aws.services import ServiceClients
from latticetop.model.incident.timeline import EventHistory
from latticetop.model.records import aws_actions
from latticetop.model.records.eks_cluster import EksCluster
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc
from latticetop.model.snapshot import Scope

_T = TypeVar("_T")
_Page = tuple[list[_T], str]
"""The records of a page, and the token of the next."""
AccountLimiter = Callable[[str], RateLimiter | None]
"""Returns the rate limiter of an account id; None without a maximum."""


class AwsReader:
    """A `follow.reader.Reader` of one scope. Every method may raise ReadError; `close` closes the connections.

    `cache_decoded` keeps decoded ENIs for the next read. `identity` is a first call of GetCallerIdentity under way.
    """

    def __init__(
        self,
        ec2: Client,
        sts: Client,
        services: ServiceClients,
        page_sizes: PageSizes,
        account_limiter: AccountLimiter = lambda _: None,
        *,
        cache_decoded: bool = True,
        identity: asyncio.Task[dict[str, Any]] | None = None,
    ) -> None:
        self._identity = identity
        self._account_limiter = account_limiter
        self._ec2 = ec2
        self._sts = sts
        self._services = services
        self.on_response: Callable[[], None] = lambda: None
        services.on_response = lambda: self.on_response()
        self._page_sizes = page_sizes
        self._lookups = RateLimitedLookups()
        self._interface_hook = InterfaceResponseHook(ec2.meta, DecodeCache() if cache_decoded else None)
        # Without this EC2 leaves service-managed ENIs out of the response, and used blocks look free.
        accepted = ec2.accepts(aws_actions.DESCRIBE_INTERFACES, "IncludeManagedResources")
        self._with_managed: dict[str, Any] = {"IncludeManagedResources": True} if accepted else {}

    @property
    def calls(self) -> int:
        """Requests sent so far, retries included."""
        return self._services.calls

    async def scope(self) -> Scope:
        """Return the account and how it is read. When GetCallerIdentity fails, another source tells the account id."""
        services, problem = self._services, None
        try:
            account_id = str((await self._caller_identity())["Account"])
        except ReadError as error:
            if error.problem.needs_new_credentials:
                raise
            account_id, problem = await account_without_sts(
                error.problem, services.role_arn, self._ec2, self._interface_hook
            )
        if account_id and (rate_limiter := self._account_limiter(account_id)):
            services.use_rate_limiter(rate_limiter)
        return Scope(account_id, self.region, services.profile, services.role, services.endpoint_url, problem)

    async def _caller_identity(self) -> dict[str, Any]:
        identity, self._identity = self._identity, None
        return await (identity or self._sts.call(aws_actions.GET_CALLER_IDENTITY))

    @property
    def region(self) -> str:
        """The Region's name."""
        return self._services.region

    async def regions(self) -> tuple[str, ...]:
        """Return the names of the Regions enabled in the account."""
        response = await self._ec2.call(aws_actions.DESCRIBE_REGIONS)
        return tuple(str(region.get("RegionName") or "") for region in response.get("Regions") or ())

    def regions_with(self, service: str, enabled: Iterable[str] | None) -> list[str]:
        """Those of the `enabled` Regions in which botocore's endpoint table lists a service; with None all it lists."""
        return self._services.regions_with(service, enabled)

    async def vpcs(self) -> tuple[Vpc, ...]:
        """Read every VPC of the Region."""
        return await self._all(aws_actions.DESCRIBE_VPCS, decode.vpc)

    async def subnets(self) -> tuple[Subnet, ...]:
        """Read every subnet of the Region."""
        return await self._all(aws_actions.DESCRIBE_SUBNETS, decode.subnet)

    async def endpoints(self, types: Sequence[str] = ()) -> tuple[Endpoint, ...]:
        """Read the VPC endpoints of these types, or all. No filter by state: EC2 writes a state in two spellings."""
        filters = {"Filters": [_filter("vpc-endpoint-type", types)]} if types else {}
        return await self._all(aws_actions.DESCRIBE_ENDPOINTS, decode.endpoint, **filters)

    async def associations(self) -> tuple[Association, ...]:
        """Read the associations of all VPC endpoints."""
        return await self._all(
            aws_actions.DESCRIBE_ASSOCIATIONS,
            decode.association,
            MaxResults=self._page_sizes.associations,
        )

    async def interfaces(self, subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        """Read the ENIs of these subnets page by page, service-managed ones included."""
        for start in range(0, len(subnet_ids), aws_actions.MAX_FILTER_VALUES):
            filters = [_filter("subnet-id", subnet_ids[start : start + aws_actions.MAX_FILTER_VALUES])]
            async for page in self._interfaces(filters):
                yield page

    async def cluster(self, name: str) -> EksCluster:
        """Read the subnets in which an EKS cluster is."""
        return await read_cluster(name, self._interfaces, self._services)

    async def reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        """Read the IPv4 CIDR reservations of a subnet."""
        return await self._all(
            aws_actions.GET_RESERVATIONS,
            decode.reservation,
            max_records=SUBNET_RESERVATIONS,
            SubnetId=subnet_id,
        )

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Return everything DescribeNetworkInterfaces has on one ENI, in AWS's own member names.

        Raises ReadError when there is no such ENI.
        """
        action = aws_actions.DESCRIBE_INTERFACES
        response = await self._ec2.call(action, NetworkInterfaceIds=[network_interface_id], **self._with_managed)
        interfaces = (await self._interface_hook.members(response)).get("NetworkInterfaces") or []
        if not interfaces:
            message = f"There is no network interface {network_interface_id}."
            raise ReadError(Problem(ProblemKind.NOT_FOUND, action, message, "It may have been deleted."))
        interface: dict[str, Any] = interfaces[0]
        return interface

    async def lattice(
        self, service_network_arns: Sequence[str], vpc_ids: Sequence[str] = ()
    ) -> tuple[Lattice, tuple[Problem, ...]]:
        """Read the VPC Lattice records of these service networks and VPCs. Raises no ReadError.

        A list that could not be read is None, with a Problem.
        """
        try:
            client = await self._services.open("vpc-lattice")
        except ReadError as error:
            return Lattice(), (error.problem,)
        lattice, problems = await read_lattice(client, service_network_arns, vpc_ids, self._page_sizes.vpc_lattice)
        if problems and problems[0].kind is ProblemKind.UNREACHABLE and not self._services.is_listed("vpc-lattice"):
            message = f"VPC Lattice does not answer in {self.region} and is not listed as available there."
            return Lattice(), (Problem(ProblemKind.NOT_OFFERED, problems[0].operation, message),)
        return lattice, problems

    async def event_history(self, start: datetime, end: datetime, progress: Callable[[str], None]) -> EventHistory:
        """Read the write events of a time window within LookupEvents' rate.

        What was read before a page failed is returned with the problem. `progress` is called with one sentence after
        each page.
        """
        client = await self._services.open("cloudtrail")
        return await read_event_history(client, self._lookups, start, end, progress, self._page_sizes.cloudtrail)

    async def close(self) -> None:
        """Close the connections."""
        if self._identity:
            self._identity.cancel()
        await self._services.close()

    async def _all(
        self, action: str, decode_record: Callable[[decode.Raw], _T | None], **params: Any
    ) -> tuple[_T, ...]:
        records: list[_T] = []
        fetch_page = partial(self._page, action, partial(_decoded, RESPONSE_MEMBERS[action], decode_record))
        async for page in pages(fetch_page, action, **{"MaxResults": self._page_sizes.ec2, **params}):
            records.extend(page)
        return tuple(records)

    async def _page(self, action: str, decode_page: Callable[[decode.Raw], _Page[_T]], **params: Any) -> _Page[_T]:
        return await self._ec2.call_decoded(action, decode_page, **params)

    async def _interfaces(self, filters: list[dict[str, Any]]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        params = {"Filters": filters, "MaxResults": self._page_sizes.ec2, **self._with_managed}
        async for page in pages(
            self._interface_page, aws_actions.DESCRIBE_INTERFACES, max_records=LIST_INTERFACES, **params
        ):
            yield page

    async def _interface_page(self, **params: Any) -> tuple[tuple[NetworkInterface, ...], str]:
        page = await self._interface_hook.page(await self._ec2.call(aws_actions.DESCRIBE_INTERFACES, **params))
        return page.interfaces, page.next_token


def _decoded(key: str, decode_record: Callable[[decode.Raw], _T | None], response: decode.Raw) -> _Page[_T]:
    return list(decode.records(decode_record, response[key])), response.get("NextToken") or ""


def _filter(name: str, values: Iterable[str]) -> dict[str, Any]:
    return {"Name": name, "Values": list(values)}
