"""The text that explains the state of a block."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.blocks.reasons import describe_ipv6, describe_owner, reason_for, too_small_reason
from tests.model.builders import eni, reading

FULL = tuple(f"10.0.0.{n}" for n in range(96, 112))
SUBNET = reading(
    "subnet-1",
    "10.0.0.0/24",
    eni("eni-1", "subnet-1", "10.0.0.7", "10.0.0.16/28", description="VPC Endpoint Interface: vpce-0123456789abcdef0"),
    eni(
        "eni-2",
        "subnet-1",
        "10.0.0.32/28",
        description="aws-K8S-i-0aaaaaaaaaaaaaaaa",
        instance_id="i-0aaaaaaaaaaaaaaaa",
    ),
    eni("eni-3", "subnet-1", "10.0.0.50", "10.0.0.51", "10.0.0.52", "10.0.0.53", instance_id="i-0bbbbbbbbbbbbbbbb"),
    eni("eni-4", "subnet-1", *FULL),
    reservations=(("10.0.0.64/29", "explicit"), ("10.0.0.128/28", "prefix")),
)


@pytest.mark.parametrize(
    ("index", "state", "reason"),
    [
        (0, BlockState.RESERVED, "reserved by AWS: .0 to .3; in use: .7"),
        (1, BlockState.LATTICE, "prefix of vpce-0123456789abcdef0"),
        (2, BlockState.ALLOCATED, "prefix of EKS node i-0aaaaaaaaaaaaaaaa"),
        (3, BlockState.FRAGMENTED, "4 addresses: 10.0.0.50 (i-0bbbbbbbbbbbbbbbb)"),
        (4, BlockState.EXPLICIT, "explicit reservation 10.0.0.64/29: AWS does not assign it automatically"),
        (5, BlockState.FREE, "free: AWS can assign it"),
        (6, BlockState.FULL, "all 16 addresses in use"),
        (8, BlockState.PREFIX_RESERVED, "free, prefix reservation 10.0.0.128/28: AWS assigns it first"),
        (15, BlockState.RESERVED, "reserved by AWS: .255"),
    ],
)
def test_every_state_has_its_reason(index: int, state: BlockState, reason: str) -> None:
    block = SUBNET.blocks.block(index)
    assert block.state is state
    assert reason in reason_for(block)


def test_more_than_three_are_counted() -> None:
    assert reason_for(SUBNET.blocks.block(3)).endswith("and 1 more")


def test_the_only_block_of_a_28_has_all_five_reserved_addresses() -> None:
    block = reading("subnet-2", "10.0.0.0/28").blocks.block(0)
    assert reason_for(block) == "reserved by AWS: .0 to .3 and .15"


def test_an_endpoint_s_own_prefix_is_named_as_such() -> None:
    block = SUBNET.blocks.block(1)
    assert reason_for(block, "vpce-0123456789abcdef0") == "this endpoint's own prefix"
    assert reason_for(block, "vpce-0fffffffffffffff0").startswith("prefix of")


def test_owners_are_named_with_their_role() -> None:
    assert describe_owner(SUBNET.interfaces[0]) == "eni-1 of vpce-0123456789abcdef0, for services"
    assert describe_owner(SUBNET.interfaces[2]) == "eni-3 of i-0bbbbbbbbbbbbbbbb"


@pytest.mark.parametrize(
    ("cidrs", "subnet"),
    [
        (("10.0.0.0/28",), "/28"),
        (("10.0.0.0/27",), "/27"),
        (("10.0.0.0/28", "10.0.1.0/27", "10.0.2.0/28"), "/27 or /28"),
    ],
)
def test_in_a_subnet_of_less_than_64_addresses_no_block_can_ever_be_free(cidrs: tuple[str, ...], subnet: str) -> None:
    readings = [reading(f"subnet-{cidr}", cidr) for cidr in cidrs]
    maps = [each.blocks for each in readings]
    assert all(each.subnet.too_small and not each.blocks.free for each in readings)
    assert too_small_reason(*maps) == (
        f"No /28 block can ever be free in a {subnet} subnet: the first four and the last address are reserved by AWS"
    )


@pytest.mark.parametrize("cidr", [None, "10.0.0.0/26", "10.0.0.0/16", "10.0.0.0/29"])
def test_other_subnets_are_not_too_small(cidr: str | None) -> None:
    assert not reading("subnet-2", cidr).subnet.too_small


@pytest.mark.parametrize(
    ("addresses", "prefixes", "text"),
    [
        ((), (), "0 /80 prefixes and 0 IPv6 addresses in use"),
        (("2600::5",), ("2600::1:0:0:0/80",), "1 /80 prefix and 1 IPv6 address in use"),
        (
            ("2600::5", "2600::6"),
            ("2600::1:0:0:0/80", "2600::2:0:0:0/80"),
            "2 /80 prefixes and 2 IPv6 addresses in use",
        ),
    ],
)
def test_ipv6_in_use_is_counted(addresses: tuple[str, ...], prefixes: tuple[str, ...], text: str) -> None:
    one = structs.replace(eni("eni-1", "subnet-1"), ipv6_addresses=addresses[:1], ipv6_prefixes=prefixes)
    two = structs.replace(eni("eni-2", "subnet-1"), ipv6_addresses=addresses[1:])
    blocks = reading("subnet-1", None, one, two).blocks
    assert (blocks.ipv6_addresses, blocks.ipv6_prefixes) == (addresses, prefixes)
    assert describe_ipv6(blocks) == text
