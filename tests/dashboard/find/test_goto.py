"""The go-to prompt: what a text names, in every scope, and what completes it."""

from __future__ import annotations

import pytest

from latticetop.dashboard.find.goto import (
    Destination,
    DestinationKind,
    find_destinations,
    searched_counts,
    suggest_name,
)
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.model.records.address import parse_address
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from tests.dashboard.accounts import ENDPOINT, RESOURCE_A, THIRTEEN, VPC, A, B, account, eni, incident, subnet
from tests.dashboard.stage import FakeSource, playing, update

ELSEWHERE = Scope("210987654321", "eu-west-1", "production")
SHOP = "subnet-0000000000000000a"


def elsewhere() -> Snapshot:
    """Another account and Region, with the same range as the incident."""
    shop = subnet(SHOP, "10.10.10.0/24", 200, vpc_id="vpc-0000000000000000b", name="shop")
    interface = eni("eni-0000000000000000c", SHOP, "10.10.10.200", instance_id="i-0000000000000000d", device_index=0)
    return account([SubnetReading(shop, (interface,))], scope=ELSEWHERE)


async def test_the_prompt_goes_to_a_name_in_any_scope_and_completes_it() -> None:
    other = FakeSource(update(elsewhere()))
    async with playing(
        FakeSource(update(incident())), others=[FollowedScope(other, "production", "eu-west-1")]
    ) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.press("J", *"vpce-0e3b")
        assert ENDPOINT in stage.lines[-1]
        await stage.press("enter")
        assert stage.screen_name == "EndpointScreen"
        await stage.press("J", *"10.10.10.100", "enter")
        assert stage.screen_name == "MainScreen" and stage.app.scope_index == 0
        assert "10.10.10.96/28  Lattice" in stage.pane("#blocks") and stage.app.focused is stage.grid
        assert "1 more match in production eu-west-1." in stage.notices
        await stage.press("J", *"i-0000000000000000d", "enter")
        assert stage.screen_name == "InterfaceScreen" and stage.app.scope_index == 1
        await stage.press("J", *VPC, "enter")
        assert stage.app.scope_index == 0 and list(stage.table("#subnet-table").keys) == [A, B]
        assert f'2 of 2 match "vpc:{VPC[:9]}' in stage.pane("#subnets")
        await stage.press("J", *"eni-0123", "enter")
        assert "not found" in stage.lines[-1]
        notice = stage.notices[-1]
        assert (
            "eni-0123 was not found in the 3 subnets, 1 endpoint and 5 interfaces of 2 accounts and Regions" in notice
        )
        assert "a reads every subnet" in notice
        await stage.press("escape")
        await stage.press("J", *"production", "enter")
        assert stage.app.scope_index == 1


def followed(*snapshots: Snapshot) -> list[FollowedScope]:
    return [FollowedScope(FakeSource(), view=SnapshotView(snapshot)) for snapshot in snapshots]


def at_both(address: str) -> list[Destination]:
    """The block of an address in both scopes."""
    return [
        Destination(DestinationKind.ADDRESS, scope, subnet_id, parse_address(address))
        for scope, subnet_id in enumerate((A, SHOP))
    ]


@pytest.mark.parametrize(
    ("text", "destinations"),
    [
        (ENDPOINT.upper(), [Destination(DestinationKind.ENDPOINT, 0, ENDPOINT)]),
        (f" {A} ", [Destination(DestinationKind.SUBNET, 0, A)]),
        (RESOURCE_A, [Destination(DestinationKind.INTERFACE, 0, RESOURCE_A)]),
        ("i-0b71f2c6d80e9a534", [Destination(DestinationKind.INTERFACE, 0, THIRTEEN)]),
        (VPC, [Destination(DestinationKind.VPC, 0, VPC)]),
        ("Shop", [Destination(DestinationKind.SUBNET, 1, SHOP)]),
        ("10.10.10.200", [Destination(DestinationKind.ADDRESS, 1, SHOP, parse_address("10.10.10.200"))]),
        ("10.10.10.32/28", at_both("10.10.10.32")),
        ("10.10.0.0/16", at_both("10.10.10.0")),
        ("eu-west-1", [Destination(DestinationKind.SCOPE, 1)]),
        ("210987654321", [Destination(DestinationKind.SCOPE, 1)]),
        ("PRODUCTION", [Destination(DestinationKind.SCOPE, 1)]),
        ("10.99.0.1", []),
        ("10.10.10.33/28", []),
        ("", []),
        ("  ", []),
    ],
)  # fmt: skip
def test_destinations_of_a_text(text: str, destinations: list[Destination]) -> None:
    assert find_destinations(text, followed(incident(), elsewhere()), 0) == destinations


def test_destinations_in_the_scope_on_screen_come_first() -> None:
    assert [
        destination.scope for destination in find_destinations("10.10.10.36", followed(incident(), elsewhere()), 1)
    ] == [1, 0]


def test_suggestions_for_a_beginning() -> None:
    scopes = followed(incident(), elsewhere())
    assert suggest_name("VPCE-0", scopes) == ENDPOINT
    assert suggest_name("sh", scopes) == "shop"
    assert suggest_name("eni-0f9", scopes) == RESOURCE_A
    assert suggest_name("zzz", scopes) is None
    assert searched_counts(scopes) == "3 subnets, 1 endpoint and 5 interfaces of 2 accounts and Regions"
