"""Trouble of all accounts and Regions in one list, what is not known included, and its counts in the header."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from unittest.mock import Mock

import pytest
from msgspec import structs

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.state import trouble
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.follow.status import Phase
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import ENDPOINT, NOW, A, account, at, elsewhere, incident, with_state
from tests.dashboard.stage import FakeSource, Stage, playing, update

DENIED = Problem(
    ProblemKind.ACCESS_DENIED,
    "ec2:DescribeNetworkInterfaces",
    "Access to ec2:DescribeNetworkInterfaces is denied.",
    "Allow ec2:DescribeNetworkInterfaces in the IAM policy.",
)
ASKED = "444455556666"
"""The account of the role that others are reached by."""
NO_ROLE = Problem(ProblemKind.ACCESS_DENIED, "sts:AssumeRole", "AssumeRole was refused.", "Check the role.")


def fine() -> FakeSource:
    """An account with two subnets in which nothing needs a block."""
    return FakeSource(update(elsewhere()))


def followed(*others: tuple[FakeSource, str, str]) -> list[FollowedScope]:
    return [FollowedScope(source, title, region, requested_account_id=ASKED) for source, title, region in others]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """An account in which all is well on screen, one with the incident, one that may not be read."""
    refused = FakeSource(update(None, Phase.BACKING_OFF, problem=NO_ROLE))
    others = followed((FakeSource(update(incident())), "shop", "us-east-1"), (refused, "payments", "eu-west-1"))
    async with playing(fine(), others=others, title="good", opens_trouble=True) as stage:
        await stage.until(lambda: all(scope.update is not None for scope in stage.app.scopes))
        await stage.pilot.pause()
        yield stage


def listed(stage: Stage) -> list[str]:
    return stage.pane("#trouble-table").splitlines()[1:]


async def test_trouble_of_every_account_is_the_first_screen_the_worst_first(stage: Stage) -> None:
    assert stage.screen_name == "TroubleScreen"
    failed, unknown, full = [line for line in listed(stage) if line.strip()]
    assert "Failed" in failed and "3 of 3" in failed and "vpce-0e3b…2c4a" in failed and "shop" in failed
    assert "no ENI in us-east-1a: no /28 block is free there" in failed
    assert "not known" in unknown and "payments" in unknown and "eu-west-1" in unknown and "AssumeRole" in unknown
    assert "no /28" in full and "subnet-0a84" in full and "40 free addresses" in full
    assert "2 of 3 accounts and Regions read completely" in stage.words


async def test_the_list_of_accounts_has_the_id_of_one_that_was_never_read(stage: Stage) -> None:
    await stage.press("c")
    (line,) = [line for line in stage.pane("#scope-table").splitlines() if "payments" in line]
    assert ASKED in line


async def test_the_header_counts_it_on_every_screen(stage: Stage) -> None:
    counts = "! 1 failed · 1 subnet full · 1 not known"
    assert counts in stage.lines[0]
    await stage.press("escape")
    assert stage.screen_name == "MainScreen" and counts in stage.lines[0]
    await stage.press("o")
    assert counts in stage.lines[0]


async def test_what_is_not_known_is_told_with_what_to_do(stage: Stage) -> None:
    await stage.press("down")
    assert "AssumeRole was refused. Check the role." in stage.pane_words("#trouble-details")
    assert f"payments · {ASKED} · eu-west-1" in stage.pane_words("#trouble-details")
    await stage.press("enter")
    assert stage.screen_name == "MainScreen" and "payments 3/3" in stage.app.screen_data.scope_title


async def test_enter_opens_the_endpoint_in_its_account_and_back_leads_to_the_list(stage: Stage) -> None:
    await stage.press("enter")
    assert stage.screen_name == "EndpointScreen" and "shop 2/3" in stage.lines[0]
    assert ENDPOINT in stage.text and "10.10.10.16/28" in stage.text
    await stage.press("escape")
    assert stage.screen_name == "TroubleScreen"
    await stage.press("end", "enter")
    assert stage.screen_name == "MainScreen" and stage.table("#subnet-table").current == A


async def test_brackets_go_on_showing_one_account_after_the_other(stage: Stage) -> None:
    await stage.press("right_square_bracket")
    assert stage.screen_name == "MainScreen" and "shop 2/3" in stage.lines[0]
    await stage.press("1")
    assert stage.screen_name == "TroubleScreen"


async def test_the_lists_replace_each_other(stage: Stage) -> None:
    for key, screen in (("2", "AllEndpointsScreen"), ("o", "AllSubnetsScreen"), ("c", "ScopesScreen")):
        await stage.press(key)
        assert stage.screen_name == screen
    await stage.pilot.click(".overview-tabs", offset=(4, 0))
    await stage.pilot.pause()
    assert stage.screen_name == "TroubleScreen"
    await stage.press("escape")
    assert stage.screen_name == "MainScreen"


async def test_denied_interfaces_make_an_account_not_known_and_nothing_good() -> None:
    whole = incident()
    denied = account(
        [SubnetReading(reading.subnet) for reading in whole.subnets.values()],
        whole.endpoints.values(), whole.associations.values(),
        unread=[*whole.subnets], problems=[DENIED],
    )  # fmt: skip
    others = followed((FakeSource(update(with_state(denied, "Available"))), "shop", "us-east-1"))
    async with playing(fine(), others=others, opens_trouble=True, size=(160, 36)) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.pilot.pause()
        line = stage.line("not known")
        assert "Access to ec2:DescribeNetworkInterfaces is denied" in stage.text
        assert "! 1 not known" in stage.lines[0]
        assert "1 of 2 accounts and Regions read completely" in stage.words
        assert "Not known: 1 endpoint and 2 subnets." in stage.pane_words("#trouble-details"), line
        await stage.press("c")
        counts = stage.line("123456789012").split("us-east-1")[1].split()
        assert counts[:3] == ["0-1", "2", "0-2"]


async def test_an_account_that_does_not_answer_is_told_within_seconds() -> None:
    moment = [NOW]
    silent = update(None, Phase.CONNECTING, answered_at=NOW)

    def now() -> datetime:
        return moment[0]

    def monotonic() -> float:
        return (moment[0] - NOW).total_seconds()

    others = followed((FakeSource(silent), "shop", "us-east-1"))
    async with playing(fine(), others=others, opens_trouble=True, now=now, monotonic=monotonic) as stage:
        await stage.until(lambda: all(scope.update is not None for scope in stage.app.scopes))
        await stage.pilot.pause()
        assert "The first read is under way" in stage.line("shop")
        assert "! 1 not known" in stage.lines[0]
        moment[0] = NOW + timedelta(seconds=6)
        stage.app.screen.tick()  # type: ignore[attr-defined]
        await stage.pilot.pause()
        assert "AWS has not answered for 6 s" in stage.line("shop")


async def test_a_read_that_fails_says_how_old_the_data_is() -> None:
    refused = Problem(ProblemKind.UNREACHABLE, "ec2:DescribeSubnets", "AWS cannot be reached.", "Check the network.")
    old = update(elsewhere(), Phase.BACKING_OFF, problem=refused, read_at=NOW - timedelta(seconds=44))
    others = followed((FakeSource(old), "shop", "us-east-1"))
    async with playing(fine(), others=others, opens_trouble=True, now=lambda: NOW) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.pilot.pause()
        assert "AWS cannot be reached. The data was read 40 s ago." in stage.pane_words("#trouble-details")


async def test_where_all_is_well_and_all_was_read_it_says_so() -> None:
    other = FakeSource(update(account()))
    async with playing(fine(), others=followed((other, "shop", "us-east-1")), opens_trouble=True) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.pilot.pause()
        assert "Nothing is wrong of 2 accounts and Regions: all of it was read." in stage.words
        assert "!" not in stage.lines[0]


async def test_what_is_the_same_in_the_next_snapshot_keeps_its_row_and_the_cursor_its_place(stage: Stage) -> None:
    table = stage.table("#trouble-table")
    await stage.press("end")
    before = table.shown_rows
    source = stage.app.scopes[1].source
    assert isinstance(source, FakeSource)
    source.send(update(structs.replace(at(incident(), 0), problems=())))
    await stage.press("home", "end")
    assert [row is old for row, old in zip(table.shown_rows, before, strict=True)][1:] == [True, True]
    assert table.current is not None and A in table.current


async def test_with_the_time_alone_no_endpoint_and_no_subnet_is_judged_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("judged again")

    for name in ("counts", "supplied"):
        monkeypatch.setattr(trouble, name, fail)
    monkeypatch.setattr(SnapshotView, "assessment", fail)
    before = stage.text
    stage.app.screen.tick()  # type: ignore[attr-defined]
    await stage.pilot.pause()
    assert stage.text == before


@pytest.mark.parametrize("key", ["1", "exclamation_mark", "c", "o"])
async def test_new_data_is_drawn_once(stage: Stage, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    await stage.press(key)
    screen = stage.app.screen
    assert isinstance(screen, OverviewScreen)
    show = Mock(wraps=screen.show)
    monkeypatch.setattr(screen, "show", show)
    screen.show_data(stage.app.screen_data)
    show.assert_called_once_with()


async def test_one_account_alone_has_no_counts_and_opens_on_its_own_screen() -> None:
    async with playing(FakeSource(update(incident()))) as stage:
        await stage.until(lambda: stage.app.view is not None)
        assert stage.screen_name == "MainScreen" and "!" not in stage.lines[0]
        await stage.press("1")
        assert "Failed" in stage.line("vpce-0e3b") and "accounts" not in stage.lines[1]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 60)])
async def test_state_endpoint_account_and_reason_are_there_at_every_size(size: tuple[int, int]) -> None:
    others = followed((FakeSource(update(incident())), "shop", "us-east-1"))
    async with playing(fine(), size=size, others=others, opens_trouble=True) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.pilot.pause()
        line = stage.line("Failed")
        assert "vpce-0e3b" in line and "shop" in line and "no ENI" in line
        assert "! 2" in stage.lines[0] or "! 1 failed" in stage.lines[0]
        assert ENDPOINT in stage.pane_words("#trouble-details")


async def test_a_filter_finds_an_account_and_what_is_not_known(stage: Stage) -> None:
    await stage.press("slash", *"account:pay", "enter")
    (line,) = [line for line in listed(stage) if line.strip()]
    assert "AssumeRole was refused" in line


async def test_the_details_have_the_lines_that_the_list_does_not_need() -> None:
    async with playing(
        FakeSource(update(incident())), (80, 24), others=followed((fine(), "good", "eu-west-1")), opens_trouble=True
    ) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.pilot.pause()
        details = stage.app.screen.query_one("#trouble-details")
        assert details.size.height == details.virtual_size.height > 7, "they are whole"
        rows = [line for line in listed(stage) if line.strip()]
        assert len(rows) == len(stage.table("#trouble-table").keys), "so is the list"
