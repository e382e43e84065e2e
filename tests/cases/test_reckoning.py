"""The free blocks that `check` prints, beside those that `ipaddress` gives."""

from __future__ import annotations

import pytest

from tests.cases.conftest import ACCOUNTS, Serve
from tests.cases.reckoning import addresses_in_use, free_blocks

NAMES = sorted(path.stem for path in ACCOUNTS.glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_blocks_are_free(serve: Serve, name: str) -> None:
    case = serve(name)
    account = case.server.account
    _, document = case.document("check", "--all-subnets")
    printed = {subnet["subnet_id"]: subnet for subnet in document["subnets"]}
    assert printed.keys() == {subnet["SubnetId"] for subnet in account["Subnets"]}
    for subnet in account["Subnets"]:
        subnet_id, interfaces = subnet["SubnetId"], account.get("NetworkInterfaces", ())
        if subnet_id in account.get("deny_reservations", ()):
            continue
        blocks = free_blocks(subnet, interfaces, account.get("Reservations", {}).get(subnet_id, ()))
        assert printed[subnet_id]["free_cidr_blocks"] == blocks
        counts = printed[subnet_id]["blocks"]
        assert counts["free"] + counts["prefix_reserved"] == len(blocks)


@pytest.mark.parametrize("name", NAMES)
def test_a_count_reckoned_from_the_interfaces_leaves_nothing_unaccounted(serve: Serve, name: str) -> None:
    """Where the account does not say what the count is, it is what the ENIs leave."""
    case = serve(name)
    account = case.server.account
    _, document = case.document("check", "--all-subnets")
    for subnet in document["subnets"]:
        described = next(each for each in account["Subnets"] if each["SubnetId"] == subnet["subnet_id"])
        used = len(addresses_in_use(described, account.get("NetworkInterfaces", ())))
        size = 1 << 32 - int(described["CidrBlock"].rpartition("/")[2])
        if described["AvailableIpAddressCount"] == size - 5 - used:
            assert subnet["unaccounted_addresses"] == 0
