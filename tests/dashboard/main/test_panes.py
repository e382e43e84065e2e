"""What is shown when there is nothing, not yet, no longer, or not everything to show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from textual.screen import Screen

from latticetop.dashboard.widgets.findings import render_assessment
from latticetop.follow.status import Phase
from latticetop.model.endpoints.assessment import Assessment
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import Association
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import (
    ENDPOINT,
    NOW,
    TAKEN,
    VPC,
    A,
    B,
    account,
    cluster,
    endpoint,
    incident,
    reservation,
    subnet,
    with_state,
)
from tests.dashboard.stage import showing, update

DENIED = Problem(
    ProblemKind.ACCESS_DENIED,
    "ec2:GetSubnetCidrReservations",
    "Not allowed to read CIDR reservations.",
    "Allow ec2:GetSubnetCidrReservations.",
)
EXPIRED = Problem(ProblemKind.EXPIRED, "sts:GetCallerIdentity", "The credentials have expired.", "Run aws sso login.")
THROTTLED = Problem(ProblemKind.THROTTLED, "ec2:DescribeSubnets", "AWS asks to slow down.")


async def test_before_the_first_update() -> None:
    async with showing(None) as stage:
        assert "Reading…" in stage.pane("#endpoints") and "Reading…" in stage.pane("#subnets")
        await stage.show(update(None, Phase.CONNECTING))
        assert "connecting" in stage.lines[0]


@pytest.mark.fault("hang")
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)], ids=str)
async def test_an_answer_that_does_not_come_is_told_everywhere(size: tuple[int, int]) -> None:
    hanging = update(None, Phase.READING, answered_at=NOW - timedelta(seconds=12))
    async with showing(hanging, size=size) as stage:
        assert "no answer for 12 s" in stage.lines[0]
        for pane in ("#endpoints", "#subnets"):
            assert "AWS has not answered for 12 s." in stage.pane_words(pane)
        assert "Reading…" not in stage.text
        await stage.press("exclamation_mark")
        assert "AWS has not answered for 12 s." in stage.words
        assert "1 of 1 hold now" in stage.pane_words("#problem-pane")
        assert "no problem since the start" not in stage.text


async def test_denied_interfaces_make_each_count_unknown() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeNetworkInterfaces", "Not allowed.")
    two = [SubnetReading(subnet(A, "10.10.10.0/26", 40)), SubnetReading(subnet(B, "10.10.10.64/26", 25))]
    async with showing(account(two, unread=[A, B], problems=[denied])) as stage:
        assert "free /28 of all 2 unknown" in stage.pane("#subnets")
        assert "reading" not in stage.pane("#subnets")
        for cidr in ("10.10.10.0/26", "10.10.10.64/26"):
            row = next(line for line in stage.pane("#subnets").splitlines() if cidr in line)
            assert row.split(cidr)[1].split()[1:4] == ["?", "?", "denied"]


async def test_associations_that_were_not_read_are_not_none() -> None:
    async with showing(account([], [endpoint(ENDPOINT)], unread=["associations"])) as stage:
        assert stage.line(ENDPOINT[:9]).split()[3] == "?"


async def test_without_credentials_it_says_what_to_do() -> None:
    async with showing(update(None, Phase.NEEDS_CREDENTIALS, problem=EXPIRED)) as stage:
        assert "no valid credentials" in stage.lines[0]
        words = stage.pane_words("NothingReadable")
        assert words.startswith("Nothing can be read The credentials have expired. Run aws sso login.")
        assert "r reads again" in words and "D plays" not in words and not stage.app.screen.query_one("#panes").display
        await stage.show(incident())
        assert "Nothing can be read" not in stage.text and "Failed" in stage.pane("#endpoints")


async def test_an_empty_account_says_where_and_what_else_to_look_at() -> None:
    async with showing(account()) as stage:
        assert "No VPC Lattice endpoint in us-east-1 of account 123456789012." in stage.pane_words("#endpoints")
        assert "a shows every endpoint and subnet." in stage.pane_words("#endpoints")
        assert "There is no subnet in us-east-1." in stage.pane_words("#subnets")
        await stage.show(incident())
        assert "No VPC Lattice endpoint" not in stage.text
        assert "Failed" in stage.pane("#endpoints")


async def test_parts_that_could_not_be_read_are_not_called_empty() -> None:
    async with showing(account(unread=["endpoints", "subnets"], problems=[DENIED])) as stage:
        assert "The endpoints could not be read." in stage.text
        assert "The subnets could not be read." in stage.text
        assert "No VPC Lattice endpoint" not in stage.text


async def test_a_problem_stands_with_its_next_step_and_goes_when_it_is_over() -> None:
    published = structs.replace(incident(), problems=(DENIED,))
    async with showing(update(published, problem=DENIED)) as stage:
        assert "live, with problems" in stage.lines[0]
        assert stage.words.count(f"! {DENIED.message} {DENIED.next_step}") == 1
        await stage.show(incident())
        assert "Not allowed" not in stage.text
        assert "● live " in stage.lines[0]


async def test_a_problem_says_that_latticetop_retries() -> None:
    failed = structs.replace(DENIED, kind=ProblemKind.SERVICE_ERROR, next_step="Look at the Health Dashboard.")
    async with showing(update(structs.replace(incident(), problems=(failed,)), problem=failed)) as stage:
        assert f"{failed.message} Look at the Health Dashboard. latticetop retries." in stage.words


async def test_more_problems_than_fit_are_counted() -> None:
    several = [structs.replace(DENIED, message=f"Problem {n}.") for n in range(5)]
    async with showing(structs.replace(incident(), problems=tuple(several)), size=(80, 24)) as stage:
        assert "Problem 0." in stage.text and "Problem 1." in stage.text
        assert "and 3 more" in stage.text
        assert "vpce-0e3b…2c4a" in stage.text


async def test_while_backing_off_the_last_picture_stays_with_its_age() -> None:
    old = update(
        incident(), Phase.BACKING_OFF, problem=THROTTLED, read_at=NOW - timedelta(seconds=75),
        next_at=NOW + timedelta(seconds=12),
    )  # fmt: skip
    async with showing(old) as stage:
        assert "throttled, again in 12 s   75 s ago" in stage.lines[0]
        assert "AWS asks to slow down." in stage.text
        assert "Failed" in stage.pane("#endpoints")


async def test_the_age_grows_by_itself() -> None:
    moments = iter([NOW] * 50)
    async with showing(incident(), now=lambda: next(moments, NOW + timedelta(minutes=5))) as stage:
        assert "just now" in stage.lines[0]
        for _ in moments:
            pass
        stage.app.main_screen.tick()
        await stage.pilot.pause()
        assert "5 min ago" in stage.lines[0]


async def test_hidden_addresses_leave_bounds() -> None:
    reading = SubnetReading(subnet(A, "10.10.10.0/25", 100), unaccounted=12)
    async with showing(account([reading])) as stage:
        row = next(line for line in stage.pane("#subnets").splitlines() if "10.10.10.0/25" in line)
        assert "0-6" in row
        assert "12 addresses unaccounted for · 0-6 blocks free" in stage.pane("#blocks")


async def test_a_shared_subnet_says_what_its_count_allows() -> None:
    """Nine addresses are left outside the reservations of its owner, which cannot be read."""
    reading = SubnetReading(subnet(A, "10.10.10.0/23", 9, owner_id="210987654321"), unaccounted=498)
    async with showing(account([reading], unread=[f"reservations {A}"])) as stage:
        row = next(line for line in stage.pane("#subnets").splitlines() if "10.10.10.0/23" in line)
        assert row.count("?") == 2
        assert "498 addresses unaccounted for · ? blocks free" in stage.pane("#blocks")
        assert "belongs to 210987654321" in stage.pane_words("#blocks")
        assert "30" not in row.split("10.10.10.0/23")[1].split("?")[0]


async def test_an_incomplete_subnet_without_a_block_has_none_for_certain() -> None:
    reading = structs.replace(incident().subnets[A], unaccounted=12)
    async with showing(account([reading])) as stage:
        assert "12 addresses unaccounted for · 0 blocks free" in stage.pane("#blocks")


async def test_a_subnet_of_ipv6_only_has_no_blocks() -> None:
    reading = SubnetReading(subnet(A, "", ipv6_cidr_blocks=("2600:1f18::/64",)))
    async with showing(account([reading])) as stage:
        row = stage.line("IPv6 only").split("IPv6 only")[1]
        assert row.replace("│", "").split() == ["-", "-", "-", VPC]
        assert "no IPv4 range" in stage.pane("#blocks")
        assert "0 /80 prefixes and 0 IPv6 addresses in use." in stage.pane("#blocks")
        stage.grid.action_select()
        await stage.pilot.pause()
        assert stage.screen_name == "MainScreen"


async def test_the_smallest_subnet_has_one_block_that_is_never_a_prefix() -> None:
    async with showing(account([SubnetReading(subnet(A, "10.10.10.16/28", 11))])) as stage:
        assert ".16/28" in stage.pane("#grid")
        assert "11 addresses free · 0 blocks free" in stage.pane("#blocks")
        assert "reserved by AWS: .16 to .19 and .31" in stage.pane_words("#blocks")


async def test_a_subnet_whose_interfaces_were_not_read_is_not_called_free() -> None:
    async with showing(account([SubnetReading(subnet(A, "10.10.10.0/26", 57))], unread=[A])) as stage:
        row = next(line for line in stage.pane("#subnets").splitlines() if "10.10.10.0/26" in line)
        assert row.replace("│", "").split()[-5:] == ["?", "?", "not", "read", VPC]
        assert "have not been read yet" in stage.pane_words("#blocks")
        await stage.show(account([SubnetReading(subnet(A, "10.10.10.0/26", 59))]))
        assert "2 blocks free" in stage.pane("#blocks")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_largest_subnet_scrolls_to_its_end_and_back(size: tuple[int, int]) -> None:
    reading = SubnetReading(subnet(A, "10.20.0.0/16", 65531))
    async with showing(account([reading]), size=size) as stage:
        assert "4,094" in stage.pane("#subnets")
        stage.grid.focus()
        await stage.press("end")
        assert stage.grid.cursor == 4095
        shown = stage.pane("#grid").splitlines()
        assert ".64" in shown[0]
        assert shown[-1].startswith("10.20.255.0") and shown[-1].rstrip(" ▇█▆▅").endswith("R<")
        assert "10.20.255.240/28" in stage.pane("#detail")
        await stage.press("home")
        shown = stage.pane("#grid").splitlines()
        assert shown[1].startswith("10.20.0.0") and "R<" in shown[1]


async def test_a_large_grid_opens_where_its_cursor_is() -> None:
    """The cursor begins on the block to look at first, here the only free one, far below the first screenful."""
    end = SubnetReading(
        subnet(A, "10.20.0.0/16", 100),
        reservations=(
            reservation(A, "10.20.0.0/17", "explicit"),
            reservation(A, "10.20.192.0/18", "explicit"),
            reservation(A, "10.20.128.0/18", "explicit"),
        ),
    )
    room = structs.replace(end, reservations=end.reservations[:2])
    async with showing(account([room])) as stage:
        assert stage.grid.cursor == 128 * 16
        assert any("10.20.128.0" in line and ".<" in line for line in stage.pane("#grid").splitlines())


async def test_a_state_nobody_knows_is_shown_as_aws_spells_it() -> None:
    async with showing(with_state(incident(), "Hibernating")) as stage:
        assert "Hibernating" in stage.pane("#endpoints")
        assert "1 unknown" in stage.pane("#endpoints")
        assert "AWS reports the state Hibernating" in stage.pane("#why")


async def test_under_toggle_all_other_types_of_endpoint_stand_beside() -> None:
    name = "com.amazonaws.us-east-1.secretsmanager"
    other = endpoint("vpce-00000000000000001", "available", vpc_endpoint_type="Interface", service_name=name)
    everything = structs.replace(incident(), endpoints=incident().endpoints | {other.vpc_endpoint_id: other})
    async with showing(everything, size=(200, 60)) as stage:
        row = stage.line(other.vpc_endpoint_id)
        assert "available" in row and "Interface" in row and "cretsmanager" in row
        await stage.press("down", "enter")
        assert other.vpc_endpoint_id in stage.text
        assert "No interface of this endpoint was read." in stage.text
        assert "ssociation" not in stage.text and "ervice network" not in stage.text


async def test_the_summary_names_the_worst_and_counts_the_rest_where_there_is_little_room() -> None:
    states = ["Failed"] * 3 + ["Available"] * 4 + ["Pending", "Deleted"]
    endpoints = [endpoint(f"vpce-{n:017x}", state, ()) for n, state in enumerate(states)]
    associations = [
        Association(f"vpce-rsc-asc-{n:017x}", f"vpce-{n:017x}", accessibility="Accessible") for n in range(2)
    ]
    async with showing(account([], endpoints, associations), size=(80, 24)) as stage:
        assert "2 failed but accessible · 1 failed · 1 pending · 5 others" in stage.pane("#endpoints")
        await stage.pilot.resize_terminal(200, 60)
        await stage.pilot.pause()
        whole = "2 failed but accessible · 1 failed · 1 pending · 4 healthy · 1 gone"
        assert whole in stage.pane("#endpoints")


@pytest.mark.parametrize("phase", list(Phase))
async def test_every_phase_has_a_word(phase: Phase) -> None:
    words: dict[Phase, Any] = {
        Phase.CONNECTING: "connecting",
        Phase.PAUSED: "paused",
        Phase.BACKING_OFF: "backing off, again in 12 s",
        Phase.NEEDS_CREDENTIALS: "no valid credentials",
        Phase.REPLAYING: "recorded",
        Phase.FROM_FILES: "from files",
    }
    async with showing(update(incident(), phase)) as stage:
        assert f"● {words.get(phase, 'live')}" in stage.lines[0]


async def test_an_endpoint_that_goes_while_it_is_open() -> None:
    async with showing(incident()) as stage:
        await stage.press("enter")
        await stage.show(incident(before=True))
        assert "AWS no longer lists this endpoint." in stage.text
        await stage.press("escape")
        assert ENDPOINT not in stage.text


async def test_a_subnet_that_goes_while_its_block_is_open() -> None:
    async with showing(account([cluster()])) as stage:
        stage.grid.focus()
        await stage.press("enter")
        await stage.show(account())
        assert "AWS no longer lists this subnet." in stage.text


async def test_reading_on_demand_only_says_so() -> None:
    async with showing(update(incident(), interval=0.0, read_at=TAKEN)) as stage:
        assert "on demand" in stage.lines[0]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
async def test_help_and_quit_are_named_at_every_width(width: int) -> None:
    async with showing(incident(), size=(width, 24)) as stage:
        assert "? help" in stage.lines[-1] and "q quit" in stage.lines[-1]
        assert ("z pause" in stage.lines[-1]) == (width >= 120)
        await stage.pilot.resize_terminal(120, 24)
        await stage.pilot.pause()
        assert "z pause" in stage.lines[-1]


async def test_a_legend_that_is_too_wide_goes_on_in_the_next_line() -> None:
    async with showing(account([cluster()]), size=(120, 60)) as stage:
        states = ". free L Lattice A other prefix f fragmented F full R reserved by AWS P prefix reservation"
        assert stage.pane_words("#detail").endswith(f"{states} X explicit reservation")


async def test_tables_take_the_lines_they_need_and_no_more_than_their_share() -> None:
    def many(count: int) -> Any:
        return account([SubnetReading(subnet(f"subnet-{n:017x}", f"10.0.{n}.0/24", 251)) for n in range(count)])

    async with showing(incident(), size=(120, 36)) as stage:
        panes = stage.app.screen.query_one("#subnets")
        assert panes.outer_size.height == 5
        await stage.show(many(6))
        assert panes.outer_size.height == 9
        await stage.show(many(60))
        assert panes.outer_size.height == 18, "six tenths of what the message above leaves"
        await stage.pilot.resize_terminal(120, 60)
        await stage.pilot.pause()
        assert panes.outer_size.height == 32


async def test_a_large_grid_that_follows_another_opens_where_its_own_cursor_is() -> None:
    first = SubnetReading(subnet(A, "10.20.0.0/16", 65531))
    taken = (reservation("subnet-2", "10.30.0.0/17", "explicit"),)
    second = SubnetReading(subnet("subnet-2", "10.30.0.0/16", 100), reservations=taken)
    async with showing(account([first, second])) as stage:
        await stage.press("home")
        assert any("10.30.128.0" in line and ".<" in line for line in stage.pane("#grid").splitlines())
        await stage.press("end")
        assert any("10.20.0.0" in line and ".<" in line for line in stage.pane("#grid").splitlines())


@pytest.mark.fault("latency")
async def test_a_long_first_read_says_how_far_it_is() -> None:
    published = update(incident(), Phase.READING, read_at=None, progress=(6_100, 10_000))
    async with showing(published) as stage:
        assert "reading   ######···· 61%" in stage.lines[0]


async def test_findings_of_as_many_lines_are_not_laid_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = 0
    arrange = Screen._refresh_layout

    def counting(self: Screen[object], *arguments: Any, **more: Any) -> None:
        nonlocal laid_out
        laid_out += 1
        arrange(self, *arguments, **more)

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


async def test_findings_that_were_looked_at_are_not_rendered_again_until_they_are_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rendered: list[str] = []

    def counting(assessment: Assessment, *arguments: Any) -> Any:
        rendered.append(assessment.vpc_endpoint_id)
        return render_assessment(assessment, *arguments)

    monkeypatch.setattr("latticetop.dashboard.main.panes.render_assessment", counting)
    first, second = (endpoint(f"vpce-0000000000000000{n}", subnets=[A]) for n in range(2))
    whole = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    async with showing(account([whole], [first, second])) as stage:
        await stage.press("down")
        seen = stage.pane("#why")
        rendered.clear()
        await stage.press("up", "down", "up", "down")
        assert (rendered, stage.pane("#why")) == ([], seen)
        failed = structs.replace(second, state="Failed")
        await stage.show(account([whole], [first, failed]))
        await stage.press("home")
        assert rendered == [second.vpc_endpoint_id]
        assert "Failed" in stage.pane("#why")
        rendered.clear()
        await stage.pilot.resize_terminal(100, 30)
        await stage.press("down")
        assert set(rendered) == {first.vpc_endpoint_id, second.vpc_endpoint_id}
