"""The plan screen, on the incident before and after."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec import structs
from textual.widgets import Checkbox, Input

from latticetop.model.records.problem import Problem, ProblemKind
from tests.dashboard.accounts import A, B, incident
from tests.dashboard.stage import Stage, showing


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with showing(incident()) as stage:
        await stage.press("p")
        yield stage


def row(stage: Stage, cidr: str) -> str:
    return next(line for line in stage.pane("#plan-subnets").splitlines() if cidr in line)


async def test_the_subnets_of_the_endpoint_are_chosen_and_answered_for(stage: Stage) -> None:
    assert stage.screen_name == "PlanScreen"
    a, b = row(stage, "10.10.10.0/26"), row(stage, "10.10.10.64/26")
    assert "[x]" in a and "cannot fit  no /28 block is free" in a
    assert "[x]" in b and "cannot fit  one /28 block is free" in b
    assert "cannot fit in us-east-1a, us-east-1b: whatever order AWS allocates in." in stage.words


async def test_both_behaviours_are_answered_with_the_evidence(stage: Stage) -> None:
    """The endpoint's ENIs for resources hold a /28 each: two blocks a zone, and one is free in B."""
    await stage.press("down")
    words = " ".join(stage.pane("#plan-result").split())
    assert "as AWS built it in 2024: cannot fit" in words
    assert "as AWS documents it today: may fit" in words
    assert "created 2024-12-19, was built with 2 /28 a zone; AWS documents 1 for new endpoints." in words


async def test_the_fits_column_counts_for_certain_and_with_luck() -> None:
    async with showing(incident()) as stage:
        assert " 0 " in stage.line("10.10.10.64/26"), "two blocks are needed, as the account shows"


async def test_what_if_an_address_were_gone(stage: Stage) -> None:
    await stage.press("tab", "w")
    assert "simulated as freed: 10.10.10.36" in stage.pane("#plan-subnets")
    assert "one /28 block is free" in row(stage, "10.10.10.0/26")
    await stage.press("shift+tab")
    stage.app.screen.query_one("#resources", Input).value = "0"
    await stage.pilot.pause()
    assert "fits" in row(stage, "10.10.10.0/26") or "may fit" in row(stage, "10.10.10.0/26")
    assert "planned" in stage.pane("#plan-blocks")
    await stage.press("u")
    assert "cannot fit" in row(stage, "10.10.10.0/26")


async def test_what_was_supposed_last_is_taken_back_first(stage: Stage) -> None:
    await stage.press("w")
    stage.grid.focus()
    await stage.press("left", "w")
    assert "simulated as freed: 10.10.10.36, 10.10.10.16/28" in stage.words
    await stage.press("u")
    assert "simulated as freed: 10.10.10.36" in stage.words
    await stage.press("u")
    assert "simulated" not in stage.words
    await stage.press("u", "w")
    assert "simulated as freed: 10.10.10.16/28" in stage.words


async def test_the_answer_follows_what_is_typed(stage: Stage) -> None:
    stage.app.screen.query_one("#prefixes", Input).value = "1"
    await stage.pilot.pause()
    assert "1 /28 prefix" in stage.pane("#plan-subnets")
    assert " fits " in row(stage, "10.10.10.64/26")
    stage.app.screen.query_one("#prefixes", Input).value = "2"
    await stage.pilot.pause()
    assert "cannot fit" in row(stage, "10.10.10.64/26")


async def test_as_in_2024_two_blocks_are_wanted(stage: Stage) -> None:
    stage.app.screen.query_one("#behaviour", Checkbox).value = True
    await stage.pilot.pause()
    assert "cannot fit" in row(stage, "10.10.10.64/26")


async def test_where_it_may_fit_both_orders_are_told(stage: Stage) -> None:
    stage.app.screen.query_one("#resources", Input).value = "0"
    await stage.press("down")
    text = stage.pane("#plan-result")
    assert "works: " in text and "10.10.10.80/28" in text
    assert "fails: 10.10.10.8" in text and "then no block is left" in text


async def test_what_would_help_is_told(stage: Stage) -> None:
    if under_way := [worker for worker in stage.app.workers if worker.group == "advice"]:
        await stage.app.workers.wait_for_complete(under_way)
    await stage.pilot.pause()
    text = " ".join(stage.pane("#plan-result").split())
    assert "fix: reserve 10.10.10.16/28, 10.10.10.32/28 with type prefix; terminate or replace i-" in text
    assert "(10.10.10.36), which frees 10.10.10.32/28; " in text and "then it fits" in text


async def test_a_subnet_is_left_out_and_taken_back(stage: Stage) -> None:
    await stage.press("space")
    assert "[ ]" in row(stage, "10.10.10.0/26")
    assert "cannot fit in us-east-1b:" in " ".join(stage.pane("#plan-result").split())
    await stage.press("enter")
    assert "[x]" in row(stage, "10.10.10.0/26")


async def test_the_commands_are_copied_and_nothing_is_run(stage: Stage) -> None:
    await stage.press("y")
    command = " ".join(stage.app.clipboard.replace("\\\n", " ").split())
    assert "aws ec2 create-vpc-endpoint --region us-east-1" in command
    assert "--vpc-endpoint-type ServiceNetwork" in command
    assert f"--subnet-ids {A} {B}" in command
    assert "servicenetwork/sn-0fc4c78a8f94d8f09" in command
    assert f"--subnet-id {B} --cidr 10.10.10.80/28 --reservation-type prefix" in command
    await stage.press("t")
    assert 'resource "aws_vpc_endpoint"' in stage.app.clipboard
    assert "vpc_endpoint_type" in stage.app.clipboard and '"ServiceNetwork"' in stage.app.clipboard


async def test_it_works_at_80_columns() -> None:
    async with showing(incident(), size=(80, 24)) as stage:
        await stage.press("p")
        assert "as in 2024" in stage.text
        assert "cannot fit" in row(stage, "10.10.10.0/26")


async def test_subnets_are_sorted_by_what_fits() -> None:
    async with showing(incident()) as stage:
        await stage.press("tab", "s")
        assert "▴fits" in stage.pane("#subnets")
        table = stage.table("#subnet-table")
        assert (table.get_row_index(A), table.get_row_index(B)) == (0, 1)


async def test_reservations_that_were_not_read_leave_it_open() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "Not allowed.")
    read_at = {part: at for part, at in incident().read_at.items() if not part.startswith("reservations")}
    async with showing(structs.replace(incident(), problems=(denied,), read_at=read_at)) as stage:
        await stage.press("p")
        stage.app.screen.query_one("#resources", Input).value = "0"
        await stage.pilot.pause()
        assert "unknown" in row(stage, "10.10.10.64/26")
