"""What an update and a key set to work: what is as it was is neither made nor painted again."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any
from unittest.mock import patch

import pytest
from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import DataTable

from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.precompute import MAX_QUEUED, PrecomputeQueue, precompute_steps
from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.follow.status import Phase, Update
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import NOW, A, B, account, endpoint, eni, subnet
from tests.dashboard.stage import FakeSource, showing, update

ENDPOINTS = [endpoint("vpce-00000000000000001", subnets=[A]), endpoint("vpce-00000000000000002", subnets=[B])]


def two_subnets(*addresses: str) -> Snapshot:
    """Made anew each time; the second subnet has ENIs with these addresses."""
    interfaces = tuple(eni(f"eni-{number}", B, address) for number, address in enumerate(addresses))
    first = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    return account([first, SubnetReading(subnet(B, "10.10.10.64/26", 59 - len(addresses)), interfaces)], ENDPOINTS)


async def test_only_what_changed_is_put_into_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[str] = []
    update_cell = DataTable.update_cell

    def noting(self: DataTable[Any], row_key: Any, column_key: Any, value: Any, **more: Any) -> None:
        touched.append(str(row_key))
        update_cell(self, row_key, column_key, value, **more)

    monkeypatch.setattr(DataTable, "update_cell", noting)
    async with showing(two_subnets("10.10.10.72")) as stage:
        table = stage.table("#subnet-table")
        touched.clear()
        rows = list(table.made.last.values())
        await stage.show(two_subnets("10.10.10.72"))
        assert touched == []
        assert all(one is other for one, other in zip(rows, table.made.last.values(), strict=True))
        await stage.show(two_subnets("10.10.10.72", "10.10.10.90"))
        assert set(touched) == {B}


async def test_a_key_that_leaves_the_keys_as_they_are_does_not_paint_them(monkeypatch: pytest.MonkeyPatch) -> None:
    painted = 0
    refresh = KeyLine.refresh

    def counting(self: KeyLine, *regions: Any, **more: Any) -> KeyLine:
        nonlocal painted
        painted += 1
        return refresh(self, *regions, **more)

    async with showing(two_subnets()) as stage:
        monkeypatch.setattr(KeyLine, "refresh", counting)
        await stage.press("down", "up", "tab", "down")
        await stage.show(two_subnets())
        assert painted == 0
        assert "enter open" in stage.lines[-1]
        await stage.press("tab")
        assert painted == 1
        assert "enter open" not in stage.lines[-1]


async def test_a_click_on_a_key_presses_it() -> None:
    async with showing(two_subnets()) as stage:
        await stage.pilot.click(KeyLine, offset=(stage.lines[-1].index("? help"), 0))
        await stage.pilot.pause()
        assert stage.screen_name == "HelpScreen"


async def test_why_of_as_many_lines_is_not_laid_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = 0
    arrange = Screen._refresh_layout

    def counting(self: Screen[object], *given: Any, **more: Any) -> None:
        nonlocal laid_out
        laid_out += 1
        arrange(self, *given, **more)

    alike = [endpoint(f"vpce-0000000000000000{n}", subnets=[A]) for n in range(3)]
    longer = endpoint("vpce-00000000000000009", "Failed", subnets=[B])
    whole = SubnetReading(subnet(A, "10.10.10.0/26", 59)), SubnetReading(subnet(B, "10.10.10.64/26", 59))
    async with showing(account([*whole], [*alike, longer])) as stage:
        await stage.press("down")
        monkeypatch.setattr(Screen, "_refresh_layout", counting)
        await stage.press("down", "down", "up")
        assert laid_out == 0
        assert alike[1].vpc_endpoint_id in stage.pane("#why")
        await stage.press("home")
        assert laid_out > 0
        assert "Failed" in stage.pane("#why")


async def test_many_new_subnets_are_worked_out_in_steps_and_updates_keep_their_order() -> None:
    many = [
        SubnetReading(subnet(f"subnet-{n:017x}", f"10.{n}.0.0/16", 65_000), (eni(f"eni-{n}", A, f"10.{n}.0.9"),))
        for n in range(8)
    ]
    large, small = update(account(many)), update(account(many[:1]), Phase.READING)
    passed: list[Update] = []
    begun: list[Coroutine[None, None, None]] = []
    ahead = PrecomputeQueue(lambda update, view: passed.append(update), begun.append)
    ahead(large)
    ahead(small)
    assert passed == []
    await begun.pop()
    assert begun == []
    assert passed == [large, small]
    ahead(large)
    assert passed == [large, small, large]
    passed.clear()
    ahead(fresh := update(account([SubnetReading(reading.subnet, reading.interfaces) for reading in many])))
    late = [update(account(many[:1]), Phase.READING) for _ in range(2 * MAX_QUEUED)]
    for each in late:
        ahead(each)
    await begun.pop()
    assert passed == [fresh, *late[: MAX_QUEUED - 2], late[-1]]

    again = account([SubnetReading(reading.subnet, reading.interfaces) for reading in many])
    assert len(list(precompute_steps(SnapshotView(again)))) == len(many)
    with patch("latticetop.model.snapshot.map_blocks", side_effect=AssertionError("a map was worked out")):
        FollowedScope(FakeSource()).apply(update(again), NOW)


async def test_many_verdicts_are_worked_out_in_steps() -> None:
    passed: list[SnapshotView | None] = []
    begun: list[Coroutine[None, None, None]] = []
    ahead = PrecomputeQueue(lambda update, view: passed.append(view), begun.append)
    whole = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    endpoints = [endpoint(f"vpce-{number:017}", subnets=[A]) for number in range(200)]
    ahead(update(account([whole], endpoints)))
    assert not passed
    await begun.pop()
    (view,) = passed
    assert view is not None
    with patch(
        "latticetop.dashboard.state.snapshot_view.assess", side_effect=AssertionError("a verdict was worked out")
    ):
        assert len(view.assessments) == 200
    ahead(update(view.snapshot))
    assert passed == [view, view]


async def test_going_to_another_pane_paints_the_two_panes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[Region] = []
    render = Compositor.render_update

    def noting(self: Compositor, **more: Any) -> Any:
        painted.extend([self.size.region] if more.get("full") else self._dirty_regions)
        return render(self, **more)

    async with showing(two_subnets()) as stage:
        monkeypatch.setattr(Compositor, "render_update", noting)
        borders = [stage.app.screen.query_one(pane).styles.border_top[1] for pane in ("#endpoints", "#subnets")]
        await stage.press("tab")
        assert painted
        assert all(region.bottom <= stage.app.screen.query_one("#subnets").region.bottom for region in painted)
        lit = [stage.app.screen.query_one(pane).styles.border_top[1] for pane in ("#endpoints", "#subnets")]
        assert lit == borders[::-1]
