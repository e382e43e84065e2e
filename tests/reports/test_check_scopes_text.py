"""`latticetop check` of several scopes as text."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.capacity.counting_subnets import Criteria
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot
from latticetop.reports.check_scopes import ScopeResult, scopes_exit_code
from latticetop.reports.check_scopes_text import MOST_IN_FULL, render_scopes_text
from latticetop.reports.check_text import render_text
from tests.model.builders import ENDPOINT, A, endpoint, eni, incident, reading, snapshot

ACCOUNT = "123456789012"
CALM = snapshot(reading("subnet-1", "10.0.0.0/24"))
OPEN = snapshot(reading("subnet-1", "10.0.0.0/24"), endpoints=(endpoint("Available", "subnet-1"),), unread=("subnets",))
DENIED = Problem(ProblemKind.NO_CREDENTIALS, "sts:AssumeRole", "AssumeRole was refused.", "Trust it.")


def scope(result: Snapshot | Problem, name: str = "prod", account_id: str = "") -> ScopeResult:
    return ScopeResult(name, "eu-west-1", result, requested_account_id=account_id)


@pytest.mark.parametrize(
    ("results", "code", "head"),
    [
        ((CALM, CALM), 0, "2 accounts and Regions: nothing is wrong."),
        ((CALM, incident()), 1, "2 accounts and Regions: something is wrong in 1."),
        ((CALM, DENIED), 3, "2 accounts and Regions: 1 unknown."),
        ((CALM, OPEN), 3, "2 accounts and Regions: 1 unknown."),
        ((DENIED, incident(), incident()), 1, "3 accounts and Regions: something is wrong in 2, 1 unknown."),
    ],
)
def test_the_first_line_says_what_the_exit_code_says(
    results: tuple[Snapshot | Problem, ...], code: int, head: str
) -> None:
    scopes = list(map(scope, results))
    assert scopes_exit_code(scopes) == code
    assert render_scopes_text(scopes).splitlines()[0] == head


def test_each_scope_is_printed_under_a_line_as_check_prints_it_alone() -> None:
    text = render_scopes_text([scope(incident()), scope(DENIED)], 100)
    head, first, second = text.split("\n" + "=" * 80 + "\n")
    assert head == "2 accounts and Regions: something is wrong in 1, 1 unknown.\n"
    assert first == render_text(incident(), 100)
    assert second == "prod  eu-west-1\nAssumeRole was refused. Trust it.\n"


def test_a_line_is_no_wider_than_the_terminal() -> None:
    assert "\n" + "=" * 60 + "\n" in render_scopes_text([scope(CALM), scope(CALM)], 60)


def test_a_scope_without_a_name_has_its_region_and_a_name_acts_on_no_terminal() -> None:
    text = render_scopes_text([scope(DENIED, ""), scope(DENIED, "pr\x1b[2Jod")])
    assert "\neu-west-1\nAssumeRole" in text
    assert "\npr[2Jod  eu-west-1\nAssumeRole" in text


def fleet(*in_trouble: ScopeResult, calm: int = 11) -> list[ScopeResult]:
    """Scopes with nothing to report, and these among them, in the opposite of the order in which they are listed."""
    calm_ones = [scope(CALM, f"calm-{n}") for n in range(calm)]
    return [*calm_ones[:5], *in_trouble, *calm_ones[5:]]


def test_up_to_ten_are_printed_in_full_and_more_are_summed_up() -> None:
    ten = render_scopes_text(fleet(calm=MOST_IN_FULL))
    assert ten.count("=" * 80) == 10 and ten.count("subnet-1") == 10
    eleven = render_scopes_text(fleet(calm=MOST_IN_FULL + 1))
    assert eleven == "11 accounts and Regions: nothing is wrong.\n"


def test_of_many_what_is_wrong_comes_first_then_what_is_unknown_then_the_number_of_the_others() -> None:
    scopes = fleet(scope(DENIED, "refused", "111122223333"), scope(incident(), "payments"))
    lines = render_scopes_text(scopes, 200).splitlines()
    assert lines[:7] == [
        "13 accounts and Regions: something is wrong in 1, 1 unknown.",
        "",
        "wrong    123456789012  us-east-1  payments: 1 endpoint failed-but-accessible, 1 subnet without a free /28.",
        "unknown  111122223333  eu-west-1  refused: AssumeRole was refused.",
        "",
        "Nothing is wrong in the other 11 accounts and Regions.",
        "",
    ]
    assert scopes_exit_code(scopes) == 1


def test_of_many_only_what_is_wrong_is_explained() -> None:
    lines = render_scopes_text(fleet(scope(DENIED, "refused"), scope(incident(), "payments")), 2000).splitlines()
    details = lines[lines.index("123456789012  us-east-1  payments") + 1 :]
    ids = [line.split()[0] for line in details]
    assert ids == [ENDPOINT, "Fix", A, "Fix"]
    assert "10.10.10.36" in details[1] and "10.10.10.32/28" in details[3]
    assert not [line for line in lines if "subnet-1" in line]


def test_an_account_without_a_number_or_a_name_has_a_line_too() -> None:
    lines = render_scopes_text(fleet(scope(DENIED, ""), scope(DENIED, "pr\x1b[2Jod")), 200).splitlines()
    assert lines[2:4] == [
        "unknown  -  eu-west-1  AssumeRole was refused.",
        "unknown  -  eu-west-1  pr[2Jod: AssumeRole was refused.",
    ]


def test_a_role_that_is_named_after_its_account_is_named_once() -> None:
    lines = render_scopes_text(fleet(scope(incident(), ACCOUNT)), 200).splitlines()
    assert lines[2].startswith(f"wrong  {ACCOUNT}  us-east-1  1 endpoint failed")
    assert f"{ACCOUNT}  us-east-1" in lines


def test_a_problem_of_many_accounts_is_told_once_with_their_number() -> None:
    partly = structs.replace(OPEN, problems=(structs.replace(DENIED, message="DescribeSubnets was denied."),))
    scopes = fleet(*(scope(DENIED, f"refused-{n}") for n in range(7)), scope(partly))
    lines = render_scopes_text(scopes, 200).splitlines()
    heading = lines.index("Some data could not be read:")
    assert lines[heading + 1 :] == [
        "  - In 7 accounts and Regions: AssumeRole was refused. Trust it.",
        "  - DescribeSubnets was denied. Trust it.",
    ]


def test_an_account_with_much_that_is_wrong_names_the_command_that_shows_the_rest() -> None:
    spread = [
        reading(f"subnet-{n:02}", "10.0.0.0/26", eni(f"eni-{n}", f"subnet-{n:02}", "10.0.0.20", "10.0.0.40"))
        for n in range(14)
    ]
    crowded = structs.replace(snapshot(*spread), scope=Scope(ACCOUNT, "us-east-1"))
    criteria = Criteria(min_free_blocks=2, clusters=("shop",), tags=("env=a b",))
    wrong = ScopeResult("my role", "us-east-1", crowded, criteria)
    lines = render_scopes_text(fleet(wrong), 300).splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  subnet-")] == [f"subnet-{n:02}" for n in range(10)]
    selected = "--cluster shop --tag 'env=a b' --min-free-blocks 2"
    assert lines[-1] == f"  4 more: latticetop check --profile 'my role' --region us-east-1 {selected}"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_two_hundred_accounts_keep_to_the_columns_and_a_few_lines_each(width: int) -> None:
    """Twenty are wrong and ten unknown; a line, and up to nine for what is wrong, is what each may take at 80."""
    troubled = [scope(incident(), f"platform-network-{n}") for n in range(20)]
    troubled += [scope(DENIED, f"data-lake-{n}", "111122223333") for n in range(10)]
    lines = render_scopes_text(fleet(*troubled, calm=170), width).splitlines()
    assert max(map(len, lines)) <= max(width, 80)
    assert len(lines) < 30 * (30 if width < 80 else 20)
    assert lines[0].startswith("200 accounts and Regions: something is wrong in 20, 10 unknown.")
