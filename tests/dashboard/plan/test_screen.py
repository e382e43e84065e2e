"""The plan screen, on the incident before and after."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from latticetop.dashboard.plan.step_list import MAX_STEPS, StepList
from latticetop.model.capacity.decide import Outcome
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import VPC, A, B, account, eni, incident, subnet
from tests.dashboard.stage import Stage, showing

SIZES = [(60, 20), (80, 24), (120, 36)]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with showing(incident()) as stage:
        await open_plan(stage)
        yield stage


async def open_plan(stage: Stage) -> None:
    """Open the plan, and wait for its steps."""
    await stage.press("p")
    await steps_known(stage)


async def steps_known(stage: Stage) -> None:
    await stage.poll_until(lambda: "Computing the steps" not in stage.text)
    await stage.pilot.pause()


async def press(stage: Stage, *actions: str) -> None:
    """Press the keys of these actions, as they are mapped."""
    for action in actions:
        await stage.press(stage.app.key_to(action))
    await steps_known(stage)


async def enter_number(stage: Stage, name: str, value: int) -> None:
    """Write a number of the form with its keys."""
    stage.app.screen.query_one(f"#{name}").focus()
    await stage.pilot.pause()
    await stage.press(*str(value), "enter")
    await steps_known(stage)


def row(stage: Stage, cidr: str) -> str:
    return next(line for line in stage.pane("#plan-subnets").splitlines() if cidr in line)


def verdict(stage: Stage) -> str:
    return stage.pane_words("#plan-verdict")


def steps(stage: Stage) -> str:
    return stage.pane_words("#plan-steps")


@pytest.mark.parametrize("size", SIZES)
async def test_the_answer_stands_first_with_the_reason_of_each_subnet(size: tuple[int, int]) -> None:
    async with showing(incident(), size=size) as stage:
        await open_plan(stage)
        assert stage.screen_name == "PlanScreen"
        assert "CANNOT FIT" in stage.lines[4]
        assert "Needs 2 /28 blocks and 2 single addresses in each subnet." in verdict(stage)
        assert "us-east-1a 10.10.10.0/26: cannot fit, no /28 block is free." in verdict(stage)
        assert "us-east-1b 10.10.10.64/26: cannot fit, one /28 block is free." in verdict(stage)


@pytest.mark.parametrize("size", SIZES)
async def test_the_endpoint_of_this_account_is_the_evidence(size: tuple[int, int]) -> None:
    """Its ENIs for resources hold a /28 each."""
    async with showing(incident(), size=size) as stage:
        await open_plan(stage)
        said = "vpce-0e3b1bfc42d162c4a, created 2024-12-19, was built with 2 /28 a zone; AWS documents 1 for new"
        assert said in verdict(stage)
        assert "As AWS documents it today: cannot fit." in verdict(stage)


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_step_is_on_screen_with_its_box(size: tuple[int, int]) -> None:
    async with showing(incident(), size=size) as stage:
        await open_plan(stage)
        assert "[ ] 1 reserve 10.10.10.16/28, 10.10.10.32/28" in stage.words
        assert "Fix: after all steps it fits" in stage.words


async def test_the_steps_stand_in_the_order_that_works(stage: Stage) -> None:
    text = steps(stage)
    parts = (
        "1 reserve 10.10.10.16/28, 10.10.10.32/28 with type prefix in subnet-0a84d8f4554925b16.",
        "2 reserve 10.10.10.80/28, 10.10.10.96/28 with type prefix in subnet-0f6a1ce53b9fd9793.",
        "3 terminate or replace i-0ae4b4d9c4e67eef0 (10.10.10.36), which frees 10.10.10.32/28. a: 1 of 2 /28",
        "4 delete vpce-0e3b1bfc42d162c4a and wait until it is gone, which frees 2 blocks:",
        "10.10.10.16/28, 10.10.10.96/28 (its traffic stops until the new one is available).",
        "a: 2 of 2 /28 fits b: 2 of 2 /28 fits",
        f"5 create the endpoint in {A}, {B}.",
    )
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    assert "[ ] 4" in text and "[ ] 5" not in text, "nothing simulates the creation"


async def test_ticked_steps_make_the_plan_as_if_they_were_done(stage: Stage) -> None:
    await press(stage, "choose")
    assert "CANNOT FIT after 1 ticked step" in verdict(stage) and "[x] 1" in steps(stage)
    await stage.press("down", "down")
    await press(stage, "choose")
    assert "us-east-1a 10.10.10.0/26: cannot fit, one /28 block is free." in verdict(stage)
    await stage.press("down")
    await press(stage, "choose")
    assert "us-east-1a 10.10.10.0/26: fits" in verdict(stage) and " fits " in row(stage, "10.10.10.0/26")
    await stage.press("up", "up")
    await press(stage, "choose")
    assert "FITS after 4 ticked steps" in verdict(stage) and "CANNOT" not in verdict(stage)
    await press(stage, "choose")
    assert "after 3 ticked steps" in verdict(stage) and "[ ] 2" in steps(stage)
    await press(stage, "undo-what-if", "undo-what-if", "undo-what-if")
    assert "ticked" not in verdict(stage) and "[x]" not in steps(stage)


async def test_a_tick_ends_when_the_step_is_no_longer_needed(stage: Stage) -> None:
    await press(stage, "choose")
    assert "after 1 ticked step" in verdict(stage)
    await stage.show(account([SubnetReading(subnet(A, "10.10.10.0/24", 251))]))
    await steps_known(stage)
    assert "ticked" not in verdict(stage) and "FITS" in verdict(stage)


async def test_a_step_opens_with_its_commands_and_they_are_copied(stage: Stage) -> None:
    await stage.press("enter")
    assert stage.screen_name == "StepScreen"
    assert "Reserve 10.10.10.16/28, 10.10.10.32/28 with type prefix" in stage.words
    assert "--cidr 10.10.10.16/28" in stage.words and "--cidr 10.10.10.32/28" in stage.words
    await stage.press("y")
    assert stage.app.clipboard.count("create-subnet-cidr-reservation") == 2
    await stage.press("escape")
    await stage.press("down", "down", "enter")
    assert "10.10.10.32/28" in stage.words and "aws ec2 terminate-instances" in stage.words


async def test_the_plan_of_a_failed_endpoint_starts_with_its_resources(stage: Stage) -> None:
    """The incident's endpoint has three associations."""
    assert "1 service-network endpoint with 3 resource configurations" in verdict(stage)


async def test_the_plan_of_a_subnet_starts_with_one_resource() -> None:
    async with showing(incident()) as stage:
        stage.table("#subnet-table").focus()
        await open_plan(stage)
        assert "with 1 resource configuration" in verdict(stage)


async def test_a_long_list_of_steps_is_folded_and_opens() -> None:
    """Twelve blocks, each with one address: all are wanted."""
    users = [eni(f"eni-{n:017x}", A, f"10.0.0.{16 * n + 4}", instance_id=f"i-{n:017x}") for n in range(1, 13)]
    whole = SubnetReading(subnet(A, "10.0.0.0/24", 239), tuple(users))
    async with showing(account([whole])) as stage:
        await open_plan(stage)
        await enter_number(stage, "prefixes", 14)
        step_list = stage.app.screen.query_one(StepList)
        assert step_list.option_count == MAX_STEPS + 1
        step_list.focus()
        await stage.press("end")
        assert "and 7 more steps: enter shows them." in steps(stage)
        await press(stage, "choose")
        assert "after 7 ticked steps" in verdict(stage)
        await stage.press("enter")
        assert step_list.option_count == 13, "one reservation for all, and twelve instances"
        await stage.press("end")
        assert "[x] 13 terminate or replace i-" in steps(stage)


async def test_what_if_an_address_were_gone(stage: Stage) -> None:
    await press(stage, "what-if")
    assert "simulated as freed: 10.10.10.36" in verdict(stage)
    assert "us-east-1a 10.10.10.0/26: cannot fit, one /28 block is free." in verdict(stage)
    await enter_number(stage, "resources", 0)
    assert "may fit" in row(stage, "10.10.10.0/26")
    stage.grid.focus()
    await stage.pilot.pause()
    assert "planned" in stage.pane("#plan-blocks")
    await press(stage, "undo-what-if")
    assert "cannot fit" in row(stage, "10.10.10.0/26")


async def test_what_was_supposed_last_is_taken_back_first(stage: Stage) -> None:
    await press(stage, "what-if")
    stage.grid.focus()
    await stage.press("left")
    await press(stage, "what-if")
    assert "simulated as freed: 10.10.10.36, 10.10.10.16/28" in stage.words
    await press(stage, "undo-what-if")
    assert "simulated as freed: 10.10.10.36" in stage.words
    await press(stage, "undo-what-if")
    assert "simulated" not in verdict(stage)
    await press(stage, "undo-what-if", "what-if")
    assert "simulated as freed: 10.10.10.16/28" in stage.words


async def test_where_it_may_fit_both_orders_are_told(stage: Stage) -> None:
    await enter_number(stage, "resources", 0)
    stage.table("#plan-table").focus()
    await stage.press("down")
    text = stage.pane_words("#plan-detail")
    assert f"{B} 10.10.10.64/26" in text
    assert "works: " in text and "10.10.10.80/28" in text
    assert "fails: 10.10.10.8" in text and "then no block is left" in text


async def test_what_the_answer_has_is_not_said_again(stage: Stage) -> None:
    """With one behaviour, a reason is all there is to say of a subnet."""
    stage.app.screen.query_one("#behaviour").focus()
    await stage.press("-")
    assert "‹2024›" in stage.lines[3] and not stage.app.screen.query_one("#plan-detail").display
    stage.table("#plan-table").focus()
    await press(stage, "choose")
    assert "(not chosen)" in stage.pane_words("#plan-detail")


async def test_a_subnet_that_is_not_chosen_is_not_in_the_answer(stage: Stage) -> None:
    stage.table("#plan-table").focus()
    await press(stage, "choose")
    assert "[ ]" in row(stage, "10.10.10.0/26")
    assert "10.10.10.0/26" not in verdict(stage) and "10.10.10.64/26" not in stage.lines[4]
    assert f"{A} 10.10.10.0/26 (not chosen)" in stage.pane_words("#plan-detail")
    await stage.press("enter")
    assert "[x]" in row(stage, "10.10.10.0/26")
    await stage.press("enter", "down", "enter")
    assert "Choose a subnet with" in verdict(stage)


async def test_the_commands_are_copied_and_nothing_is_run(stage: Stage) -> None:
    await stage.press("y")
    command = " ".join(stage.app.clipboard.replace("\\\n", " ").split())
    assert "aws ec2 create-vpc-endpoint --region us-east-1" in command
    assert "--vpc-endpoint-type ServiceNetwork" in command
    assert f"--subnet-ids {A} {B}" in command
    assert "servicenetwork/sn-0fc4c78a8f94d8f09" in command
    assert f"--subnet-id {B} --cidr 10.10.10.80/28 --reservation-type prefix" in command
    await press(stage, "copy-terraform")
    assert 'resource "aws_vpc_endpoint"' in stage.app.clipboard
    assert "vpc_endpoint_type" in stage.app.clipboard and '"ServiceNetwork"' in stage.app.clipboard


async def test_reservations_that_were_not_read_leave_it_open() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "Not allowed.")
    read_at = {part: at for part, at in incident().read_at.items() if not part.startswith("reservations")}
    async with showing(structs.replace(incident(), problems=(denied,), read_at=read_at)) as stage:
        stage.table("#subnet-table").go_to(B)
        stage.table("#subnet-table").focus()
        await open_plan(stage)
        await enter_number(stage, "resources", 0)
        assert "UNKNOWN" in verdict(stage) and "unknown" in row(stage, "10.10.10.64/26")
        assert "1 allow ec2:GetSubnetCidrReservations, and plan again." in steps(stage)
        assert "Which steps help is unknown" in steps(stage)
        assert "FITS" not in verdict(stage)


async def test_a_subnet_whose_interfaces_were_not_read_has_no_map() -> None:
    readings = [SubnetReading(subnet(A, "10.0.0.0/26", 59)), SubnetReading(subnet(B, "10.0.1.0/26", 59))]
    async with showing(account(readings, unread=[A])) as stage:
        await open_plan(stage)
        assert "R..R" not in row(stage, "10.0.0.0/26") and "R..R" in row(stage, "10.0.1.0/26")


async def test_aws_refuses_an_endpoint_in_a_subnet_of_another_account() -> None:
    """Participants cannot create endpoints in a shared subnet (VPC guide); a node they may start there."""
    own = SubnetReading(subnet(A, "10.0.0.0/26", 59, owner_id="123456789012"))
    shared = SubnetReading(subnet(B, "10.0.1.0/24", 251, availability_zone="us-east-1b", owner_id="210987654321"))
    async with showing(account([own, shared])) as stage:
        stage.table("#subnet-table").go_to(B)
        stage.table("#subnet-table").focus()
        await open_plan(stage)
        assert "REFUSED BY AWS" in stage.lines[4]
        assert f"Account 210987654321 shares {B}: only that account can create an endpoint there." in verdict(stage)
        assert "refused by AWS" in row(stage, "10.0.1.0/24")
        assert "create the endpoint" not in steps(stage)
        await press(stage, "best-subnets")
        assert "[x]" in row(stage, "10.0.0.0/26") and "[ ]" in row(stage, "10.0.1.0/24")
        await press(stage, "best-subnets")
        stage.table("#plan-table").go_to(B)
        stage.table("#plan-table").focus()
        await press(stage, "choose")
        await enter_number(stage, "prefixes", 1)
        assert "refused" not in stage.text.lower()


async def test_a_better_subnet_of_the_zone_is_named() -> None:
    full = SubnetReading(subnet(A, "10.0.0.0/26", 57), (eni("eni-1", A, "10.0.0.20"), eni("eni-2", A, "10.0.0.36")))
    roomy = SubnetReading(subnet(B, "10.0.1.0/24", 251))
    async with showing(account([full, roomy])) as stage:
        stage.table("#subnet-table").go_to(A)
        stage.table("#subnet-table").focus()
        await open_plan(stage)
        best = stage.app.key_to("best-subnets")
        assert f"Better: {B} 10.0.1.0/24 (14 free /28 blocks); {best} chooses the best subnets." in steps(stage)
        await press(stage, "best-subnets")
        assert "FITS" in stage.lines[4] and "Better:" not in stage.words


async def test_of_many_subnets_the_worst_are_named_and_the_others_counted() -> None:
    readings = [SubnetReading(subnet(f"subnet-{n}", f"10.0.{n}.0/24", 251)) for n in range(5)]
    tight = SubnetReading(subnet(A, "10.1.0.0/26", 57), (eni("eni-1", A, "10.1.0.20"), eni("eni-2", A, "10.1.0.36")))
    async with showing(account([*readings, tight])) as stage:
        await open_plan(stage)
        screen = stage.app.screen
        screen.session.chosen_ids = {A, *(r.subnet.subnet_id for r in readings)}  # type: ignore[attr-defined]
        await enter_number(stage, "prefixes", 1)
        text = verdict(stage)
        assert text.index("10.1.0.0/26: cannot fit") < text.index("10.0.0.0/24: fits")
        assert "And 3 more subnets: 3 fits." in text
        assert VPC in stage.pane("#plan-subnets") and Outcome.CANNOT.value in text.casefold()
