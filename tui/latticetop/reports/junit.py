"""JUnit XML, as GitLab and Jenkins read it.

The elements and their order are those of jenkinsci/xunit-plugin (jenkins-junit.xsd). GitLab shows `classname` as the
suite, and the text of `failure` and `error` but not their attributes; of cases with one name it shows the first alone
(docs.gitlab.com/ci/testing/unit_test_reports). Jenkins groups by what is before the last dot of `classname`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from latticetop.model.records.text import clean
from latticetop.reports.cases import WHOLE_ACCOUNT, CaseStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.reports.cases import Case, CaseGroup

_ELEMENTS = {CaseStatus.WRONG: "failure", CaseStatus.UNKNOWN: "error"}
"""What is unknown is an error, a test that gave no result: a skipped one would be taken for good."""


def render_junit(groups: Sequence[CaseGroup], command: str) -> str:
    """Render one test suite for each group; `command` is `check` or `plan`."""
    name = f"latticetop {command}"
    root = Element("testsuites", {"name": name, **_counts(groups)})
    same_place = Counter((group.account, group.region) for group in groups)
    for number, group in enumerate(groups, 1):
        account, region = clean(group.account) or WHOLE_ACCOUNT, clean(group.region)
        if same_place[group.account, group.region] > 1:
            account = f"{account} ({number})"
        suite_name = f"{name}: {account} {region}".rstrip()
        suite = SubElement(root, "testsuite", {"name": suite_name, **_counts([group])})
        if group.at is not None:
            suite.set("timestamp", f"{group.at:%Y-%m-%dT%H:%M:%S}")
        for case in group.cases:
            _add_case(suite, case, f"{account}.{region}".rstrip("."))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _add_case(suite: Element, case: Case, class_name: str) -> None:
    element = SubElement(suite, "testcase", {"name": clean(case.title), "classname": class_name})
    if case.status in _ELEMENTS:
        attributes = {"type": case.rule, "message": clean(case.sentence)}
        SubElement(element, _ELEMENTS[case.status], attributes).text = clean(case.text)


def _counts(groups: Sequence[CaseGroup]) -> dict[str, str]:
    return {
        "tests": str(sum(len(group.cases) for group in groups)),
        "failures": str(sum(group.count(CaseStatus.WRONG) for group in groups)),
        "errors": str(sum(group.count(CaseStatus.UNKNOWN) for group in groups)),
    }
