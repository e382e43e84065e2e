"""The incident of 2024-12-19 in us-east-1, with its real ids, addresses and times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from latticetop.simulator.address_orders import ScriptedOrder
from latticetop.simulator.cloudtrail import EventCaller, user_caller
from latticetop.simulator.ec2_resources import SimulatedAttachment
from latticetop.simulator.endpoint_creation import EndpointRequest, create_endpoint
from latticetop.simulator.lattice_resources import (
    SimulatedResourceAssociation,
    SimulatedResourceConfiguration,
    SimulatedServiceNetwork,
)
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest, create_interface
from latticetop.simulator.scenarios.service_networks import record_endpoint_creation
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.region import SimulatedRegion

VPC = "vpc-0d54cbe88a44ffd04"
SECURITY_GROUP = "sg-0e2239cc74c5c84f9"
SUBNET_A = "subnet-0a84d8f4554925b16"
SUBNET_B = "subnet-0f6a1ce53b9fd9793"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
SERVICE_NETWORK = "sn-0fc4c78a8f94d8f09"
SERVICE_NETWORK_ARN = f"arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/{SERVICE_NETWORK}"
DELIVERY_DELAY = 60.0
UNRELATED_EVENT_GAPS = (12.0, 9.5, 6.0, 21.0, 14.5, 17.0, 11.0)
CREATED_AT = datetime(2024, 12, 19, 8, 18, 49, 81000, tzinfo=UTC)
DNS_RECORD = (
    f"{ENDPOINT}-snra-0c4e6759c5c90deda.rcfg-0b39a245f47c880f8.4232ccc.vpc-lattice-rsc.us-east-1.on.aws",
    "10.10.10.31",
)

RESOURCES = (
    ("snra-0834edfa483e3c18a", "rcfg-0f8b3049b4a9710e0"),
    ("snra-0c4e6759c5c90deda", "rcfg-0b39a245f47c880f8"),
    ("snra-051f07462219345e1", "rcfg-052f0211d381fbcfc"),
)
OTHER_INTERFACES = (
    ("eni-0c2b8e61f7a4d9035", "10.10.10.36", "i-0ae4b4d9c4e67eef0", "02:6f:1d:a3:58:c7"),
    ("eni-05d9a3c47b1e8f260", "10.10.10.13", "i-0b71f2c6d80e9a534", "02:c4:72:0b:9e:35"),
)
ADDRESS_ORDER = (
    "10.10.10.7", "10.10.10.16/28", "10.10.10.72", "10.10.10.96/28", "10.10.10.77", "10.10.10.80/28",
)  # fmt: skip
OBSERVED_IDS: dict[str, tuple[str, ...]] = {
    "vpce": (ENDPOINT,),
    "eni": ("eni-0f995ce7b1b9589de", "eni-09199f7c86c4cddf9", "eni-0735a3b9f10ac264c"),
    "mac": ("0e:95:2d:97:01:75", "02:e2:0e:16:f1:95", "02:59:5b:bb:e7:b1"),
    "vpce-rsc-asc": (
        "vpce-rsc-asc-06a4438e30d46815f", "vpce-rsc-asc-097ca8d41087fe203", "vpce-rsc-asc-09d942c31354b6c9f",
    ),
    "attachment": ("e1b4231c-0596-4c1c-8f7c-9685b54bf288",),
    "attach-grp": ("0bb2c627af31f93c0", "0278a549aef30dfd1"),
    "digest": ("c4b30c7dc2a05705d7254ff5a4607382",),
    "CreateNetworkInterface request": (
        "ab0bdbed-488c-4027-ba57-45ca932cd4cd", "f20a7f2e-8117-48eb-9d95-c525dcb1204f",
        "09d2108d-4f4a-4d93-bb46-8bc414fc8420", "3b595aa9-79d4-4cfe-8b1e-2c5d6da16f3b",
        "586565b1-b04f-4fda-961a-bc540c1e2ecb", "a0f1ab29-f6a4-4dce-a83c-580f83354444",
        "20aae5bf-11f7-4769-a218-5831b04a28d0", "1e09a42d-2da4-4477-9dbc-a659e99072f3",
    ),
    "CreateNetworkInterface event": (
        "32c984c0-47c9-4b66-bd38-fecb28288079", "d8786655-e48a-47fe-9596-c90700d2c5e7",
        "5589d598-6dc7-4fef-8e13-bdffeb861169", "ae927c5d-6ff2-463f-9c7f-4828c48d947a",
        "5be23df4-04a5-4fb1-818b-9c9e89222d3a", "194b190e-969a-4ec1-8b4f-b08f722c09be",
        "bc9a742e-4891-4bd8-8460-8ecb55ed6e5e", "fc1e7390-ca76-4bdf-b7d3-0c35e0615a42",
    ),
}  # fmt: skip


def build(account: SimulatedAccount) -> None:
    """Build the state before the endpoint, and create the endpoint at its real time."""
    region, world = account.region(), account.world
    add_vpc(region, "10.10.10.0/24", vpc_id=VPC, security_group_id=SECURITY_GROUP)
    add_subnet(region, VPC, "10.10.10.64/26", availability_zone="us-east-1b", subnet_id=SUBNET_B)
    add_subnet(region, VPC, "10.10.10.0/26", availability_zone="us-east-1a", subnet_id=SUBNET_A)
    _add_instances(region)
    _add_service_network(region)
    for kind, values in OBSERVED_IDS.items():
        world.ids.preset(kind, values)
    world.address_order = ScriptedOrder(ADDRESS_ORDER)
    account.dns_records[DNS_RECORD[0]] = [DNS_RECORD[1]]
    region.event_history.delivery_delay = DELIVERY_DELAY
    world.clock.run_script(_record_unrelated_events(region, UNRELATED_EVENT_GAPS))
    delay = max(0.0, (CREATED_AT - world.clock.now()).total_seconds())
    world.clock.call_later(delay, lambda: _create_endpoint(region))


def _add_instances(region: SimulatedRegion) -> None:
    """Add the two instances in subnet A."""
    ids = region.world.ids
    for interface_id, address, instance_id, mac_address in OTHER_INTERFACES:
        ids.preset("eni", [interface_id])
        ids.preset("mac", [mac_address])
        create_interface(
            region,
            NetworkInterfaceRequest(
                subnet_id=SUBNET_A,
                address_request=AddressRequest(addresses=(address,)),
                security_groups=(region.security_groups[SECURITY_GROUP],),
                status="in-use",
                attachment=SimulatedAttachment(
                    id=ids.new("eni-attach"),
                    instance_owner_id=region.world.account_id,
                    instance_id=instance_id,
                    device_index=0,
                    attach_time=datetime(2024, 12, 17, 2, 41, tzinfo=UTC),
                ),
            ),
        )


def _add_service_network(region: SimulatedRegion) -> None:
    """Add the service network with its three resource configurations."""
    created_at = datetime(2024, 12, 18, 6, 5, tzinfo=UTC)
    arn_prefix = SERVICE_NETWORK_ARN.partition("servicenetwork/")[0]
    lattice = region.lattice
    lattice.service_networks[SERVICE_NETWORK] = SimulatedServiceNetwork(
        id=SERVICE_NETWORK, name="test-service-network-a", arn=SERVICE_NETWORK_ARN, created_at=created_at
    )
    for number, (association_id, configuration_id) in enumerate(RESOURCES, 1):
        lattice.resource_configurations[configuration_id] = SimulatedResourceConfiguration(
            id=configuration_id,
            name=f"test-resource-{number}",
            arn=f"{arn_prefix}resourceconfiguration/{configuration_id}",
            created_at=created_at,
        )
        lattice.resource_associations[association_id] = SimulatedResourceAssociation(
            id=association_id,
            arn=f"{arn_prefix}servicenetworkresourceassociation/{association_id}",
            service_network_id=SERVICE_NETWORK,
            resource_configuration_id=configuration_id,
            created_at=created_at,
        )


def _create_endpoint(region: SimulatedRegion) -> None:
    request = EndpointRequest(vpc_id=VPC, service_network_arn=SERVICE_NETWORK_ARN, subnet_ids=(SUBNET_A, SUBNET_B))
    endpoint = create_endpoint(region, request)
    record_endpoint_creation(region, endpoint)


def _record_unrelated_events(region: SimulatedRegion, gaps: Sequence[float]) -> Iterator[float]:
    """After each gap in seconds record a ``StartQuery`` or a ``PutEvaluations`` event, in turn."""
    config = "config.amazonaws.com"
    config_rules = EventCaller(
        identity={
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{region.world.account_id}:assumed-role/AWSServiceRoleForConfig/AWSConfig-Rules",
            "accountId": region.world.account_id,
            "invokedBy": config,
        },
        username="AWSConfig-Rules",
        source_ip=config,
        user_agent=config,
    )
    for index, gap in enumerate(gaps):
        yield gap
        if index % 2:
            evaluations = {"evaluations": [], "resultToken": "HIDDEN_DUE_TO_SECURITY_REASONS"}
            region.event_history.record("PutEvaluations", config_rules, evaluations, None, source=config)
        else:
            query = {"logGroupNames": ["/aws/lambda/orders"], "queryString": "stats count(*) by bin(5m)"}
            user = user_caller(region.world)
            region.event_history.record("StartQuery", user, query, None, source="logs.amazonaws.com")
