"""Names and ids that are too long for their place, on every screen in many widths: each is cut once."""

from __future__ import annotations

import re

from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import Association
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import ENDPOINT, A, B, account, endpoint, eni, subnet
from tests.dashboard.stage import Stage, showing

WIDTHS = (60, 77, 98, 121, 150)
TWICE = re.compile(r"……|…\.\.\.|\.\.\.…")
IDS = "i-07c6d2e8f1a39e662 sn-0f38075439722bf90 vpce-0e3b1bfc42d162c4a rcfg-0e195f855dd4b2f7e"
SCREENS = ("enter", "e", "p", "1", "2", "3", "O", "w", "exclamation_mark")


def long_names(before: bool = False) -> Snapshot:
    """Two subnets, their owners and endpoints with names of many ids."""
    nodes = [
        eni(f"eni-0c2b8e61f7a4d90{n}5", A, f"10.10.10.{36 + n}", instance_id=f"i-07c6d2e8f1a39e6{n}2", description=IDS)
        for n in range(0 if before else 5)
    ]
    readings = [
        SubnetReading(subnet(A, "10.10.10.0/26", 40, name=f"production-{IDS}-a"), tuple(nodes)),
        SubnetReading(subnet(B, "10.10.10.64/26", 42, name=f"production-{IDS}-b", availability_zone="us-east-1b")),
    ]
    arn = f"arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/{IDS}"
    endpoints = [
        endpoint(ENDPOINT, "Failed", (A, B), service_network_arn=f"{arn}-a", failure_reason=IDS, name=IDS),
        endpoint(ENDPOINT.replace("b1b", "c2c"), "Partial", (A,), service_network_arn=f"{arn}-b", name=IDS),
    ]
    association = Association("vpce-rsc-asc-06a4438e30d46815f", ENDPOINT, "Inaccessible", IDS, IDS, IDS, IDS, IDS, IDS)
    problem = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", f"{IDS} {IDS}", f"Allow {IDS} {IDS}.")
    return account(readings, endpoints, [association], problems=[problem])


async def check_widths(stage: Stage) -> None:
    for width in WIDTHS:
        await stage.pilot.resize_terminal(width, 36)
        await stage.pilot.pause()
        for line in stage.lines:
            assert not TWICE.search(line), (stage.screen_name, width, line)


async def test_nothing_is_cut_twice() -> None:
    async with showing(long_names(before=True), size=(120, 36), title=IDS) as stage:
        await stage.show(long_names())
        await check_widths(stage)
        for key in SCREENS:
            await stage.press(key)
            await check_widths(stage)
            await stage.press(*(["escape"] * (len(stage.app.screen_stack) - 1)))
            assert stage.screen_name == "MainScreen", key
