"""Workflow commands of GitHub Actions, read by a parser of their own."""

from __future__ import annotations

from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.reports.cases import Case, CaseGroup, CaseStatus, unread_case
from latticetop.reports.github import render_github
from tests.hostile import ESCAPES
from tests.unseen import unseen
from tests.workflow_commands import parsed_commands

WRONG = Case("subnet-1", "prod", CaseStatus.WRONG, "too-few-free-blocks", "No free /28.", "Reserve one.")
UNKNOWN = Case("vpce-1", "", CaseStatus.UNKNOWN, "endpoint-unknown", "Unknown.")


def group(*cases: Case, account: str = "123456789012") -> CaseGroup:
    return CaseGroup(account, "us-east-1", None, cases)


def test_an_error_for_what_is_wrong_a_warning_for_what_is_unknown_and_the_sum() -> None:
    commands = parsed_commands(render_github([group(UNKNOWN, Case("subnet-2"), WRONG)], "check"))
    assert commands == [
        ("error", {"title": "subnet-1 prod"}, "subnet-1: No free /28. Reserve one."),
        ("warning", {"title": "vpce-1"}, "vpce-1: Unknown."),
        ("notice", {"title": "latticetop check"}, "1 wrong, 1 unknown, 1 passed."),
    ]


def test_of_several_scopes_each_line_names_its_own_and_what_is_wrong_anywhere_comes_first() -> None:
    text = render_github([group(UNKNOWN, account="dev"), group(WRONG, account="prod"), group()], "plan")
    assert parsed_commands(text) == [
        ("error", {"title": "prod us-east-1: subnet-1 prod"}, "prod us-east-1: subnet-1: No free /28. Reserve one."),
        ("warning", {"title": "dev us-east-1: vpce-1"}, "dev us-east-1: vpce-1: Unknown."),
        ("notice", {"title": "latticetop plan"}, "1 wrong, 1 unknown, 0 passed in 3 accounts and Regions."),
    ]


def test_of_an_account_that_was_not_read_the_title_is_its_profile_and_region() -> None:
    unread = unread_case(Problem(ProblemKind.UNREACHABLE, "", "AWS cannot be reached.", "Check the network."))
    groups = [CaseGroup("dev", "us-east-1", None, (unread,)), CaseGroup("", "", None, (unread,))]
    one, nameless = (parsed_commands(render_github([group], "check"))[0] for group in groups)
    text = "AWS cannot be reached. Check the network."
    assert (one.title, one.message) == ("dev us-east-1", f"dev us-east-1: {text}")
    assert (nameless.title, nameless.message) == ("account", f"account: {text}")
    several = parsed_commands(render_github([groups[0], group(WRONG)], "check"))
    assert (several[1].title, several[1].message) == ("dev us-east-1", f"dev us-east-1: {text}")


def test_nothing_wrong_is_said_too() -> None:
    assert parsed_commands(render_github([group(Case("subnet-1"))], "check")) == [
        ("notice", {"title": "latticetop check"}, "0 wrong, 0 unknown, 1 passed."),
    ]


def test_text_from_aws_stays_in_its_place() -> None:
    """Neither a line end nor a comma, a colon or a percent sign in a name begins a command or a property."""
    name = "50%,file=x::a\r\n::error::b%0A%3A"
    hostile = Case("subnet-1", name, CaseStatus.WRONG, "too-few-free-blocks", f"{name}{''.join(ESCAPES)}")
    text = render_github([group(hostile)], "check")
    assert unseen(text, allowed="\n") == []
    command, notice = parsed_commands(text)
    assert command.properties.keys() == {"title"}
    assert command.title == "subnet-1 50%,file=x::a\n::error::b%0A%3A"
    assert command.message.startswith("subnet-1: 50%,file=x::a\n::error::b%0A%3A")
    assert notice.message == "1 wrong, 0 unknown, 0 passed."
