"""The incident of 2024-12-19 in us-east-1, with its own ids, addresses and times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from latticetop.simulator.creation import create_endpoint
from latticetop.simulator.interfaces import InterfaceRequest, Wanted, create_interface
from latticetop.simulator.lattice import ResourceAssociation, ResourceConfiguration, ServiceNetwork
from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.orders import Scripted
from latticetop.simulator.resources import Attachment
from latticetop.simulator.scenarios.networks import record_creation
from latticetop.simulator.scenarios.noise import make_noise

if TYPE_CHECKING:
    from latticetop.simulator.account import Account
    from latticetop.simulator.region import Region

VPC = "vpc-0d54cbe88a44ffd04"
GROUP = "sg-0e2239cc74c5c84f9"
SUBNET_A = "subnet-0a84d8f4554925b16"
SUBNET_B = "subnet-0f6a1ce53b9fd9793"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
NETWORK = "sn-0fc4c78a8f94d8f09"
NETWORK_ARN = f"arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/{NETWORK}"
DELAY = 60.0
NOISE = (12.0, 9.5, 6.0, 21.0, 14.5, 17.0, 11.0)
CREATED = datetime(2024, 12, 19, 8, 18, 49, 81000, tzinfo=UTC)
RESOLVED = (
    f"{ENDPOINT}-snra-0c4e6759c5c90deda.rcfg-0b39a245f47c880f8.4232ccc.vpc-lattice-rsc.us-east-1.on.aws",
    "10.10.10.31",
)

RESOURCES = (
    ("snra-0834edfa483e3c18a", "rcfg-0f8b3049b4a9710e0"),
    ("snra-0c4e6759c5c90deda", "rcfg-0b39a245f47c880f8"),
    ("snra-051f07462219345e1", "rcfg-052f0211d381fbcfc"),
)
OTHERS = (
    ("eni-0c2b8e61f7a4d9035", "10.10.10.36", "i-0ae4b4d9c4e67eef0", "02:6f:1d:a3:58:c7"),
    ("eni-05d9a3c47b1e8f260", "10.10.10.13", "i-0b71f2c6d80e9a534", "02:c4:72:0b:9e:35"),
)
ORDER = (
    "10.10.10.7", "10.10.10.16/28", "10.10.10.72", "10.10.10.96/28", "10.10.10.77", "10.10.10.80/28",
)  # fmt: skip
SEEN: dict[str, tuple[str, ...]] = {
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


def build(account: Account) -> None:
    """Set the account up as it was, and create the endpoint at the moment it was created."""
    region = account.region()
    add_vpc(region, "10.10.10.0/24", vpc_id=VPC, group_id=GROUP)
    add_subnet(region, VPC, "10.10.10.64/26", zone="us-east-1b", subnet_id=SUBNET_B)
    add_subnet(region, VPC, "10.10.10.0/26", zone="us-east-1a", subnet_id=SUBNET_A)
    add_instances(region)
    add_network(region)
    for kind, values in SEEN.items():
        account.ids.put_aside(kind, values)
    account.order = Scripted(ORDER)
    account.names[RESOLVED[0]] = [RESOLVED[1]]
    region.trail.delay = DELAY
    account.clock.play(make_noise(region, NOISE))
    wait = max(0.0, (CREATED - account.clock.now()).total_seconds())
    account.clock.call_later(wait, lambda: _create(region))


def add_instances(region: Region) -> None:
    """The two interfaces of subnet A that are not the endpoint's."""
    ids = region.account.ids
    for interface_id, address, instance_id, mac in OTHERS:
        ids.put_aside("eni", [interface_id])
        ids.put_aside("mac", [mac])
        create_interface(
            region,
            InterfaceRequest(
                subnet_id=SUBNET_A,
                wanted=Wanted(addresses=(address,)),
                groups=(region.groups[GROUP],),
                status="in-use",
                attachment=Attachment(
                    id=ids.new("eni-attach"),
                    owner=region.account.id,
                    instance_id=instance_id,
                    device_index=0,
                    attached_at=datetime(2024, 12, 17, 2, 41, tzinfo=UTC),
                ),
            ),
        )


def add_network(region: Region) -> None:
    """The service network with its three resource configurations."""
    created = datetime(2024, 12, 18, 6, 5, tzinfo=UTC)
    arn = NETWORK_ARN.partition("servicenetwork/")[0]
    lattice = region.lattice
    lattice.networks[NETWORK] = ServiceNetwork(
        id=NETWORK, name="test-service-network-a", arn=NETWORK_ARN, created=created
    )
    for number, (association_id, configuration_id) in enumerate(RESOURCES, 1):
        lattice.configurations[configuration_id] = ResourceConfiguration(
            id=configuration_id,
            name=f"test-resource-{number}",
            arn=f"{arn}resourceconfiguration/{configuration_id}",
            created=created,
        )
        lattice.resource_associations[association_id] = ResourceAssociation(
            id=association_id,
            arn=f"{arn}servicenetworkresourceassociation/{association_id}",
            service_network_id=NETWORK,
            resource_configuration_id=configuration_id,
            created=created,
        )


def _create(region: Region) -> None:
    record_creation(region, create_endpoint(region, VPC, NETWORK_ARN, (SUBNET_A, SUBNET_B)))
