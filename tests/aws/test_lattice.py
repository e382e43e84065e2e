"""VPC Lattice records: paging, and lists that are denied one by one or together."""

from __future__ import annotations

import pytest
from aiohttp import web
from msgspec import structs

from latticetop.aws import Settings, connect
from latticetop.aws.limits import PageSizes
from latticetop.aws.operations import OPERATIONS
from latticetop.model.records.lattice import Lattice, ServiceNetwork
from latticetop.model.records.problem import ProblemKind
from latticetop.simulator import SCENARIOS, ManualClock, Server
from latticetop.simulator.scenarios.service_networks import add_service_network, add_vpc_association
from tests.aws.conftest import CannedServer, ReceivedRequest, reading

ARN = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"


async def test_the_service_network_of_the_incident() -> None:
    clock = ManualClock(SCENARIOS["incident"].start)
    async with Server("incident", clock=clock) as server:
        clock.finish()
        async with reading(server.url) as reader:
            lattice, problems = await reader.lattice([ARN])
        operations = {f"{call.service}:{call.operation}" for call in server.calls}
    assert problems == ()
    assert operations == {name for name in OPERATIONS if name.startswith("vpc-lattice:")}
    assert lattice.networks is not None
    network = lattice.networks[ARN]
    assert network.name == "test-service-network-a"
    assert network.resources is not None
    assert {resource.resource_configuration_id for resource in network.resources} == {
        "rcfg-0f8b3049b4a9710e0",
        "rcfg-0b39a245f47c880f8",
        "rcfg-052f0211d381fbcfc",
    }
    assert network.endpoints is not None
    assert [endpoint.vpc_endpoint_id for endpoint in network.endpoints] == ["vpce-0e3b1bfc42d162c4a"]
    assert (network.services, network.vpcs) == ((), ())


async def test_lists_are_read_to_the_end_over_three_pages() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        names = [f"thing-{number:02}" for number in range(12)]
        network = add_service_network(server.account.region(), "shared", resources=names, services=names)
        async with reading(server.url, PageSizes(vpc_lattice=5)) as reader:
            lattice, problems = await reader.lattice([network.arn])
        pages = [call for call in server.calls if call.operation == "ListServiceNetworkResourceAssociations"]
    assert problems == ()
    assert len(pages) == 3
    assert lattice.networks is not None
    read = lattice.networks[network.arn]
    assert sorted(resource.resource_configuration_name for resource in read.resources or ()) == names
    assert sorted(service.service_name for service in read.services or ()) == names
    assert len(lattice.configurations or ()) == 12


async def test_a_vpc_tells_its_associations_with_networks_of_anybody() -> None:
    """Only the network of the endpoint is read by its ARN; the VPC is associated with another one."""
    async with Server("empty", clock=ManualClock()) as server:
        region = server.account.region()
        network = add_service_network(region, "shared")
        vpc_id, other_vpc = next(iter(region.vpcs)), "vpc-0fffffffffffffff0"
        add_vpc_association(region, network, vpc_id)
        async with reading(server.url) as reader:
            lattice, problems = await reader.lattice([ARN], [vpc_id, other_vpc])
    assert problems == ()
    assert lattice.vpc_associations is not None
    (association,) = lattice.vpc_associations[vpc_id]
    assert (association.vpc_id, association.service_network_arn, association.service_network_name) == (
        vpc_id,
        network.arn,
        "shared",
    )
    assert lattice.vpc_associations[other_vpc] == ()


async def test_each_list_may_be_denied_on_its_own() -> None:
    async def answer(request: ReceivedRequest) -> web.StreamResponse:
        if request.path == "/servicenetworkserviceassociations":
            return web.json_response(
                {"message": "User is not authorized to perform: vpc-lattice:ListServiceNetworkServiceAssociations"},
                status=403,
                headers={"x-amzn-errortype": "AccessDeniedException"},
            )
        return web.json_response({"items": []})

    async with CannedServer(answer).serve() as server, reading(server.url) as reader:
        lattice, problems = await reader.lattice([ARN, ARN + "2"])
        assert sum(request.path == "/servicenetworkserviceassociations" for request in server.requests) <= 2
    (problem,) = problems
    assert problem.kind is ProblemKind.ACCESS_DENIED
    assert problem.operation == "vpc-lattice:ListServiceNetworkServiceAssociations"
    assert lattice.networks is not None
    assert [network.services for network in lattice.networks.values()] == [None, None]
    assert [network.resources for network in lattice.networks.values()] == [(), ()]
    assert (lattice.gateways, lattice.configurations) == ((), ())


def refused(code: str, status: int) -> web.StreamResponse:
    return web.json_response({"message": "no"}, status=status, headers={"x-amzn-errortype": code})


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("UnknownOperationException", 404, ProblemKind.NOT_OFFERED),
        ("ThrottlingException", 400, ProblemKind.THROTTLED),
        ("ExpiredTokenException", 403, ProblemKind.EXPIRED),
    ],
)
async def test_a_problem_of_every_call_ends_the_read(code: str, status: int, kind: ProblemKind) -> None:
    async def answer(_: ReceivedRequest) -> web.StreamResponse:
        return refused(code, status)

    async with CannedServer(answer).serve() as server, reading(server.url) as reader:
        lattice, problems = await reader.lattice([ARN])
        assert {request.path for request in server.requests} == {"/servicenetworks"}
    assert [problem.kind for problem in problems] == [kind]
    assert lattice == Lattice()


async def test_every_list_may_be_denied() -> None:
    faults = ["deny:vpc-lattice:*"]
    async with Server("incident", clock=ManualClock(), faults=faults) as server, reading(server.url) as reader:
        lattice, problems = await reader.lattice([ARN])
    assert {problem.operation for problem in problems} == {n for n in OPERATIONS if n.startswith("vpc-lattice:")}
    assert (lattice.gateways, lattice.configurations) == (None, None)
    assert lattice.networks == {ARN: ServiceNetwork(ARN, "sn-0fc4c78a8f94d8f09")}


@pytest.mark.parametrize(
    ("region", "kind"),
    [("ap-east-2", ProblemKind.NOT_OFFERED), ("us-east-1", ProblemKind.UNREACHABLE)],
)
async def test_an_unlisted_region_that_does_not_answer_has_no_vpc_lattice(
    monkeypatch: pytest.MonkeyPatch, region: str, kind: ProblemKind
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_VPC_LATTICE", "http://localhost:1")
    reader = await connect(Settings(region=region, sandbox=True))
    try:
        lattice, problems = await reader.lattice([ARN])
    finally:
        await reader.close()
    assert lattice == Lattice()
    (problem,) = problems
    assert (problem.kind, problem.operation) == (kind, "vpc-lattice:ListServiceNetworks")
    assert (region in problem.message) is (kind is ProblemKind.NOT_OFFERED)


async def test_an_invalid_endpoint_url_is_a_problem_of_vpc_lattice_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_VPC_LATTICE", "nonsense")
    reader = await connect(Settings(region="us-east-1", sandbox=True))
    try:
        lattice, (problem,) = await reader.lattice([ARN])
    finally:
        await reader.close()
    assert lattice == Lattice()
    assert (problem.kind, problem.message) == (ProblemKind.USAGE, "The endpoint URL of vpc-lattice is not valid.")


async def test_gateways_vpc_associations_and_custom_domain_names() -> None:
    """Members as in the VPC Lattice API reference, only those that are decoded."""
    items = {
        "/servicenetworkvpcassociations": {"id": "snva-1", "status": "ACTIVE", "vpcId": "vpc-1"},
        "/servicenetworkserviceassociations": {
            "id": "snsa-1",
            "serviceName": "pay",
            "customDomainName": "pay.example.com",
            "dnsEntry": {"domainName": "pay.on.aws"},
        },
        "/servicenetworkresourceassociations": {"id": "snra-1", "isManagedAssociation": True},
        "/servicenetworkvpcendpointassociations": {
            "id": "sna-1",
            "state": "ACTIVE",
            "vpcEndpointId": "vpce-1",
            "vpcId": "vpc-1",
            "vpcEndpointOwnerId": "123456789012",
        },
        "/resourcegateways": {
            "id": "rgw-1",
            "name": "db",
            "status": "ACTIVE",
            "vpcIdentifier": "vpc-1",
            "subnetIds": ["subnet-1", "subnet-2"],
            "ipAddressType": "IPV4",
            "ipv4AddressesPerEni": 16,
        },
    }

    async def answer(request: ReceivedRequest) -> web.StreamResponse:
        return web.json_response({"items": [items[request.path]] if request.path in items else []})

    async with CannedServer(answer).serve() as server, reading(server.url) as reader:
        lattice, problems = await reader.lattice([ARN])
    assert problems == ()
    assert lattice.gateways is not None and lattice.networks is not None
    (gateway,), network = lattice.gateways, lattice.networks[ARN]
    assert structs.astuple(gateway) == (
        "rgw-1", "db", "ACTIVE", "vpc-1", ("subnet-1", "subnet-2"), "IPV4", 16,
    )  # fmt: skip
    assert [vpc.vpc_id for vpc in network.vpcs or ()] == ["vpc-1"]
    assert [service.dns_name for service in network.services or ()] == ["pay.example.com"]
    assert [(resource.dns_name, resource.managed) for resource in network.resources or ()] == [("", True)]
    assert [endpoint.vpc_endpoint_id for endpoint in network.endpoints or ()] == ["vpce-1"]


async def test_a_pagination_loop_is_a_problem_of_that_list() -> None:
    async def answer(request: ReceivedRequest) -> web.StreamResponse:
        more = {"nextToken": "again"} if request.path == "/resourcegateways" else {}
        return web.json_response({"items": [], **more})

    async with CannedServer(answer).serve() as server, reading(server.url) as reader:
        lattice, problems = await reader.lattice([])
    assert [(problem.kind, problem.operation) for problem in problems] == [
        (ProblemKind.BAD_ANSWER, "vpc-lattice:ListResourceGateways")
    ]
    assert (lattice.gateways, lattice.configurations) == (None, ())
    assert problems[0].message == "Pagination loop: ListResourceGateways returned the same nextToken twice."
