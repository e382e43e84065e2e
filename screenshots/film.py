"""The incident as a film, from Pending to a new endpoint that is Available, with captions and keys below the screen."""

from __future__ import annotations

import asyncio
from typing import Any

from screenshots.animation import Frame, animate
from screenshots.studio import Keep, Studio, studio

from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.simulator.scenarios.incident import ENDPOINT, SERVICE_NETWORK_ARN, SUBNET_A, SUBNET_B, VPC

FRAGMENTED = "10.10.10.32/28"
HOLDER = "i-0ae4b4d9c4e67eef0"


class Camera:
    """Takes the frames; the SVG of the screen comes through `keep`."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self._screen = ""

    def keep(self, name: str, svg: str) -> None:
        """Hold what the studio took."""
        self._screen = svg

    async def take(self, shown: Studio, seconds: float, caption: str, key: str = "") -> None:
        """The screen as it is, for so long, and what to say of it."""
        await shown.take("frame")
        self.frames.append(Frame(self._screen, seconds, caption, key))


async def draw_film(keep: Keep) -> None:
    """Play the incident: it fails, it is explained, it is fixed."""
    camera = Camera()
    async with studio(camera.keep, "incident", after=5.0) as shown:
        await fail(shown, camera)
        await explain(shown, camera)
        await fix(shown, camera)
    keep(
        "film",
        animate(camera.frames, "latticetop: a VPC Lattice endpoint fails without a free /28, and is fixed"),
    )


async def fail(shown: Studio, camera: Camera) -> None:
    """From the quiet account to Failed."""
    await camera.take(shown, 3, "A quiet account, with two /26 subnets. An endpoint is about to be created.")
    await shown.later(7)
    await camera.take(shown, 2.5, "The endpoint is Pending: AWS has begun to build its network interfaces.")
    await shown.later(33)
    await camera.take(shown, 3.5, "One interface has taken 10.10.10.16/28, and subnet A has no free /28 for the next.")
    await shown.later(None)
    await shown.later(60)
    await camera.take(shown, 4.5, "Failed, yet AWS calls it accessible: 40 addresses are free, and not one /28.")


async def explain(shown: Studio, camera: Camera) -> None:
    """The fragmented block, and the explanation."""
    await shown.press("tab", "enter")
    shown.app.screen.query_one(BlockGrid).go_to(2)
    await shown.pilot.pause()
    await camera.take(shown, 3.5, "The blocks of subnet A: one single address fragments 10.10.10.32/28.", "tab enter")
    await shown.press("enter")
    await camera.take(shown, 3, "The sixteen addresses of the block: only .36 is in use, by an instance.", "enter")
    await shown.press("escape", "e")
    await shown.until(lambda: getattr(shown.app.screen, "explanation", None) is not None)
    await camera.take(shown, 4, "Explain: what happened, from CloudTrail and the maps of the subnets.", "e")
    await shown.press("pagedown")
    await shown.until(lambda: not shown.app.animator.is_being_animated(shown.app.screen, "scroll_y"))
    await camera.take(shown, 4, "What works, and what to do.", "page down")


async def fix(shown: Studio, camera: Camera) -> None:
    """Plan without the address, free the block, create the endpoint again."""
    await shown.press("escape", "p")
    await camera.take(shown, 3.5, "Plan: one more endpoint does not fit, with the proof.", "p")
    await shown.press("w")
    await camera.take(shown, 4, "Simulate freeing this block: it may fit; a prefix reservation makes it certain.", "w")
    await shown.press("escape")
    await asyncio.to_thread(free_block, shown.server.url)
    await shown.later(5)
    await camera.take(shown, 3, "The instance is terminated, and a prefix reservation keeps the block whole.")
    await asyncio.to_thread(create_again, shown.server.url)
    await shown.later(None)
    await shown.later(60)
    await camera.take(shown, 5, "The new endpoint is Available.")


def free_block(url: str) -> None:
    """Terminate the instance and reserve the block, as an operator would."""
    ec2 = client(url)
    ec2.terminate_instances(InstanceIds=[HOLDER])
    ec2.create_subnet_cidr_reservation(SubnetId=SUBNET_A, Cidr=FRAGMENTED, ReservationType="prefix")


def create_again(url: str) -> None:
    """Replace the failed endpoint."""
    ec2 = client(url)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[ENDPOINT])
    ec2.create_vpc_endpoint(
        VpcEndpointType="ServiceNetwork",
        VpcId=VPC,
        SubnetIds=[SUBNET_A, SUBNET_B],
        ServiceNetworkArn=SERVICE_NETWORK_ARN,
    )


def client(url: str) -> Any:
    """A client of the simulator, which accepts any credentials."""
    import boto3

    return boto3.client(
        "ec2", endpoint_url=url, region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
    )
