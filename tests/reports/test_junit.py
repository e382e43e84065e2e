"""JUnit XML, checked by the rules of Jenkins."""

from __future__ import annotations

from datetime import UTC, datetime

from latticetop.reports.cases import Case, CaseGroup, CaseStatus
from latticetop.reports.junit import render_junit
from tests.hostile import ESCAPES
from tests.junit_schema import parsed_junit
from tests.unseen import unseen

ESCAPED = "".join(ESCAPES)
AT = datetime(2024, 12, 19, 8, 21, tzinfo=UTC)
WRONG = Case("subnet-1", "prod a", CaseStatus.WRONG, "too-few-free-blocks", "No free /28.", "Reserve one.")
UNKNOWN = Case("vpce-1", "", CaseStatus.UNKNOWN, "endpoint-unknown", "Unknown.", "Allow it.")


def group(*cases: Case, account: str = "123456789012 prod", region: str = "us-east-1") -> CaseGroup:
    return CaseGroup(account, region, AT, cases)


def test_a_suite_for_each_scope_and_a_case_for_each_endpoint_and_subnet() -> None:
    root = parsed_junit(render_junit([group(WRONG, UNKNOWN, Case("subnet-2")), group(Case("subnet-3"))], "check"))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "1", "1")
    first, second = root
    assert (first.get("timestamp"), first.get("tests"), second.get("tests")) == ("2024-12-19T08:21:00", "3", "1")
    cases = {case.get("name"): [(result.tag, result.get("type"), result.text) for result in case] for case in first}
    assert cases == {
        "subnet-1 prod a": [("failure", "too-few-free-blocks", "No free /28. Reserve one.")],
        "vpce-1": [("error", "endpoint-unknown", "Unknown. Allow it.")],
        "subnet-2": [],
    }


def test_what_is_before_the_last_dot_of_the_class_is_the_account() -> None:
    """Jenkins takes that for the package, and GitLab shows the class as the suite."""
    root = parsed_junit(render_junit([group(WRONG, account="123456789012 a.b")], "check"))
    assert root[0][0].get("classname").rpartition(".")[::2] == ("123456789012 a.b", "us-east-1")


def test_without_account_and_region_the_class_has_no_dot() -> None:
    root = parsed_junit(render_junit([CaseGroup("", "", None, (UNKNOWN,))], "check"))
    assert (root[0].get("name"), root[0][0].get("classname")) == ("latticetop check: account", "account")


def test_an_account_that_is_read_twice_has_two_classes() -> None:
    """GitLab shows the first alone of two cases with the same class and name."""
    root = parsed_junit(render_junit([group(WRONG), group(WRONG), group(WRONG, region="eu-west-1")], "check"))
    assert len({case.get("classname") for case in root.iter("testcase")}) == 3


def test_without_any_scope_it_is_valid() -> None:
    assert parsed_junit(render_junit([group(), CaseGroup("", "", None, ())], "plan")).get("tests") == "0"


def test_text_from_aws_is_escaped_and_has_no_character_that_xml_forbids() -> None:
    """XML 1.0, production 2: no control character but tab and line ends, no surrogate, not U+FFFE and U+FFFF."""
    evil = f"]]></failure><x a=\"'&{ESCAPED}\x00\x1f\ud800\ufffe\uffff\r\n"
    hostile = Case(f"vpce-{evil}", evil, CaseStatus.WRONG, "endpoint-wrong", evil, evil)
    text = render_junit([group(hostile, account=evil, region=evil)], "check")
    assert unseen(text, allowed="\n") == []
    (case,) = parsed_junit(text).iter("testcase")
    (failure,) = case
    assert (failure.text or "").startswith("]]></failure><x a=\"'&")
