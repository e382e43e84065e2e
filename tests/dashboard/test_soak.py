"""The screen after ten minutes of trouble equals the account, as boto3 reads it and blocks are counted one by one."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from latticetop.follow.loop import Follower
from tests.dashboard.stage import Stage, playing
from tests.follow.soak import read_with_boto3, world


def letters(subnet_id: str, account: dict[str, Any]) -> str:
    """The map of a subnet by the rules of the README, the slow way."""
    cidr = account["subnets"][subnet_id][0]
    mine = {key: each for key, each in account["interfaces"].items() if each[0] == subnet_id}
    used = {IPv4Address(address) for _, _, addresses, _ in mine.values() for address in addresses}
    lattice = {prefix for key, each in mine.items() if account["described"][key] for prefix in each[3]}
    others = {prefix for each in mine.values() for prefix in each[3]} - lattice
    kinds = {range_: kind for where, range_, kind in account["reservations"] if where == subnet_id}
    states = ""
    blocks = list(IPv4Network(cidr).subnets(new_prefix=28))
    for block in blocks:
        count = sum(address in block for address in used)
        reserved = {kind for range_, kind in kinds.items() if IPv4Network(range_).overlaps(block)}
        if str(block) in lattice | others:
            states += "L" if str(block) in lattice else "A"
        elif block in (blocks[0], blocks[-1]):
            states += "R"
        elif count:
            states += "F" if count == 16 else "f"
        else:
            states += "X" if "explicit" in reserved else "P" if "prefix" in reserved else "."
    return states


def compare(stage: Stage, account: dict[str, Any]) -> None:
    rows = stage.pane("#subnets").splitlines()
    for subnet_id, (cidr, available) in account["subnets"].items():
        row = next(line for line in rows if cidr in line).replace("│", " ").split()
        expected = letters(subnet_id, account)
        free = sum(letter in ".P" for letter in expected)
        at = row.index(cidr)
        assert row[at + 1 : at + 3] == [str(available), str(free)], row
        assert row[-1] == expected
    for endpoint_id, state in account["endpoints"].items():
        assert state.lower() in stage.line(f"{endpoint_id[:9]}…{endpoint_id[-4:]}").lower()
    assert len(account["endpoints"]) == stage.table("#endpoint-table").row_count


async def test_the_screen_equals_the_account_after_trouble() -> None:
    async with world(seed=3) as each:
        follower = Follower(each.open_reader, clock=each.clock, random=lambda: 0.5)
        async with playing(follower, now=each.clock.now, monotonic=each.clock.monotonic) as stage:
            await each.clock.rest()
            wait = await each.run(600, 15.0)
            assert each.changes > 10
            await each.settle(wait)
            await stage.pilot.pause()
            account = await asyncio.to_thread(read_with_boto3, each.server.url)
            await stage.until(lambda: "● live" in stage.lines[0])
            compare(stage, account)
