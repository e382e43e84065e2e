"""The problems screen, what the panes say of what is denied, and how old what they show is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.follow.status import Phase
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.dashboard.accounts import NOW, TAKEN, A, account, incident
from tests.dashboard.stage import FakeSource, playing, showing, update

MINUTES = timedelta(minutes=4)


def denied(action: str) -> Problem:
    return Problem(
        ProblemKind.ACCESS_DENIED, action, f"Access to {action} is denied.", f"Allow {action} in the IAM policy."
    )


RESERVATIONS, ASSOCIATIONS = denied("ec2:GetSubnetCidrReservations"), denied("ec2:DescribeVpcEndpointAssociations")
THROTTLED = Problem(ProblemKind.THROTTLED, "ec2:DescribeSubnets", "AWS is limiting requests.", "latticetop waits.")


def having(*problems: Problem) -> Snapshot:
    return structs.replace(incident(), problems=problems)


def without_reservations(snapshot: Snapshot) -> Snapshot:
    """The snapshot as if no reservations had ever been read."""
    read_at = {part: at for part, at in snapshot.read_at.items() if not part.startswith("reservations")}
    return structs.replace(snapshot, read_at=read_at)


async def test_every_problem_is_listed_with_what_to_do() -> None:
    async with showing(having(RESERVATIONS, THROTTLED)) as stage:
        assert "! all problems" in stage.text
        await stage.press("exclamation_mark")
        await stage.show(having(RESERVATIONS))
        first, second = stage.line("GetSubnetCidrReservations is denied"), stage.line("limiting requests")
        assert "holds" in first and "access-denied" in first
        assert "over" in second and "throttled" in second and "08:20:33" in second
        assert stage.lines.index(first) < stage.lines.index(second)
        assert "1 of 2 hold now" in stage.words
        assert "Allow ec2:GetSubnetCidrReservations in the IAM policy." in stage.words
        await stage.press("end")
        assert "AWS is limiting requests. latticetop waits." in stage.words
        await stage.press("exclamation_mark", "escape")
        assert stage.screen_name == "MainScreen"


async def test_one_problem_alone_needs_no_list() -> None:
    async with showing(having(RESERVATIONS)) as stage:
        assert "! all problems" not in stage.text


async def test_without_a_problem_it_says_so() -> None:
    async with showing(incident()) as stage:
        await stage.press("exclamation_mark")
        assert "There was no problem since the start." in stage.text


async def test_a_scope_that_was_never_read_has_its_problems_too_and_enter_goes_there() -> None:
    other = FakeSource(update(None, Phase.NEEDS_CREDENTIALS, problem=denied("sts:AssumeRole")))
    async with playing(FakeSource(update(incident())), others=[FollowedScope(other, "payments", "eu-west-1")]) as stage:
        await stage.until(lambda: all(scope.update is not None for scope in stage.app.scopes))
        await stage.press("exclamation_mark")
        assert "payments eu-west-1" in stage.line("Access to sts:AssumeRole is denied.")
        await stage.press("enter")
        assert stage.screen_name == "MainScreen" and "role refused" in stage.lines[0]


async def test_the_blocks_say_that_reservations_are_not_known_and_why() -> None:
    note = "Its CIDR reservations could not be read: ec2:GetSubnetCidrReservations was denied."
    async with showing(without_reservations(having(RESERVATIONS))) as stage:
        assert note in stage.pane_words("#blocks")
        await stage.press("tab", "enter", "enter")
        assert stage.screen_name == "BlockScreen" and note in stage.words
        await stage.press("escape", "p")
        assert stage.screen_name == "PlanScreen" and note in stage.words
        await stage.press("escape")
        await stage.show(incident())
        assert "CIDR reservations could not be read" not in stage.text


async def test_reservations_that_were_read_before_they_were_denied_stay_known() -> None:
    async with showing(having(RESERVATIONS)) as stage:
        assert "CIDR reservations could not be read" not in stage.text


async def test_interfaces_that_are_denied_are_not_called_unread() -> None:
    snapshot = account(incident().subnets.values(), unread=[A], problems=[denied("ec2:DescribeNetworkInterfaces")])
    async with showing(snapshot) as stage:
        assert "could not be read: ec2:DescribeNetworkInterfaces was denied." in stage.pane_words("#blocks")


async def test_the_endpoint_says_that_its_associations_are_not_known_and_why() -> None:
    snapshot = account(
        incident().subnets.values(),
        incident().endpoints.values(),
        unread=["associations"],
        problems=[ASSOCIATIONS, denied("vpc-lattice:ListServiceNetworks")],
    )
    async with showing(snapshot) as stage:
        await stage.press("enter")
        assert "The associations could not be read: ec2:DescribeVpcEndpointAssociations is denied." in stage.pane_words(
            "#associations"
        )
        assert "AWS lists no association" not in stage.text
        assert "VPC Lattice has not returned it: vpc-lattice:ListServiceNetworks is denied." in stage.pane_words(
            "#network"
        )


@pytest.mark.fault("deny")
@pytest.mark.parametrize(
    ("part", "action", "sentence"),
    [
        ("endpoints", "ec2:DescribeVpcEndpoints", "The endpoints could not be read:"),
        ("subnets", "ec2:DescribeSubnets", "The subnets could not be read:"),
    ],
)
async def test_a_list_that_is_denied_says_which_action(part: str, action: str, sentence: str) -> None:
    async with showing(account(unread=[part], problems=[denied(action)])) as stage:
        assert f"{sentence} {action} is denied." in stage.pane_words(f"#{part}")


@pytest.mark.parametrize(
    ("old", "pane"),
    [("endpoints", "#endpoints"), ("associations", "#endpoints"), ("subnets", "#subnets"), (A, "#blocks")],
)
async def test_what_could_not_be_read_again_stays_and_says_how_old_it_is(old: str, pane: str) -> None:
    whole = incident()
    stale = structs.replace(whole, problems=(THROTTLED,), read_at=whole.read_at | {old: NOW - MINUTES})
    async with showing(stale) as stage:
        assert "as of 4 min ago · " in stage.pane(pane)
        assert stage.text.count("as of 4 min ago") == 1
        assert "vpce-0e3b…2c4a" in stage.text and "10.10.10.0/26" in stage.pane("#subnets")
        assert "10.10.10.32/28" in stage.pane("#blocks")
        await stage.show(incident())
        assert "as of" not in stage.text


async def test_an_age_comes_by_itself_after_more_than_two_intervals() -> None:
    moment = [TAKEN + timedelta(seconds=30)]
    async with showing(incident(), now=lambda: moment[0]) as stage:
        assert "as of" not in stage.text
        moment[0] = TAKEN + timedelta(seconds=40)
        stage.app.screen.tick()  # type: ignore[attr-defined]
        await stage.pilot.pause()
        for pane in ("#endpoints", "#subnets", "#blocks"):
            assert "as of 40 s ago" in stage.pane(pane)
        painted = stage.text
        moment[0] = TAKEN + timedelta(seconds=44)
        stage.app.screen.tick()  # type: ignore[attr-defined]
        await stage.pilot.pause()
        assert stage.text == painted, "ages are in steps of five seconds"
