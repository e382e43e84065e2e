"""The explanation of an endpoint as plain text: no Markdown, within the width, and nothing of it lost."""

from __future__ import annotations

import re

from msgspec import structs

from latticetop.model.incident.explanation import explain
from latticetop.model.incident.investigation import Investigation
from latticetop.reports.explain import render_markdown
from latticetop.reports.explain_text import render_text
from tests.model.builders import NOW, A, B, endpoint, incident, incident_readings, snapshot
from tests.reports.test_explain import NAMES, PROBES, investigated, since_given_back

WORD = re.compile(r"[\w.:/-]*\w")


def words(text: str) -> set[str]:
    return set(WORD.findall(text.lower()))


def test_every_word_of_the_markdown_is_there_and_no_markup() -> None:
    for explanation in (investigated(names=NAMES, probes=PROBES), since_given_back()):
        markdown, text = render_markdown(explanation).replace("\\", ""), render_text(explanation, 10_000)
        headings_of_columns, end_of_the_retries = {"time", "after", "zone", "for", "what"}, {"08:20:27"}
        assert "failed 5 times in 65 s" in text
        rest = words(markdown) - words(text) - headings_of_columns - end_of_the_retries
        assert rest <= {"sh", "failed", "but", "accessible"}
        assert not re.search(r"^#{1,2} |\*\*|^\||```|`", text, re.MULTILINE)
        headings = re.findall(r"^## (.*)$", markdown, re.MULTILINE)
        assert [line for line in text.splitlines() if line in headings] == headings


def test_lines_keep_within_the_terminal_but_for_commands() -> None:
    text = render_text(investigated(names=NAMES), 80)
    prose = [line for line in text.splitlines() if not line.startswith("     ") and "arn:" not in line]
    assert len(prose) > 30
    assert max(map(len, prose)) <= 80


def test_an_arn_is_never_cut() -> None:
    (network,) = (fact for term, fact in investigated().facts if term == "Service network")
    assert network.split()[-1].startswith("arn:aws:vpc-lattice:")
    assert network.split()[-1] in render_text(investigated(), 60).split()


def test_the_maps_of_then_and_now_stand_below_each_other() -> None:
    then, now = (line for line in render_text(investigated(), 80).splitlines() if line.endswith("RLfR"))
    assert then.startswith("    08:19:22 UTC, when it was refused  ") and now.startswith("    now  ")
    assert then.index("RLfR") == now.index("RLfR")


def test_without_cloudtrail_there_is_no_empty_section() -> None:
    text = render_text(investigated(timeline=None))
    assert "What happened" not in text and "The blocks\n" in text


def test_names_of_others_act_on_no_terminal() -> None:
    a, b = incident_readings()
    hostile = structs.replace(endpoint("Failed", A, B), service_network_arn="arn:\x1b]0;other\x07\u202e")
    account = snapshot(a, b, endpoints=(hostile,))
    text = render_text(explain(Investigation(account, account.endpoints[next(iter(account.endpoints))], NOW)))
    assert all(line.isprintable() for line in text.splitlines())
    assert incident().scope.region in text
