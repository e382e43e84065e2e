"""The two sides point at each other: the endpoint at its subnets and blocks, the subnet at the endpoints in it."""

from __future__ import annotations

from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import A, B, account, endpoint, eni, incident, subnet
from tests.dashboard.stage import Stage, showing

C = "subnet-0ccccccccccccccccc"
FIRST, SECOND = "vpce-00000000000000001", "vpce-00000000000000002"


def signs(stage: Stage, selector: str) -> dict[str, str]:
    """What stands before each row: `▌` the cursor, `·` linked."""
    table = stage.table(selector)
    return {key: table.row_marks.get(key, "").strip() for key in table.keys}


async def test_the_endpoint_marks_its_subnets_and_the_subnet_its_endpoints() -> None:
    readings = [
        SubnetReading(subnet(A, "10.10.10.0/26", 57)),
        SubnetReading(subnet(B, "10.10.10.64/26", 57)),
        SubnetReading(subnet(C, "10.10.20.0/26", 57)),
    ]
    endpoints = [endpoint(FIRST, subnets=[A, B]), endpoint(SECOND, subnets=[C])]
    async with showing(account(readings, endpoints)) as stage:
        assert signs(stage, "#endpoint-table") == {FIRST: "▌", SECOND: ""}
        assert signs(stage, "#subnet-table") == {A: "▌", B: "·", C: ""}
        await stage.press("down")
        assert signs(stage, "#subnet-table") == {A: "", B: "", C: "▌"}
        await stage.press("tab", "home")
        assert stage.table("#subnet-table").current == A
        assert signs(stage, "#subnet-table") == {A: "▌", B: "", C: "·"}
        assert signs(stage, "#endpoint-table") == {FIRST: "·", SECOND: "▌"}


async def test_an_interface_links_an_endpoint_that_does_not_name_the_subnet() -> None:
    mine = eni("eni-1", B, "10.10.10.72", description=f"VPC Endpoint Interface: {SECOND}")
    readings = [SubnetReading(subnet(A, "10.10.10.0/26")), SubnetReading(subnet(B, "10.10.10.64/26"), (mine,))]
    endpoints = [endpoint(FIRST, subnets=[A]), endpoint(SECOND, subnets=[])]
    async with showing(account(readings, endpoints)) as stage:
        await stage.press("tab", "down")
        assert stage.table("#subnet-table").current == B
        assert signs(stage, "#endpoint-table") == {FIRST: "▌", SECOND: "·"}


async def test_the_blocks_of_the_endpoint_are_lit() -> None:
    """.7 in the first block and the prefix .16/28 are the endpoint's; .36 is not."""
    async with showing(incident()) as stage:
        letters = stage.pane("#grid").splitlines()[1]
        assert letters.replace("│", " ").split() == ["·", "R", "·", "·", "L", "·", "f", "R"]


async def test_a_link_goes_with_the_endpoint() -> None:
    async with showing(incident()) as stage:
        assert signs(stage, "#subnet-table") == {A: "▌", B: "·"}
        await stage.show(incident(before=True))
        assert "·" not in signs(stage, "#subnet-table").values()
